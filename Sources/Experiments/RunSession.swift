internal import Artifacts
internal import Evaluation
internal import Foundation
internal import Learning
internal import Numerical
internal import Synchronization
internal import Tabular

/// One call of the runner between opening and closing a directory.
struct RunSession: Sendable {
  let study: Study
  /// As it was read, for processes that read it again.
  let studyText: String
  let input: StudyInput
  let directory: RunDirectory
  let environment: RunEnvironment
  let catalog: Catalog
  let log: EventLog
  let claims: TrialClaims

  /// Ranks the trials, holds the gates against the chosen ones and writes both down; only in a turn of the run.
  func close(_ progress: Progress) throws(RunError) -> RunSummary {
    let ending = progress.ending
    // While this runner was told to stop, another may have come to the end: then nothing is left to say.
    if ending == .complete || !directory.isWhole { try writeDown(progress) }
    let tally = progress.tally
    return RunSummary(
      directory: directory, ending: ending, record: try directory.record(), notes: input.notes,
      trialCount: ending == .complete
        ? progress.plan.trials.count : max(progress.plan.trialBound, progress.plan.trials.count),
      computedCount: tally.ended - tally.reused - tally.shared, reusedCount: tally.reused,
      sharedCount: tally.shared, failedCount: tally.failed, sharing: progress.sharing,
      exceedsFailureRate: !study.limits.allows(failed: tally.failed, of: tally.ended))
  }

  private func writeDown(_ progress: Progress) throws(RunError) {
    let ending = progress.ending
    let progress = seenThrough(progress)
    var experiments: [ExperimentRecord] = []
    for experiment in study.experiments { experiments.append(try rank(experiment, progress)) }
    try directory.write(progress.plan, keepingMore: ending != .complete)
    let leaderboard = Leaderboard(
      study: study.name, engine: Engine.version,
      experiments: experiments.map {
        .init(
          id: $0.id, task: $0.task, metric: $0.metric, direction: $0.direction,
          tiers: $0.tiers, rows: $0.leaderboard, leaks: $0.leaks)
      })
    try directory.write(leaderboard, to: "leaderboard.json")
    try directory.write(rows: leaderboard.cells, to: "leaderboard.csv")
    if ending == .complete {
      try recordHoldoutFairness(experiments)
      // Last, since it says that nothing is missing.
      try directory.write(gateKeeper(experiments).hold(study.gates), to: "gates.json")
    } else {
      try RunStorage.remove(directory.file("gates.json"))
    }
    try log.append("\(ending)")
  }

  /// With what other runners have made of trials that limits ended here.
  private func seenThrough(_ progress: Progress) -> Progress {
    var progress = progress
    for trial in progress.plan.trials {
      guard let own = progress.ended[trial.key], !own.isFinal,
        let found = try? directory.trial(trial)
      else { continue }
      progress.ended[trial.key] = found
    }
    return progress
  }

  private func gateKeeper(_ experiments: [ExperimentRecord]) -> GateKeeper {
    let holdout = Holdout(
      data: input.data, preparation: Preparation(catalog: catalog, study: study),
      context: FitContext(seed: Seed(study.seed), pool: environment.pool))
    return GateKeeper(
      experiments: experiments, directory: directory, pool: environment.pool,
      resolve: environment.reference,
      measureOnHoldout: { (model, experiment) in
        guard experiment.task == .classify, study.split.holdout != nil else { return nil }
        let metrics = study.experiments.first { $0.id == experiment.id }?.metrics ?? []
        // A model of other columns cannot be asked; what its own run has measured stands.
        return try? holdout.measure(model: model, metrics: metrics, catalog: catalog)
      })
  }

