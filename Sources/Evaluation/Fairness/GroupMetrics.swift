/// Figures by which groups of rows are compared; no model is ranked by them.
extension ClassificationMetric {
  /// (TP + FN) / n: how often the event happened.
  static let baseRate = group("base_rate", "Share of positives.") { groups, _ in groups.baseRate }

  /// (TP + FP) / n at the cut: how many are contacted.
  static let selectionRate = group("selection_rate", "(TP + FP) / n at the cut.") { groups, cut in
    let matrix = ConfusionMatrix(groups, threshold: cut)
    return matrix.weight > 0 ? matrix.predictedPositives / matrix.weight : 0
  }

  static let truePositiveRate = group("true_positive_rate", "TP / (TP + FN) at the cut.") {
    groups, cut in ConfusionMatrix(groups, threshold: cut).recall
  }

  static let falsePositiveRate = group("false_positive_rate", "FP / (FP + TN) at the cut.") {
    groups, cut in
    let matrix = ConfusionMatrix(groups, threshold: cut)
    return matrix.negatives > 0 ? matrix.falsePositives / matrix.negatives : 0
  }

  static let meanScore = group("mean_score", "Mean probability.") { groups, _ in groups.meanScore }

  private static func group(
    _ name: String, _ summary: String,
    _ figure: @escaping @Sendable (ScoreGroups, Double) -> Double
  ) -> ClassificationMetric {
    ClassificationMetric(name, .higherIsBetter, summary) {
      (groups, cut) throws(EvaluationError) in figure(groups, cut)
    }
  }
}
