internal import CLibrary
public import Numerical

/// Fitted log-odds: intercept + Σ coefficient · column.
public struct LogisticRegressionModel: Hashable, Sendable {
  /// Log-odds of a row of zeros, without what a weighting of classes adds.
  public let intercept: Double
  /// Change of the log-odds per unit of each column.
  public let coefficients: Vector
  /// The mean of each fitted column.
  public let means: Vector
  /// The standard deviation of each fitted column, 0 for a constant one.
  public let deviations: Vector
  /// Of the intercept and the coefficients, 0 for a constant column; nil where coefficients are shrunk, moved
  /// by class weights, not converged or infinite, and have none.
  public let standardErrors: Vector?

  init(
    intercept: Double, coefficients: Vector, means: Vector, deviations: Vector,
    standardErrors: Vector?
  ) {
    self.intercept = intercept
    self.coefficients = coefficients
    self.means = means
    self.deviations = deviations
    self.standardErrors = standardErrors
  }

  /// The log-odds of each row.
  ///
  /// - Throws: `LearningError.width`, `.nonFinite`; `.overflow` where a sum leaves the range of a double.
  /// - Complexity: O(n · d).
  public func logOdds(_ x: Matrix, on pool: WorkerPool = .serial) throws(LearningError) -> [Double]
  {
    try x.requireWidth(coefficients.count)
    try x.requireFinite()
    let chunks = RowChunks(count: x.rowCount, size: 4096)
    let width = x.columnCount
    // Row by row, so that a row's sum does not depend on its company.
    let parts = coefficients.values.withUnsafeBufferPointer { coefficients in
      x.values.withUnsafeBufferPointer { values in
        pool.map(count: chunks.count) { chunk in
          chunks[chunk].map { row in
            var sum = intercept
            for j in 0..<width { sum += coefficients[j] * values[row &* width &+ j] }
            return sum
          }
        }
      }
    }
    let margins = parts.flatMap { $0 }
    guard margins.allSatisfy(\.isFinite) else { throw .overflow }
    return margins
  }

  /// The probability of a one for each row.
  ///
  /// - Throws: as `logOdds`.
  public func probabilities(_ x: Matrix, on pool: WorkerPool = .serial) throws(LearningError)
    -> [Double]
  {
    try logOdds(x, on: pool).map { 1 / (1 + exp(-$0)) }
  }
}

extension LogisticRegressionModel: Codable {
  private enum CodingKeys: String, CodingKey {
    case intercept, coefficients, means, deviations, standardErrors
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let intercept = try container.decode(Double.self, forKey: .intercept)
    let coefficients = try container.decode(Vector.self, forKey: .coefficients)
    let means = try container.decode(Vector.self, forKey: .means)
    let deviations = try container.decode(Vector.self, forKey: .deviations)
    let errors = try container.decodeIfPresent(Vector.self, forKey: .standardErrors)
    guard intercept.isFinite, coefficients.allSatisfy(\.isFinite) else {
      throw DecodingError.dataCorruptedError(
        forKey: .coefficients, in: container, debugDescription: "coefficients must be finite")
    }
    guard means.count == coefficients.count, means.allSatisfy(\.isFinite) else {
      throw DecodingError.dataCorruptedError(
        forKey: .means, in: container,
        debugDescription: "every coefficient needs the mean of its column")
    }
    guard deviations.count == coefficients.count,
      deviations.allSatisfy({ $0 >= 0 && $0.isFinite })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .deviations, in: container,
        debugDescription: "every coefficient needs the spread of its column")
    }
    if let errors {
      guard errors.count == coefficients.count + 1, errors.allSatisfy({ $0 >= 0 && $0.isFinite })
      else {
        throw DecodingError.dataCorruptedError(
          forKey: .standardErrors, in: container,
          debugDescription: "the intercept and every coefficient need a standard error")
      }
    }
    self.init(
      intercept: intercept, coefficients: coefficients, means: means, deviations: deviations,
      standardErrors: errors)
  }
}
