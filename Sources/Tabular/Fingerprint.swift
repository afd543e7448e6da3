import Crypto
import Foundation
public import Numerical

extension Table {
  /// `sha256:` and 64 hexadecimal digits that identify names, kinds, values and missing cells.
  ///
  /// How a file was written (quotes, line ends, delimiter, `1.50` for `1.5`) leaves no trace; the order
  /// of rows and columns does. The digest is taken over the digests of the columns, which are taken
  /// over name, kind, row count, missing rows, levels and values, little-endian; what stands at a
  /// missing row does not count.
  ///
  /// - Complexity: O(values), about 1 GB/s.
  public var fingerprint: String { fingerprint(on: .serial) }

  /// The fingerprint, with columns shared out among threads.
  public func fingerprint(on pool: WorkerPool) -> String {
    fingerprint(ofColumns: columnDigests(on: pool))
  }

  /// The SHA-256 of every column: of its name, kind, values and missing cells.
  public func columnDigests(on pool: WorkerPool) -> [[UInt8]] {
    pool.map(count: columns.count) { columns[$0].digest }
  }

  /// The fingerprint of a table whose columns have these digests.
  public func fingerprint(ofColumns digests: [[UInt8]]) -> String {
    var hash = SHA256()
    hash.update(text: "cohort table 1")
    hash.update(number: columns.count)
    hash.update(number: rowCount)
    for digest in digests { hash.update(data: digest) }
    return "sha256:" + Self.hexadecimal(Array(hash.finalize()))
  }

  /// Two lower-case digits per byte.
  public static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}

extension Column {
  fileprivate var digest: [UInt8] {
    var hash = SHA256()
    hash.update(text: name)
    hash.update(text: kind.rawValue)
    hash.update(number: rowCount)
    hash.update(number: missingRows.count)
    hash.update(values: missingRows.map { UInt64($0).littleEndian }, missing: [], placeholder: 0)
    switch values {
    case .integer(let values):
      hash.update(values: values, missing: missingRows, placeholder: 0)
    case .real(let values):
      hash.update(values: values, missing: missingRows, placeholder: 0)
    case .boolean(let values):
      hash.update(values: values, missing: missingRows, placeholder: false)
    case .date(let values):
      hash.update(values: values, missing: missingRows, placeholder: 0)
    case .category(let codes, let levels):
      hash.update(number: levels.count)
      for level in levels { hash.update(text: level) }
      hash.update(values: codes, missing: missingRows, placeholder: -1)
    case .text(let texts):
      hash.update(texts: texts, missing: missingRows)
    }
    return Array(hash.finalize())
  }
}

/// Every part is preceded by its length, so that no two tables give the same bytes.
extension SHA256 {
  fileprivate mutating func update(number: Int) {
    withUnsafeBytes(of: UInt64(number).littleEndian) { update(bufferPointer: $0) }
  }

  fileprivate mutating func update(text: String) {
    var text = text
    text.withUTF8 { bytes in
      update(number: bytes.count)
      update(bufferPointer: UnsafeRawBufferPointer(bytes))
    }
  }

  /// Values as they lie in memory, which is little-endian on every platform that Swift builds for.
  fileprivate mutating func update<Value: BitwiseCopyable>(
    values: [Value], missing: [Int], placeholder: Value
  ) {
    var cleared = values
    for row in missing { cleared[row] = placeholder }
    cleared.withUnsafeBytes { update(bufferPointer: $0) }
  }

  /// Texts are gathered, since hashing a few bytes at a time is slow.
  fileprivate mutating func update(texts: [String], missing: [Int]) {
    var gathered: [UInt8] = []
    var nextMissing = missing[...]
    for row in texts.indices {
      if nextMissing.first == row {
        nextMissing.removeFirst()
        continue
      }
      withUnsafeBytes(of: UInt32(truncatingIfNeeded: texts[row].utf8.count).littleEndian) {
        gathered.append(contentsOf: $0)
      }
      gathered.append(contentsOf: texts[row].utf8)
      if gathered.count > 1 << 16 {
        update(data: gathered)
        gathered.removeAll(keepingCapacity: true)
      }
    }
    update(data: gathered)
  }
}
