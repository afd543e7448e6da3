import Artifacts
import Foundation

/// JSON on standard output, in the same canonical form as in files.
enum JSONOutput {
  static func write(_ value: some Encodable) throws {
    try Console.write(String(decoding: try CanonicalJSON.encode(value), as: UTF8.self))
  }
}
