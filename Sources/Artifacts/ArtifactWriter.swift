import Foundation
public import Learning

/// What an artifact of one kind holds: a model with everything that is needed to trust and use it.
public protocol ArtifactContent: Sendable {
  /// What the artifact is for, as the manifest says it.
  static var kind: String { get }
  /// The catalogue name of the algorithm that gives the answer.
  var algorithm: String { get }
  var lineage: Lineage { get }

  /// Reads and checks the content of verified files.
  ///
  /// - Throws: `ArtifactError`.
  init(in files: ArtifactFiles, catalog: Catalog) throws(ArtifactError)

  /// Every file but the manifest.
  func files() throws(ArtifactError) -> [DurableDirectory.File]
}

/// Publishes artifacts.
public enum ArtifactWriter {
  /// Writes `artifact` as the directory `path`, complete or not at all.
  ///
  /// Publishing what is already there, byte for byte, does nothing, whatever was measured.
  ///
  /// - Parameters:
  ///   - timings: What was measured when the model was trained; no part of its identity.
  ///   - environment: Which program trained it and where; no part of its identity either.
  /// - Returns: The artifact's identity, `sha256:` and the SHA-256 of its manifest.
  /// - Throws: `.alreadyExists` if `path` holds something else, `.notStorable` for a number that is
  ///   not finite, `.busy`, `.storage`.
  @discardableResult
  public static func publish(
    _ artifact: some ArtifactContent, timings: Timings? = nil,
    environment: TrainingEnvironment? = nil, to path: String
  ) throws(ArtifactError) -> String {
    let files = try artifact.files()
    let manifest = try manifest(of: artifact, holding: files)
    let identity = ContentHash.identity(manifest.bytes)
    let unlisted = [try timings?.sealed(), try environment?.sealed()].compactMap { $0 }
    do throws(ArtifactError) {
      try DurableDirectory.publish(files + [manifest] + unlisted, to: path)
    } catch .alreadyExists(let path) {
      guard let existing = try? ArtifactFiles(verifying: path), existing.identity == identity else {
        throw .alreadyExists(path: path)
      }
    }
    return identity
  }

  /// Every file of an artifact, for a directory that holds more than it.
  package static func files(
    of artifact: some ArtifactContent, timings: Timings? = nil
  ) throws(ArtifactError) -> [DurableDirectory.File] {
    var files = try artifact.files()
    files.append(try manifest(of: artifact, holding: files))
    if let timings { files.append(try timings.sealed()) }
    return files
  }

  private static func manifest<Content: ArtifactContent>(
    of artifact: Content, holding files: [DurableDirectory.File]
  ) throws(ArtifactError) -> DurableDirectory.File {
    let manifest = Manifest(
      kind: Content.kind, algorithm: artifact.algorithm,
      producer: .init(version: artifact.lineage.engineVersion),
      files: files.map { Manifest.File(path: $0.path, bytes: $0.bytes) })
    return .init(
      path: Manifest.fileName, bytes: try stored { try CanonicalJSON.encode(manifest) })
  }

  /// Turns a refusal to encode into its place.
  static func stored<Value>(_ encode: () throws -> Value) throws(ArtifactError) -> Value {
    do {
      return try encode()
    } catch let error as ArtifactError {
      throw error
    } catch EncodingError.invalidValue(_, let context) {
      throw .notStorable(place: context.codingPath.map(\.stringValue).joined(separator: "."))
    } catch {
      throw .notStorable(place: "an unknown place")
    }
  }
}
