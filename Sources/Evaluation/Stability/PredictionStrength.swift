public import Numerical

/// How well a clustering of one half of the rows predicts which rows of the other half belong together.
///
/// Each half is clustered alone and placed by the clustering of the other. Of a segment, the strength is
/// the share of its pairs of rows that the other half's clustering puts together; of a half the least over
/// its segments; and the whole is the mean over both halves and all halvings. One segment has strength 1.
/// The largest k with more than 0.8 is the number of segments the rows support.
///
/// - Source: Tibshirani and Walther (2005). Checked against: fixture `stability.json` (R's fpc 2.2).
public struct PredictionStrength: Hashable, Sendable, Codable {
  /// The usual bound on what is well predicted.
  public static let threshold = 0.8

  public let mean: Double
  /// Of the mean, from the spread over halvings; nil for a single one.
  public let standardError: Double?
  public let halvingCount: Int

  /// - Parameter strengths: of each halving the mean of its two directions.
  /// - Throws: `.count` without halvings.
  public init(_ strengths: [Double]) throws(EvaluationError) {
    guard !strengths.isEmpty else { throw .count(.replicates, needed: 1, found: 0) }
    let count = Double(strengths.count)
    let mean = strengths.reduce(0, +) / count
    self.mean = mean
    halvingCount = strengths.count
    let squares = strengths.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    standardError = strengths.count > 1 ? (squares / (count - 1) / count).squareRoot() : nil
  }

  /// Two parts of ⌊n / 2⌋ and ⌈n / 2⌉ rows, each in ascending order.
  ///
  /// - Parameter index: halvings are told apart by it alone, from 0.
  public static func halving(
    _ index: Int, rowCount: Int, seed: Seed
  ) -> (first: [Int], second: [Int]) {
    var source = RandomSource(seed: seed.derived("halving", index))
    let order = source.permutation(count: rowCount)
    return (order.prefix(rowCount / 2).sorted(), order.dropFirst(rowCount / 2).sorted())
  }

  /// The strength of one half: the least over its segments.
  ///
  /// A segment of one row has 1. Rows in no segment (−1) are in no pair of their own; pairs that the other
  /// half's rule puts in no segment are not together. A half without segments has 0: nothing was predicted.
  ///
  /// - Parameters:
  ///   - own: labels of the half's own clustering.
  ///   - predicted: where the clustering of the other half puts the same rows.
  /// - Throws: `.lengths` when the labelings differ in length.
  public static func strength(
    of own: [Int], predictedAs predicted: [Int]
  ) throws(EvaluationError) -> Double {
    let table = try ContingencyTable(own, predicted)
    var together = [Double](repeating: 0, count: table.firstIndex.counts.count)
    for cell in table.cells where table.secondIndex.labels[cell.second] >= 0 {
      together[cell.first] += Double(cell.count) * Double(cell.count - 1)
    }
    guard table.firstIndex.labels.contains(where: { $0 >= 0 }) else { return 0 }
    var strength = 1.0
    for (code, size) in table.firstIndex.counts.enumerated() {
      guard table.firstIndex.labels[code] >= 0, size > 1 else { continue }
      strength = min(strength, together[code] / (Double(size) * Double(size - 1)))
    }
    return strength
  }
}
