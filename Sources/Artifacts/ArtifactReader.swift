public import Learning

/// An artifact that passed every check.
public struct StoredArtifact: Sendable {
  public enum Content: Sendable {
    case segmentation(SegmentationArtifact)
    case propensity(PropensityArtifact)
  }

  public let manifest: Manifest
  /// `sha256:` and the SHA-256 of the manifest.
  public let identity: String
  public let content: Content
  /// What was measured when the model was trained; nil if nothing was.
  public let timings: Timings?
  /// Which program trained the model and where; nil if it was not recorded.
  public let environment: TrainingEnvironment?

  package var inputs: InputSchema {
    switch content {
    case .segmentation(let artifact): artifact.inputs
    case .propensity(let artifact): artifact.inputs
    }
  }

  package var outputs: OutputSchema {
    switch content {
    case .segmentation(let artifact): artifact.outputs
    case .propensity(let artifact): artifact.outputs
    }
  }

  package var metrics: [EvidenceMetric] {
    switch content {
    case .segmentation(let artifact): artifact.metrics
    case .propensity(let artifact): artifact.metrics
    }
  }

  package var lineage: Lineage {
    switch content {
    case .segmentation(let artifact): artifact.lineage
    case .propensity(let artifact): artifact.lineage
    }
  }

  package var governance: Governance {
    switch content {
    case .segmentation(let artifact): artifact.governance
    case .propensity(let artifact): artifact.governance
    }
  }

  /// - Throws: `.otherKind` unless it is a segmentation.
  public var segmentation: SegmentationArtifact {
    get throws(ArtifactError) {
      guard case .segmentation(let artifact) = content else {
        throw .otherKind(found: manifest.kind, expected: SegmentationArtifact.kind)
      }
      return artifact
    }
  }

  /// - Throws: `.otherKind` unless it is a propensity model.
  public var propensity: PropensityArtifact {
    get throws(ArtifactError) {
      guard case .propensity(let artifact) = content else {
        throw .otherKind(found: manifest.kind, expected: PropensityArtifact.kind)
      }
      return artifact
    }
  }
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
    try load(ArtifactFiles(verifying: path), catalog: catalog)
  }

  /// The same, of files whose hashes were checked.
  package static func load(
    _ files: ArtifactFiles, catalog: Catalog = .standard
  ) throws(ArtifactError) -> StoredArtifact {
    StoredArtifact(
      manifest: files.manifest, identity: files.identity,
      content: try content(of: files, catalog: catalog), timings: files.timings,
      environment: files.environment)
  }

  private static func content(
    of files: ArtifactFiles, catalog: Catalog
  ) throws(ArtifactError) -> StoredArtifact.Content {
    switch files.manifest.kind {
    case SegmentationArtifact.kind:
      return .segmentation(try read(files, catalog))
    case PropensityArtifact.kind:
      return .propensity(try read(files, catalog))
    default: throw .unsupportedKind(files.manifest.kind)
    }
  }

  private static func read<Content: ArtifactContent>(
    _ files: ArtifactFiles, _ catalog: Catalog
  ) throws(ArtifactError) -> Content {
    let content = try Content(in: files, catalog: catalog)
    guard files.manifest.algorithm == content.algorithm else {
      throw .content(file: Manifest.fileName, place: "algorithm", .value)
    }
    return content
  }
}
