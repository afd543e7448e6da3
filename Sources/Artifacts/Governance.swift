/// What people and the study say of a model beside its numbers, and what was found out about groups.
public struct Governance: Hashable, Sendable {
  public var notes: CardNotes
  /// Columns by which nobody may be treated differently; they are no features.
  public var sensitiveColumns: [String]
  /// Features that look like personal data and were allowed by name.
  public var allowedColumns: [String]
  /// Nil where no column is sensitive.
  public var fairness: FairnessEvidence?

  public init(
    notes: CardNotes = CardNotes(), sensitiveColumns: [String] = [],
    allowedColumns: [String] = [], fairness: FairnessEvidence? = nil
  ) {
    self.notes = notes
    self.sensitiveColumns = sensitiveColumns
    self.allowedColumns = allowedColumns
    self.fairness = fairness
  }

  /// Reads what an artifact has of it; one of a time before has nothing.
  init(in files: ArtifactFiles) throws(ArtifactError) {
    let paths = Set(files.manifest.files.map(\.path))
    self.init()
    if paths.contains(ModelCardDocument.file) {
      let card = try files.decode(ModelCardDocument.self, from: ModelCardDocument.file)
      notes = card.notes
      sensitiveColumns = card.sensitiveColumns
      allowedColumns = card.allowedColumns
    }
    if paths.contains(FairnessEvidence.file) {
      fairness = try files.decode(FairnessEvidence.self, from: FairnessEvidence.file)
    }
  }

  func files() throws -> [DurableDirectory.File] {
    guard let fairness else { return [] }
    return [.init(path: FairnessEvidence.file, bytes: try CanonicalJSON.encode(fairness))]
  }
}

/// What only people can say of a model, and have to before it may be relied on.
public struct CardNotes: Hashable, Sendable, Codable {
  /// Who answers for the model.
  public var owner: String?
  public var intendedUse: String?
  public var outOfScopeUse: String?
  /// The day, `yyyy-mm-dd`, by which it has to be looked at again.
  public var reviewBy: String?
  /// What it cannot do, or was not tried on.
  public var limitations: [String]?

  private enum CodingKeys: String, CodingKey {
    case owner, limitations
    case intendedUse = "intended_use"
    case outOfScopeUse = "out_of_scope_use"
    case reviewBy = "review_by"
  }

  public init(
    owner: String? = nil, intendedUse: String? = nil, outOfScopeUse: String? = nil,
    reviewBy: String? = nil, limitations: [String]? = nil
  ) {
    self.owner = owner
    self.intendedUse = intendedUse
    self.outOfScopeUse = outOfScopeUse
    self.reviewBy = reviewBy
    self.limitations = limitations
  }
}

/// What a run knows of a model that its trial could not: what the chosen one was asked on the holdout, and
/// what the study says for people to read.
public struct RunFindings: Hashable, Sendable {
  /// The name of the run's directory.
  public var run: String
  public var metrics: [EvidenceMetric]
  public var notes: CardNotes
  public var fairness: [FairnessEvidence.Scored]

  public init(
    run: String, metrics: [EvidenceMetric], notes: CardNotes,
    fairness: [FairnessEvidence.Scored] = []
  ) {
    self.run = run
    self.metrics = metrics
    self.notes = notes
    self.fairness = fairness
  }
}

extension PipelineArtifact {
  /// The same model, with what its run knows besides; `model/` and `schema/` keep their bytes.
  func completed(by findings: RunFindings) -> Self {
    var artifact = self
    let splits = Set(findings.metrics.map(\.split))
    artifact.metrics = metrics.filter { !splits.contains($0.split) } + findings.metrics
    artifact.lineage.run = findings.run
    artifact.governance.notes = findings.notes
    if !findings.fairness.isEmpty {
      var fairness = governance.fairness ?? FairnessEvidence()
      let measured = Set(findings.fairness.map(\.split))
      fairness.scored = fairness.scored.filter { !measured.contains($0.split) } + findings.fairness
      artifact.governance.fairness = fairness
    }
    return artifact
  }
}

extension StoredArtifact {
  /// Publishes the model with what its run knows besides, as `ArtifactWriter.publish` does.
  ///
  /// - Returns: The identity of what was published; the model's digest is that of this artifact.
  @discardableResult
  public func publish(
    completedBy findings: RunFindings, to path: String
  ) throws(ArtifactError) -> String {
    switch content {
    case .segmentation(let artifact):
      try ArtifactWriter.publish(
        artifact.completed(by: findings), timings: timings, environment: environment, to: path)
    case .propensity(let artifact):
      try ArtifactWriter.publish(
        artifact.completed(by: findings), timings: timings, environment: environment, to: path)
    }
  }
}
