public import Learning
public import Tabular

/// A segmentation that can be stored, checked and used without the study that made it.
public struct SegmentationArtifact: PipelineArtifact {
  public static let kind = "segmentation"

  public let pipeline: SegmentationPipeline
  public let inputs: InputSchema
  public let outputs: OutputSchema
  /// One for every segment, by number.
  public let segments: [SegmentDefinition]
  public internal(set) var metrics: [EvidenceMetric]
  public let assignment: AssignmentRecord
  /// What segments are in a few questions; nil where nothing was found, or in older artifacts.
  public let description: SegmentDescription?
  /// What the training rows looked like; nil where they were too few, or in older artifacts.
  public let profile: TrainingProfile?
  public let golden: GoldenRows<SegmentAnswer>
  public internal(set) var lineage: Lineage
  public internal(set) var governance: Governance

  public var algorithm: String { pipeline.clusterer.algorithm }

  /// Completes `pipeline` with its schemas and its self-test.
  ///
  /// - Parameters:
  ///   - passthrough: Columns that scoring copies from input to output, such as the id.
  ///   - nullTokens: The spellings of a missing value that training used.
  ///   - consent: Who may be scored; nil for everybody.
  ///   - sizes: Training rows by segment.
  ///   - names: What each segment is called, all different; by number where left out.
  ///   - unassigned: Training rows in no segment.
  ///   - agreement: The share of training rows that the model's rule puts where the fit had put them,
  ///     and how many were asked.
  ///   - description: Of columns that scoring reads.
  ///   - profile: Of the training rows, with their segments.
  /// - Throws: `.step` or `.encoding` if the pipeline does not take what its schema allows,
  ///   `.content` if `sizes` has not one entry for every segment or a column to pass through has the
  ///   name of a feature or an output.
  public init(
    pipeline: SegmentationPipeline, passthrough: [String], nullTokens: [String],
    consent: ConsentRule? = nil, sizes: [Int],
    names: [String]? = nil, unassigned: Int = 0, agreement: (share: Double, rowCount: Int),
    metrics: [EvidenceMetric], description: SegmentDescription? = nil,
    profile: TrainingProfile? = nil, lineage: Lineage, governance: Governance = Governance()
  ) throws(ArtifactError) {
    self.pipeline = pipeline
    self.governance = governance
    inputs = InputSchema(
      encoder: pipeline.encoder, passthrough: passthrough, nullTokens: nullTokens,
      consent: consent)
    outputs = .segmentation(
      reconstructing: pipeline.components != nil, suppressing: consent != nil)
    segments = SegmentDefinition.numbered(sizes: sizes, names: names, unassigned: unassigned)
    self.metrics = metrics
    self.description = description
    self.profile = profile
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
  public init(in files: ArtifactFiles, catalog: Catalog) throws(ArtifactError) {
    pipeline = try SegmentationPipeline(in: files, catalog: catalog)
    inputs = try files.decode(InputSchema.self, from: Self.inputsFile)
    outputs = try files.decode(OutputSchema.self, from: Self.outputsFile)
    segments = try SegmentFile.decode(try files[Self.segmentsFile])
    metrics = try files.decode([EvidenceMetric].self, from: Self.metricsFile)
    assignment = try files.decode(AssignmentRecord.self, from: Self.assignmentFile)
    description =
      files.manifest.files.contains { $0.path == SegmentDescription.file }
      ? try files.decode(SegmentDescription.self, from: SegmentDescription.file) : nil
    profile = try TrainingProfile.read(in: files)
    golden = try files.decode(GoldenRows<SegmentAnswer>.self, from: goldenFile)
    lineage = try files.decode(Lineage.self, from: Self.lineageFile)
    governance = try Governance(in: files)
    try checkStructure()
    try golden.replay(on: pipeline)
  }

  /// Whether the parts agree with each other.
  private func checkStructure() throws(ArtifactError) {
    try pipeline.checkWidths()
    try checkSchemas(
      outputs: .segmentation(
        reconstructing: pipeline.components != nil, suppressing: inputs.consent != nil))
    guard segments.map(\.id) == Array(0..<pipeline.clusterer.model.clusterCount),
      segments.map(\.order).sorted() == Array(1..<(segments.count + 1)),
      Set(segments.map(\.name)).count == segments.count
    else { throw .content(file: Self.segmentsFile, place: "segments", .value) }
    guard assignment.rule == pipeline.clusterer.model.rule, (0...1).contains(assignment.agreement)
    else { throw .content(file: Self.assignmentFile, place: "rule", .value) }
    try description?.check(segmentCount: segments.count, inputs: inputs)
    try profile?.check(inputs: inputs, segmentCount: segments.count)
  }

  public func files() throws(ArtifactError) -> [DurableDirectory.File] {
    try ArtifactWriter.stored {
      try sharedFiles() + [
        .init(path: Self.assignmentFile, bytes: CanonicalJSON.encode(assignment)),
        .init(path: Self.segmentsFile, bytes: SegmentFile.encode(segments)),
      ]
        + (try description.map {
          [.init(path: SegmentDescription.file, bytes: try CanonicalJSON.encode($0))]
        } ?? [])
    }
  }

  static let assignmentFile = "evidence/assignment.json"
  static let segmentsFile = "segments.yaml"
}
