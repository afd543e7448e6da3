import Numerical

/// Checked rows with what every start of a fit needs to know about them.
///
/// `rows` is valid while the fit runs; nothing here copies the rows in double precision.
struct KMeansData {
  let rows: UnsafePointer<Double>
  let rowCount: Int
  let columnCount: Int
  let clusterCount: Int
  let weights: [Double]?
  let pool: WorkerPool
  /// The mean row, by which rows are shifted wherever large offsets would cost digits.
  let origin: [Double]
  /// The largest distance of a value from the mean, per column.
  let reach: [Double]
  /// The mean over columns of the (unweighted) variance, which scales the tolerance.
  let meanVariance: Double
  /// Σ w |x − origin|².
  let totalSquares: Double
  let screened: ScreenedRows

  /// Rows per piece of work in passes over the data; fixed, so that sums have one order.
  static let chunkRows = 4096
  static func chunkCount(_ rowCount: Int) -> Int { (rowCount + chunkRows - 1) / chunkRows }

  init(
    _ rows: UnsafePointer<Double>, _ x: Matrix, weights: [Double]?, starts: Matrix?, k: Int,
    on pool: WorkerPool
  ) throws(LearningError) {
    try x.requireSquarable()
    try starts?.requireSquarable()
    let spans = ColumnSpans(rows, x.rowCount, x.columnCount, on: pool)
    self.rows = rows
    rowCount = x.rowCount
    columnCount = x.columnCount
    clusterCount = k
    self.weights = weights
    self.pool = pool
    let origin = spans.mean
    self.origin = origin
    reach = x.columnIndices.map { max(spans.most[$0] - origin[$0], origin[$0] - spans.least[$0]) }
    var farthest = reach.max() ?? 0
    if let starts {
      for (index, value) in starts.values.enumerated() {
        farthest = max(farthest, abs(value - origin[index % x.columnCount]))
      }
    }
    let squares = Self.squares(rows, x.rowCount, origin: origin, weights: weights, on: pool)
    meanVariance = squares.plain / Double(x.rowCount) / Double(x.columnCount)
    totalSquares = squares.weighed
    screened = ScreenedRows(rows, count: x.rowCount, origin: origin, reach: farthest, on: pool)
  }

  func row(_ index: Int) -> UnsafePointer<Double> { rows + index * columnCount }

  func weight(_ index: Int) -> Double { weights.map { $0[index] } ?? 1 }

  func start(_ index: Int) -> [Double] {
    Array(UnsafeBufferPointer(start: row(index), count: columnCount))
  }

  private static func squares(
    _ rows: UnsafePointer<Double>, _ rowCount: Int, origin: [Double], weights: [Double]?,
    on pool: WorkerPool
  ) -> (plain: Double, weighed: Double) {
    let parts = pool.map(count: chunkCount(rowCount)) { chunk in
      var plain = 0.0
      var weighed = 0.0
      origin.withUnsafeBufferPointer { origin in
        guard let middle = origin.baseAddress else { return }
        for row in chunk * chunkRows..<min(rowCount, (chunk + 1) * chunkRows) {
          let square = DistanceTile.squaredDistance(
            rows + row * origin.count, middle, dimension: origin.count)
          plain += square
          weighed += square * (weights.map { $0[row] } ?? 1)
        }
      }
      return SIMD2(plain, weighed)
    }
    let sum = parts.reduce(SIMD2<Double>(), +)
    return (sum[0], sum[1])
  }
}

/// Mean, least and largest value of each column.
private struct ColumnSpans {
  var mean: [Double]
  var least: [Double]
  var most: [Double]

  init(_ rows: UnsafePointer<Double>, _ rowCount: Int, _ width: Int, on pool: WorkerPool) {
    let chunkRows = KMeansData.chunkRows
    let parts = pool.map(count: KMeansData.chunkCount(rowCount)) { chunk in
      Self(rows, chunk * chunkRows..<min(rowCount, (chunk + 1) * chunkRows), width)
    }
    mean = [Double](repeating: 0, count: width)
    least = [Double](repeating: .infinity, count: width)
    most = [Double](repeating: -.infinity, count: width)
    for part in parts {
      for j in 0..<width {
        mean[j] += part.mean[j]
        least[j] = min(least[j], part.least[j])
        most[j] = max(most[j], part.most[j])
      }
    }
    for j in 0..<width { mean[j] = rows[j] + mean[j] / Double(rowCount) }
  }

  /// Over some rows, with sums of differences to the first row of all instead of means: a large offset
  /// common to all rows costs no digits.
  private init(_ rows: UnsafePointer<Double>, _ range: Range<Int>, _ width: Int) {
    mean = [Double](repeating: 0, count: width)
    least = [Double](repeating: .infinity, count: width)
    most = [Double](repeating: -.infinity, count: width)
    mean.withUnsafeMutableBufferPointer { sum in
      least.withUnsafeMutableBufferPointer { least in
        most.withUnsafeMutableBufferPointer { most in
          for row in range {
            for j in 0..<width {
              let value = rows[row &* width &+ j]
              sum[j] += value - rows[j]
              least[j] = value < least[j] ? value : least[j]
              most[j] = value > most[j] ? value : most[j]
            }
          }
        }
      }
    }
  }
}

extension KMeans {
  /// Refuses what no start can cluster.
  func check(_ x: Matrix, weights: [Double]?, starts: Matrix?) throws(LearningError) {
    try x.requireRows(1)
    guard x.columnCount > 0 else { throw .width(expected: 1, found: 0) }
    try x.requireFinite()
    if isSizeBound, weights != nil {
      throw .parameter(
        .outsideDomain(
          parameter: "weights", domain: "absent where min_share or max_share bounds sizes",
          found: .text("weights")))
    }
    if let weights {
      guard weights.count == x.rowCount else {
        throw .rows(needed: x.rowCount, found: weights.count)
      }
      if let bad = weights.first(where: { !($0 >= 0 && $0 <= 1e90) }) {
        throw .parameter(
          .outsideDomain(
            parameter: "weights", domain: "from 0 to 1e90", found: .real(bad)))
      }
    }
    if let starts {
      try starts.requireWidth(x.columnCount)
      try starts.requireFinite()
      guard starts.rowCount == k else {
        throw .parameter(
          .outsideDomain(
            parameter: "initialization", domain: "a list of \(k) rows, one per cluster",
            found: .text("\(starts.rowCount) rows")))
      }
    }
    let distinct = x.distinctRowCount(upTo: k, weights: weights)
    guard distinct >= k else { throw .distinctRows(needed: k, found: distinct) }
  }
}

extension Matrix {
  /// Refuses values whose squared differences, summed over columns, might not be finite.
  func requireSquarable() throws(LearningError) {
    if let index = values.firstIndex(where: { !(abs($0) <= 1e100) }) {
      throw .tooLarge(row: index / columnCount, column: index % columnCount)
    }
  }

  fileprivate var columnIndices: Range<Int> { 0..<columnCount }

  /// How many different rows of positive weight there are, counted no further than `limit`.
  fileprivate func distinctRowCount(upTo limit: Int, weights: [Double]?) -> Int {
    var seen: Set<[Double]> = []
    for index in 0..<rowCount where seen.count < limit {
      if let weights, weights[index] == 0 { continue }
      seen.insert(row(index))
    }
    return seen.count
  }
}
