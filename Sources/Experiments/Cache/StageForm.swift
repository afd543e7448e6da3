internal import Artifacts
internal import Foundation
internal import Learning
internal import Numerical

/// How what a step has learnt is written and read back to the same bits.
struct StageForm<Value> {
  let encode: (Value, any Encoder) throws -> Void
  let decode: (any Decoder) throws -> Value

  init(
    encode: @escaping (Value, any Encoder) throws -> Void,
    decode: @escaping (any Decoder) throws -> Value
  ) {
    self.encode = encode
    self.decode = decode
  }

  /// The value as a part of another.
  func writing(_ value: Value) -> some Encodable { Written { try encode(value, $0) } }

  /// The length of a text of JSON, that text, and a tensor file with the arrays of the value.
  func content(of value: Value) throws -> Data {
    let store = TensorStore()
    let json = try CanonicalJSON.encode(writing(value), userInfo: [.tensorStore: store])
    var content = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) }
    content += json
    content += Safetensors.encode(store.tensors)
    return content
  }

  /// - Throws: `DecodingError`, `JSONError` or `SafetensorsError` for what is not such content.
  func value(of content: Data) throws -> Value {
    let head = content.prefix(8)
    let count = head.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard head.count == 8, count <= UInt64(content.count - 8) else {
      throw SafetensorsError.truncated(bytes: content.count)
    }
    let json = content.dropFirst(8).prefix(Int(count))
    let tensors = try Safetensors.decode(Data(content.dropFirst(8 + json.count)))
    let read = try CanonicalJSON.decode(
      Read.self, from: Data(json), userInfo: [.tensorStore: TensorStore(tensors: tensors)])
    return try decode(read.decoder)
  }
}

extension StageForm<any Sendable> {
  /// Of the part of a model's fit that trials share.
  init(of stage: CatalogEntry.Stage, rows: Matrix, on pool: WorkerPool) {
    self.init(encode: stage.encode, decode: { try stage.decode($0, rows, pool) })
  }
}

private struct Written: Encodable {
  let body: (any Encoder) throws -> Void

  init(_ body: @escaping (any Encoder) throws -> Void) { self.body = body }

  func encode(to encoder: any Encoder) throws { try body(encoder) }
}

/// Where a value is read from, for a reader that knows more than its type.
private struct Read: Decodable {
  let decoder: any Decoder

  init(from decoder: any Decoder) { self.decoder = decoder }
}
