internal import Artifacts
internal import CLibrary
internal import Foundation

extension RunDirectory {
  private static let listed = [
    "resolved.json", "plan.jsonl", "events.jsonl", "leaderboard.json", "gates.json",
  ]

  /// The last component of the path.
  public var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// What the files behind a listing are known by: equal stamps mean that none was written in between.
  public var stamp: String {
    Self.listed.map { name in
      var status = stat()
      guard lstat(file(name), &status) == 0 else { return "-" }
      return "\(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }.joined(separator: "|")
  }

  /// The run and its trials as its files tell them; whether it is running has to be asked separately.
  ///
  /// - Throws: `.damaged` naming a file that cannot be read as what it should be.
  public func listing() throws(RunError) -> (run: RunListing, trials: [TrialListing]) {
    let history = try history()
    let planned = try bytes("plan.jsonl").count { $0 == UInt8(ascii: "\n") }
    guard RunStorage.exists(file("leaderboard.json")), !history.isOpen else {
      let study = String(name.prefix(upTo: name.lastIndex(of: "-") ?? name.endIndex))
      return (
        RunListing(
          name: name, study: study, state: history.state, started: history.started,
          trialCount: planned, endedCount: history.endedCount, failedCount: history.failedCount,
          choices: [], gateCount: 0, missedGateCount: 0), try unranked()
      )
    }
    let board: LeaderboardLines = try Self.decode(file("leaderboard.json"))
    let gates: [GateRecord] =
      RunStorage.exists(file("gates.json")) ? try Self.decode(file("gates.json")) : []
    let trials = board.experiments.flatMap { section in
      section.rows.flatMap { row in
        row.trials.map { TrialListing($0, row, of: section.id, in: name) }
      }
    }
    let choices = board.experiments.compactMap { section in
      section.rows.first(where: \.isChosen).map { row in
        RunListing.Choice(
          experiment: section.id, trial: row.trial.id, model: row.trial.model,
          metric: section.metric,
          value: row.trial.metrics.first { $0.name == section.metric }?.value)
      }
    }
    let run = RunListing(
      name: name, study: board.study, state: history.state, started: history.started,
      trialCount: trials.count, endedCount: trials.count { $0.status != .stopped },
      failedCount: trials.count { $0.status == .failed }, choices: choices, gateCount: gates.count,
      missedGateCount: gates.count { !$0.passed })
    return (run, trials)
  }

  /// What the journal tells.
  func history() throws(RunError) -> RunHistoryOfEvents {
    RunHistoryOfEvents(try bytes("events.jsonl"))
  }

  /// Trials that have ended, in the order of the plan; nobody has put them in another yet.
  private func unranked() throws(RunError) -> [TrialListing] {
    var trials: [TrialListing] = []
    for line in try bytes("plan.jsonl").split(separator: UInt8(ascii: "\n")) {
      guard let planned = try? CanonicalJSON.decode(PlannedLine.self, from: Data(line)),
        let status: TrialStatus = try? Self.decode("\(trialPath(planned.id))/status.json"),
        status.key == planned.key,
        let metrics: [MetricRecord] = try? Self.decode("\(trialPath(planned.id))/metrics.json")
      else { continue }
      trials.append(
        TrialListing(
          run: name, experiment: planned.experiment, trial: planned.id, model: planned.model,
          status: status.status, rank: nil, tier: nil, isChosen: false, reason: status.reason,
          metrics: Dictionary(metrics.map { ($0.name, $0.value) }) { first, _ in first }))
    }
    return trials
  }

  /// None where there is no such file.
  private func bytes(_ name: String) throws(RunError) -> [UInt8] {
    guard RunStorage.exists(file(name)) else { return [] }
    return [UInt8](try RunStorage.read(file(name)))
  }
}

/// As much of a line of `plan.jsonl` as a listing shows.
private struct PlannedLine: Decodable {
  let id: String
  let key: String
  let experiment: String
  let model: String
}

/// As much of `leaderboard.json` as a listing shows: of ten thousand trials the rest costs most of the time.
private struct LeaderboardLines: Decodable {
  struct Section: Decodable {
    let id: String
    let metric: String
    let rows: [Row]
  }

