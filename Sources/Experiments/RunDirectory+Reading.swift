internal import Artifacts
internal import Foundation

extension RunDirectory {
  /// The run as its files tell it.
  ///
  /// - Throws: `.notARun` if this is no run, `.unfinished` before its end, `.damaged` naming the file that cannot
  ///   be trusted.
  public func record() throws(RunError) -> RunRecord {
    guard RunStorage.exists(file("resolved.json")) else { throw .notARun(path: path) }
    guard RunStorage.exists(file("leaderboard.json")) else { throw unfinished }
    // Asked before the leaderboard is read, which may be that of the whole when this is over.
    let isWhole = self.isWhole
    let gates: [GateRecord] = isWhole ? try Self.decode(file("gates.json")) : []
    let leaderboard: Leaderboard = try Self.decode(file("leaderboard.json"))
    let data: DataRecord = try Self.decode(file("data.json"))
    var experiments: [ExperimentRecord] = []
    for section in leaderboard.experiments {
      experiments.append(
        ExperimentRecord(
          id: section.id, task: section.task, metric: section.metric,
          direction: section.direction, tiers: section.tiers, leaderboard: section.rows,
          evidence: section.task == .cluster ? try evidence(for: section.rows) : [:],
          classification: section.task == .classify ? try evidence(for: section.rows) : [:],
          leaks: section.leaks, timings: timings(of: section.rows),
          fairness: try fairness(of: section)))
    }
    return RunRecord(
      study: leaderboard.study, engineVersion: leaderboard.engine, data: data,
      experiments: experiments, gates: gates,
      partial: isWhole ? nil : partial(experiments, fingerprint: data.fingerprint))
  }

  /// Why there is no ranking: it is made when the trials have ended.
  var unfinished: RunError {
    let names = ((try? RunStorage.names(in: file("trials"))) ?? []).filter { !$0.hasPrefix(".") }
    let planned = (try? plannedKeys()).map { Set($0.map { String($0.prefix(12)) }) }
    // Parts of trials lie beside whole ones.
    let ended = names.count { planned?.contains($0) ?? true }
    return .unfinished(
      directory: path, ended: ended, planned: planned?.count ?? ended, isRunning: isRunning)
  }

  /// Which report formats the study of this run asks for.
  public func reportFormats() throws(RunError) -> [Study.Report.Format] {
    guard RunStorage.exists(file("resolved.json")) else { throw .notARun(path: path) }
    let study: Study = try Self.decode(file("resolved.json"))
    return study.report.formats
  }

  /// The evidence of the chosen trial and of the best trial of every model.
  func evidence<Evidence: Decodable>(
    for rows: [LeaderboardRow]
  ) throws(RunError) -> [String: Evidence] {
    var evidence: [String: Evidence] = [:]
    var models: Set<String> = []
    for row in rows where row.trial.status == .done {
      guard models.insert(row.trial.model).inserted || row.isChosen else { continue }
      evidence[row.trial.id] = try Self.decode("\(trialPath(row.trial.id))/evidence.json")
    }
    return evidence
  }

  /// What a trial has cost; nil if that was lost, which changes no result.
  func timings(of trial: String) -> TrialTimings? {
    try? Self.decode("\(trialPath(trial))/timings.json")
  }

  func timings(of rows: [LeaderboardRow]) -> [String: TrialTimings] {
    var timings: [String: TrialTimings] = [:]
    for trial in rows.flatMap(\.trials) where trial.status == .done {
      timings[trial.id] = self.timings(of: trial.id)
    }
    return timings
  }
}
