/// A figure of merit of a binary classifier.
public struct ClassificationMetric: Sendable {
  /// The name in studies and records.
  public let name: String
  public let direction: Direction
  /// What it measures, with its formula.
  public let summary: String
  /// Whether it depends on the cut between contacting and not.
  public let needsThreshold: Bool
  /// Whether it reads scores as probabilities.
  public let needsProbabilities: Bool

  typealias Figure = @Sendable (ScoreGroups, Double) throws(EvaluationError) -> Double

  private var figure: Figure
  /// The figure of a metric that counts rows, by the weight of the rows it counts among.
  private var figureOfPart: (@Sendable (Double) -> Figure)?

  init(
    _ name: String, _ direction: Direction, needsThreshold: Bool = false,
    needsProbabilities: Bool = false, _ summary: String, _ figure: @escaping Figure
  ) {
    self.name = name
    self.direction = direction
    self.summary = summary
    self.needsThreshold = needsThreshold
    self.needsProbabilities = needsProbabilities
    self.figure = figure
  }

  /// The metric with rows at or above `threshold` predicted positive.
  ///
  /// - Throws: `.oneClass`, `.notProbability`, where the metric is not defined.
  public func value(_ groups: ScoreGroups, threshold: Double) throws(EvaluationError) -> Double {
    try figure(groups, threshold)
  }

  /// The metric as it is read on a part of rows that weigh `weight` together, such as a fold.
  ///
  /// One that counts rows takes the same share of every part: of 800 in 4,000 the best fifth.
  public func onPart(of weight: Double) -> ClassificationMetric {
    guard let figureOfPart else { return self }
    var metric = self
    metric.figure = figureOfPart(weight)
    return metric
  }

  /// The metric of a name; `lift@…%` and `capture@…%` take any share above 0 % and up to 100 %, and a number
  /// of rows without the sign.
  ///
  /// - Throws: `.unknownMetric`, `.fraction` for a share out of range.
  public static func named(_ name: String) throws(EvaluationError) -> ClassificationMetric {
    if let metric = standard.first(where: { $0.name == name }) { return metric }
    let parts = name.split(separator: "@", omittingEmptySubsequences: false)
    if parts.count == 2, let count = Int(parts[1]), count > 0 {
      switch parts[0] {
      case "lift": return lift(inBest: count)
      case "capture": return capture(inBest: count)
      default: break
      }
    }
    if parts.count == 2, parts[1].hasSuffix("%"), let percent = Double(parts[1].dropLast()) {
      let share = percent / 100
      guard share > 0, share <= 1 else { throw .fraction(.contacts, found: share) }
      switch parts[0] {
      case "lift": return lift(inBest: share)
      case "capture": return capture(inBest: share)
      default: break
      }
    }
    throw .unknownMetric(name: name, known: standard.map(\.name))
  }

  /// Every metric, in the order of reports.
  public static let standard = [
    rocAUC, prAUC, logLoss, brier, calibrationError, ks, lift(inBest: 0.1), capture(inBest: 0.1),
    mcc, f1, precision, recall, specificity, accuracy, balancedAccuracy,
  ]

  public static let rocAUC = ClassificationMetric(
    "roc_auc", .higherIsBetter,
    "The chance that a positive outscores a negative, equal scores counting half."
  ) { (groups, _) throws(EvaluationError) in try groups.rocAUC() }

  public static let prAUC = ClassificationMetric(
    "pr_auc", .higherIsBetter,
    "Average precision: sum over cuts of the gain in recall times the precision."
  ) { (groups, _) throws(EvaluationError) in try groups.averagePrecision() }

  public static let logLoss = ClassificationMetric(
    "log_loss", .lowerIsBetter, needsProbabilities: true,
    "Mean of −ln p of what happened, p kept 2⁻⁵² away from 0 and 1."
  ) { (groups, _) throws(EvaluationError) in try groups.logLoss() }

  public static let brier = ClassificationMetric(
    "brier", .lowerIsBetter, needsProbabilities: true,
    "Mean of (p − y)²: p is the predicted probability, y is 1 for a positive and 0 otherwise."
  ) { (groups, _) throws(EvaluationError) in try groups.brierScore() }

