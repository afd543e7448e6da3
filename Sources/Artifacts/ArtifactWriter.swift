import Foundation

/// Publishes artifacts.
public enum ArtifactWriter {
  /// Writes `artifact` as the directory `path`, complete or not at all.
  ///
  /// Publishing what is already there, byte for byte, does nothing.
  ///
  /// - Returns: The artifact's identity, `sha256:` and the SHA-256 of its manifest.
  /// - Throws: `.alreadyExists` if `path` holds something else, `.notStorable` for a number that is
  ///   not finite, `.busy`, `.storage`.
  @discardableResult
  public static func publish(
    _ artifact: SegmentationArtifact, to path: String
  ) throws(ArtifactError) -> String {
    let files = try artifact.files()
    let manifest = try manifest(of: artifact, holding: files)
    let identity = ContentHash.identity(manifest.bytes)
    do throws(ArtifactError) {
      try DurableDirectory.publish(files + [manifest], to: path)
    } catch .alreadyExists(let path) {
      guard let existing = try? ArtifactFiles(verifying: path), existing.identity == identity else {
        throw .alreadyExists(path: path)
      }
    }
    return identity
  }

  /// Every file of an artifact, for a directory that holds more than it.
  package static func files(
    of artifact: SegmentationArtifact
  ) throws(ArtifactError) -> [DurableDirectory.File] {
    let files = try artifact.files()
    return files + [try manifest(of: artifact, holding: files)]
  }

  private static func manifest(
    of artifact: SegmentationArtifact, holding files: [DurableDirectory.File]
  ) throws(ArtifactError) -> DurableDirectory.File {
    let manifest = Manifest(
      kind: SegmentationArtifact.kind, algorithm: artifact.pipeline.clusterer.algorithm,
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

extension SegmentationArtifact {
  /// Every file but the manifest.
  func files() throws(ArtifactError) -> [DurableDirectory.File] {
    try ArtifactWriter.stored {
      try pipeline.files() + [
        .init(path: Self.inputsFile, bytes: CanonicalJSON.encode(inputs)),
        .init(path: Self.outputsFile, bytes: CanonicalJSON.encode(outputs)),
        .init(path: Self.metricsFile, bytes: CanonicalJSON.encode(metrics)),
        .init(path: Self.assignmentFile, bytes: CanonicalJSON.encode(assignment)),
        .init(path: GoldenRows.file, bytes: CanonicalJSON.encode(golden)),
        .init(path: Self.lineageFile, bytes: CanonicalJSON.encode(lineage)),
        .init(path: Self.segmentsFile, bytes: SegmentFile.encode(segments)),
        .init(path: Self.cardFile, bytes: Data(card.utf8)),
      ]
    }
  }
}
