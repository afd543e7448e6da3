import Foundation
import Numerical

/// Reads the two-dimensional `.npy` arrays that benchmarks exchange with Python.
enum NumpyFile {
  /// A C-ordered little-endian float64 array of one or two sides; one side gives a single column.
  static func matrix(at path: String) throws -> Matrix {
    let (header, body) = try open(path)
    guard header.type == "<f8" else {
      throw CommandError(.usage, "\(path) holds \(header.type) values; <f8 is needed")
    }
    let values = body.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    return Matrix(rowCount: header.rows, columnCount: header.columns, values: values)
  }

  /// A C-ordered array of one or two sides by columns; numbers of any type become doubles.
  ///
  /// - Parameter limit: the rows to take, from the first; nil takes all.
  static func columns(at path: String, limit: Int? = nil) throws -> [[Double]] {
    let (header, body) = try open(path)
    let rows = min(limit ?? header.rows, header.rows)
    func columns<Value>(_ type: Value.Type, _ number: (Value) -> Double) -> [[Double]] {
      body.withUnsafeBytes { bytes in
        let values = bytes.bindMemory(to: type)
        return (0..<header.columns).map { column in
          [Double](unsafeUninitializedCapacity: rows) { target, count in
            for row in 0..<rows {
              target.initializeElement(at: row, to: number(values[row * header.columns + column]))
            }
            count = rows
          }
        }
      }
    }
    switch header.type {
    case "<f8": return columns(Double.self) { $0 }
    case "<f4": return columns(Float.self) { Double($0) }
    case "<i4": return columns(Int32.self) { Double($0) }
    default:
      throw CommandError(.usage, "\(path) holds \(header.type) values; <f4, <f8 or <i4 is needed")
    }
  }

  /// A one-sided array of 32- or 64-bit integers.
  static func integers(at path: String) throws -> [Int] {
    let (header, body) = try open(path)
    switch header.type {
    case "<i4": return body.withUnsafeBytes { $0.bindMemory(to: Int32.self).map(Int.init) }
    case "<i8": return body.withUnsafeBytes { $0.bindMemory(to: Int64.self).map(Int.init) }
    default: throw CommandError(.usage, "\(path) holds \(header.type) values; integers are needed")
    }
  }

  private struct Header {
    let type: String
    let rows: Int
    let columns: Int
  }

  private static func open(_ path: String) throws -> (Header, Data) {
    let place = URL(filePath: path)
    guard let file = try? Data(contentsOf: place, options: .mappedIfSafe) else {
      throw CommandError(.usage, "cannot read \(path); check the path")
    }
    let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    guard file.count > 12, Array(file.prefix(6)) == magic else {
      throw CommandError(.usage, "\(path) is not a .npy file")
    }
    let isShort = file[6] == 1
    let prefix = isShort ? 10 : 12
    let length = Int(file[8]) | Int(file[9]) << 8 | (isShort ? 0 : Int(file[10]) << 16)
    guard file.count >= prefix + length else {
      throw CommandError(.usage, "\(path) ends inside its header")
    }
    let header = try parse(String(decoding: file[prefix..<prefix + length], as: UTF8.self), path)
    let width = header.type.hasSuffix("4") ? 4 : 8
    // A slice: a copy would stand beside the map while columns are read from it.
    let body = file[(prefix + length)...]
    guard body.count == header.rows * header.columns * width else {
      throw CommandError(.usage, "\(path) does not hold as many values as its header says")
    }
    return (header, body)
  }

  private static func parse(_ text: String, _ path: String) throws -> Header {
    let type = /'descr': '([^']+)'/
    let shape = /'shape': \((\d+),(?: (\d+))?\)/
    guard text.contains("'fortran_order': False"),
      let type = try type.firstMatch(in: text), let shape = try shape.firstMatch(in: text),
      let rows = Int(shape.1), let columns = shape.2.map({ Int($0) }) ?? 1
    else {
      throw CommandError(.usage, "\(path) is not a C-ordered array of one or two sides")
    }
    return Header(type: String(type.1), rows: rows, columns: columns)
  }
}
