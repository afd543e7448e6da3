/// A duration as people write it: `90 s`, `5 min`, `1 h`.
public struct TimeSpan: Hashable, Sendable, CustomStringConvertible {
  public let seconds: Double

  public static let domain = "a positive duration such as 90s, 5m or 1h"

  private static let units: [(Character, Double)] = [("s", 1), ("m", 60), ("h", 3600)]

  public init(seconds: Double) { self.seconds = seconds }

  /// Nil unless `text` is a positive number, of seconds or with `s`, `m` or `h`.
  public init?(_ text: String) {
    let unit = Self.units.first { $0.0 == text.last }
    let digits = unit == nil ? Substring(text) : text.dropLast()
    guard let number = plainNumber(String(digits)), number > 0 else { return nil }
    seconds = number * (unit?.1 ?? 1)
    guard seconds.isFinite else { return nil }
  }

  public var description: String {
    for (size, unit) in [(3600.0, "h"), (60, "min")]
    where seconds >= size && (seconds / size).truncatingRemainder(dividingBy: 1) == 0 {
      return "\(Self.short(seconds / size)) \(unit)"
    }
    return "\(Self.short(seconds)) s"
  }

  private static func short(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }
}
