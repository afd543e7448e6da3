/// How many principal components to keep.
public enum ComponentCount: ParameterConvertible {
  /// This many.
  case count(Int)
  /// The fewest that together explain more than this share of the variance, 0 < share < 1.
  case share(Double)
  /// As many as the data has: min(rows, columns).
  case all
  /// No decomposition: rows pass as they are.
  case none

  public static let domain =
    "a whole number of at least 1, a share of the variance between 0 and 1, all, or none"

  public static let invalidExamples: [ParameterValue] = [
    .integer(0), .integer(-1), .real(0), .real(1), .real(1.5), .real(.nan), .text("some"),
    .flag(true),
  ]

  public init?(_ value: ParameterValue) {
    switch value {
    case .integer(let count) where count >= 1: self = .count(count)
    case .real(let share) where share > 0 && share < 1: self = .share(share)
    case .text("all"): self = .all
    case .none, .text("none"): self = .none
    default: return nil
    }
  }

  public var parameterValue: ParameterValue {
    switch self {
    case .count(let count): .integer(count)
    case .share(let share): .real(share)
    case .all: .text("all")
    case .none: .none
    }
  }
}
