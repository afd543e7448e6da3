/// A value with parameters: built with its defaults, described by one table.
public protocol Parameterized: Sendable {
  init()
  static var schema: Schema<Self> { get }
}

/// Name, summary and parameters of an algorithm: the only place that describes them.
///
/// Decoding, validation, messages, help, grid axes and the invalid values of the contract tests follow
/// from the rows; defaults are the property initialisers of `Owner`.
public struct Schema<Owner>: Sendable {
  public let name: String
  public let summary: String
  public let fields: [Field<Owner>]

  public init(_ name: String, _ summary: String, _ fields: [Field<Owner>]) {
    self.name = name
    self.summary = summary
    self.fields = fields
  }

  /// Checks every field of `owner` against its domain.
  public func validate(_ owner: Owner) throws(ParameterError) {
    for field in fields {
      var copy = owner
      try field.set(&copy, field.get(owner))
    }
  }
}

extension Parameterized {
  /// Defaults overlaid with `parameters`, whose names may be aliases.
  public init(_ parameters: Parameters) throws(ParameterError) {
    self.init()
    let resolved = try Self.schema.description.resolve(parameters)
    for field in Self.schema.fields {
      if let value = resolved[field.name] { try field.set(&self, value) }
    }
  }

  /// Every parameter under its canonical name.
  public var parameters: Parameters {
    Parameters(Self.schema.fields.map { ($0.name, $0.get(self)) })
  }
}

/// One parameter of `Owner`: a row of its schema.
public struct Field<Owner>: Sendable {
  public let name: String
  public let aliases: [String]
  /// Which values are allowed, as a phrase that follows "must be".
  public let domain: String
  public let help: String
  /// Values that `set` must refuse.
  package let invalidExamples: [ParameterValue]
  let get: @Sendable (Owner) -> ParameterValue
  let set: @Sendable (inout Owner, ParameterValue) throws(ParameterError) -> Void

  private init<Value>(
    _ name: String, _ path: any WritableKeyPath<Owner, Value> & Sendable, domain: String,
    help: String, aliases: [String], invalidExamples: [ParameterValue],
    wrap: @escaping @Sendable (Value) -> ParameterValue,
    parse: @escaping @Sendable (ParameterValue) -> Value?
  ) {
    self.name = name
    self.aliases = aliases
    self.domain = domain
    self.help = help
    self.invalidExamples = invalidExamples
    get = { wrap($0[keyPath: path]) }
    set = { (owner: inout Owner, value: ParameterValue) throws(ParameterError) in
      guard let parsed = parse(value) else {
        throw .outsideDomain(parameter: name, domain: domain, found: value)
      }
      owner[keyPath: path] = parsed
    }
  }

  public static func integer(
    _ name: String, _ path: any WritableKeyPath<Owner, Int> & Sendable, _ domain: Domain<Int>,
    _ help: String, aliases: [String] = []
  ) -> Self {
    let (low, high) = domain.bounds
    return Self(
      name, path, domain: "a whole number \(domain)", help: help, aliases: aliases,
      invalidExamples: [.integer(low - 1), .text("many"), .real(1.5)]
        + (high.map { [.integer($0 + 1)] } ?? []),
      wrap: { .integer($0) },
      parse: { value in
        guard case .integer(let number) = value, domain.contains(number) else { return nil }
        return number
      })
  }

  public static func real(
    _ name: String, _ path: any WritableKeyPath<Owner, Double> & Sendable,
    _ domain: Domain<Double>, _ help: String, aliases: [String] = []
  ) -> Self {
    let (low, high) = domain.bounds
    return Self(
      name, path, domain: "a number \(domain)", help: help, aliases: aliases,
      invalidExamples: [.real(min(low - 1, low.nextDown)), .text("much"), .real(.nan)]
        + (high.map { [.real(max($0 + 1, $0.nextUp))] } ?? []),
      wrap: { .real($0) },
      parse: { value in
        let number: Double
        switch value {
        case .real(let real): number = real
        case .integer(let integer): number = Double(integer)
        default: return nil
        }
        return number.isFinite && domain.contains(number) ? number : nil
      })
  }

  public static func flag(
    _ name: String, _ path: any WritableKeyPath<Owner, Bool> & Sendable, _ help: String,
    aliases: [String] = []
  ) -> Self {
    Self(
      name, path, domain: "true or false", help: help, aliases: aliases,
      invalidExamples: [.integer(1), .text("maybe")], wrap: { .flag($0) },
      parse: { if case .flag(let value) = $0 { value } else { nil } })
  }

  /// One of the raw values of an enumeration.
  public static func choice<Value: RawRepresentable & CaseIterable & Sendable>(
    _ name: String, _ path: any WritableKeyPath<Owner, Value> & Sendable, _ help: String,
    aliases: [String] = []
  ) -> Self where Value.RawValue == String {
    Self(
      name, path, domain: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
      help: help, aliases: aliases, invalidExamples: [.text("no such choice"), .real(0.5)],
      wrap: { .text($0.rawValue) },
      parse: { value in
        // A study writes `none` as a value of its own; some enumerations have it as a case.
        Value(rawValue: value.description)
      })
  }

  public static func value<Value: ParameterConvertible>(
    _ name: String, _ path: any WritableKeyPath<Owner, Value> & Sendable, _ help: String,
    aliases: [String] = []
  ) -> Self {
    Self(
      name, path, domain: Value.domain, help: help, aliases: aliases,
      invalidExamples: Value.invalidExamples, wrap: { $0.parameterValue }, parse: { Value($0) })
  }
}
