/// A figure of merit of predicted numbers.
public struct RegressionMetric: Sendable {
  /// The name in studies and records.
  public let name: String
  public let direction: Direction
  /// What it measures, with its formula.
  public let summary: String

  private let figure: @Sendable (RegressionScores) throws(EvaluationError) -> Double

  private init(
    _ name: String, _ direction: Direction, _ summary: String,
    _ figure: @escaping @Sendable (RegressionScores) throws(EvaluationError) -> Double
  ) {
    self.name = name
    self.direction = direction
    self.summary = summary
    self.figure = figure
  }

  /// - Throws: `.constantTarget`, `.outsideDeviance`, where the metric is not defined.
  public func value(_ scores: RegressionScores) throws(EvaluationError) -> Double {
    try figure(scores)
  }

  /// The metric of a name; `tweedie_deviance@…` takes any power of at least 1.
  ///
  /// - Throws: `.unknownMetric`.
  public static func named(_ name: String) throws(EvaluationError) -> RegressionMetric {
    if let metric = standard.first(where: { $0.name == name }) { return metric }
    let parts = name.split(separator: "@", omittingEmptySubsequences: false)
    if parts.count == 2, parts[0] == "tweedie_deviance", let power = Double(parts[1]), power >= 1,
      power.isFinite
    {
      return tweedieDeviance(power: power)
    }
    throw .unknownMetric(name: name, known: standard.map(\.name))
  }

  /// Every metric, in the order of reports.
  public static let standard = [
    rmse, mae, determination, mape, poissonDeviance, gammaDeviance, tweedieDeviance(power: 1.5),
    gini,
  ]

  public static let rmse = RegressionMetric(
    "rmse", .lowerIsBetter, "Root of the mean squared error, in the unit of the target."
  ) { $0.rootMeanSquaredError() }

  public static let mae = RegressionMetric(
    "mae", .lowerIsBetter, "Mean of |prediction − target|, in the unit of the target."
  ) { $0.meanAbsoluteError() }

  public static let determination = RegressionMetric(
    "r2", .higherIsBetter,
    "1 − squared error of the predictions / squared error of the mean target."
  ) { (scores) throws(EvaluationError) in try scores.determination() }

  public static let mape = RegressionMetric(
    "mape", .lowerIsBetter, "Mean of |prediction − target| / |target| over targets other than 0."
  ) { (scores) throws(EvaluationError) in try scores.meanAbsolutePercentageError() }

  public static let poissonDeviance = RegressionMetric(
    "poisson_deviance", .lowerIsBetter,
    "Twice the mean of y ln (y / m) − y + m for target y and prediction m."
  ) { (scores) throws(EvaluationError) in try scores.deviance(power: 1) }

  public static let gammaDeviance = RegressionMetric(
    "gamma_deviance", .lowerIsBetter,
    "Twice the mean of ln (m / y) + y / m − 1 for target y and prediction m."
  ) { (scores) throws(EvaluationError) in try scores.deviance(power: 2) }

  public static func tweedieDeviance(power: Double) -> RegressionMetric {
    RegressionMetric(
      "tweedie_deviance@\(power)", .lowerIsBetter,
      """
      Twice the mean of y^(2−p) / ((1−p)(2−p)) − y m^(1−p) / (1−p) + m^(2−p) / (2−p), p = \(power), \
      for target y and prediction m.
      """
    ) { (scores) throws(EvaluationError) in try scores.deviance(power: power) }
  }

  public static let gini = RegressionMetric(
    "gini", .higherIsBetter,
    "Gini coefficient of the targets in the order of the predictions over that in their own order."
  ) { (scores) throws(EvaluationError) in try scores.normalizedGini() }
}