  struct Row: Decodable {
    let rank: Int?
    let isChosen: Bool
    let tier: Int?
    let trial: Trial
    let seeds: Seeds?

    var trials: [Trial] { seeds?.trials ?? [trial] }
  }

  struct Seeds: Decodable {
    let trials: [Trial]
  }

  struct Trial: Decodable {
    let id: String
    let model: String
    let status: TrialRecord.Status
    let reason: String?
    let metrics: [Metric]
  }

  struct Metric: Decodable {
    let name: String
    let value: Double
    let split: String
  }

  let study: String
  let experiments: [Section]
}

extension TrialListing {
  fileprivate init(
    _ trial: LeaderboardLines.Trial, _ row: LeaderboardLines.Row, of experiment: String,
    in run: String
  ) {
    let isOwn = trial.id == row.trial.id
    self.init(
      run: run, experiment: experiment, trial: trial.id, model: trial.model,
      status: trial.status, rank: row.rank, tier: row.tier, isChosen: row.isChosen && isOwn,
      reason: trial.reason,
      metrics: Dictionary(
        // The holdout is measured of the chosen trial alone.
        (isOwn ? row.trial : trial).metrics.map { metric in
          (metric.split == "holdout" ? "holdout.\(metric.name)" : metric.name, metric.value)
        }
      ) { first, _ in first })
  }
}

/// What the events of a run say of it as a whole.
struct RunHistoryOfEvents {
  private(set) var started: String?
  /// Whether the last runner began and did not say how it ended.
  private(set) var isOpen = false
  private var isComplete = false
  private var statuses: [String: String] = [:]

  var state: RunListing.State { isOpen ? .broken : isComplete ? .complete : .stopped }
  var endedCount: Int { statuses.count }
  var failedCount: Int { statuses.values.count { $0 == TrialRecord.Status.failed.rawValue } }

  private struct Event: Decodable {
    let time: String?
    let event: String
    let trial: String?
  }

  private static let ends = ["complete", "interrupted", "timeLimit"]
  private static let trialEnds = ["done", "failed", "skipped", "dropped", "adopted"]

  /// Lines that are torn or say something else are passed over.
  init(_ journal: [UInt8]) {
    let lines = journal.split(separator: UInt8(ascii: "\n"))
    let decoder = JSONDecoder()
    func event(_ line: ArraySlice<UInt8>) -> Event? {
      try? decoder.decode(Event.self, from: Data(line))
    }
    for line in lines where !Self.namesTrial(line) {
      guard let event = event(line) else { continue }
      if event.event == "started" {
        started = event.time
        isOpen = true
      } else if Self.ends.contains(event.event) {
        isOpen = false
        isComplete = event.event == "complete"
      }
    }
    // A run that has ended has a leaderboard, which knows its trials better.
    for line in isOpen ? lines : [] {
      guard let event = event(line), let trial = event.trial else { continue }
      if Self.trialEnds.contains(event.event) { statuses[trial] = event.event }
    }
  }

  private static let trialKey = Array("\"trial\":".utf8)

  /// Most lines do, and need not be decoded to know how the run ended.
  private static func namesTrial(_ line: ArraySlice<UInt8>) -> Bool {
    let key = trialKey
    return line.indices.contains { line[$0] == key[0] && line[$0...].starts(with: key) }
  }
}

extension RunDirectory {
  /// The study with every default, as this run was asked (`resolved.json`).
  public func study() throws(RunError) -> Study {
    guard RunStorage.exists(file("resolved.json")) else { throw .notARun(path: path) }
    return try Self.decode(file("resolved.json"))
  }

  /// What the command line changed in the study, one `key=value` each.
  public func overrides() throws(RunError) -> [String] {
    String(decoding: try bytes("overrides.txt"), as: UTF8.self).split(separator: "\n")
      .map(String.init)
  }

  /// Names of the files and directories of the run, hidden ones left out.
  public func fileNames() throws(RunError) -> [String] {
    try RunStorage.names(in: path).filter { !$0.hasPrefix(".") }
  }
}
