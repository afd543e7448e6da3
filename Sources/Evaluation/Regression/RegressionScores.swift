internal import CLibrary
internal import Numerical

/// The numbers a model predicted for rows, and the numbers that came.
///
/// A row of weight 0 counts as absent.
public struct RegressionScores: Sendable {
  public let predictions: [Double]
  public let targets: [Double]
  /// How much each row counts; nil counts every row once.
  public let weights: [Double]?
  /// The sum of weights.
  public let weight: Double

  /// - Throws: `.lengths`, `.missingValue` for a number that is not finite, `.weight`, `.noRows`.
  public init(predictions: [Double], targets: [Double], weights: [Double]? = nil)
    throws(EvaluationError)
  {
    guard targets.count == predictions.count else {
      throw .lengths(expected: predictions.count, found: targets.count)
    }
    if let row = predictions.indices.first(where: {
      !predictions[$0].isFinite || !targets[$0].isFinite
    }) {
      throw .missingValue(row: row)
    }
    try checkWeights(weights, rowCount: predictions.count)
    self.predictions = predictions
    self.targets = targets
    self.weights = weights
    weight = weights?.reduce(0, +) ?? Double(predictions.count)
    guard weight > 0 else { throw .noRows }
  }

  private func weight(_ row: Int) -> Double { weights?[row] ?? 1 }

  /// Σ w · loss over the sum of weights.
  private func mean(_ loss: (_ prediction: Double, _ target: Double) -> Double) -> Double {
    var sum = 0.0
    for row in predictions.indices where weight(row) > 0 {
      sum += weight(row) * loss(predictions[row], targets[row])
    }
    return sum / weight
  }

  /// The root of the mean squared error, in the unit of the target.
  public func rootMeanSquaredError() -> Double {
    mean { ($0 - $1) * ($0 - $1) }.squareRoot()
  }

  /// The mean of |prediction − target|, in the unit of the target.
  public func meanAbsoluteError() -> Double { mean { abs($0 - $1) } }

  /// The mean of prediction − target, in the unit of the target.
  public func bias() -> Double { mean { $0 - $1 } }

  /// 1 − squared error of the predictions / squared error of the mean target.
  ///
  /// - Throws: `.constantTarget`.
  public func determination() throws(EvaluationError) -> Double {
    let spread = Moments(targets, weights: weights).variance
    guard spread > 0 else { throw .constantTarget }
    return 1 - mean { ($0 - $1) * ($0 - $1) } / spread
  }

  /// The mean of |prediction − target| / |target| over rows whose target is not zero.
  ///
  /// scikit-learn divides by 2⁻⁵² there instead, which drowns all other rows.
  ///
  /// - Throws: `.constantTarget` where every target is zero.
  public func meanAbsolutePercentageError() throws(EvaluationError) -> Double {
    var (sum, counted) = (0.0, 0.0)
    for row in predictions.indices where targets[row] != 0 && weight(row) > 0 {
      sum += weight(row) * abs((predictions[row] - targets[row]) / targets[row])
      counted += weight(row)
    }
    guard counted > 0 else { throw .constantTarget }
    return sum / counted
  }

  /// The mean deviance of Tweedie's family: power 0 is the squared error, 1 Poisson, 2 gamma, between them
  /// compound Poisson.
  ///
  /// Twice the mean of y^(2−p) / ((1−p)(2−p)) − y m^(1−p) / (1−p) + m^(2−p) / (2−p) for target y and
  /// prediction m, with its limits at p = 1 and 2, as in scikit-learn.
  ///
  /// - Parameter power: 0, or at least 1.
  /// - Throws: `.outsideDeviance` where a target or prediction is outside the family's range: predictions
  ///   must be positive, targets at least 0, from power 2 on positive.
  public func deviance(power: Double) throws(EvaluationError) -> Double {
    precondition(power == 0 || power >= 1, "Tweedie's family has no power between 0 and 1")
    if power == 0 { return mean { ($0 - $1) * ($0 - $1) } }
    for row in predictions.indices where weight(row) > 0 {
      guard predictions[row] > 0, targets[row] > 0 || (targets[row] == 0 && power < 2) else {
        throw .outsideDeviance(row: row, power: power)
      }
    }
    switch power {
    case 1: return 2 * mean { ($1 > 0 ? $1 * log($1 / $0) : 0) - $1 + $0 }
    case 2: return 2 * mean { log($0 / $1) + $1 / $0 - 1 }
    default:
      let (a, b) = (1 - power, 2 - power)
      return 2 * mean { pow($1, b) / (a * b) - $1 * pow($0, a) / a + pow($0, b) / b }
    }
  }
}

extension RegressionScores {
  /// How well predictions order the rows: the Gini coefficient of the targets along the predictions, over
  /// that along the targets themselves; 1 for a perfect order, 0 for none, negative for a reversed one.
  ///
  /// From the greatest prediction down, the share of target reached is drawn against the share of weight;
  /// the coefficient is twice the area above the diagonal. Rows of equal prediction form one straight
  /// piece, so their order does not matter. For a target of 0 and 1 it equals 2 AUC − 1.
  ///
  /// - Throws: `.constantTarget` where all targets are equal; `.outsideDeviance` for a negative target.
  /// - Complexity: O(n).
  public func normalizedGini() throws(EvaluationError) -> Double {
    if let row = targets.indices.first(where: { targets[$0] < 0 && weight($0) > 0 }) {
      throw .outsideDeviance(row: row, power: 0)
    }
    let perfect = areaAboveDiagonal(orderedBy: targets)
    guard perfect > 0 else { throw .constantTarget }
    return areaAboveDiagonal(orderedBy: predictions) / perfect
  }

  private func areaAboveDiagonal(orderedBy keys: [Double]) -> Double {
    let order = DescendingOrder.of(keys).map { Int($0) }.filter { weight($0) > 0 }
    let total = order.reduce(0) { $0 + weight($1) * targets[$1] }
    guard total > 0 else { return 0 }
    var (above, area) = (0.0, 0.0)
    var position = 0
    while position < order.count {
      let key = keys[order[position]]
      var (width, height) = (0.0, 0.0)
      while position < order.count, keys[order[position]] == key {
        width += weight(order[position]) / weight
        height += weight(order[position]) * targets[order[position]] / total
        position += 1
      }
      area += width * (2 * above + height)
      above += height
    }
    return area - 1
  }
}
