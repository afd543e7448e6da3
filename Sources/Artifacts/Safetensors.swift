public import Foundation
public import Numerical

/// Why bytes are not the safetensors that Cohort reads.
///
/// Carries names and sizes, never values.
public enum SafetensorsError: Error, Hashable, Sendable, CustomStringConvertible {
  case truncated(bytes: Int)
  case headerSize(bytes: UInt64, limit: Int)
  case header(JSONError)
  case entry(tensor: String)
  case elementType(tensor: String, found: String)
  case tooLarge(tensor: String)
  case range(tensor: String)
  /// The data has a hole, an overlap or a rest at this offset.
  case coverage(offset: Int)

  public var description: String {
    switch self {
    case .truncated(let bytes): "\(bytes) bytes are too few for its header"
    case .headerSize(let bytes, let limit):
      "its header claims \(bytes) bytes, the limit is \(limit)"
    case .header(let error): "its header is damaged: \(error)"
    case .entry(let tensor): "the header entry of tensor \(tensor) is not well-formed"
    case .elementType(let tensor, let found):
      "tensor \(tensor) holds \(found), only \(Safetensors.elementType) is read"
    case .tooLarge(let tensor): "the shape of tensor \(tensor) is too large"
    case .range(let tensor): "the byte range of tensor \(tensor) does not fit its shape"
    case .coverage(let offset): "the tensors do not cover the data exactly at byte \(offset)"
    }
  }
}

/// The safetensors format, for tensors of doubles.
///
/// A file is the header's length (8 bytes, little-endian), a JSON header padded with spaces to a
/// multiple of 8, and the elements, little-endian and row-major. Tensors are written in the order of
/// their names' UTF-8 bytes, without metadata, which gives the same bytes as the reference
/// implementation. The reader is stricter than it: no repeated key, a bounded header, one element type.
///
/// Source: the format description of safetensors 0.8.0. Checked against: fixture `tensor_file.json`.
public enum Safetensors {
  static let elementType = "F64"
  static let headerLimit = 1 << 20
  private static let elementSize = MemoryLayout<Double>.size

  public static func encode(_ tensors: [String: TensorStore.Tensor]) -> Data {
    let names = tensors.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var header: [UInt8] = Array("{".utf8)
    var elements: [UInt8] = []
    for name in names {
      guard let tensor = tensors[name] else { continue }
      let start = elements.count
      for value in tensor.values {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { elements.append(contentsOf: $0) }
      }
      if header.count > 1 { header.append(UInt8(ascii: ",")) }
      CanonicalJSON.appendQuoted(name, to: &header)
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      header += #":{"dtype":"\#(elementType)","shape":[\#(shape)],"#.utf8
      header += #""data_offsets":[\#(start),\#(elements.count)]}"#.utf8
    }
    header.append(UInt8(ascii: "}"))
    let padding = (8 - header.count % 8) % 8
    header += [UInt8](repeating: UInt8(ascii: " "), count: padding)
    var data = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
    data += header
    data += elements
    return data
  }

  public static func decode(
    _ data: Data
  ) throws(SafetensorsError) -> [String: TensorStore.Tensor] {
    let bytes = [UInt8](data)
    guard bytes.count >= 8 else { throw .truncated(bytes: bytes.count) }
    let length = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    guard length <= UInt64(headerLimit) else {
      throw .headerSize(bytes: length, limit: headerLimit)
    }
    let dataStart = 8 + Int(length)
    guard bytes.count >= dataStart else { throw .truncated(bytes: bytes.count) }
    let entries = try entries(in: Data(bytes[8..<dataStart]))
    var tensors: [String: TensorStore.Tensor] = [:]
    var covered = 0
    for entry in entries {
      guard entry.start == covered else { throw .coverage(offset: covered) }
      guard entry.end <= bytes.count - dataStart else { throw .range(tensor: entry.name) }
      let values = bytes.withUnsafeBytes { buffer in
        stride(from: dataStart + entry.start, to: dataStart + entry.end, by: elementSize).map {
          Double(
            bitPattern: UInt64(
              littleEndian: buffer.loadUnaligned(fromByteOffset: $0, as: UInt64.self)))
        }
      }
      tensors[entry.name] = TensorStore.Tensor(shape: entry.shape, values: values)
      covered = entry.end
    }
    guard covered == bytes.count - dataStart else { throw .coverage(offset: covered) }
    return tensors
  }

  private struct Entry {
    let name: String
    let shape: [Int]
    let start: Int
    let end: Int
  }

  /// The tensors of a header in the order of their data; empty ones before others at one offset.
  private static func entries(in header: Data) throws(SafetensorsError) -> [Entry] {
    let json: JSONValue
    do throws(JSONError) {
      json = try CanonicalJSON.parse(header)
    } catch {
      throw .header(error)
    }
    guard header.first == UInt8(ascii: "{"), case .object(let members) = json else {
      throw .header(.syntax(offset: 0))
    }
    var entries: [Entry] = []
    for name in members.keys.sorted() where name != "__metadata__" {
      entries.append(try entry(name, members[name] ?? .null))
    }
    return entries.sorted { ($0.start, $0.end, $0.name) < ($1.start, $1.end, $1.name) }
  }

  private static func entry(_ name: String, _ json: JSONValue) throws(SafetensorsError) -> Entry {
    guard case .object(let fields) = json, fields.count == 3,
      case .text(let type)? = fields["dtype"],
      case .array(let sides)? = fields["shape"],
      case .array(let offsets)? = fields["data_offsets"], offsets.count == 2,
      let start = count(offsets[0]), let end = count(offsets[1]), start <= end
    else { throw .entry(tensor: name) }
    guard type == elementType else { throw .elementType(tensor: name, found: type) }
    var byteCount = elementSize
    var shape: [Int] = []
    for side in sides {
      guard let side = count(side) else { throw .entry(tensor: name) }
      let (product, overflow) = byteCount.multipliedReportingOverflow(by: side)
      guard !overflow else { throw .tooLarge(tensor: name) }
      byteCount = product
      shape.append(side)
    }
    guard end - start == byteCount else { throw .range(tensor: name) }
    return Entry(name: name, shape: shape, start: start, end: end)
  }

  private static func count(_ json: JSONValue) -> Int? {
    guard case .integer(let value) = json, value >= 0 else { return nil }
    return Int(exactly: value)
  }
}
