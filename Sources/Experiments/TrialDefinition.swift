internal import Artifacts
internal import Learning
internal import Tabular

/// Everything beside the table that decides a trial (`configuration` of its lineage): what its key covers,
/// and so the same in every run that holds the trial.
struct TrialDefinition: Hashable, Sendable, Codable {
  let key: String
  let model: String
  let stages: [StageRecord]
  let roles: Roles
  let nullTokens: [String]?
  let split: Study.Split
  /// Of the study; the fit may have another.
  let studySeed: UInt64
  /// Of the fit of the model; nil for the study's.
  let fitSeed: UInt64?
  let task: Study.Experiment.Task
  let metrics: [String]
  let classification: Study.Classification?
  let stability: Study.Stability?
  let clustering: Study.Clustering?

  init(_ trial: Plan.Trial, of study: Study) {
    key = trial.key
    model = trial.model
    stages = trial.stages
    roles = study.data.roles
    nullTokens = study.data.nullTokens
    split = study.split
    studySeed = study.seed
    // The study's own seed is no part of the key.
    fitSeed = trial.seed == study.seed ? nil : trial.seed
    let experiment = study.experiments.first { $0.id == trial.experiment }
    task = experiment?.task ?? .cluster
    metrics = (experiment?.metrics ?? []).sorted()
    var classification = experiment?.classification
    classification?.baselines = []
    self.classification = classification
    stability = experiment?.stability
    clustering = experiment?.clustering
  }

  /// The study of this trial alone.
  ///
  /// - Parameters:
  ///   - source: the path of the table, absolute.
  ///   - kinds: of its columns, as they were when it was first read.
  func study(source: String, kinds: [String: ColumnKind]) -> Study {
    var block = Block(model: model, axes: [], when: [], exclude: [])
    for stage in stages {
      let name = stage.name == model ? PipelineStage.model : stage.name
      for parameter in stage.parameters.names {
        let values = stage.parameters[parameter].map { [$0] } ?? []
        block.axes.append([Axis(stage: name, parameter: parameter, values: values)])
      }
    }
    let experiment = Study.Experiment(
      id: "retrained", task: task, shared: [], grid: [block], metrics: metrics, require: [],
      select: Study.SelectionRule(metric: metrics.first ?? ""), classification: classification,
      stability: stability, clustering: clustering,
      seeds: fitSeed.map { .list([$0]) })
    return Study(
      name: "retrained", seed: studySeed,
      data: Study.DataSource(
        source: source, roles: roles, delimiter: nil, nullTokens: nullTokens, kinds: kinds),
      split: split, experiments: [experiment], gates: [], limits: Study.Limits(),
      report: Study.Report(formats: []))
  }
}
