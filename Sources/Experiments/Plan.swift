internal import Artifacts
internal import Foundation
public import Learning
internal import Tabular

/// Every trial of a study with its resolved parameters, before anything runs.
public struct Plan: Hashable, Sendable, Codable {
  /// One trial: a pipeline to fit and to measure.
  public struct Trial: Hashable, Sendable, Codable {
    /// Place in the experiment, from 1.
    public let number: Int
    /// The first 12 digits of the key.
    public let id: String
    /// SHA-256 over everything that decides the trial's result.
    public let key: String
    public let experiment: String
    public let model: String
    /// Steps in pipeline order, the model last.
    public let stages: [StageRecord]
    /// The content key of each step: of its own parameters and all that stands before it.
    public let stageKeys: [String]
    /// The part of the model's fit that trials share, such as a merge tree, if the model has one.
    public let modelStage: StageRecord?
    public let modelStageKey: String?
    /// The seed of the model's fit in an experiment with seeds; nil for the study's own.
    public let seed: UInt64?
  }

  /// A step that is computed once, however many trials pass through it.
  public struct Stage: Hashable, Sendable, Codable {
    public let name: String
    public let key: String
    public let parameters: Parameters
    public let trialCount: Int
  }

  public let study: String
  public let engineVersion: String
  public let fingerprint: String
  /// In execution order of experiments and blocks.
  public private(set) var trials: [Trial]
  /// Steps in order of first use; shared ones have a `trialCount` above 1.
  public let stages: [Stage]
  /// Sentences for the user, such as that combinations were merged.
  public let notes: [String]
  /// The first 8 digits of a SHA-256 over all that decides the run's results.
  public let runKey: String

  /// Expands the grids of a study for a table.
  ///
  /// - Parameter fingerprint: of the table, see `Table.fingerprint`.
  /// - Throws: `StudyError` where a block has no trial or an experiment too many.
  public init(
    _ study: Study, fingerprint: String, catalog: Catalog = .standard
  ) throws(StudyError) {
    let data = ContentKey.data(study, fingerprint: fingerprint)
    var trials: [Trial] = []
    var notes: [String] = []
    for experiment in study.experiments {
      let grid = try Grid(experiment, catalog: catalog)
      var number = 0
      for configuration in grid.configurations {
        let seeds = configuration.seeds.map { $0.values(from: study.seed).map(Optional.some) }
        for seed in seeds ?? [nil] {
          number += 1
          guard number <= Grid.trialLimit else {
            throw StudyError(.tooManyTrials(experiment: experiment.id, limit: Grid.trialLimit))
          }
          let fit = Fit(
            stages: configuration.stages, seed: seed, isOwnSeed: seed != nil && seed != study.seed)
          trials.append(
            Self.trial(number, fit, experiment: experiment, data: data, catalog: catalog))
        }
      }
      if grid.mergedCount > 0 {
        let count = grid.mergedCount
        notes.append(
          "\(count) \(count == 1 ? "combination" : "combinations") of \(experiment.id) "
            + "mean the same as an earlier trial and \(count == 1 ? "is" : "are") not repeated")
      }
    }
    self.study = study.name
    self.engineVersion = Engine.version
    self.fingerprint = fingerprint
    self.trials = trials
    self.notes = notes
    stages = Self.stages(of: trials)
    runKey = String(ContentKey.run(study, fingerprint: fingerprint).prefix(8))
  }

  /// The name of the run's directory.
  public var runName: String { "\(study)-\(runKey)" }

  /// The plan without the trials after the first `limit`; trials that mean the same count once.
  func limited(to limit: Int?) -> Plan {
    guard let limit else { return self }
    var keys: Set<String> = []
    var plan = self
    plan.trials = trials.filter {
      keys.contains($0.key) || (keys.count < limit && keys.insert($0.key).inserted)
    }
    return plan
  }

  private struct Fit {
    let stages: [StageRecord]
    let seed: UInt64?
    /// Whether the seed is another than the study's, which is part of every key.
    let isOwnSeed: Bool
  }

  private static func trial(
    _ number: Int, _ fit: Fit, experiment: Study.Experiment, data: String, catalog: Catalog
  ) -> Trial {
    let stages = fit.stages
    var keys: [String] = []
    for (place, stage) in stages.enumerated() {
      let seed = fit.isOwnSeed && place == stages.count - 1 ? fit.seed : nil
      keys.append(ContentKey.stage(stage, after: keys.last ?? data, seed: seed))
    }
    let modelStage = stages.last.flatMap { model in
      catalog[model.name]?.stage.map { stage in
        StageRecord(
          name: "\(model.name) \(stage.name)",
          parameters: Parameters(
            stage.parameters.compactMap { name in model.parameters[name].map { (name, $0) } }))
      }
    }
    let key = ContentKey.trial(of: experiment, after: keys.last ?? data)
    return Trial(
      number: number, id: String(key.prefix(12)), key: key, experiment: experiment.id,
      model: stages.last?.name ?? "", stages: stages, stageKeys: keys,
      modelStage: modelStage,
      modelStageKey: modelStage.map { ContentKey.stage($0, after: keys.dropLast().last ?? data) },
      seed: fit.seed)
  }

  private static func stages(of trials: [Trial]) -> [Stage] {
    var counts: [String: Int] = [:]
    for key in trials.flatMap({ $0.allStages.map(\.key) }) { counts[key, default: 0] += 1 }
    var listed: Set<String> = []
    var stages: [Stage] = []
    for trial in trials {
      for (stage, key) in trial.allStages where listed.insert(key).inserted {
        stages.append(
          Stage(
            name: stage.name, key: key, parameters: stage.parameters, trialCount: counts[key] ?? 1))
      }
    }
    return stages
  }
}

extension Plan.Trial {
  /// Every step in the order of execution, the shared part of the model before the model.
  fileprivate var allStages: [(stage: StageRecord, key: String)] {
    var all = zip(stages, stageKeys).map { (stage: $0, key: $1) }
    if let modelStage, let modelStageKey {
      all.insert((modelStage, modelStageKey), at: all.count - 1)
    }
    return all
  }
}
