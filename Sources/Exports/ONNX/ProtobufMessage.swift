import Foundation

/// A message in the wire format of Protocol Buffers, written field by field.
///
/// Source: https://protobuf.dev/programming-guides/encoding.
struct ProtobufMessage: Sendable {
  private(set) var bytes = Data()

  mutating func add(_ field: Int, _ value: Int64) {
    appendKey(field, wire: 0)
    append(UInt64(bitPattern: value))
  }

  mutating func add(_ field: Int, _ text: String) { add(field, Data(text.utf8)) }

  mutating func add(_ field: Int, _ message: ProtobufMessage) { add(field, message.bytes) }

  mutating func add(_ field: Int, _ data: Data) {
    appendKey(field, wire: 2)
    append(UInt64(data.count))
    bytes += data
  }

  /// Whole numbers, packed.
  mutating func add(_ field: Int, _ values: [Int64]) {
    var packed = ProtobufMessage()
    for value in values { packed.append(UInt64(bitPattern: value)) }
    add(field, packed)
  }

  private mutating func appendKey(_ field: Int, wire: UInt64) {
    append(UInt64(field) << 3 | wire)
  }

  /// Seven bits a byte, the lowest first.
  private mutating func append(_ value: UInt64) {
    var rest = value
    while rest > 127 {
      bytes.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
