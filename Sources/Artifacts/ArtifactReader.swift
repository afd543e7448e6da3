public import Learning

/// An artifact that passed every check.
public struct StoredArtifact: Sendable {
  public let manifest: Manifest
  /// `sha256:` and the SHA-256 of the manifest.
  public let identity: String
  public let segmentation: SegmentationArtifact
}

/// Loads artifacts that can be trusted to be what was published.
public enum ArtifactReader {
  /// Loads the artifact at `path`.
  ///
  /// In order: manifest, file table, sizes and hashes (`ArtifactFiles`); then JSON and tensors;
  /// then whether the parts agree; then the self-test. No code is executed on load.
  ///
  /// - Throws: `ArtifactError` with the first thing that is wrong.
  public static func load(
    _ path: String, catalog: Catalog = .standard
  ) throws(ArtifactError) -> StoredArtifact {
    let files = try ArtifactFiles(verifying: path)
    guard files.manifest.kind == SegmentationArtifact.kind else {
      throw .unsupportedKind(files.manifest.kind)
    }
    return StoredArtifact(
      manifest: files.manifest, identity: files.identity,
      segmentation: try SegmentationArtifact(in: files, catalog: catalog))
  }
}
