public import Numerical

/// The rows of one refit, and which of the original rows they are.
public struct Replicate: Sendable {
  public let index: Int
  /// For each row of `x` the original row, or −1 for noise.
  public let rows: [Int]
  /// For whatever is random in the fit.
  public let seed: Seed
  private let table: Matrix
  /// What is not rows of the table as they are.
  private let own: Matrix?

  init(index: Int, rows: [Int], of table: Matrix, own: Matrix? = nil, seed: Seed) {
    self.index = index
    self.rows = rows
    self.seed = seed
    self.table = table
    self.own = own
  }

  /// Whether its rows are those of the original table, as they are.
  public var isSample: Bool { own == nil }

  /// What is clustered.
  ///
  /// - Complexity: O(n · d) for a copy of the rows of a sample.
  public var x: Matrix {
    if let own { return own }
    return rows.count == table.rowCount ? table : table.selectingRows(rows)
  }
}

/// Makes the replicates of a resampling.
///
/// A replicate is a function of rows, seed, method and its own number: the first 50 of 100 are those of
/// 50, and every clustering of the same rows meets the same ones.
public struct ReplicateSource: Sendable {
  public let method: Resampling
  private let x: Matrix
  private let seed: Seed
  /// Only where noise is drawn along them.
  private let axes: PrincipalAxes?

  /// - Throws: `.noRows`, `.noColumns`, `.share` for a share outside 0…1 exclusive, `.axes` where the
  ///   rows have no finite spread and noise is asked for.
  public init(
    _ method: Resampling, of x: Matrix, seed: Seed, on pool: WorkerPool = .serial
  ) throws(EvaluationError) {
    guard x.rowCount > 0 else { throw .noRows }
    guard x.columnCount > 0 else { throw .noColumns }
    switch method {
    case .bootstrap, .seed: axes = nil
    case .subset(let share), .columns(let share):
      guard share > 0, share < 1 else { throw .share(found: share) }
      axes = nil
    case .noise(let share):
      guard share > 0, share < 1 else { throw .share(found: share) }
      axes = try PrincipalAxes(x, on: pool)
    }
    self.method = method
    self.x = x
    self.seed = seed.derived("resampling")
  }

  /// - Parameter index: from 0.
  public func replicate(_ index: Int) -> Replicate {
    var source = RandomSource(seed: seed.derived("rows", index))
    let all = Array(0..<x.rowCount)
    let rows: [Int]
    var own: Matrix?
    switch method {
    case .bootstrap: rows = distinctRows(&source)
    case .subset(let share):
      let size = max(1, Int(share * Double(x.rowCount)))
      rows = Array(source.permutation(count: x.rowCount).prefix(size)).sorted()
    case .seed: rows = all
    case .columns(let share): (own, rows) = (withColumns(share, &source), all)
    case .noise(let share): (own, rows) = withNoise(share, &source)
    }
    return Replicate(
      index: index, rows: rows, of: x, own: own, seed: seed.derived("fit", index))
  }

  /// The rows of a draw with replacement, each once, ascending.
  private func distinctRows(_ source: inout RandomSource) -> [Int] {
    var isDrawn = [Bool](repeating: false, count: x.rowCount)
    for _ in 0..<x.rowCount { isDrawn[source.integer(below: x.rowCount)] = true }
    return isDrawn.indices.filter { isDrawn[$0] }
  }

  private func withColumns(_ share: Double, _ source: inout RandomSource) -> Matrix {
    let width = x.columnCount
    let wanted = Int((share * Double(width)).rounded())
    let kept = source.sample(max(1, min(wanted, width - 1)), outOf: width)
    return Matrix(rowCount: x.rowCount, columnCount: kept.count) { values in
      for row in 0..<x.rowCount {
        for (j, column) in kept.enumerated() {
          values[row * kept.count + j] = x.values[row * width + column]
        }
      }
    }
  }

  private func withNoise(
    _ share: Double, _ source: inout RandomSource
  ) -> (matrix: Matrix?, rows: [Int]) {
    var values = x.values
    var rows = Array(0..<x.rowCount)
    guard let axes else { return (x, rows) }
    let reaches = axes.variances.map { Resampling.noiseReach * $0.squareRoot() }
    for row in rows.indices where source.uniform() < share {
      let point = axes.row(at: reaches.map { $0 * (2 * source.uniform() - 1) })
      values.replaceSubrange(row * x.columnCount..<(row + 1) * x.columnCount, with: point)
      rows[row] = -1
    }
    return (Matrix(rowCount: x.rowCount, columnCount: x.columnCount, values: values), rows)
  }
}
