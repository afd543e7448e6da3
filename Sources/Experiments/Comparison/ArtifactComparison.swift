internal import Artifacts
internal import Learning
internal import Tabular
internal import Evaluation
internal import Numerical

/// Two models side by side: where they come from, what they take, how they answered.
public struct ArtifactComparison: Hashable, Sendable, Encodable {
  /// A column as a model takes it, in words.
  public struct InputChange: Hashable, Sendable, Encodable {
    public let name: String
    /// Nil where the model does not take the column.
    public let a: String?
    public let b: String?
    /// Levels that one model alone knows.
    public let levelsOnlyInA: [String]
    public let levelsOnlyInB: [String]

    private enum CodingKeys: String, CodingKey {
      case name, a, b
      case levelsOnlyInA = "levels_only_in_a"
      case levelsOnlyInB = "levels_only_in_b"
    }
  }

  /// `segmentation` or `propensity`.
  public let kind: String
  /// Of the whole artifact.
  public let identity: Pair<String>
  /// Of the model and its schema alone: equal for models that answer alike.
  public let modelDigest: Pair<String?>
  /// Origin, target, cut and bands that differ, by dotted path.
  public let facts: [SettingChange]
  public let inputs: [InputChange]
  public let candidate: CandidateComparison

  private enum CodingKeys: String, CodingKey {
    case kind, identity, facts, inputs, candidate
    case modelDigest = "model_digest"
  }

  public var isSame: Bool {
    !modelDigest.differs && facts.isEmpty && inputs.isEmpty && candidate.isSame
  }

  init(_ a: ComparedModel, _ b: ComparedModel, on pool: WorkerPool) {
    kind = a.artifact.manifest.kind
    identity = Pair(a.artifact.identity, b.artifact.identity)
    modelDigest = Pair(try? a.artifact.manifest.modelDigest, try? b.artifact.manifest.modelDigest)
    facts = matched(a.artifact.facts, b.artifact.facts, by: \.path).compactMap { path, a, b in
      a?.text == b?.text ? nil : SettingChange(path: path, a: a?.text, b: b?.text)
    }
    inputs = matched(a.artifact.inputs.fields, b.artifact.inputs.fields, by: \.name).compactMap {
      name, a, b in a == b ? nil : InputChange(name: name, a, b)
    }
    candidate = CandidateComparison(a.candidate, b.candidate, settings: [], on: pool)
  }
}

extension ArtifactComparison.InputChange {
  fileprivate init(name: String, _ a: InputSchema.Field?, _ b: InputSchema.Field?) {
    self.name = name
    self.a = a?.words
    self.b = b?.words
    let (levelsOfA, levelsOfB) = (a?.levels ?? [], b?.levels ?? [])
    let (inA, inB) = (Set(levelsOfA), Set(levelsOfB))
    levelsOnlyInA = a == nil || b == nil ? [] : levelsOfA.filter { !inB.contains($0) }
    levelsOnlyInB = a == nil || b == nil ? [] : levelsOfB.filter { !inA.contains($0) }
  }
}

extension InputSchema.Field {
  /// Kind, role and what happens to what was not seen.
  fileprivate var words: String {
    var words = ["\(kind.rawValue)", role.rawValue]
    if role == .feature { words.append("missing: \(missing.rawValue)") }
    if let fill { words.append("filled with \(fill)") }
    if fillLevel != nil { words.append("filled with a level") }
    if let minimum, let maximum { words.append("\(minimum) to \(maximum)") }
    if let levels { words.append("\(levels.count) levels") }
    if let pooledLevels, !pooledLevels.isEmpty { words.append("\(pooledLevels.count) pooled") }
    if let unseen { words.append("unseen: \(unseen.rawValue)") }
    return words.joined(separator: ", ")
  }
}

extension StoredArtifact {
  /// What a card says of the model beside metrics and parameters.
  fileprivate var facts: [(path: String, text: String)] {
    let lineage = lineage
    var facts = [
      ("algorithm", manifest.algorithm), ("data.fingerprint", lineage.dataFingerprint),
      ("data.rows", "\(lineage.rowCount)"), ("seed", "\(lineage.seed)"),
    ]
    switch content {
    case .segmentation(let artifact):
      facts += [
        ("segments", "\(artifact.segments.count)"),
        ("assignment.rule", artifact.assignment.rule.placement),
        ("assignment.agreement", "\(artifact.assignment.agreement.rounded(toDigits: 6))"),
      ]
    case .propensity(let artifact):
      facts += [
        ("target", artifact.training.target), ("target.positive", artifact.training.positive),
        ("training.rows", "\(artifact.training.rowCount)"),
        ("training.events", "\(artifact.training.eventCount)"),
        ("calibration", artifact.pipeline.calibration.method.rawValue),
        ("cut.rule", artifact.decision.cut.rule),
      ]
      facts += zip(PropensityBand.allCases, artifact.decision.bandLimits).map {
        ("bands.\($0.rawValue)", "\($1.rounded(toDigits: 6))")
      }
    }
    return facts
  }
}
