/// The value of one parameter as a study, a command line or a report writes it.
public enum ParameterValue: Hashable, Sendable {
  case none
  case flag(Bool)
  case integer(Int)
  case real(Double)
  case text(String)
  case list([ParameterValue])
}

extension ParameterValue: CustomStringConvertible {
  public var description: String {
    switch self {
    case .none: "none"
    case .flag(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .text(let value): value
    case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    }
  }
}

extension ParameterValue: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .none
    } else if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .real(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else {
      self = .list(try container.decode([ParameterValue].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .none: try container.encodeNil()
    case .flag(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .real(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let values): try container.encode(values)
    }
  }
}

/// A type that stands in a schema with a form of its own: a count or a share, given starts.
public protocol ParameterConvertible: Hashable, Sendable {
  /// Which values are allowed, as a phrase that follows "must be".
  static var domain: String { get }
  /// Values that must be refused, for the contract tests.
  static var invalidExamples: [ParameterValue] { get }
  /// Nil if `value` is outside the domain.
  init?(_ value: ParameterValue)
  var parameterValue: ParameterValue { get }
}

/// The numbers a parameter may take.
public enum Domain<Bound: Comparable & Sendable>: Sendable, CustomStringConvertible {
  case closed(Bound, Bound)
  case atLeast(Bound)
  case above(Bound)
  /// Above the first, up to and including the second.
  case aboveUpTo(Bound, Bound)

  public func contains(_ value: Bound) -> Bool {
    switch self {
    case .closed(let low, let high): low <= value && value <= high
    case .atLeast(let low): low <= value
    case .above(let low): low < value
    case .aboveUpTo(let low, let high): low < value && value <= high
    }
  }

  public var description: String {
    switch self {
    case .closed(let low, let high): "from \(low) to \(high)"
    case .atLeast(let low): "at least \(low)"
    case .above(let low): "above \(low)"
    case .aboveUpTo(let low, let high): "above \(low), up to \(high)"
    }
  }

  var bounds: (low: Bound, high: Bound?) {
    switch self {
    case .closed(let low, let high), .aboveUpTo(let low, let high): (low, high)
    case .atLeast(let low), .above(let low): (low, nil)
    }
  }
}
