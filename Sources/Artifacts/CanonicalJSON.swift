public import Foundation

/// The one form in which Cohort writes JSON, and the strict reader of it.
///
/// Written: keys in the order of their UTF-8 bytes, no spaces, one newline at the end; doubles as
/// their shortest text that reads back equal, always with a point or an exponent, so that a real
/// never reads back as an integer; strings as UTF-8 with only quotes, backslashes and control
/// characters escaped. Equal values give equal bytes.
///
/// Read: any well-formed JSON within `Limits` whose objects repeat no key and whose numbers are
/// finite. Source: RFC 8259; key order and escapes after RFC 8785.
public enum CanonicalJSON {
  /// How much a reader takes on.
  public struct Limits: Hashable, Sendable {
    public var byteCount: Int
    public var depth: Int

    public init(byteCount: Int = 64 << 20, depth: Int = 32) {
      self.byteCount = byteCount
      self.depth = depth
    }
  }

  /// - Throws: `EncodingError` for a number that is not finite, or a set or a dictionary whose
  ///   encoding would follow hash order; `JSONError.tooDeep`; whatever `value` throws.
  public static func encode(
    _ value: some Encodable, userInfo: [CodingUserInfoKey: Any] = [:]
  ) throws -> Data {
    let node = JSONNode()
    try JSONNodeEncoder(node: node, codingPath: [], userInfo: userInfo).encode(value)
    guard let json = node.value else {
      throw EncodingError.invalidValue(
        value, .init(codingPath: [], debugDescription: "the value encodes nothing"))
    }
    return Data(try serialize(json))
  }

  /// - Throws: `JSONError` if the bytes are refused, `DecodingError` if they hold something else
  ///   than `Value`; whatever `Value` throws.
  public static func decode<Value: Decodable>(
    _ type: Value.Type = Value.self, from data: Data, limits: Limits = Limits(),
    userInfo: [CodingUserInfoKey: Any] = [:]
  ) throws -> Value {
    let json = try parse(data, limits: limits)
    return try JSONValueDecoder(value: json, codingPath: [], userInfo: userInfo, asked: nil)
      .decode(Value.self)
  }

  /// The same, refusing objects with a key that nothing of `Value` asks for, unless it begins with `x-`.
  ///
  /// - Parameter mayKnowMore: Whether a value may come with keys that this program does not know.
  /// - Throws: also `UnknownKey`.
  package static func decodeStrictly<Value: Decodable>(
    _ type: Value.Type = Value.self, from data: Data, limits: Limits = Limits(),
    userInfo: [CodingUserInfoKey: Any] = [:], unless mayKnowMore: (Value) -> Bool = { _ in false }
  ) throws -> Value {
    let json = try parse(data, limits: limits)
    let asked = AskedMembers()
    let value = try JSONValueDecoder(value: json, codingPath: [], userInfo: userInfo, asked: asked)
      .decode(Value.self)
    if !mayKnowMore(value), let path = asked.firstUnread(in: json) {
      throw UnknownKey(path: path)
    }
    return value
  }

  public static func parse(
    _ data: Data, limits: Limits = Limits()
  ) throws(JSONError) -> JSONValue {
    guard data.count <= limits.byteCount else {
      throw .tooLarge(bytes: data.count, limit: limits.byteCount)
    }
    let bytes = [UInt8](data)
    guard String(validating: bytes, as: UTF8.self) != nil else { throw .invalidUTF8 }
    var reader = JSONReader(bytes: bytes, depthLimit: limits.depth)
    return try reader.document()
  }

  /// Whether the bytes are the one form of what they say.
  ///
  /// - Throws: `JSONError` if the bytes are refused.
  static func isCanonical(_ data: Data) throws -> Bool {
    try data == Data(serialize(parse(data)))
  }

  private static func serialize(_ value: JSONValue) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try append(value, depth: 0, to: &bytes)
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  private static func append(
    _ value: JSONValue, depth: Int, to bytes: inout [UInt8]
  ) throws(JSONError) {
    switch value {
    case .null: bytes += "null".utf8
    case .boolean(let value): bytes += value ? "true".utf8 : "false".utf8
    case .integer(let value): bytes += value.description.utf8
    case .natural(let value): bytes += value.description.utf8
    case .real(let value):
      guard value.isFinite else { throw .nonFinite(offset: bytes.count) }
      bytes += value.description.utf8
    case .text(let value): appendQuoted(value, to: &bytes)
    case .array(let values):
      try requireDepth(depth)
      bytes.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        try append(value, depth: depth + 1, to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      try requireDepth(depth)
      try append(members, depth: depth, to: &bytes)
    }
  }

  private static func append(
    _ members: [String: JSONValue], depth: Int, to bytes: inout [UInt8]
  ) throws(JSONError) {
    bytes.append(UInt8(ascii: "{"))
    let names = members.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for (index, name) in names.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      appendQuoted(name, to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      try append(members[name] ?? .null, depth: depth + 1, to: &bytes)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  private static func requireDepth(_ depth: Int) throws(JSONError) {
    let limit = Limits().depth
    guard depth < limit else { throw .tooDeep(limit: limit) }
  }

  /// Appends `text` as a JSON string, which is also a double-quoted YAML scalar.
  static func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes += #"\""#.utf8
      case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
      case 0x08: bytes += #"\b"#.utf8
      case 0x09: bytes += #"\t"#.utf8
      case 0x0A: bytes += #"\n"#.utf8
      case 0x0C: bytes += #"\f"#.utf8
      case 0x0D: bytes += #"\r"#.utf8
      case 0..<0x20:
        bytes += #"\u00"#.utf8
        bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
