internal import Artifacts
internal import Foundation

extension RunDirectory {
  /// The run as its files tell it.
  ///
  /// - Throws: `.notARun` if this is no run, `.damaged` naming the file that cannot be trusted.
  public func record() throws(RunError) -> RunRecord {
    guard RunStorage.exists(file("resolved.json")) else { throw .notARun(path: path) }
    let leaderboard: Leaderboard = try Self.decode(file("leaderboard.json"))
    let data: DataRecord = try Self.decode(file("data.json"))
    let gates: [GateRecord] =
      RunStorage.exists(file("gates.json")) ? try Self.decode(file("gates.json")) : []
    var experiments: [ExperimentRecord] = []
    for section in leaderboard.experiments {
      experiments.append(
        ExperimentRecord(
          id: section.id, metric: section.metric, direction: section.direction,
          leaderboard: section.rows, evidence: try evidence(for: section.rows)))
    }
    return RunRecord(
      study: leaderboard.study, engineVersion: leaderboard.engine, data: data,
      experiments: experiments, gates: gates)
  }

  /// Which report formats the study of this run asks for.
  public func reportFormats() throws(RunError) -> [Study.Report.Format] {
    guard RunStorage.exists(file("resolved.json")) else { throw .notARun(path: path) }
    let study: Study = try Self.decode(file("resolved.json"))
    return study.report.formats
  }

  /// The evidence of the chosen trial and of the best trial of every model.
  private func evidence(
    for rows: [LeaderboardRow]
  ) throws(RunError) -> [String: ClusteringEvidence] {
    var evidence: [String: ClusteringEvidence] = [:]
    var models: Set<String> = []
    for row in rows where row.trial.status == .done {
      guard models.insert(row.trial.model).inserted || row.isChosen else { continue }
      evidence[row.trial.id] = try Self.decode("\(trialPath(row.trial.id))/evidence.json")
    }
    return evidence
  }
}
