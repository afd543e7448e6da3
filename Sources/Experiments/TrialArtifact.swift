internal import Artifacts
internal import Evaluation
internal import Learning
internal import Tabular

/// Completes a fitted pipeline to the artifact that a trial leaves in `model/`.
///
/// Its bytes follow from the trial's key alone, so that any run that holds the trial holds the same.
struct TrialArtifact {
  private let trial: Plan.Trial
  private let study: Study
  private let data: TrialData

  init(_ trial: Plan.Trial, study: Study, data: TrialData) {
    self.trial = trial
    self.study = study
    self.data = data
  }

  func artifact(
    of fitted: FittedClustering, _ measured: ClusteringMeasurement
  ) throws(TrialFailure) -> SegmentationArtifact {
    do {
      let configuration = TrialParameters(key: trial.key, model: trial.model, stages: trial.stages)
      let lineage = Lineage(
        dataFingerprint: data.fingerprint, rowCount: data.trainingRows.count,
        configuration: try CanonicalJSON.parse(CanonicalJSON.encode(configuration)),
        seed: study.seed, engineVersion: Engine.version, trial: trial.id)
      return try SegmentationArtifact(
        pipeline: fitted.pipeline, passthrough: [study.data.roles.id].compactMap { $0 },
        nullTokens: study.data.nullTokens ?? CSVOptions.defaultNullTokens, sizes: measured.sizes,
        unassigned: measured.noiseCount,
        agreement: (fitted.agreement.share, fitted.agreement.rowCount),
        metrics: measured.metrics.map(EvidenceMetric.init), lineage: lineage)
    } catch {
      throw TrialFailure(reason: "artifact: \(error)")
    }
  }
}

extension EvidenceMetric {
  fileprivate init(_ metric: MetricRecord) {
    self.init(
      name: metric.name, value: metric.value, goal: metric.direction.rawValue,
      split: metric.split, rowCount: metric.rowCount, sampledFrom: metric.sampledFrom)
  }
}
