internal import CLibrary

/// How many positives and negatives there are at each distinct score: all that a metric of binary
/// scores depends on.
///
/// Rows of equal score are never told apart, so no figure depends on the order of rows. Amounts are sums
/// of weights; without weights they are counts, exact below 2⁵³.
///
/// - Shape: three lists of one entry per distinct score.
public struct ScoreGroups: Sendable {
  /// Distinct scores, the greatest first.
  public let scores: [Double]
  /// Weight of the positives at each score.
  public let positives: [Double]
  /// Weight of the negatives at each score.
  public let negatives: [Double]
  public let positiveWeight: Double
  public let negativeWeight: Double

  let losses: LogLosses
  /// A row whose score is no probability.
  let improbableRow: Int?

  init(
    scores: [Double], positives: [Double], negatives: [Double], losses: LogLosses,
    improbableRow: Int?
  ) {
    self.scores = scores
    self.positives = positives
    self.negatives = negatives
    self.losses = losses
    self.improbableRow = improbableRow
    positiveWeight = positives.reduce(0, +)
    negativeWeight = negatives.reduce(0, +)
  }

  /// The same scores with other amounts.
  func replacing(positives: [Double], negatives: [Double]) -> ScoreGroups {
    ScoreGroups(
      scores: scores, positives: positives, negatives: negatives, losses: losses,
      improbableRow: improbableRow)
  }

  public var weight: Double { positiveWeight + negativeWeight }

  /// The share of positives.
  public var baseRate: Double { positiveWeight / weight }

  /// The mean score.
  public var meanScore: Double {
    var sum = 0.0
    for group in scores.indices { sum += scores[group] * (positives[group] + negatives[group]) }
    return sum / weight
  }

  func requireBothClasses() throws(EvaluationError) {
    guard positiveWeight > 0 else { throw .oneClass(label: 0, rows: Int(clamping: negativeWeight)) }
    guard negativeWeight > 0 else { throw .oneClass(label: 1, rows: Int(clamping: positiveWeight)) }
  }

  func requireProbabilities() throws(EvaluationError) {
    if let improbableRow { throw .notProbability(row: improbableRow) }
  }
}

/// −ln p and −ln (1 − p) of each distinct score, with p kept 2⁻⁵² away from 0 and 1 as in scikit-learn.
///
/// Shared by all resamples of the same scores; empty where scores are no probabilities.
struct LogLosses: Sendable {
  let ofPositive: [Double]
  let ofNegative: [Double]

  init(probabilities: [Double]) {
    func loss(_ p: Double) -> Double {
      -log(min(max(p, Double.ulpOfOne), 1 - Double.ulpOfOne))
    }
    ofPositive = probabilities.map(loss)
    ofNegative = probabilities.map { loss(1 - $0) }
  }
}

extension Int {
  /// The whole number nearest to `value`, which must not be NaN.
  init(clamping value: Double) {
    self = Int(exactly: value.rounded()) ?? (value < 0 ? .min : .max)
  }
}
