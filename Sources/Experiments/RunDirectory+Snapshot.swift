internal import Artifacts
internal import Evaluation
internal import Foundation
internal import Learning
public import Numerical

/// Runs that have not come to their end.
extension RunDirectory {
  /// The run as far as it has come: as `record` says once its trials are ranked, else with those ranked that have
  /// ended.
  ///
  /// It may be written meanwhile: every file is read in one piece, and a trial is there whole or not. The holdout has
  /// not been asked, and columns that know the outcome too well are not told, since that takes the table.
  ///
  /// - Throws: as `record`; `.unfinished` before the first trial has ended.
  public func snapshot(on pool: WorkerPool = .serial) throws(RunError) -> RunRecord {
    if isWhole { return try record() }
    let study = try study()
    // Written last of what a run begins with.
    guard RunStorage.exists(file("plan.jsonl")) else { throw unfinished }
    let data: DataRecord = try Self.decode(file("data.json"))
    let plan = try plan(of: study, fingerprint: data.fingerprint)
    let within = plan.limited(to: study.limits.maxTrials).trials
    if try isRanked(within) {
      let record = try record()
      if record.partial?.ended == 0 { throw unfinished }
      return record
    }
    let ended = stored(within)
    guard !ended.isEmpty else { throw unfinished }
    let rest = Rest(
      isRunning: isRunning, verdicts: try verdicts(in: study), limit: study.limits.maxTrials,
      within: Set(within.map(\.key)))
    var experiments: [ExperimentRecord] = []
    for experiment in study.experiments {
      let planned = plan.trials.filter { $0.experiment == experiment.id }
      let records = planned.map { ended[$0.key]?.record(of: $0) ?? rest.record(of: $0) }
      let (rows, tiers) = try experiment.ranked(
        records, facts: try facts(planned, ended), on: pool)
      experiments.append(try self.record(of: experiment, rows, tiers))
    }
    return RunRecord(
      study: study.name, engineVersion: engine ?? plan.engineVersion, data: data,
      experiments: experiments,
      partial: partial(experiments, fingerprint: data.fingerprint))
  }

  /// Whether nothing is missing of the run, which is when its gates are written down.
  var isWhole: Bool {
    RunStorage.exists(file("leaderboard.json")) && RunStorage.exists(file("gates.json"))
  }

  /// Whether the leaderboard of a run that has not come to its end knows all that is on disk.
  ///
  /// The last runner to say how it ended need not be the last at work: another may go on, or have been killed since.
  ///
  /// - Parameter trials: those that `limits.max_trials` leaves in.
  private func isRanked(_ trials: [Plan.Trial]) throws(RunError) -> Bool {
    guard RunStorage.exists(file("leaderboard.json")), !isRunning, try !history().isOpen
    else { return false }
    let leaderboard: Leaderboard = try Self.decode(file("leaderboard.json"))
    let rows = leaderboard.experiments.flatMap(\.rows).flatMap(\.trials)
    let known = Set(rows.filter { $0.hasEnded }.map(\.id))
    return stored(trials.filter { !known.contains($0.id) }).isEmpty
  }

  private func record(
    of experiment: Study.Experiment, _ rows: [LeaderboardRow], _ tiers: TierRecord?
  ) throws(RunError) -> ExperimentRecord {
    ExperimentRecord(
      id: experiment.id, task: experiment.task, metric: experiment.select.metric,
      direction: Measures.direction(of: experiment.select.metric), tiers: tiers,
      leaderboard: rows,
      evidence: experiment.task == .cluster ? try evidence(for: rows) : [:],
      classification: experiment.task == .classify ? try evidence(for: rows) : [:],
      timings: timings(of: rows))
  }

  private func plan(of study: Study, fingerprint: String) throws(RunError) -> Plan {
    var trials: [Plan.Trial] = []
    let path = file("plan.jsonl")
    for line in try RunStorage.read(path).split(separator: UInt8(ascii: "\n")) {
      guard let trial = try? CanonicalJSON.decode(Plan.Trial.self, from: Data(line)) else {
        throw .damaged(file: path, fault: .unreadable)
      }
      trials.append(trial)
    }
    var plan = Plan(of: study, fingerprint: fingerprint)
    plan.append(trials)
    return plan
  }

  /// Trials on disk by key; what is damaged has not ended, since the next run computes it again.
  private func stored(_ trials: [Plan.Trial]) -> [String: StoredTrial] {
    var stored: [String: StoredTrial] = [:]
    for trial in trials where stored[trial.key] == nil {
      if let found = try? self.trial(trial) { stored[trial.key] = found }
    }
    return stored
  }

