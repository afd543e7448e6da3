/// Directions in which predictions may move with each column.
public enum MonotoneConstraints: ParameterConvertible {
  case none
  /// Per column 1, −1 or 0.
  case directions([Int])

  public static let domain = "none or a list with 1, -1 or 0 for every column"

  public static let invalidExamples: [ParameterValue] = [
    .integer(1), .text("up"), .list([]), .list([.integer(2)]), .list([.real(0.5)]),
  ]

  public init?(_ value: ParameterValue) {
    switch value {
    case .none, .text("none"): self = .none
    case .list(let values):
      let directions = values.compactMap { value -> Int? in
        guard case .integer(let direction) = value, abs(direction) <= 1 else { return nil }
        return direction
      }
      guard !values.isEmpty, directions.count == values.count else { return nil }
      self = .directions(directions)
    default: return nil
    }
  }

  public var parameterValue: ParameterValue {
    switch self {
    case .none: .none
    case .directions(let directions): .list(directions.map { .integer($0) })
    }
  }
}

/// Which columns may meet on a path from the root to a leaf.
public enum InteractionConstraints: ParameterConvertible {
  case none
  /// Each path uses columns of one set.
  case sets([[Int]])

  public static let domain = "none or a list of lists of column numbers from 0"

  public static let invalidExamples: [ParameterValue] = [
    .integer(1), .text("all"), .list([]), .list([.integer(2)]), .list([.list([.integer(-1)])]),
  ]

  public init?(_ value: ParameterValue) {
    switch value {
    case .none, .text("none"): self = .none
    case .list(let values):
      let sets = values.compactMap { value -> [Int]? in
        guard case .list(let columns) = value else { return nil }
        let numbers = columns.compactMap { column -> Int? in
          guard case .integer(let number) = column, number >= 0 else { return nil }
          return number
        }
        return numbers.count == columns.count ? numbers : nil
      }
      guard !values.isEmpty, sets.count == values.count else { return nil }
      self = .sets(sets)
    default: return nil
    }
  }

  public var parameterValue: ParameterValue {
    switch self {
    case .none: .none
    case .sets(let sets): .list(sets.map { .list($0.map { .integer($0) }) })
    }
  }
}
