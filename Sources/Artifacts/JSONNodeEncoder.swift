/// A place in a JSON document that is being encoded.
final class JSONNode {
  private enum Content {
    case scalar(JSONValue)
    case array([JSONNode])
    case object([String: JSONNode])
  }

  private var content: Content?

  /// What was encoded here, or nil if nothing was.
  var value: JSONValue? {
    switch content {
    case .none: nil
    case .scalar(let value): value
    case .array(let nodes): .array(nodes.map { $0.value ?? .object([:]) })
    case .object(let members): .object(members.mapValues { $0.value ?? .object([:]) })
    }
  }

  var elementCount: Int {
    if case .array(let nodes) = content { nodes.count } else { 0 }
  }

  func set(_ value: JSONValue) { content = .scalar(value) }

  func becomeObject() {
    if case .object = content { return }
    content = .object([:])
  }

  func becomeArray() {
    if case .array = content { return }
    content = .array([])
  }

  func member(_ name: String) -> JSONNode {
    let node = JSONNode()
    guard case .object(var members) = content else { return node }
    content = nil
    members[name] = node
    content = .object(members)
    return node
  }

  func element() -> JSONNode {
    let node = JSONNode()
    guard case .array(var nodes) = content else { return node }
    content = nil
    nodes.append(node)
    content = .array(nodes)
    return node
  }
}

/// Collections whose own encoding may follow the order of their hashes.
private protocol HashOrdered { static var encodesInHashOrder: Bool { get } }

extension Set: HashOrdered { static var encodesInHashOrder: Bool { true } }

extension Dictionary: HashOrdered {
  static var encodesInHashOrder: Bool {
    !(Key.self is String.Type || Key.self is Int.Type
      || Key.self is any CodingKeyRepresentable.Type)
  }
}

struct JSONIndexKey: CodingKey {
  let index: Int
  var stringValue: String { String(index) }
  var intValue: Int? { index }
  init(_ index: Int) { self.index = index }
  init?(stringValue: String) { nil }
  init?(intValue: Int) { index = intValue }
}

/// Encodes one value into a node.
struct JSONNodeEncoder: Encoder {
  let node: JSONNode
  let codingPath: [any CodingKey]
  let userInfo: [CodingUserInfoKey: Any]

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    node.becomeObject()
    return KeyedEncodingContainer(JSONObjectEncoder(encoder: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    node.becomeArray()
    return JSONArrayEncoder(encoder: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  fileprivate func at(_ node: JSONNode, _ key: any CodingKey) -> JSONNodeEncoder {
    JSONNodeEncoder(node: node, codingPath: codingPath + [key], userInfo: userInfo)
  }

  private func refuse(_ value: Any, _ reason: String) -> EncodingError {
    .invalidValue(value, .init(codingPath: codingPath, debugDescription: reason))
  }
}

extension JSONNodeEncoder: SingleValueEncodingContainer {
  func encodeNil() { node.set(.null) }
  func encode(_ value: Bool) { node.set(.boolean(value)) }
  func encode(_ value: String) { node.set(.text(value)) }

  func encode(_ value: Double) throws {
    guard value.isFinite else { throw refuse(value, "the number is not finite") }
    node.set(.real(value))
  }

  func encode(_ value: Float) throws { try encode(Double(value)) }
  func encode(_ value: Int) { node.set(.integer(Int64(value))) }
  func encode(_ value: Int8) { node.set(.integer(Int64(value))) }
  func encode(_ value: Int16) { node.set(.integer(Int64(value))) }
  func encode(_ value: Int32) { node.set(.integer(Int64(value))) }
  func encode(_ value: Int64) { node.set(.integer(value)) }
  func encode(_ value: UInt) { encode(UInt64(value)) }
  func encode(_ value: UInt8) { node.set(.integer(Int64(value))) }
  func encode(_ value: UInt16) { node.set(.integer(Int64(value))) }
  func encode(_ value: UInt32) { node.set(.integer(Int64(value))) }

  func encode(_ value: UInt64) {
    node.set(Int64(exactly: value).map { .integer($0) } ?? .natural(value))
  }

  func encode<Value: Encodable>(_ value: Value) throws {
    if let type = Value.self as? any HashOrdered.Type, type.encodesInHashOrder {
      throw refuse(value, "\(Value.self) has no order of its own")
    }
    try value.encode(to: self)
  }
}

private struct JSONObjectEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let encoder: JSONNodeEncoder
  var codingPath: [any CodingKey] { encoder.codingPath }

  private func member(_ key: any CodingKey) -> JSONNodeEncoder {
    encoder.at(encoder.node.member(key.stringValue), key)
  }

  func encodeNil(forKey key: Key) { member(key).encodeNil() }

  func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    try member(key).encode(value)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    member(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    member(key).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { member(JSONSuperKey()) }
  func superEncoder(forKey key: Key) -> any Encoder { member(key) }
}

private struct JSONArrayEncoder: UnkeyedEncodingContainer {
  let encoder: JSONNodeEncoder
  var codingPath: [any CodingKey] { encoder.codingPath }
  var count: Int { encoder.node.elementCount }

  private func element() -> JSONNodeEncoder {
    let key = JSONIndexKey(count)
    return encoder.at(encoder.node.element(), key)
  }

  func encodeNil() { element().encodeNil() }
  func encode<Value: Encodable>(_ value: Value) throws { try element().encode(value) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) -> KeyedEncodingContainer<Nested> {
    element().container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { element().unkeyedContainer() }
  func superEncoder() -> any Encoder { element() }
}

/// The key under which a class stores what it inherits.
struct JSONSuperKey: CodingKey {
  var stringValue: String { "super" }
  var intValue: Int? { nil }
  init() {}
  init?(stringValue: String) { nil }
  init?(intValue: Int) { nil }
}
