internal import Foundation
internal import Learning

/// A range from which a search draws the values of an axis.
public struct AxisRange: Hashable, Sendable, Codable {
  public var low: Double
  public var high: Double
  /// Whether ratios are drawn evenly instead of differences.
  public var isLogarithmic: Bool
  /// Whether the parameter takes whole numbers alone.
  public var isWhole: Bool

  /// Digits that a drawn number keeps: what a person would write.
  private static let digits = 6

  /// The value below which the share `quantile`, 0 ..< 1, of draws lies.
  func value(at quantile: Double) -> ParameterValue {
    if isWhole { return .integer(whole(at: quantile)) }
    let value =
      isLogarithmic
      ? exp(log(low) + quantile * (log(high) - log(low))) : low + quantile * (high - low)
    return .real(min(max(value.rounded(toDigits: Self.digits), low), high))
  }

  /// Every whole number has its own stretch, from half a step below to half a step above.
  private func whole(at quantile: Double) -> Int {
    let (first, last) = (low - 0.5, high + 0.5)
    let value =
      isLogarithmic && first > 0
      ? exp(log(first) + quantile * (log(last) - log(first))) : first + quantile * (last - first)
    return Int(exactly: min(max(value.rounded(), low), high)) ?? 0
  }
}
