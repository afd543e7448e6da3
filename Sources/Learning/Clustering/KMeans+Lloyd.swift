import Numerical

/// One start of k-means, iterated until it stops.
///
/// The first pass looks at all distances, the second regroups the centres, which by then have left
/// their starts, and makes bounds; later passes use them. Measured for 50 iterations on overlapping
/// blobs, one thread of a Zen 5 core with others busy, seconds of processor time for all distances and
/// with bounds: 1,000,000 × 16, k = 8: 0.64 and 0.53; k = 64: 1.9 and 1.8; 200,000 × 64, k = 100: 2.1
/// and 1.5. Bounds leave 10 to 35 % of the pairs of row and group to look at, but single precision has
/// made looking cheap. Where they leave more than 80 %, as on noise, the next pass looks at
/// everything, which renews the bounds as it goes.
///
/// Up to eight centres are one panel, of which bounds can spare nothing: every pass looks at everything, and
/// rows that the screen alone leaves where they are cost no more than that (63,000 × 16, k = 8, 30
/// iterations with seeding: 29 ms instead of 45).
final class LloydRun {
  private let data: KMeansData
  private let engine: KMeansEngine
  /// One panel of points is looked at as a whole: bounds could spare nothing of it.
  private var isFused: Bool {
    engine == .fused || engine == .automatic && search.groupCount == 1
  }
  private let search: NearestSearch
  private let sums: ClusterSums
  private var centers: Matrix
  private var losses: [Double] = []
  private var inertia = Double.infinity
  private var spreads: [Double] = []
  private var converged = false
  private var passes = 0
  /// The share of rows and groups that the last pass with bounds had to look at; none before one.
  private var searchedShare = 0.0

  init(_ data: KMeansData, starts: Matrix, engine: KMeansEngine) {
    self.data = data
    self.engine = engine
    centers = starts
    search = NearestSearch(rows: data.screened, points: starts)
    let weightReach = data.weights?.max() ?? 1
    sums = ClusterSums(
      clusterCount: data.clusterCount, rowCount: data.rowCount, origin: data.origin,
      reach: data.reach.map { $0 * weightReach }, weightReach: weightReach)
  }

  func iterate(limit: Int, tolerance: Double, isCancelled: () -> Bool) throws(LearningError) {
    var isStable = false
    while losses.count < limit && !converged {
      if isCancelled() { throw .cancelled }
      isStable = assign() == 0
      let means = sums.centers(replacing: centers, in: data, labels: search.labels)
      losses.append(max(0, data.totalSquares + sums.excess(of: means)))
      converged = isStable || squaredShift(to: means) <= tolerance
      centers = means
      search.move(to: means)
    }
    if !isStable { _ = assign() }
    measureSpread()
    losses[losses.count - 1] = inertia
  }

  /// Assigns every row to its nearest centre and returns how many rows changed their cluster.
  private func assign() -> Int {
    let isBounded = !isFused && passes >= 2
    let isRefining = isBounded && (engine == .bounds || searchedShare < 0.8)
    let keepsBounds = !isFused && passes >= 1
    if passes == 1 && keepsBounds { search.regroup() }
    let blockCount = data.screened.blockCount
    let pieces = sums.partialCount
    let counts = data.pool.map(count: pieces) { piece in
      let scratch = SearchScratch()
      var moved = 0
      for block in piece * blockCount / pieces..<(piece + 1) * blockCount / pieces {
        if isRefining {
          search.refine(block: block, exact: data.rows, scratch: scratch)
        } else {
          search.screenAll(
            block: block, exact: data.rows, keepingBounds: keepsBounds, scratch: scratch)
        }
        moved += scratch.movedCount
        apply(scratch, partial: piece)
      }
      return SIMD2(moved, scratch.searched)
    }
    sums.join(on: data.pool)
    passes += 1
    let count = counts.reduce(SIMD2<Int>(), &+)
    let pairs = Double(data.rowCount) * Double(search.groupCount)
    searchedShare = isRefining ? Double(count[1]) / pairs : 0
    return count[0]
  }

  /// Carries the moves of one block over to the sums.
  private func apply(_ scratch: SearchScratch, partial: Int) {
    // Pointers, since buffers would be retained and released for every row.
    let (rows, before, now) = (scratch.moved.start, scratch.previous.start, search.labels.start)
    let (fitted, count) = (data.fitted, scratch.movedCount)
    for index in 0..<count {
      if index + 8 < count { fitted.prefetch(Int(rows[index + 8])) }
      let row = Int(rows[index])
      sums.move(
        fitted.row(row), weight: fitted.weight(row), from: Int(before[index]), to: Int(now[row]),
        partial: partial)
    }
  }

  private func squaredShift(to means: Matrix) -> Double {
    zip(centers.values, means.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  /// Σ w |x − c|² over all rows, from their coordinates, and the spread of each cluster.
  private func measureSpread() {
    let rowCount = data.rowCount
    let width = data.columnCount
    let clusterCount = data.clusterCount
    let (fitted, labels) = (data.fitted, search.labels.start)
    let parts = centers.values.withUnsafeBufferPointer { centers in
      data.pool.map(count: KMeansData.chunkCount(rowCount)) { chunk in
        var squares = [Double](repeating: 0, count: clusterCount)
        var weights = squares
        var sum = 0.0
        guard let centers = centers.baseAddress else { return (sum, squares, weights) }
        let start = chunk * KMeansData.chunkRows
        for row in start..<min(rowCount, start + KMeansData.chunkRows) {
          fitted.prefetch(row + 16)
          let label = Int(labels[row])
          let weight = fitted.weight(row)
          let square =
            weight
            * DistanceTile.squaredDistance(
              fitted.row(row), centers + label * width, dimension: width)
          sum += square
          squares[label] += square
          weights[label] += weight
        }
        return (sum, squares, weights)
      }
    }
    inertia = parts.reduce(0) { $0 + $1.0 }
    spreads = (0..<clusterCount).map { cluster in
      let weight = parts.reduce(0) { $0 + $1.2[cluster] }
      let squares = parts.reduce(0) { $0 + $1.1[cluster] }
      return weight > 0 ? (squares / weight).squareRoot() : 0
    }
  }

  /// Whether this run replaces `other`: lower inertia from a really different partition.
  func isBetter(than other: LloydRun) -> Bool {
    guard inertia < other.inertia else { return false }
    var counterpart = [Int32](repeating: -1, count: data.clusterCount)
    for row in 0..<data.rowCount {
      let label = Int(search.labels.start[row])
      let theirs = other.search.labels.start[row]
      if counterpart[label] == -1 { counterpart[label] = theirs }
      if counterpart[label] != theirs { return true }
    }
    return false
  }

  /// The nearest centre of each fitted row.
  var labels: [Int] { (0..<data.rowCount).map { Int(search.labels.start[$0]) } }

  var fit: Fit<KMeansModel> {
    var isUsed = [Bool](repeating: false, count: data.clusterCount)
    for row in 0..<data.rowCount { isUsed[Int(search.labels.start[row])] = true }
    let found = isUsed.count { $0 }
    var warnings: [String] = []
    if found < data.clusterCount {
      warnings.append(
        "only \(found) of \(data.clusterCount) clusters have rows; ask for fewer clusters")
    }
    if !converged {
      warnings.append(
        "k-means did not settle within \(losses.count) iterations; allow more of them")
    }
    return Fit(
      model: KMeansModel(centers: centers, inertia: inertia, spreads: Vector(spreads)),
      trace: FitTrace(losses: losses, converged: converged, warnings: warnings))
  }
}
