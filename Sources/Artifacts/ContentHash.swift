import Crypto
package import Foundation

/// SHA-256 as Cohort writes it.
package enum ContentHash {
  /// 64 lower-case hexadecimal digits.
  package static func hexadecimal(_ data: Data) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = SHA256.hash(data: data).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  /// `sha256:` and the digits.
  package static func identity(_ data: Data) -> String { "sha256:" + hexadecimal(data) }
}
