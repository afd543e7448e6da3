import Crypto
package import Foundation

/// SHA-256 as Cohort writes it.
package enum ContentHash {
  /// 64 lower-case hexadecimal digits.
  package static func hexadecimal(_ data: Data) -> String {
    text(SHA256.hash(data: data))
  }

  /// The same of a file of any size; nil if it cannot be read.
  package static func hexadecimal(ofFileAt path: String) -> String? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    var hash = SHA256()
    do {
      while let block = try file.read(upToCount: 1 << 20), !block.isEmpty {
        hash.update(data: block)
      }
    } catch {
      return nil
    }
    return text(hash.finalize())
  }

  private static func text(_ digest: SHA256.Digest) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  /// `sha256:` and the digits.
  package static func identity(_ data: Data) -> String { "sha256:" + hexadecimal(data) }
}
