public import Artifacts
public import Learning
internal import Tabular

/// The chosen model of an experiment of a run, with what the run knows of it beside its trial.
public struct ChosenModel: Sendable {
  /// The directory of the trial's artifact.
  public let path: String
  /// Columns that the study calls sensitive.
  public let sensitiveColumns: [String]
  /// What the run adds to the artifact.
  public let findings: RunFindings

  /// Nil for an experiment without a chosen trial.
  public init?(_ experiment: String, of run: RunSummary, _ study: Study) {
    self.init(experiment, of: run.record, in: run.directory, study)
  }

  /// The same of a run that was read from its files.
  public init?(
    _ experiment: String, of run: RunRecord, in directory: RunDirectory, _ study: Study
  ) {
    guard let record = run.experiments.first(where: { $0.id == experiment }),
      let chosen = record.chosen
    else { return nil }
    path = directory.trialPath(chosen.trial.id) + "/model"
    sensitiveColumns = study.data.roles.sensitive
    findings = RunFindings(
      run: directory.name,
      metrics: chosen.trial.metrics.filter { $0.split == "holdout" }.map(EvidenceMetric.init),
      notes: study.card ?? CardNotes(),
      fairness: record.fairness?.scored.filter { $0.split == "holdout" } ?? [])
  }

  /// Publishes the model with what the run knows besides: equal runs publish equal bytes.
  ///
  /// - Throws: `ArtifactError`, also if the trial's artifact is damaged.
  public func publish(
    to path: String, catalog: Catalog = .standard
  ) throws(ArtifactError) {
    let stored = try ArtifactReader.load(self.path, catalog: catalog)
    try stored.publish(completedBy: findings, to: path)
  }
}
