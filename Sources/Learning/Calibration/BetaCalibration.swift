internal import CLibrary
internal import Numerical

/// Beta calibration: the log-odds are a · ln p − b · ln (1 − p) + c with a, b ≥ 0.
///
/// The right map where the scores of ones and of zeros follow beta distributions; a = b = 1 and c = 0 leave
/// probabilities as they are. A logistic fit to ln p and −ln (1 − p); a coefficient that would be negative is
/// left out and the better of the fits with the other one alone is taken. Probabilities are kept 2⁻⁵² away
/// from 0 and 1.
///
/// - Source: Kull, Silva Filho and Flach (2017). Checked against: fixture `calibration.json` (scipy).
public struct BetaCalibration: Hashable, Sendable {
  /// Factor of ln p, at least 0.
  public let a: Double
  /// Factor of −ln (1 − p), at least 0.
  public let b: Double
  public let c: Double

  public init(a: Double, b: Double, c: Double) {
    self.a = a
    self.b = b
    self.c = c
  }

  /// - Throws: `LearningError.rowCounts`, `.nonFinite`, `.probability`, `.label`, `.weight`, `.events`.
  /// - Complexity: O(n) per step of at most three fits.
  public init(scores: [Double], labels: [Double], weights: [Double]? = nil)
    throws(LearningError)
  {
    try CalibrationCheck.requireRows(scores: scores, labels: labels, weights: weights)
    try CalibrationCheck.requireProbabilities(scores)
    let logs = scores.map(Self.logs)
    if let both = try Self.both(logs, labels, weights), both.coefficients.allSatisfy({ $0 >= 0 }) {
      self.init(a: both.coefficients[0], b: both.coefficients[1], c: both.intercept)
      return
    }
    func alone(_ values: [Double]) throws(LearningError) -> SmallLogisticFit {
      try SmallLogisticFit(
        Matrix(rowCount: values.count, columnCount: 1, values: values), targets: labels,
        weights: weights)
    }
    let first = try alone(logs.map(\.ofP))
    let second = try alone(logs.map(\.ofRest))
    switch (first.coefficients[0] >= 0, second.coefficients[0] >= 0) {
    case (true, true) where first.loss <= second.loss, (true, false):
      self.init(a: first.coefficients[0], b: 0, c: first.intercept)
    case (true, true), (false, true):
      self.init(a: 0, b: second.coefficients[0], c: second.intercept)
    case (false, false):
      let rate = Moments(labels, weights: weights).mean
      self.init(a: 0, b: 0, c: log(rate / (1 - rate)))
    }
  }

  /// The fit to both logarithms; nil where scores are so alike that one is a multiple of the other, as those
  /// of a model that says the same of every row.
  private static func both(
    _ logs: [(ofP: Double, ofRest: Double)], _ labels: [Double], _ weights: [Double]?
  ) throws(LearningError) -> SmallLogisticFit? {
    do throws(LearningError) {
      return try SmallLogisticFit(
        Matrix(rowCount: logs.count, columnCount: 2, values: logs.flatMap { [$0.ofP, $0.ofRest] }),
        targets: labels, weights: weights)
    } catch .collinear {
      return nil
    } catch {
      throw error
    }
  }

  /// - Throws: `LearningError.nonFinite`, `.probability` with the row.
  public func apply(_ scores: [Double]) throws(LearningError) -> [Double] {
    try CalibrationCheck.requireProbabilities(scores)
    return scores.map { score in
      let logs = Self.logs(score)
      return 1 / (1 + exp(-(a * logs.ofP + b * logs.ofRest + c)))
    }
  }

  /// ln p and −ln (1 − p).
  private static func logs(_ score: Double) -> (ofP: Double, ofRest: Double) {
    let p = min(max(score, Double.ulpOfOne), 1 - Double.ulpOfOne)
    return (log(p), -log1p(-p))
  }
}

extension BetaCalibration: Codable {
  private enum CodingKeys: String, CodingKey { case a, b, c }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    a = try container.decode(Double.self, forKey: .a)
    b = try container.decode(Double.self, forKey: .b)
    c = try container.decode(Double.self, forKey: .c)
    guard a >= 0, b >= 0, abs(a) <= 1e15, abs(b) <= 1e15, abs(c) <= 1e15 else {
      throw DecodingError.dataCorruptedError(
        forKey: .a, in: container,
        debugDescription: "the factors must be numbers of at least 0, the constant a number")
    }
  }
}
