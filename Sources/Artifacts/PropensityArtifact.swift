public import Learning
public import Tabular

/// A propensity model that can be stored, checked and used without the study that made it.
public struct PropensityArtifact: PipelineArtifact {
  public static let kind = "propensity"

  public let pipeline: PropensityPipeline
  public let inputs: InputSchema
  public let outputs: OutputSchema
  public let decision: PropensityDecision
  public let training: PropensityTraining
  public internal(set) var metrics: [EvidenceMetric]
  /// What the training rows looked like; nil where they were too few, or in older artifacts.
  public let profile: TrainingProfile?
  public let golden: GoldenRows<PropensityAnswer>
  public internal(set) var lineage: Lineage
  public internal(set) var governance: Governance

  public var algorithm: String { pipeline.classifier.algorithm }

  /// Completes `pipeline` with its schemas and its self-test.
  ///
  /// - Parameters:
  ///   - passthrough: Columns that scoring copies from input to output, such as the id.
  ///   - nullTokens: The spellings of a missing value that training used.
  ///   - consent: Who may be scored; nil for everybody.
  ///   - profile: Of the training rows, with their scores.
  /// - Throws: `.step` or `.encoding` if the pipeline does not take what its schema allows, `.content` if
  ///   its encoder was fitted for the other form of classifier, more events than rows are claimed or
  ///   a column to pass through has the name of a feature or an output.
  public init(
    pipeline: PropensityPipeline, passthrough: [String], nullTokens: [String],
    consent: ConsentRule? = nil, decision: PropensityDecision, training: PropensityTraining,
    metrics: [EvidenceMetric], profile: TrainingProfile? = nil, lineage: Lineage,
    governance: Governance = Governance()
  ) throws(ArtifactError) {
    try pipeline.checkWidths()
    self.governance = governance
    self.pipeline = pipeline
    inputs = InputSchema(
      encoder: pipeline.encoder, passthrough: passthrough, nullTokens: nullTokens,
      consent: consent)
    outputs = .propensity(
      keepsMissing: pipeline.encoder.keepsMissing, suppressing: consent != nil)
    self.decision = decision
    self.training = training
    self.metrics = metrics
    self.profile = profile
    self.lineage = lineage
    golden = try GoldenRows(for: pipeline)
    try checkStructure()
  }

  public init(in files: ArtifactFiles, catalog: Catalog) throws(ArtifactError) {
    pipeline = try PropensityPipeline(in: files, catalog: catalog)
    inputs = try files.decode(InputSchema.self, from: Self.inputsFile)
    outputs = try files.decode(OutputSchema.self, from: Self.outputsFile)
    decision = try files.decode(PropensityDecision.self, from: PropensityDecision.file)
    training = try files.decode(PropensityTraining.self, from: PropensityTraining.file)
    metrics = try files.decode([EvidenceMetric].self, from: Self.metricsFile)
    profile = try TrainingProfile.read(in: files)
    golden = try files.decode(GoldenRows<PropensityAnswer>.self, from: goldenFile)
    lineage = try files.decode(Lineage.self, from: Self.lineageFile)
    governance = try Governance(in: files)
    try pipeline.checkWidths()
    try checkStructure()
    try golden.replay(on: pipeline)
  }

  /// Whether the parts agree with each other.
  private func checkStructure() throws(ArtifactError) {
    let reasons = (1...max(inputs.fields.count, 1)).map(PropensityReason.columnName)
    try checkSchemas(
      outputs: .propensity(
        keepsMissing: pipeline.encoder.keepsMissing, suppressing: inputs.consent != nil),
      optional: reasons)
    guard training.eventCount >= 0, training.eventCount <= training.rowCount,
      !inputs.fields.contains(where: { $0.name == training.target })
    else { throw .content(file: PropensityTraining.file, place: "events", .value) }
    try profile?.check(inputs: inputs, scoredRowCount: training.rowCount)
  }

  public func files() throws(ArtifactError) -> [DurableDirectory.File] {
    try ArtifactWriter.stored {
      try sharedFiles() + exports() + [
        .init(path: PropensityDecision.file, bytes: CanonicalJSON.encode(decision)),
        .init(path: PropensityTraining.file, bytes: CanonicalJSON.encode(training)),
      ]
    }
  }
}
