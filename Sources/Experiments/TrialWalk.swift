internal import Artifacts
internal import Evaluation
internal import Learning
internal import Numerical
internal import Tabular

/// Computes the trials of a plan that are missing, sharing what their pipelines have in common.
///
/// The trials form a tree by their steps: the walk goes depth first, keeps the rows of one path of it
/// in memory, and computes every step once. Below the last shared step, trials run side by side with
/// serial fits when there are enough of them, else one after another on all threads; the results
/// are the same.
struct TrialWalk: Sendable {
  let data: TrialData
  /// By id.
  let experiments: [String: Study.Experiment]
  let preparation: Preparation
  let recorder: TrialRecorder

  private var pool: WorkerPool { recorder.pool }

  func run(_ trials: [Plan.Trial]) throws(RunError) {
    let training = data.training
    try each(trials, at: 0) { (record, _) throws(TrialFailure) in
      var prepared = try preparation.encode(
        training, features: data.features, by: record, on: pool)
      prepared.profile = TrainingProfile(of: training, encoder: prepared.encoder, on: pool)
      return prepared
    } then: { (group, prepared) throws(RunError) in
      try descend(group, prepared, at: 1, training: training)
    }
  }

  private func descend(
    _ trials: [Plan.Trial], _ prepared: Prepared, at depth: Int, training: Table
  ) throws(RunError) {
    var prepared = prepared
    if depth == preparation.mapDepth {
      let seed = preparation.seed.derived("segment map")
      prepared.map = SegmentMap(prepared, seed: seed, on: pool)
    }
    guard depth < preparation.depth else {
      return try fitSharing(trials, prepared, training: training)
    }
    try each(trials, at: depth) { (record, work) throws(TrialFailure) in
      try preparation.apply(record, to: prepared, in: work)
    } then: { (group, next) throws(RunError) in
      try descend(group, next, at: depth + 1, training: training)
    }
  }

  /// Computes a step for every group of trials that agree on it; a step that fails, fails its group.
  private func each(
    _ trials: [Plan.Trial], at depth: Int,
    _ step: (StageRecord, StepWork) throws(TrialFailure) -> Prepared,
    then next: ([Plan.Trial], Prepared) throws(RunError) -> Void
  ) throws(RunError) {
    let (keys, groups) = trials.grouped { $0.stageKeys[depth] }
    for key in keys {
      if recorder.isCancelled() { return }
      guard let group = try recorder.claim(groups[key] ?? []), let first = group.first else {
        continue
      }
      try recorder.share(
        group, as: preparation.step(of: first, at: depth), seed: preparation.seed
      ) { (work) throws(TrialFailure) in
        try step(first.stages[depth], work)
      } then: { (prepared) throws(RunError) in
        try next(group, prepared)
      }
    }
  }

  /// Fits trials behind the same rows; what models share is computed once and kept for its group only.
  private func fitSharing(
    _ trials: [Plan.Trial], _ prepared: Prepared, training: Table
  ) throws(RunError) {
    let (keys, groups) = trials.grouped { $0.modelStageKey ?? "" }
    for key in keys {
      if recorder.isCancelled() { return }
      guard let group = try recorder.claim(groups[key] ?? []), let first = group.first else {
        continue
      }
      try recorder.share(group, as: first.modelStep, seed: preparation.seed) {
        (work) throws(TrialFailure) -> (any Sendable)? in
        try first.stages.last.flatMap { (model) throws(TrialFailure) in
          try preparation.stage(model, prepared, in: work)
        }
      } then: { (shared) throws(RunError) in
        let (experiments, trials) = group.grouped(by: \.experiment)
        for experiment in experiments {
          try refitAndFit(trials[experiment] ?? [], prepared, stage: shared, training: training)
        }
      }
    }
  }

  private func refitAndFit(
    _ trials: [Plan.Trial], _ prepared: Prepared, stage: (any Sendable)?, training: Table
  ) throws(RunError) {
    guard let trials = try recorder.claim(trials), let first = trials.first else { return }
    let experiment = experiments[first.experiment]
    let step = trials.count > 1 ? experiment.flatMap { first.refitStep(in: $0) } : nil
    try recorder.share(trials, as: step, seed: preparation.seed) { (work) throws(TrialFailure) in
      try experiment.flatMap { (experiment) throws(TrialFailure) in
        try Refits(
          of: first, in: experiment, prepared, isShared: step != nil, preparation, work: work)
      }
    } then: { (refits) throws(RunError) in
      guard !recorder.isCancelled() else { return }
      try fit(trials, prepared, stage: stage, refits: refits, training: training)
    }
  }

  private func fit(
    _ trials: [Plan.Trial], _ prepared: Prepared, stage: (any Sendable)?, refits: Refits?,
    training: Table
  ) throws(RunError) {
    let x = prepared.matrix
    let needs = trials.map { trial in
      trial.stages.last.flatMap { model in
        try? preparation.catalog[model.name]?.predictedBytes(
          model.parameters, x.rowCount, x.columnCount)
      } ?? 0
    }
    try recorder.run(trials, needing: needs, seed: preparation.seed) {
      (trial, work) throws(TrialFailure) in
      let outcome = try TrialOutcome(
        trial, metrics: experiments[trial.experiment]?.metrics ?? [], prepared: prepared,
        stage: stage, refits: refits, training: training, data: data, preparation: preparation,
        context: work.context)
      return trial.rung == nil ? outcome : outcome.measurement
    }
  }
}

extension [Plan.Trial] {
  /// The trials by key, and the keys in order of first use.
  func grouped(by key: (Plan.Trial) -> String) -> ([String], [String: [Plan.Trial]]) {
    var order: [String] = []
    var groups: [String: [Plan.Trial]] = [:]
    for trial in self {
      let key = key(trial)
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(trial)
    }
    return (order, groups)
  }
}
