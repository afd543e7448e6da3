public import Artifacts
internal import CLibrary
import Foundation
import GRDB

/// Signatures of registered versions.
///
/// A signature lies in the object as `model.sig` and is no part of its digest: signing changes no version. Which key
/// a signature names is noted in the rows and in the log; whether it holds is asked of the file at every use.
extension ModelRegistry {
  /// Signs a version that loads with all its checks; a signature that was there is replaced.
  ///
  /// Other versions of the same bytes are signed by the same file.
  ///
  /// - Throws: `.notReady`, `.artifact`, and what `find` throws.
  public func sign(
    _ reference: ModelReference, with key: SigningKey, by author: Author
  ) throws(RegistryError) -> ModelVersion {
    let version = try find(reference).version
    guard version.status == .ready else {
      throw .notReady(reference: version.reference, version.status)
    }
    let files = try objects.files(of: version.digest)
    let signature: Data
    do throws(ArtifactError) {
      _ = try ArtifactReader.load(files)
      signature = try files.signature(by: key, as: "\(version.name)-\(version.version)")
    } catch {
      throw RegistryError(error)
    }
    return try database.write { database throws in
      // Before the rows that speak of it: what is not noted yet is noted by the next one.
      try objects.install(signature, covering: files)
      try Self.note(key.publicKey.identifier, on: version.digest, by: author, in: database)
      return try Self.version(reference, in: database)
    }
  }

  /// The registry whose object lies at a path, and a version that may be used and has these bytes; nil where no
  /// registry has an object.
  ///
  /// What is written there past the registry is in no row and in no log.
  public static func owner(
    ofObjectAt path: String
  ) throws(RegistryError) -> (folder: String, version: ModelVersion?)? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    guard let (folder, digest) = ObjectStore.owner(ofObjectAt: String(cString: resolved)) else {
      return nil
    }
    let registry: ModelRegistry
    do throws(RegistryError) {
      registry = try ModelRegistry(folder)
    } catch .noRegistry {
      return nil
    }
    let versions = try registry.models().flatMap(\.versions)
    return (folder, versions.first { $0.digest == digest && $0.status == .ready })
  }

  /// Notes which key a signature names, in every version of the same bytes.
  static func note(
    _ signer: String, on digest: String, by author: Author, in database: Database
  ) throws {
    for version in try versions(of: digest, .ready, in: database)
    where version.signatureKey != signer {
      try database.execute(
        sql: "UPDATE version SET signature_key = ? WHERE name = ? AND version = ?",
        arguments: [signer, version.name, version.version])
      try append(.sign, by: author, in: database) {
        $0.concern(version)
        $0.detail = .object(["signature_key": .text(signer)])
      }
    }
  }
}
