/// A JSON document as a value.
///
/// Numbers keep their kind: `1` is an integer, `1.0` is real.
public enum JSONValue: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int64)
  /// A whole number above `Int64.max`.
  case natural(UInt64)
  case real(Double)
  case text(String)
  case array([JSONValue])
  case object([String: JSONValue])
}

/// Why bytes are not the JSON that Cohort reads and writes.
///
/// Carries places, never contents.
public enum JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  case tooLarge(bytes: Int, limit: Int)
  case tooDeep(limit: Int)
  case invalidUTF8
  /// Offsets count bytes from the start.
  case syntax(offset: Int)
  case duplicateKey(offset: Int)
  case nonFinite(offset: Int)
  case loneSurrogate(offset: Int)

  public var description: String {
    switch self {
    case .tooLarge(let bytes, let limit): "it has \(bytes) bytes, the limit is \(limit)"
    case .tooDeep(let limit): "it is nested deeper than \(limit) levels"
    case .invalidUTF8: "it is not valid UTF-8"
    case .syntax(let offset): "it is not JSON at byte \(offset)"
    case .duplicateKey(let offset): "a key is repeated at byte \(offset)"
    case .nonFinite(let offset): "the number at byte \(offset) is not finite"
    case .loneSurrogate(let offset): "the escape at byte \(offset) is half a character"
    }
  }
}

extension JSONValue: Codable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  public func encode(to encoder: any Encoder) throws {
    if case .object(let members) = self {
      var container = encoder.container(keyedBy: Key.self)
      for name in members.keys.sorted() {
        try container.encode(members[name] ?? .null, forKey: Key(stringValue: name))
      }
      return
    }
    var container = encoder.singleValueContainer()
    switch self {
    case .null, .object: try container.encodeNil()
    case .boolean(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .natural(let value): try container.encode(value)
    case .real(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .array(let values): try container.encode(values)
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(UInt64.self) {
      self = .natural(value)
    } else if let value = try? container.decode(Double.self) {
      self = .real(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let values = try? container.decode([JSONValue].self) {
      self = .array(values)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }
}
