import CIntrinsics
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
  /// The rows as loops read them.
  let fitted: KMeansRows
  private let countedWeights: ScratchBuffer<Double>?

  /// Rows per piece of work in passes over the data; fixed, so that sums have one order.
  static let chunkRows = 4096
  static func chunkCount(_ rowCount: Int) -> Int { (rowCount + chunkRows - 1) / chunkRows }

  /// - Parameter places: the rows of the table that are fitted; nil for all.
  init(
    _ rows: UnsafePointer<Double>, _ table: KMeansTable, places: [Int]?, weights: [Double]?, k: Int,
    on pool: WorkerPool
  ) {
    self.rows = rows
    screened = places.map { ScreenedRows(table.screened, places: $0) } ?? table.screened
    rowCount = screened.count
    columnCount = screened.dimension
    countedWeights = weights.map { weights in
      let copy = ScratchBuffer<Double>(count: weights.count)
      for (row, weight) in weights.enumerated() { copy.start[row] = weight }
      return copy
    }
    fitted = KMeansRows(
      start: rows, places: screened.placeOfRow,
      weights: countedWeights.map { UnsafePointer($0.start) },
      count: rowCount, columnCount: columnCount)
    clusterCount = k
    self.weights = weights
    self.pool = pool
    origin = table.origin
    reach = table.reach
    let squares = Self.squares(of: table, screened, weights: weights, on: pool)
    meanVariance = squares.plain / Double(rowCount) / Double(columnCount)
    totalSquares = squares.weighed
  }

  func row(_ index: Int) -> UnsafePointer<Double> { fitted.row(index) }

  func weight(_ index: Int) -> Double { fitted.weight(index) }

  func start(_ index: Int) -> [Double] {
    Array(UnsafeBufferPointer(start: row(index), count: columnCount))
  }

  /// Σ |x − origin|² and Σ w |x − origin|² of the rows.
  private static func squares(
    of table: KMeansTable, _ screened: ScreenedRows, weights: [Double]?, on pool: WorkerPool
  ) -> (plain: Double, weighed: Double) {
    let squares = table.squares.start
    let parts = pool.map(count: chunkCount(screened.count)) { chunk in
      var sums = SIMD2<Double>()
      for row in chunk * chunkRows..<min(screened.count, (chunk + 1) * chunkRows) {
        let square = squares[screened.place(row)]
        sums += SIMD2(square, square * (weights.map { $0[row] } ?? 1))
      }
      return sums
    }
    let sum = parts.reduce(SIMD2<Double>(), +)
    return (sum[0], sum[1])
  }
}

/// Where fitted rows stand and how much they count, in plain pointers: whatever holds them would be retained
/// and released for every row of a loop.
struct KMeansRows {
  let start: UnsafePointer<Double>
  /// The place of each row in the table; nil where all of its rows are fitted.
  let places: UnsafePointer<Int32>?
  let weights: UnsafePointer<Double>?
  let count: Int
  let columnCount: Int

  @inline(__always)
  func row(_ index: Int) -> UnsafePointer<Double> {
    start + (places.map { Int($0[index]) } ?? index) &* columnCount
  }

  @inline(__always)
  func weight(_ index: Int) -> Double { weights.map { $0[index] } ?? 1 }

  /// Asks for a row that will be read soon, as rows that are read lie apart.
  @inline(__always)
  func prefetch(_ index: Int) {
    guard index < count else { return }
    let row = row(index)
    cohort_prefetch(row)
    cohort_prefetch(row + min(8, columnCount &- 1))
  }
}

/// Mean, least and largest value of each column.
struct ColumnSpans {
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
  func check(_ table: KMeansTable, rows: [Int]?, weights: [Double]?) throws(LearningError) {
    let count = rows?.count ?? table.x.rowCount
    if count == 0 { throw .rows(needed: 1, found: 0) }
    if isSizeBound, weights != nil {
      throw .parameter(
        .outsideDomain(
          parameter: "weights", domain: "absent where min_share or max_share bounds sizes",
          found: .text("weights")))
    }
    if let weights {
      guard weights.count == count else { throw .rows(needed: count, found: weights.count) }
      if let bad = weights.first(where: { !($0 >= 0 && $0 <= 1e90) }) {
        throw .parameter(
          .outsideDomain(
            parameter: "weights", domain: "from 0 to 1e90", found: .real(bad)))
      }
    }
    var distinct: Set<[Double]> = []
    for index in 0..<count where distinct.count < k {
      if let weights, weights[index] == 0 { continue }
      distinct.insert(table.x.row(rows?[index] ?? index))
    }
    guard distinct.count >= k else { throw .distinctRows(needed: k, found: distinct.count) }
  }
}

extension Matrix {
  /// Refuses values whose squared differences, summed over columns, might not be finite.
  func requireSquarable() throws(LearningError) {
    if let index = values.firstIndex(where: { !(abs($0) <= 1e100) }) {
      throw .tooLarge(row: index / columnCount, column: index % columnCount)
    }
  }
}