  public static let calibrationError = ClassificationMetric(
    "ece", .lowerIsBetter, needsProbabilities: true,
    """
    Expected calibration error: sum over ten bins of equal width of the share of rows times \
    |observed rate − mean score|.
    """
  ) { (groups, _) throws(EvaluationError) in try groups.calibrationError() }

  public static let ks = ClassificationMetric(
    "ks", .higherIsBetter,
    "Greatest difference over cuts between the share of positives and of negatives above the cut."
  ) { (groups, _) throws(EvaluationError) in try groups.kolmogorovSmirnov().distance }

  public static func lift(inBest share: Double) -> ClassificationMetric {
    ClassificationMetric(
      "lift@\(percentText(share))", .higherIsBetter,
      "Share of positives among the best \(percentText(share)) of rows over their share overall."
    ) { (groups, _) throws(EvaluationError) in try groups.lift(inBest: share) }
  }

  public static func capture(inBest share: Double) -> ClassificationMetric {
    ClassificationMetric(
      "capture@\(percentText(share))", .higherIsBetter,
      "Share of all positives that are among the best \(percentText(share)) of rows."
    ) { (groups, _) throws(EvaluationError) in try groups.capture(inBest: share) }
  }

  /// Of fewer rows than `count` all are meant.
  public static func lift(inBest count: Int) -> ClassificationMetric {
    counting(
      "lift", count, "Share of positives among the best \(count) rows over their share overall."
    ) { (groups, share) throws(EvaluationError) in try groups.lift(inBest: share) }
  }

  public static func capture(inBest count: Int) -> ClassificationMetric {
    counting("capture", count, "Share of all positives that are among the best \(count) rows.") {
      (groups, share) throws(EvaluationError) in try groups.capture(inBest: share)
    }
  }

  /// A figure of the best share of rows whose share is `count` of all.
  private static func counting(
    _ name: String, _ count: Int, _ summary: String, _ figure: @escaping Figure
  ) -> ClassificationMetric {
    let among: @Sendable (Double) -> Figure = { weight in
      let share = min(1, Double(count) / weight)
      return { (groups, _) throws(EvaluationError) in try figure(groups, share) }
    }
    var metric = ClassificationMetric("\(name)@\(count)", .higherIsBetter, summary) {
      (groups, threshold) throws(EvaluationError) in try among(groups.weight)(groups, threshold)
    }
    metric.figureOfPart = among
    return metric
  }

  /// 10 % of 0.1: the percentage as it was written, without a trailing `.0`.
  private static func percentText(_ share: Double) -> String {
    let percent = (share * 100 * 1e9).rounded() / 1e9
    return (Int(exactly: percent).map { "\($0)" } ?? "\(percent)") + "%"
  }
}

extension ClassificationMetric {
  public static let accuracy = atCut("accuracy", "(TP + TN) / n at the cut.") { $0.accuracy }
  public static let precision = atCut("precision", "TP / (TP + FP) at the cut.") { $0.precision }
  public static let recall = atCut("recall", "TP / (TP + FN) at the cut.") { $0.recall }
  public static let specificity = atCut("specificity", "TN / (TN + FP) at the cut.") {
    $0.specificity
  }
  public static let f1 = atCut("f1", "2 TP / (2 TP + FP + FN) at the cut.") { $0.f1 }
  public static let balancedAccuracy = atCut(
    "balanced_accuracy", "(recall + specificity) / 2 at the cut."
  ) { $0.balancedAccuracy }
  public static let mcc = atCut(
    "mcc",
    """
    Matthews' correlation of prediction and outcome at the cut: (TP · TN − FP · FN) / \
    √((TP + FP)(TP + FN)(TN + FP)(TN + FN)).
    """
  ) { $0.matthewsCorrelation }

  private static func atCut(
    _ name: String, _ summary: String, _ figure: @escaping @Sendable (ConfusionMatrix) -> Double
  ) -> ClassificationMetric {
    ClassificationMetric(name, .higherIsBetter, needsThreshold: true, summary) {
      groups, threshold in
      figure(ConfusionMatrix(groups, threshold: threshold))
    }
  }
}
