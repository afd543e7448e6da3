/// How clusters are chosen from a density tree.
public enum HDBSCANSelection: String, CaseIterable, Sendable {
  /// Those that last longest: a cluster is kept unless its parts together are more stable.
  case excessOfMass = "eom"
  /// Those that do not split: many small ones of even density.
  case leaf
}

/// Which nearest row gives a row's core distance, the row itself being the first.
public enum HDBSCANNeighborCount: ParameterConvertible {
  /// As many as the least rows of a cluster.
  case automatic
  case count(Int)

  public static let domain = "auto or a whole number of at least 1"

  public static let invalidExamples: [ParameterValue] = [
    .integer(0), .integer(-3), .real(2.5), .text("some"),
  ]

  public init?(_ value: ParameterValue) {
    switch value {
    case .text("auto"): self = .automatic
    case .integer(let count) where count >= 1: self = .count(count)
    default: return nil
    }
  }

  public var parameterValue: ParameterValue {
    switch self {
    case .automatic: .text("auto")
    case .count(let count): .integer(count)
    }
  }
}

/// The most rows of a cluster that excess of mass may keep.
public enum HDBSCANSizeLimit: ParameterConvertible {
  case none
  case rows(Int)

  public static let domain = "none or a whole number of at least 2"

  public static let invalidExamples: [ParameterValue] = [
    .integer(1), .real(100.5), .text("many"),
  ]

  public init?(_ value: ParameterValue) {
    switch value {
    case .none, .text("none"): self = .none
    case .integer(let count) where count >= 2: self = .rows(count)
    default: return nil
    }
  }

  public var parameterValue: ParameterValue {
    switch self {
    case .none: .none
    case .rows(let count): .integer(count)
    }
  }

  var rowCount: Int {
    switch self {
    case .none: .max
    case .rows(let count): count
    }
  }
}
