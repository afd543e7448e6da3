/// What a cut does: rows at or above a threshold count as predicted positive.
///
/// Shares whose denominator is zero are 0, as in scikit-learn.
public struct ConfusionMatrix: Hashable, Sendable, Codable {
  /// Sums of weights: numbers of rows without weights.
  public let truePositives: Double
  public let falsePositives: Double
  public let trueNegatives: Double
  public let falseNegatives: Double

  public init(
    truePositives: Double, falsePositives: Double, trueNegatives: Double, falseNegatives: Double
  ) {
    self.truePositives = truePositives
    self.falsePositives = falsePositives
    self.trueNegatives = trueNegatives
    self.falseNegatives = falseNegatives
  }

  /// The rows with `score` ≥ `threshold` predicted positive.
  public init(_ groups: ScoreGroups, threshold: Double) {
    var (found, mistaken) = (0.0, 0.0)
    for group in groups.scores.indices {
      guard groups.scores[group] >= threshold else { break }
      found += groups.positives[group]
      mistaken += groups.negatives[group]
    }
    self.init(
      truePositives: found, falsePositives: mistaken,
      trueNegatives: groups.negativeWeight - mistaken,
      falseNegatives: groups.positiveWeight - found)
  }

  public var weight: Double { positives + negatives }
  public var positives: Double { truePositives + falseNegatives }
  public var negatives: Double { trueNegatives + falsePositives }
  public var predictedPositives: Double { truePositives + falsePositives }

  /// (TP + TN) / n.
  public var accuracy: Double { share(truePositives + trueNegatives, of: weight) }
  /// TP / (TP + FP).
  public var precision: Double { share(truePositives, of: predictedPositives) }
  /// TP / (TP + FN), also sensitivity.
  public var recall: Double { share(truePositives, of: positives) }
  /// TN / (TN + FP).
  public var specificity: Double { share(trueNegatives, of: negatives) }
  /// 2 TP / (2 TP + FP + FN).
  public var f1: Double { share(2 * truePositives, of: predictedPositives + positives) }
  /// (recall + specificity) / 2.
  public var balancedAccuracy: Double { (recall + specificity) / 2 }

  /// Matthews' correlation of prediction and outcome, from −1 to 1; 0 where either is constant.
  ///
  /// (TP · TN − FP · FN) / √((TP + FP)(TP + FN)(TN + FP)(TN + FN)).
  public var matthewsCorrelation: Double {
    let predictedNegatives = trueNegatives + falseNegatives
    guard predictedPositives > 0, predictedNegatives > 0, positives > 0, negatives > 0 else {
      return 0
    }
    // In shares: a product of four counts may leave the range in which whole numbers are exact.
    let agreement = (truePositives / positives) * (trueNegatives / negatives)
    let disagreement = (falsePositives / negatives) * (falseNegatives / positives)
    let spread =
      (predictedPositives / positives) * (predictedNegatives / negatives)
    return (agreement - disagreement) / spread.squareRoot()
  }

  private func share(_ part: Double, of whole: Double) -> Double { whole > 0 ? part / whole : 0 }
}
