internal import Learning

/// A part of a trial, which says whether the rest is worth its cost.
public struct Rung: Hashable, Sendable, Codable {
  public enum Size: Hashable, Sendable {
    /// The first folds of the cross-validation.
    case folds(Int)
    /// A sample of the rows to learn from; greater samples hold smaller ones.
    case rows(Int)
  }

  /// The key of the whole trial.
  public let trial: String
  /// Of a classification.
  public let folds: Int?
  /// Of a clustering.
  public let rows: Int?

  init(_ size: Size, of trial: String) {
    self.trial = trial
    switch size {
    case .folds(let count): (folds, rows) = (count, nil)
    case .rows(let count): (folds, rows) = (nil, count)
    }
  }
}

/// Makes the trials of an experiment out of configurations.
struct TrialMaker: Sendable {
  let experiment: Study.Experiment
  /// The key of the table as the study sees it.
  let data: String
  let studySeed: UInt64
  let catalog: Catalog

  /// A trial for each seed of a configuration.
  ///
  /// - Parameter first: the place in the experiment of the first, from 1.
  func trials(_ configuration: Grid.Configuration, first: Int) -> [Plan.Trial] {
    let seeds = configuration.seeds.map { $0.values(from: studySeed).map(Optional.some) } ?? [nil]
    return seeds.enumerated().map { place, seed in
      trial(first + place, configuration.stages, seed: seed, after: data)
    }
  }

  /// The part of a whole trial.
  func part(_ size: Rung.Size, of trial: Plan.Trial) -> Plan.Trial {
    switch size {
    case .folds(let count):
      // All that stands before the model is learnt fold by fold, so that the part shares it with the whole.
      return trial.part(size, key: ContentKey.part("\(count) folds", after: trial.key))
    case .rows(let count):
      let sample = ContentKey.part("\(count) rows", after: data)
      let part = self.trial(trial.number, trial.stages, seed: trial.seed, after: sample)
      return part.part(size, of: trial.key, key: part.key)
    }
  }

  private func trial(
    _ number: Int, _ stages: [StageRecord], seed: UInt64?, after data: String
  ) -> Plan.Trial {
    // The study's own seed is part of every key already.
    let ownSeed = seed == studySeed ? nil : seed
    var keys: [String] = []
    for (place, stage) in stages.enumerated() {
      let seed = place == stages.count - 1 ? ownSeed : nil
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
    return Plan.Trial(
      number: number, id: String(key.prefix(12)), key: key, experiment: experiment.id,
      model: stages.last?.name ?? "", stages: stages, stageKeys: keys,
      modelStage: modelStage,
      modelStageKey: modelStage.map { ContentKey.stage($0, after: keys.dropLast().last ?? data) },
      seed: seed, rung: nil)
  }
}

extension Plan.Trial {
  /// The same trial measured on a part, under a key of its own.
  func part(_ size: Rung.Size, of whole: String? = nil, key: String) -> Plan.Trial {
    Plan.Trial(
      number: number, id: String(key.prefix(12)), key: key, experiment: experiment, model: model,
      stages: stages, stageKeys: stageKeys, modelStage: modelStage, modelStageKey: modelStageKey,
      seed: seed, rung: Rung(size, of: whole ?? self.key))
  }

  /// The measurement on the first `count` folds, of the whole trial or of another part of it.
  func onFolds(_ count: Int) -> Plan.Trial {
    let whole = rung?.trial ?? key
    return part(
      .folds(count), of: whole, key: ContentKey.part("\(count) folds", after: whole))
  }
}
