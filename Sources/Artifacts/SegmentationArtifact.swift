public import Learning
import Tabular

/// A segmentation that can be stored, checked and used without the study that made it.
public struct SegmentationArtifact: Sendable {
  public static let kind = "segmentation"

  public let pipeline: SegmentationPipeline
  public let inputs: InputSchema
  public let outputs: OutputSchema
  /// One for every segment, by number.
  public let segments: [SegmentDefinition]
  public let metrics: [EvidenceMetric]
  public let assignment: AssignmentRecord
  public let golden: GoldenRows
  public let lineage: Lineage

  /// Completes `pipeline` with its schemas and its self-test.
  ///
  /// - Parameters:
  ///   - passthrough: Columns that scoring copies from input to output, such as the id.
  ///   - nullTokens: The spellings of a missing value that training used.
  ///   - sizes: Training rows by segment.
  ///   - unassigned: Training rows in no segment.
  ///   - agreement: The share of training rows that the model's rule puts where the fit had put them,
  ///     and how many were asked.
  /// - Throws: `.step` or `.encoding` if the pipeline does not take what its schema allows,
  ///   `.content` if `sizes` has not one entry for every segment or a column to pass through has the
  ///   name of a feature or an output.
  public init(
    pipeline: SegmentationPipeline, passthrough: [String], nullTokens: [String], sizes: [Int],
    unassigned: Int = 0, agreement: (share: Double, rowCount: Int), metrics: [EvidenceMetric],
    lineage: Lineage
  ) throws(ArtifactError) {
    self.pipeline = pipeline
    inputs = InputSchema(
      encoder: pipeline.encoder, passthrough: passthrough, nullTokens: nullTokens)
    outputs = .segmentation(reconstructing: pipeline.components != nil)
    segments = SegmentDefinition.numbered(sizes: sizes, unassigned: unassigned)
    self.metrics = metrics
    assignment = AssignmentRecord(
      rule: pipeline.clusterer.model.rule, agreement: agreement.share,
      rowCount: agreement.rowCount)
    self.lineage = lineage
    golden = try GoldenRows(for: pipeline)
    try checkStructure()
  }

  /// Reads and checks the content of verified files.
  ///
  /// - Throws: `ArtifactError`.
  init(in files: ArtifactFiles, catalog: Catalog) throws(ArtifactError) {
    pipeline = try SegmentationPipeline(in: files, catalog: catalog)
    inputs = try files.decode(InputSchema.self, from: Self.inputsFile)
    outputs = try files.decode(OutputSchema.self, from: Self.outputsFile)
    segments = try SegmentFile.decode(try files[Self.segmentsFile])
    metrics = try files.decode([EvidenceMetric].self, from: Self.metricsFile)
    assignment = try files.decode(AssignmentRecord.self, from: Self.assignmentFile)
    golden = try files.decode(GoldenRows.self, from: GoldenRows.file)
    lineage = try files.decode(Lineage.self, from: Self.lineageFile)
    guard files.manifest.algorithm == pipeline.clusterer.algorithm else {
      throw .content(file: Manifest.fileName, place: "algorithm", .value)
    }
    try checkStructure()
    try golden.replay(on: pipeline)
  }

  /// Whether the parts agree with each other.
  private func checkStructure() throws(ArtifactError) {
    try pipeline.checkWidths()
    let derived = InputSchema(
      encoder: pipeline.encoder, passthrough: inputs.passthrough, nullTokens: inputs.nullTokens)
    guard inputs == derived, Set(inputs.fields.map(\.name)).count == inputs.fields.count else {
      throw .content(file: Self.inputsFile, place: "fields", .value)
    }
    // These stand beside each other in scored files.
    let scored = inputs.passthrough + outputs.columns.map(\.name)
    guard outputs == .segmentation(reconstructing: pipeline.components != nil),
      Set(scored).count == scored.count
    else { throw .content(file: Self.outputsFile, place: "columns", .value) }
    guard segments.map(\.id) == Array(0..<pipeline.clusterer.model.clusterCount),
      segments.map(\.order).sorted() == Array(1..<(segments.count + 1)),
      Set(segments.map(\.name)).count == segments.count
    else { throw .content(file: Self.segmentsFile, place: "segments", .value) }
    guard assignment.rule == pipeline.clusterer.model.rule, (0...1).contains(assignment.agreement)
    else { throw .content(file: Self.assignmentFile, place: "rule", .value) }
  }

  static let inputsFile = "schema/inputs.json"
  static let outputsFile = "schema/outputs.json"
  static let assignmentFile = "evidence/assignment.json"
  static let metricsFile = "evidence/metrics.json"
  static let lineageFile = "lineage.json"
  static let segmentsFile = "segments.yaml"
  static let cardFile = "card.md"
}
