internal import CLibrary
internal import Numerical

/// One coefficient of a logistic regression and what is known of it.
public struct CoefficientEstimate: Hashable, Sendable, Codable {
  /// The column; nil for the intercept.
  public let column: Int?
  /// Change of the log-odds per unit of the column.
  public let value: Double
  /// Factor on the odds per unit of the column, e^value.
  public let oddsRatio: Double
  /// Factor on the odds per standard deviation of the column; nil for the intercept.
  public let standardizedOddsRatio: Double?
  /// Nil where the fit has none, and for a constant column.
  public let test: Test?

  /// Wald's test of a coefficient of zero.
  public struct Test: Hashable, Sendable, Codable {
    public let standardError: Double
    /// value / standard error.
    public let z: Double
    /// The chance of so great a |z| if the coefficient were 0.
    public let pValue: Double
    /// value ± z of the level · standard error.
    public let lower: Double
    public let upper: Double
    /// e^lower and e^upper.
    public let oddsRatioLower: Double
    public let oddsRatioUpper: Double
  }
}

extension LogisticRegressionModel {
  /// The intercept and then the coefficients in the order of the columns.
  ///
  /// - Parameter level: the confidence level of the intervals, strictly between 0 and 1.
  public func coefficientTable(level: Double = 0.95) -> [CoefficientEstimate] {
    precondition(level > 0 && level < 1, "a confidence level lies between 0 and 1")
    let reach = -StandardNormal.quantile((1 - level) / 2)
    return (0...coefficients.count).map { position in
      let value = position == 0 ? intercept : coefficients[position - 1]
      return CoefficientEstimate(
        column: position == 0 ? nil : position - 1, value: value, oddsRatio: odds(value),
        standardizedOddsRatio: position == 0 ? nil : odds(value * deviations[position - 1]),
        test: standardErrors.flatMap { errors in
          CoefficientEstimate.Test(value, standardError: errors[position], reach: reach)
        })
    }
  }
}

extension CoefficientEstimate.Test {
  fileprivate init?(_ value: Double, standardError: Double, reach: Double) {
    guard standardError > 0 else { return nil }
    self.standardError = standardError
    z = value / standardError
    pValue = StandardNormal.twoSidedTail(value / standardError)
    lower = value - reach * standardError
    upper = value + reach * standardError
    oddsRatioLower = odds(lower)
    oddsRatioUpper = odds(upper)
  }
}

/// e^x, the greatest finite number where it leaves the range.
private func odds(_ logOdds: Double) -> Double {
  min(exp(logOdds), .greatestFiniteMagnitude)
}
