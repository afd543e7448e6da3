public import Artifacts
internal import Evaluation
internal import Learning
public import Numerical

/// A model as comparisons take it.
public struct ComparedModel: Sendable {
  /// As the user named it.
  public var name: String
  public var artifact: StoredArtifact
  /// What the trial it came from said of every row, where that stands beside the model.
  public var answers: RowAnswers?
  /// Of classifiers, where it stands beside the model.
  public var evidence: ClassificationEvidence?

  public init(
    name: String, artifact: StoredArtifact, answers: RowAnswers? = nil,
    evidence: ClassificationEvidence? = nil
  ) {
    self.name = name
    self.artifact = artifact
    self.answers = answers
    self.evidence = evidence
  }

  /// Reads a model and, where it lies in the directory of its trial, what the trial left.
  ///
  /// - Throws: `.artifact` for a model that cannot be trusted, `.run` for a damaged trial.
  public init(
    name: String, reading path: String, on pool: WorkerPool
  ) throws(ComparisonError) {
    self.name = name
    do throws(ArtifactError) {
      artifact = try ArtifactReader.load(path)
    } catch {
      throw .artifact(error)
    }
    let folder = TrialFolder(path: path + "/..")
    do throws(RunError) {
      guard folder.holdsTrial(artifact.lineage.trial) else { return }
      answers = try folder.answers(on: pool)
      evidence = artifact.isPropensity ? try folder.evidence() : nil
    } catch {
      throw .run(error)
    }
  }

  var candidate: Candidate {
    Candidate(
      id: artifact.lineage.trial, model: artifact.manifest.algorithm,
      metrics: artifact.metrics.map(MetricRecord.init), answers: answers, cut: artifact.cut,
      fingerprint: artifact.lineage.dataFingerprint,
      figures: artifact.figures + (evidence?.importanceFigures ?? []), names: artifact.segmentNames)
  }
}

extension StoredArtifact {
  var isPropensity: Bool { if case .propensity = content { true } else { false } }

  fileprivate var segmentNames: [String] {
    if case .segmentation(let artifact) = content { artifact.segments.map(\.name) } else { [] }
  }

  fileprivate var cut: Double? {
    if case .propensity(let artifact) = content { artifact.decision.cut.threshold } else { nil }
  }

  /// What stands side by side of two models.
  fileprivate var figures: [CandidateFigure] {
    let bytes = manifest.files.filter { $0.path.hasPrefix("model/") }.reduce(0) { $0 + $1.size }
    let size = CandidateFigure(kind: .modelBytes, name: "", value: Double(bytes))
    switch content {
    case .segmentation(let artifact):
      return [size] + CandidateFigure.segmentSizes(artifact.segments.map(\.size))
    case .propensity(let artifact):
      return [size, .init(kind: .cut, name: "", value: artifact.decision.cut.threshold)]
        + artifact.pipeline.coefficients.map {
          .init(kind: .coefficient, name: $0.feature, value: $0.coefficient)
        }
    }
  }
}

extension MetricRecord {
  init(_ metric: EvidenceMetric) {
    self.init(
      name: metric.name, value: metric.value,
      direction: Direction(rawValue: metric.goal) ?? .higherIsBetter, split: metric.split,
      rowCount: metric.rowCount, sampledFrom: metric.sampledFrom,
      // Artifacts store intervals of this level.
      interval: metric.interval.map { Interval(lower: $0.lower, upper: $0.upper, level: 0.95) })
  }
}

extension Comparison {
  /// What differs between two models of a kind.
  ///
  /// - Throws: `.differentKinds`.
  public init(
    _ a: ComparedModel, _ b: ComparedModel, on pool: WorkerPool = .serial
  ) throws(ComparisonError) {
    let kinds = (a.artifact.manifest.kind, b.artifact.manifest.kind)
    guard kinds.0 == kinds.1 else {
      throw .differentKinds(a: "\(kinds.0) model", b: "\(kinds.1) model")
    }
    kind = .models
    sides = Pair(a.side, b.side)
    settings = SettingChange.between(
      a.artifact.lineage.configuration, b.artifact.lineage.configuration
    ).filter { $0.path != "key" }
    data = nil
    experiments = []
    model = ArtifactComparison(a, b, on: pool)
  }
}

extension ComparedModel {
  fileprivate var side: ComparisonSide {
    ComparisonSide(
      name: name, title: artifact.manifest.algorithm, version: artifact.lineage.engineVersion)
  }
}
