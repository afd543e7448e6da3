public import Numerical

/// How much the best of several candidates is flattered by having been chosen.
///
/// In every replicate the candidate that is best there is chosen, and how far its value there lies above
/// its value on all rows is noted: chance that choosing took for merit. The mean over replicates estimates what
/// the winner's own value contains of it. Nothing is fitted again, and the holdout is not needed.
///
/// - Source: after Tibshirani and Tibshirani, A bias correction for the minimum error rate in
///   cross-validation (2009), with replicates of rows in place of folds.
public enum SelectionBias {
  /// The bias in the metric's unit, at least 0: take it from a metric that is better when higher, add it to one
  /// that is better when lower.
  ///
  /// - Parameters:
  ///   - estimates: one per candidate.
  ///   - replicates: replicates × candidates, drawn together.
  /// - Throws: `.count` without a candidate or a replicate, `.lengths`.
  public static func ofBest(
    estimates: [Double], replicates: Matrix, direction: Direction
  ) throws(EvaluationError) -> Double {
    guard !estimates.isEmpty else { throw .count(.candidates, needed: 1, found: 0) }
    guard replicates.columnCount == estimates.count else {
      throw .lengths(expected: estimates.count, found: replicates.columnCount)
    }
    guard replicates.rowCount > 0 else { throw .count(.replicates, needed: 1, found: 0) }
    var total = 0.0
    for row in 0..<replicates.rowCount {
      var best = 0
      for candidate in estimates.indices.dropFirst()
      where direction.isBetter(replicates[row, candidate], than: replicates[row, best]) {
        best = candidate
      }
      total += replicates[row, best] - estimates[best]
    }
    let excess = total / Double(replicates.rowCount)
    return max(0, direction == .higherIsBetter ? excess : -excess)
  }
}
