/// Which way a metric improves.
public enum Direction: String, Hashable, Sendable, Codable {
  case higherIsBetter = "max"
  case lowerIsBetter = "min"

  public func isBetter(_ value: Double, than other: Double) -> Bool {
    self == .higherIsBetter ? value > other : value < other
  }
}
