internal import Numerical

/// The scores a binary classifier gave to rows, and what became of the rows.
///
/// Sorted once; rows of equal score form one group. Every metric, curve and table is a function of
/// `groups`; the rows themselves are kept only to resample them and to compare two models row by row.
/// A row of weight 0 counts as absent.
///
/// - Complexity: O(n) time and memory.
public struct BinaryScores: Sendable {
  public let groups: ScoreGroups
  /// Rows at each distinct score.
  public let rowCounts: [Int]
  let positives: ClassRows
  let negatives: ClassRows

  /// Rows of one class in their original order.
  struct ClassRows: Sendable {
    /// Per row, its group.
    var groups: [UInt32] = []
    /// Per row, its weight; nil where every row counts once.
    var weights: [Double]?
  }

  /// Rows of positive weight.
  public var rowCount: Int { positives.groups.count + negatives.groups.count }
  public var positiveCount: Int { positives.groups.count }
  public var negativeCount: Int { negatives.groups.count }

  /// - Parameters:
  ///   - scores: one per row, greater for rows thought more likely to be positive.
  ///   - labels: one per row, 1 for a positive and 0 for a negative.
  ///   - weights: how much each row counts; nil counts every row once.
  /// - Throws: `.lengths`, `.missingValue` for a score that is not finite, `.label`, `.weight`, `.noRows`.
  ///   One class alone is accepted here; figures that compare two classes refuse it.
  public init(scores: [Double], labels: [Double], weights: [Double]? = nil)
    throws(EvaluationError)
  {
    try Self.check(scores, labels, weights)
    let order = DescendingOrder.of(scores)
    var totals = GroupTotals()
    var groupOfRow = [UInt32](repeating: 0, count: scores.count)
    for position in order {
      let row = Int(position)
      let weight = weights?[row] ?? 1
      guard weight > 0 else { continue }
      groupOfRow[row] = totals.add(score: scores[row], isPositive: labels[row] == 1, weight: weight)
    }
    guard !totals.scores.isEmpty else { throw .noRows }
    var (positives, negatives) = (ClassRows(), ClassRows())
    if weights != nil { (positives.weights, negatives.weights) = ([], []) }
    for row in scores.indices where (weights?[row] ?? 1) > 0 {
      if labels[row] == 1 {
        positives.append(group: groupOfRow[row], weight: weights?[row])
      } else {
        negatives.append(group: groupOfRow[row], weight: weights?[row])
      }
    }
    self.positives = positives
    self.negatives = negatives
    rowCounts = totals.rowCounts
    groups = totals.groups(
      improbableRow: scores.indices.first {
        !(scores[$0] >= 0 && scores[$0] <= 1) && (weights?[$0] ?? 1) > 0
      })
  }

  private static func check(_ scores: [Double], _ labels: [Double], _ weights: [Double]?)
    throws(EvaluationError)
  {
    guard labels.count == scores.count else {
      throw .lengths(expected: scores.count, found: labels.count)
    }
    if let row = scores.firstIndex(where: { !$0.isFinite }) { throw .missingValue(row: row) }
    if let row = labels.firstIndex(where: { $0 != 0 && $0 != 1 }) { throw .label(row: row) }
    try checkWeights(weights, rowCount: scores.count)
  }
}

/// Refuses weights that are not one per row, each 0 or within the range whose products stay finite.
func checkWeights(_ weights: [Double]?, rowCount: Int) throws(EvaluationError) {
  guard let weights else { return }
  guard weights.count == rowCount else {
    throw .lengths(expected: rowCount, found: weights.count)
  }
  if let row = weights.firstIndex(where: { $0 != 0 && !(1e-100...1e100 ~= $0) }) {
    throw .weight(row: row)
  }
}

extension BinaryScores.ClassRows {
  fileprivate mutating func append(group: UInt32, weight: Double?) {
    groups.append(group)
    if let weight { weights?.append(weight) }
  }
}

/// Amounts per distinct score, filled from the greatest score down.
private struct GroupTotals {
  var scores: [Double] = []
  var positives: [Double] = []
  var negatives: [Double] = []
  var rowCounts: [Int] = []

  /// Adds a row and returns its group.
  mutating func add(score: Double, isPositive: Bool, weight: Double) -> UInt32 {
    if scores.last != score {
      scores.append(score + 0)
      positives.append(0)
      negatives.append(0)
      rowCounts.append(0)
    }
    let group = scores.count - 1
    if isPositive { positives[group] += weight } else { negatives[group] += weight }
    rowCounts[group] += 1
    return UInt32(group)
  }

  func groups(improbableRow: Int?) -> ScoreGroups {
    ScoreGroups(
      scores: scores, positives: positives, negatives: negatives,
      losses: LogLosses(probabilities: improbableRow == nil ? scores : []),
      improbableRow: improbableRow)
  }
}
