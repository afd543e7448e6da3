import Foundation

/// What may differ between equal artifacts: a file that the manifest does not list.
///
/// It carries its own SHA-256 and is written in one form only, so that every change to it is found all the
/// same.
package protocol SealedRecord: Codable {
  /// Its name beside the manifest.
  static var file: String { get }
}

private struct Sealed<Record: SealedRecord>: Codable {
  let measured: Record
  /// Of the canonical JSON of `measured`.
  let sha256: String
}

extension SealedRecord {
  static var sizeLimit: Int { 1 << 16 }

  package func sealed() throws(ArtifactError) -> DurableDirectory.File {
    try ArtifactWriter.stored {
      let digest = ContentHash.hexadecimal(try CanonicalJSON.encode(self))
      let bytes = try CanonicalJSON.encode(Sealed(measured: self, sha256: digest))
      return DurableDirectory.File(path: Self.file, bytes: bytes)
    }
  }

  /// - Throws: `.damaged` with `.digest` unless the bytes are those that `sealed` wrote; `.json`, `.content`.
  init(sealed bytes: Data) throws(ArtifactError) {
    self = try ArtifactFiles.decode(Sealed<Self>.self, from: bytes, file: Self.file).measured
    guard try sealed().bytes == bytes else { throw .damaged(file: Self.file, .digest) }
  }
}