  private func rank(
    _ experiment: Study.Experiment, _ progress: Progress
  ) throws(RunError) -> ExperimentRecord {
    let (ended, ending) = (progress.ended, progress.ending)
    let within = Set(progress.limited.trials.map(\.key))
    let planned = progress.plan.trials.filter { $0.experiment == experiment.id }
    let records = planned.map { trial in
      progress.end(of: trial)?.record(of: trial)
        ?? missing(trial, isLeftOut: !within.contains(trial.key), ending)
    }
    var (rows, tiers) = try experiment.ranked(
      records, facts: try facts(planned, ended), on: environment.pool)
    if ending == .complete, study.split.holdout != nil,
      let place = rows.firstIndex(where: \.isChosen),
      let trial = planned.first(where: { $0.id == rows[place].trial.id })
    {
      var chosen = rows[place].trial
      chosen.metrics += try holdoutMetrics(of: trial, in: experiment)
      rows[place] = rows[place].replacing(chosen)
    }
    let allowed = experiment.classification?.allowLeak ?? []
    let leaks = input.data.leaks.judged(allowing: allowed, features: input.data.features).findings
    return ExperimentRecord(
      id: experiment.id, task: experiment.task, metric: experiment.select.metric,
      direction: Measures.direction(of: experiment.select.metric), tiers: tiers,
      leaderboard: rows,
      leaks: experiment.task == .classify ? leaks : [])
  }

  /// The row of a trial that has not ended.
  private func missing(
    _ trial: Plan.Trial, isLeftOut: Bool, _ ending: RunSummary.Ending
  ) -> TrialRecord {
    if isLeftOut { return trial.leftOut(by: study.limits.maxTrials ?? 0) }
    var record = trial.record(
      .stopped,
      reason: ending == .timeLimit
        ? "the time limit stopped the run before this trial ended (not reproducible)"
        : "the run stopped before this trial ended")
    record.isReproducible = false
    return record
  }

  func facts(
    _ trials: [Plan.Trial], _ ended: [String: StoredTrial]
  ) throws(RunError) -> [String: TrialFacts] {
    try directory.facts(trials, ended)
  }

  /// The chosen trial on the holdout: measured once, then kept with the leaderboard.
  private func holdoutMetrics(
    of trial: Plan.Trial, in experiment: Study.Experiment
  ) throws(RunError) -> [MetricRecord] {
    if let earlier: Leaderboard = try? RunDirectory.decode(directory.file("leaderboard.json")),
      let row = earlier.experiments.first(where: { $0.id == experiment.id })?.rows.first(
        where: { $0.isChosen && $0.trial.id == trial.id })
    {
      let kept = row.trial.metrics.filter { $0.split == "holdout" }
      if !kept.isEmpty { return kept }
    }
    do throws(TrialFailure) {
      let holdout = Holdout(
        data: input.data, preparation: Preparation(catalog: catalog, study: study),
        context: FitContext(seed: Seed(study.seed), pool: environment.pool))
      switch experiment.task {
      case .cluster: return try holdout.measure(trial, metrics: experiment.metrics)
      case .classify:
        return try holdout.measure(
          model: directory.trialPath(trial.id) + "/model", metrics: experiment.metrics,
          catalog: catalog)
      }
    } catch {
      throw .holdout(trial: trial.id, reason: error.reason)
    }
  }
}

extension RunSession.Progress {
  /// How a whole trial has ended, seen through or not; nil if it has not.
  func end(of trial: Plan.Trial) -> StoredTrial? {
    ended[trial.key] ?? verdicts[trial.key]?.stored
  }

  /// Whole trials that have ended, each key once, by how they came to it.
  fileprivate var tally: (ended: Int, failed: Int, reused: Int, shared: Int) {
    var tally = (ended: 0, failed: 0, reused: 0, shared: 0)
    var keys: Set<String> = []
    for trial in plan.trials where keys.insert(trial.key).inserted {
      guard let end = end(of: trial) else { continue }
      // A trial that was not seen through is as new as the measurement that decided.
      let key = ended[trial.key] == nil ? verdicts[trial.key]?.decidedBy ?? trial.key : trial.key
      tally.ended += 1
      if end.status.status == .failed { tally.failed += 1 }
      if reused.contains(key) {
        tally.reused += 1
      } else if shared.contains(key) {
        tally.shared += 1
      }
    }
    return tally
  }
}
