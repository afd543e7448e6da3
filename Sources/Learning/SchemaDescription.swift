/// A schema without its owner's type: what studies, help and reports need to know.
public struct SchemaDescription: Hashable, Sendable, Codable {
  public struct Field: Hashable, Sendable, Codable {
    public let name: String
    public let aliases: [String]
    public let domain: String
    public let help: String
    public let defaultValue: ParameterValue
  }

  public let name: String
  public let summary: String
  public let fields: [Field]

  /// The canonical name that `name` or one of its aliases stands for.
  public func canonicalName(of name: String) -> String? {
    fields.first { $0.name == name || $0.aliases.contains(name) }?.name
  }

  /// The same parameters under canonical names.
  ///
  /// - Throws: `.unknown` for a name that is neither a parameter nor an alias, `.duplicate` where two
  ///   names mean the same parameter.
  public func resolve(_ parameters: Parameters) throws(ParameterError) -> Parameters {
    var resolved = Parameters()
    for name in parameters.names {
      guard let canonical = canonicalName(of: name) else {
        throw .unknown(parameter: name, algorithm: self.name, known: fields.map(\.name))
      }
      guard resolved[canonical] == nil else { throw .duplicate(parameter: canonical) }
      resolved[canonical] = parameters[name]
    }
    return resolved
  }
}

extension Schema where Owner: Parameterized {
  public var description: SchemaDescription {
    let defaults = Owner()
    return SchemaDescription(
      name: name, summary: summary,
      fields: fields.map {
        .init(
          name: $0.name, aliases: $0.aliases, domain: $0.domain, help: $0.help,
          defaultValue: $0.get(defaults))
      })
  }
}

/// Parameter values by name; iterates in the order of names.
public struct Parameters: Hashable, Sendable {
  private var values: [String: ParameterValue] = [:]

  public init() {}

  public init(_ pairs: [(String, ParameterValue)]) {
    for (name, value) in pairs { values[name] = value }
  }

  public var names: [String] { values.keys.sorted() }

  public subscript(name: String) -> ParameterValue? {
    get { values[name] }
    set { values[name] = newValue }
  }
}

extension Parameters: Codable {
  public init(from decoder: any Decoder) throws {
    values = try decoder.singleValueContainer().decode([String: ParameterValue].self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }
}
