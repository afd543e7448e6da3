import Numerical

/// How many rows every cluster must and may have.
struct SizeBounds {
  let least: Int
  let most: Int

  init(least: Int, most: Int) {
    self.least = least
    self.most = most
  }

  /// Whole rows that keep both shares: at least ⌈minShare · n⌉ and at most ⌊maxShare · n⌋.
  ///
  /// A product that misses a whole number by its rounding only counts as that number.
  init(minShare: Double, maxShare: Double, rowCount: Int) {
    least = Self.whole(minShare, of: rowCount, .up)
    most = Self.whole(maxShare, of: rowCount, .down)
  }

  private static func whole(
    _ share: Double, of rowCount: Int, _ rule: FloatingPointRoundingRule
  ) -> Int {
    let exact = min(max(share, 0), 1) * Double(rowCount)
    let nearest = exact.rounded()
    let isWhole = abs(exact - nearest) <= 1e-12 * max(1, exact)
    return min(Int(isWhole ? nearest : exact.rounded(rule)), rowCount)
  }

  func requireFeasible(clusterCount: Int, rowCount: Int) throws(LearningError) {
    let (needed, overflows) = least.multipliedReportingOverflow(by: clusterCount)
    let (room, isVast) = most.multipliedReportingOverflow(by: clusterCount)
    guard least <= most, !overflows, needed <= rowCount, isVast || room >= rowCount else {
      throw .clusterSizes(least: least, most: most, clusters: clusterCount, rows: rowCount)
    }
  }
}

extension KMeans {
  var isSizeBound: Bool { minShare > 0 || maxShare < 1 }

  /// The best of several starts in which every assignment keeps the bounds.
  func fitSized(_ data: KMeansData, in context: FitContext) throws(LearningError)
    -> Fit<KMeansModel>
  {
    let bounds = SizeBounds(minShare: minShare, maxShare: maxShare, rowCount: data.rowCount)
    try bounds.requireFeasible(clusterCount: k, rowCount: data.rowCount)
    var best: SizedLloydRun?
    for restart in 0..<restarts.count(for: initialization) {
      let seed = context.seed.derived("k-means", restart)
      let run = SizedLloydRun(data, starts: starts(in: data, seed: seed), bounds: bounds)
      try run.iterate(
        limit: iterations, tolerance: tolerance * data.meanVariance,
        isCancelled: context.isCancelled)
      if best.map({ run.inertia < $0.inertia }) ?? true { best = run }
    }
    guard let best else { throw .rows(needed: 1, found: 0) }
    return best.fit
  }
}

/// One start of k-means under bounds on the sizes of clusters, iterated until it stops.
///
/// As in `LloydRun`, but rows go where the sum of all squared distances is least among the assignments
/// that keep the bounds (`SizeTransport`). Neither step can raise that sum.
/// - Source: Bradley, Bennett and Demiriz (2000).
final class SizedLloydRun {
  private let data: KMeansData
  private let bounds: SizeBounds
  private let labels: ScratchBuffer<Int32>
  private let sums: ClusterSums
  private var centers: Matrix
  private var prices: [Double]
  private var losses: [Double] = []
  private var converged = false
  private(set) var inertia = Double.infinity

  init(_ data: KMeansData, starts: Matrix, bounds: SizeBounds) {
    self.data = data
    self.bounds = bounds
    centers = starts
    prices = [Double](repeating: 0, count: data.clusterCount)
    labels = ScratchBuffer(count: data.rowCount, repeating: -1)
    sums = ClusterSums(
      clusterCount: data.clusterCount, rowCount: data.rowCount, origin: data.origin,
      reach: data.reach, weightReach: 1)
  }

  func iterate(limit: Int, tolerance: Double, isCancelled: () -> Bool) throws(LearningError) {
    var isStable = false
    while losses.count < limit && !converged {
      if isCancelled() { throw .cancelled }
      isStable = assign() == 0
      let means = sums.centers(replacing: centers, in: data, labels: labels)
      losses.append(max(0, data.totalSquares + sums.excess(of: means)))
      let shift = zip(centers.values, means.values).reduce(0) {
        $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
      }
      converged = isStable || shift <= tolerance
      centers = means
    }
    if !isStable { _ = assign() }
    inertia = distances.reduce(0) { $0 + $1 * $1 }
    losses[losses.count - 1] = inertia
  }

  /// Assigns rows as well as the bounds allow and returns how many changed their cluster.
  private func assign() -> Int {
    let transport = SizeTransport(
      data.rows, rowCount: data.rowCount, centers: centers, bounds: bounds, prices: prices,
      on: data.pool)
    transport.balance()
    prices = transport.prices
    var moved = 0
    for row in 0..<data.rowCount {
      let (old, new) = (labels.start[row], transport.labels.start[row])
      guard old != new else { continue }
      sums.move(data.row(row), weight: 1, from: Int(old), to: Int(new), partial: 0)
      labels.start[row] = new
      moved += 1
    }
    sums.join(on: data.pool)
    return moved
  }

  /// Of every row to the centre of its cluster.
  private var distances: [Double] {
    centers.values.withUnsafeBufferPointer { centers in
      guard let centers = centers.baseAddress else { return [] }
      return (0..<data.rowCount).map { row in
        DistanceTile.squaredDistance(
          data.row(row), centers + Int(labels.start[row]) * data.columnCount,
          dimension: data.columnCount
        ).squareRoot()
      }
    }
  }

  var fit: Fit<KMeansModel> {
    let labels = labels.elements.map { Int($0) }
    let distances = distances
    var squares = [Double](repeating: 0, count: data.clusterCount)
    var sizes = [Int](repeating: 0, count: data.clusterCount)
    for (label, distance) in zip(labels, distances) {
      squares[label] += distance * distance
      sizes[label] += 1
    }
    let spreads = zip(squares, sizes).map { ($0 / Double(max($1, 1))).squareRoot() }
    let model = KMeansModel(centers: centers, inertia: inertia, spreads: Vector(spreads))
    var warnings: [String] = []
    if sizes.contains(0) {
      warnings.append("some clusters have no rows; ask for fewer clusters or raise min_share")
    }
    if !converged {
      warnings.append(
        "k-means did not settle within \(losses.count) iterations; allow more of them")
    }
    return Fit(
      model: model,
      trace: FitTrace(losses: losses, converged: converged, warnings: warnings),
      assignments: model.assignments(labels, distances))
  }
}