  /// What the journal tells of whole trials that were not seen through, by id: no directory does.
  private func verdicts(in study: Study) throws(RunError) -> [String: EventLog.Event] {
    var verdicts: [String: EventLog.Event] = [:]
    let journal = file("events.jsonl")
    guard study.experiments.contains(where: { $0.search?.drop != nil }), RunStorage.exists(journal)
    else { return verdicts }
    for line in try RunStorage.read(journal).split(separator: UInt8(ascii: "\n")) {
      guard let event = EventLog.event(line), let trial = event.trial,
        TrialRecord.Status(rawValue: event.event) != nil
      else { continue }
      verdicts[trial] = event
    }
    return verdicts
  }

  /// How far a run came that has not come to its end.
  func partial(
    _ experiments: [ExperimentRecord], fingerprint: String
  ) -> RunRecord.Partial {
    let trials = experiments.flatMap(\.leaderboard).flatMap(\.trials).filter { !$0.isLeftOut }
    return RunRecord.Partial(
      ended: trials.count { $0.hasEnded },
      planned: max(trials.count, searchBound(fingerprint: fingerprint)))
  }

  /// The most trials of a run that searches, which has not proposed all of them yet; 0 for others.
  private func searchBound(fingerprint: String) -> Int {
    guard let study = try? study(), study.experiments.contains(where: { $0.search != nil }),
      let planner = try? Planner(
        study, fingerprint: fingerprint, rowCount: 0, catalog: .standard)
    else { return 0 }
    return planner.bound
  }

  /// What is known of finished trials beside their metrics, by id.
  func facts(
    _ trials: [Plan.Trial], _ ended: [String: StoredTrial]
  ) throws(RunError) -> [String: TrialFacts] {
    var facts: [String: TrialFacts] = [:]
    for trial in trials {
      guard let stored = ended[trial.key], stored.status.status == .done else { continue }
      let model = stored.status.files.filter { $0.path.hasPrefix("model/") }
      let file = "\(trialPath(trial.id))/\(TrialReplicates.file)"
      facts[trial.id] = TrialFacts(
        modelBytes: model.reduce(0) { $0 + $1.size },
        replicates: RunStorage.exists(file) ? try Self.decode(file) : nil)
    }
    return facts
  }
}

/// Rows of trials without a directory.
private struct Rest {
  let isRunning: Bool
  let verdicts: [String: EventLog.Event]
  /// `limits.max_trials`.
  let limit: Int?
  /// Keys of the trials that it leaves in.
  let within: Set<String>

  func record(of trial: Plan.Trial) -> TrialRecord {
    if let limit, !within.contains(trial.key) { return trial.leftOut(by: limit) }
    if let verdict = verdicts[trial.id] {
      let status = TrialRecord.Status(rawValue: verdict.event)
      if let status, [.dropped, .failed, .skipped].contains(status) {
        return trial.record(status, reason: verdict.reason)
      }
    }
    return isRunning
      ? trial.record(.planned, reason: "this trial has not ended yet")
      : trial.record(.stopped, reason: "the run stopped before this trial ended")
  }
}

extension Plan.Trial {
  /// The row of a trial that was not computed, or not yet.
  func record(_ status: TrialRecord.Status, reason: String?) -> TrialRecord {
    var record = TrialRecord(
      id: id, experiment: experiment, model: model, stages: stages, status: status)
    record.seed = seed
    record.reason = reason
    return record
  }

  /// The row of a trial that `limits.max_trials` leaves out.
  func leftOut(by limit: Int) -> TrialRecord {
    record(.skipped, reason: "\(TrialRecord.leftOutReason) (\(limit))")
  }
}

extension TrialRecord {
  fileprivate static let leftOutReason = "left out by limits.max_trials"

  fileprivate var isLeftOut: Bool {
    status == .skipped && reason?.hasPrefix(Self.leftOutReason) == true
  }

  fileprivate var hasEnded: Bool {
    ![.planned, .running, .stopped].contains(status) && !isLeftOut
  }
}

extension Study.Experiment {
  /// Its trials in order, and how tiers were made.
  func ranked(
    _ records: [TrialRecord], facts: [String: TrialFacts], on pool: WorkerPool
  ) throws(RunError) -> (rows: [LeaderboardRow], tiers: TierRecord?) {
    do throws(EvaluationError) {
      return try Selection(self, facts: facts).leaderboard(records, on: pool)
    } catch {
      throw .ranking(experiment: id, error)
    }
  }
}
