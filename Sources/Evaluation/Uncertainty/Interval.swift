internal import Numerical

/// A range that a figure's true value is thought to lie in.
public struct Interval: Hashable, Sendable, Codable {
  public let lower: Double
  public let upper: Double
  /// The confidence level, such as 0.95.
  public let level: Double

  public init(lower: Double, upper: Double, level: Double) {
    self.lower = lower
    self.upper = upper
    self.level = level
  }

  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }

  /// The same interval, stretched to `value` where it ends before it.
  public func reaching(_ value: Double) -> Interval {
    Interval(lower: min(lower, value), upper: max(upper, value), level: level)
  }

  /// The interval of a share: `hits` of `trials`, by the score test (Wilson, 1927).
  ///
  /// Stays within 0…1 and is never empty, unlike the normal approximation.
  ///
  /// - Throws: `.noRows` without a trial, `.fraction` for a level outside 0…1.
  public static func wilson(hits: Double, of trials: Double, level: Double = 0.95)
    throws(EvaluationError) -> Interval
  {
    guard trials > 0 else { throw .noRows }
    let z = try normalQuantile(level)
    let share = min(max(hits / trials, 0), 1)
    let stretch = 1 + z * z / trials
    let middle = (share + z * z / (2 * trials)) / stretch
    let spread = share * (1 - share) / trials + z * z / (4 * trials * trials)
    let half = z * spread.squareRoot() / stretch
    return Interval(
      lower: share == 0 ? 0 : max(middle - half, 0), upper: share == 1 ? 1 : min(middle + half, 1),
      level: level)
  }

  /// The z that a standard normal number stays within with probability `level`.
  static func normalQuantile(_ level: Double) throws(EvaluationError) -> Double {
    guard level > 0, level < 1 else { throw .fraction(.level, found: level) }
    return -StandardNormal.quantile((1 - level) / 2)
  }
}

extension CalibrationCurve.Bin {
  /// Wilson's interval of the share of positives.
  ///
  /// - Parameter rowsPerWeight: 1 where no row has a weight; a weight is no row, and its unit is anybody's choice.
  /// - Throws: `.fraction` for a level outside 0…1.
  public func rateInterval(
    rowsPerWeight: Double = 1, level: Double = 0.95
  ) throws(EvaluationError) -> Interval {
    try .wilson(hits: positiveWeight * rowsPerWeight, of: weight * rowsPerWeight, level: level)
  }
}
