import Foundation
import Learning
import Tabular

/// What artifacts around a pipeline have in common.
protocol PipelineArtifact: ArtifactContent {
  associatedtype Pipeline: StoredPipeline

  var pipeline: Pipeline { get }
  var inputs: InputSchema { get }
  var outputs: OutputSchema { get }
  var metrics: [EvidenceMetric] { get set }
  var lineage: Lineage { get set }
  var governance: Governance { get set }
  /// Nil for an artifact of a time before, or of too few rows to tell of.
  var profile: TrainingProfile? { get }
  var golden: GoldenRows<Pipeline.Answer> { get }
  /// The model card (`card.md`, `card.json`): what the artifact is, for people.
  var card: ModelCardDocument { get }
}

extension PipelineArtifact {
  static var inputsFile: String { "schema/inputs.json" }
  static var outputsFile: String { "schema/outputs.json" }
  static var metricsFile: String { "evidence/metrics.json" }
  static var lineageFile: String { "lineage.json" }
  static var cardFile: String { "card.md" }

  /// The files that every such artifact has.
  func sharedFiles() throws -> [DurableDirectory.File] {
    let files: [DurableDirectory.File] =
      try pipeline.files() + [
        .init(path: Self.inputsFile, bytes: CanonicalJSON.encode(inputs)),
        .init(path: Self.outputsFile, bytes: CanonicalJSON.encode(outputs)),
        .init(path: Self.metricsFile, bytes: CanonicalJSON.encode(metrics)),
        .init(path: goldenFile, bytes: CanonicalJSON.encode(golden)),
        .init(path: Self.lineageFile, bytes: CanonicalJSON.encode(lineage)),
        .init(path: Self.cardFile, bytes: Data(card.markdown.utf8)),
        .init(path: ModelCardDocument.file, bytes: CanonicalJSON.encode(card)),
      ] + governance.files()
    guard let profile else { return files }
    return try files + profile.files()
  }

  /// Whether the schemas are those of the pipeline and no two scored columns share a name.
  ///
  /// - Parameter optional: Columns that scoring adds on request.
  func checkSchemas(outputs expected: OutputSchema, optional: [String] = []) throws(ArtifactError) {
    let derived = InputSchema(
      encoder: pipeline.encoder, passthrough: inputs.passthrough, nullTokens: inputs.nullTokens,
      consent: inputs.consent)
    guard inputs == derived, Set(inputs.fields.map(\.name)).count == inputs.fields.count else {
      throw .content(file: Self.inputsFile, place: "fields", .value)
    }
    if let consent = inputs.consent, inputs.fields.contains(where: { $0.name == consent.column }) {
      throw .content(file: Self.inputsFile, place: "consent", .value)
    }
    // These stand beside each other in scored files.
    let scored = inputs.passthrough + outputs.columns.map(\.name) + optional
    guard outputs == expected || outputs == expected.withoutRejection,
      Set(scored).count == scored.count
    else {
      throw .content(file: Self.outputsFile, place: "columns", .value)
    }
  }
}
