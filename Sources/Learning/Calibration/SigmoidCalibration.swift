internal import CLibrary
internal import Numerical

/// Platt's map: the probability is σ(slope · score + intercept).
///
/// Slope and intercept minimise the log-loss against smoothed targets, (P + 1) / (P + 2) for a one and
/// 1 / (N + 2) for a zero with P and N the weights of ones and zeros: the means after one more observation
/// of each kind, which keeps the map finite where scores part ones from zeros. Found by Newton's method.
///
/// - Source: Platt (1999); Lin, Lin and Weng (2007). Checked against: fixture `calibration.json`
///   (scikit-learn 1.9.1, scipy).
public struct SigmoidCalibration: Hashable, Sendable {
  public let slope: Double
  public let intercept: Double

  public init(slope: Double, intercept: Double) {
    self.slope = slope
    self.intercept = intercept
  }

  /// - Throws: `LearningError.rowCounts`, `.nonFinite`, `.label`, `.weight`, `.events`, `.numerical(.overflow)`.
  /// - Complexity: O(n) per step, of which there are about seven.
  public init(scores: [Double], labels: [Double], weights: [Double]? = nil)
    throws(LearningError)
  {
    try CalibrationCheck.requireRows(scores: scores, labels: labels, weights: weights)
    var (ones, zeros) = (0.0, 0.0)
    for row in labels.indices {
      if labels[row] == 1 { ones += weights?[row] ?? 1 } else { zeros += weights?[row] ?? 1 }
    }
    let (high, low) = ((ones + 1) / (ones + 2), 1 / (zeros + 2))
    let fit = try SmallLogisticFit(
      Matrix(rowCount: scores.count, columnCount: 1, values: scores),
      targets: labels.map { $0 == 1 ? high : low }, weights: weights)
    self.init(slope: fit.coefficients[0], intercept: fit.intercept)
  }

  /// - Throws: `LearningError.nonFinite` with the row.
  public func apply(_ scores: [Double]) throws(LearningError) -> [Double] {
    try CalibrationCheck.requireFinite(scores)
    return scores.map { score in
      let margin = slope * score + intercept
      return margin.isNaN ? 0.5 : 1 / (1 + exp(-margin))
    }
  }
}

extension SigmoidCalibration: Codable {
  private enum CodingKeys: String, CodingKey { case slope, intercept }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    slope = try container.decode(Double.self, forKey: .slope)
    intercept = try container.decode(Double.self, forKey: .intercept)
    guard slope.isFinite, intercept.isFinite else {
      throw DecodingError.dataCorruptedError(
        forKey: .slope, in: container, debugDescription: "slope and intercept must be finite")
    }
  }
}

/// A logistic fit of one or two columns, all but unpenalised: the penalty of 10⁻¹¹ only bounds the slopes
/// where columns part ones from zeros.
struct SmallLogisticFit {
  let intercept: Double
  /// In the columns' own units.
  let coefficients: [Double]
  /// The mean log-loss.
  let loss: Double

  init(_ x: Matrix, targets: [Double], weights: [Double]?) throws(LearningError) {
    let scaling = try ColumnScaling(x, weights: weights, isUsed: true, on: .serial)
    let objective = LogisticObjective(
      x, targets: targets, weights: weights, centers: scaling.centers, scales: scaling.scales,
      on: .serial)
    let solver = LogisticSolver(
      objective: objective, ridge: 1e-11, lasso: 0, tolerance: 1e-16, iterations: 100)
    let rate = objective.meanTarget
    let solution = try solver.solve(
      from: [log(rate / (1 - rate))] + [Double](repeating: 0, count: x.columnCount),
      isCancelled: { false })
    let coefficients = zip(solution.parameters.dropFirst(), scaling.scales).map { $0 / $1 }
    self.coefficients = coefficients
    intercept =
      solution.parameters[0] - zip(coefficients, scaling.centers).reduce(0) { $0 + $1.0 * $1.1 }
    loss = objective.loss(objective.margins(solution.parameters)) / objective.totalWeight
  }
}
