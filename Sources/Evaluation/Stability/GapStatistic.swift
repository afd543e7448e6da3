internal import CLibrary
public import Numerical

/// How much tighter the segments are than those of rows without any, on a logarithmic scale.
///
/// gap = mean over references of log W* − log W, with W half the sum over segments of the squared
/// distances of rows from their mean. A reference has as many rows, drawn evenly from a box around the
/// real ones, and is clustered the same way.
///
/// - Source: Tibshirani, Walther and Hastie (2001). Checked against: fixture `stability.json` (`clusGap` of
///   R's cluster 2.1 with `d.power = 2`).
public struct GapStatistic: Hashable, Sendable, Codable {
  public let logDispersion: Double
  /// The mean over references.
  public let expectedLogDispersion: Double
  /// Of `gap`: the standard deviation over B references times √(1 + 1 / B).
  public let standardError: Double
  public let referenceCount: Int

  public var gap: Double { expectedLogDispersion - logDispersion }

  /// - Throws: `.count` for fewer than two references, `.noDispersion` where a logarithm is not finite
  ///   because every segment is one point.
  public init(logDispersion: Double, references: [Double]) throws(EvaluationError) {
    guard references.count >= 2 else {
      throw .count(.replicates, needed: 2, found: references.count)
    }
    guard logDispersion.isFinite, references.allSatisfy(\.isFinite) else { throw .noDispersion }
    let count = Double(references.count)
    let mean = references.reduce(0, +) / count
    let squares = references.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.logDispersion = logDispersion
    expectedLogDispersion = mean
    standardError = (squares / (count - 1) * (1 + 1 / count)).squareRoot()
    referenceCount = references.count
  }

  /// log W of a clustering; rows in no segment (−1) are left out, −∞ where every segment is one point.
  ///
  /// - Throws: `.lengths`, and `.nonFinite` for a NaN or an infinity.
  public static func logDispersion(
    of x: Matrix, labels: [Int], on pool: WorkerPool = .serial
  ) throws(EvaluationError) -> Double {
    guard labels.count == x.rowCount else {
      throw .lengths(expected: x.rowCount, found: labels.count)
    }
    if let (row, column) = x.firstNonFinite { throw .nonFinite(row: row, column: column) }
    let members = labels.indices.filter { labels[$0] >= 0 }
    let layout = ClusterLayout(
      LabelIndex(members.map { labels[$0] }), columnCount: x.columnCount)
    let kept = members.count == labels.count ? x : x.selectingRows(members)
    let within = CentroidDispersion(kept, scale: 1, layout: layout, on: pool).withinSquares
    return log(within.reduce(0, +) / 2)
  }

  /// log W of all rows as one segment, which needs no fit; −∞ where they are one point.
  ///
  /// - Throws: `.nonFinite` for a NaN or an infinity.
  public static func logDispersion(
    of x: Matrix, on pool: WorkerPool = .serial
  ) throws(EvaluationError) -> Double {
    try logDispersion(of: x, labels: [Int](repeating: 0, count: x.rowCount), on: pool)
  }
}

/// Rows without segments: evenly drawn from a box around given rows.
public struct GapReference: Sendable {
  /// Which way the box stands.
  public enum Box: String, Hashable, Sendable, Codable, CaseIterable {
    /// Along the columns.
    case original
    /// Along the principal axes of the rows, so that a slanted cloud has a slanted box.
    case principalAxes = "scaled-pca"
  }

  private let axes: PrincipalAxes
  private let ranges: [ClosedRange<Double>]
  private let rowCount: Int
  private let seed: Seed

  /// - Throws: `.noRows`, `.noColumns`, and `.axes` where the rows have no finite spread.
  public init(
    _ box: Box, around x: Matrix, seed: Seed, on pool: WorkerPool = .serial
  ) throws(EvaluationError) {
    guard x.rowCount > 0 else { throw .noRows }
    guard x.columnCount > 0 else { throw .noColumns }
    let principal = try PrincipalAxes(x, on: pool)
    axes = box == .original ? principal.alongColumns : principal
    ranges = axes.ranges(of: x)
    rowCount = x.rowCount
    self.seed = seed.derived("gap reference")
  }

  /// - Parameter index: from 0; the first 50 of 100 references are those of 50.
  public func reference(_ index: Int) -> Matrix {
    var source = RandomSource(seed: seed.derived("rows", index))
    return matrix { _, _ in source.uniform() }
  }

  /// The rows whose place between the sides of the box is `share(row, axis)`, from 0 to 1.
  package func matrix(_ share: (Int, Int) -> Double) -> Matrix {
    var values: [Double] = []
    values.reserveCapacity(rowCount * axes.center.count)
    for row in 0..<rowCount {
      values += axes.row(
        at: ranges.enumerated().map { axis, range in
          range.lowerBound + share(row, axis) * (range.upperBound - range.lowerBound)
        })
    }
    return Matrix(rowCount: rowCount, columnCount: axes.center.count, values: values)
  }
}
