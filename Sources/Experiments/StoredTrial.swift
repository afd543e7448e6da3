internal import Artifacts
internal import Foundation
internal import Learning

/// A trial as its directory tells it.
struct StoredTrial: Sendable {
  var status: TrialStatus
  var metrics: [MetricRecord]

  init(status: TrialStatus, metrics: [MetricRecord]) {
    self.status = status
    self.metrics = metrics
  }

  init(
    _ status: TrialRecord.Status, of trial: Plan.Trial, reason: String? = nil,
    isReproducible: Bool? = nil, warnings: [String] = [], metrics: [MetricRecord] = []
  ) {
    self.status = TrialStatus(
      status: status, key: trial.key, reason: reason, isReproducible: isReproducible,
      warnings: warnings, files: [])
    self.metrics = metrics
  }

  /// Whether computing it again could change nothing; a trial skipped for want of memory may find it, one
  /// that the clock has stopped may be quicker.
  var isFinal: Bool { status.status != .skipped && status.isReproducible != false }

  func record(of trial: Plan.Trial) -> TrialRecord {
    var record = TrialRecord(
      id: trial.id, experiment: trial.experiment, model: trial.model, stages: trial.stages,
      status: status.status, reason: status.reason, isReproducible: status.isReproducible,
      metrics: metrics, warnings: status.warnings)
    record.seed = trial.seed
    return record
  }
}

/// How a trial ended (`status.json`), with the digest of every other file.
struct TrialStatus: Hashable, Sendable, Codable {
  struct File: Hashable, Sendable, Codable {
    let path: String
    let size: Int
    let sha256: String
  }

  var status: TrialRecord.Status
  var key: String
  var reason: String?
  /// See `TrialRecord`.
  var isReproducible: Bool?
  var warnings: [String]
  /// Every file of the trial but this one and those of times and machines.
  var files: [File]
}

/// What identifies a trial (`parameters.json`).
struct TrialParameters: Hashable, Sendable, Codable {
  let key: String
  let model: String
  let stages: [StageRecord]
  /// Nil for a whole trial.
  var rung: Rung?
}

extension RunDirectory {
  private static let unlisted = ["status.json", "timings.json"]
  /// Those of an artifact that may be there.
  private static let unlistedOfModel = ["model/timings.json", "model/environment.json"]

  /// The stored trial if it has ended under this key and its files are as they were written.
  ///
  /// - Throws: `.damaged` if a file was lost or changed.
  func trial(_ trial: Plan.Trial) throws(RunError) -> StoredTrial? {
    let place = trialPath(trial.id)
    guard RunStorage.exists(place) else { return nil }
    let statusPath = "\(place)/status.json"
    let status: TrialStatus = try Self.decode(statusPath)
    guard status.key == trial.key else { return nil }
    var needed: Set<String> = ["parameters.json", "metrics.json"]
    if status.status == .done, trial.rung == nil { needed.insert("model/manifest.json") }
    guard needed.isSubset(of: status.files.map(\.path)) else {
      throw .damaged(file: statusPath, fault: .otherContent)
    }
    for file in status.files {
      let path = "\(place)/\(file.path)"
      guard RunStorage.exists(path) else { throw .damaged(file: path, fault: .missing) }
      let data = try RunStorage.read(path)
      guard data.count == file.size, ContentHash.hexadecimal(data) == file.sha256 else {
        throw .damaged(file: path, fault: .otherContent)
      }
    }
    let metrics: [MetricRecord] = try Self.decode("\(place)/metrics.json")
    return StoredTrial(status: status, metrics: metrics)
  }

  /// Shows a trial that has ended under its name, complete; what was there is removed before.
  ///
  /// - Returns: the trial with the digests of its files.
  func publish(
    _ stored: StoredTrial, of trial: Plan.Trial, files: [DurableDirectory.File],
    timings: TrialTimings
  ) throws(RunError) -> StoredTrial {
    let parameters = TrialParameters(
      key: trial.key, model: trial.model, stages: trial.stages, rung: trial.rung)
    let listed =
      files + [
        .init(path: "parameters.json", bytes: try Self.encode(parameters, for: "parameters.json")),
        .init(path: "metrics.json", bytes: try Self.encode(stored.metrics, for: "metrics.json")),
      ]
    var status = stored.status
    status.files = listed.filter { !Self.unlistedOfModel.contains($0.path) }.map {
      .init(path: $0.path, size: $0.bytes.count, sha256: ContentHash.hexadecimal($0.bytes))
    }
    status.files.sort { $0.path < $1.path }
    try publish(
      trial.id,
      listed + [
        .init(path: "timings.json", bytes: try Self.encode(timings, for: "timings.json")),
        .init(path: "status.json", bytes: try Self.encode(status, for: "status.json")),
      ])
    return StoredTrial(status: status, metrics: stored.metrics)
  }

  private func publish(_ id: String, _ files: [DurableDirectory.File]) throws(RunError) {
    let target = trialPath(id)
    try RunStorage.remove(target)
    do throws(ArtifactError) {
      try DurableDirectory.publish(files, to: target)
    } catch {
      throw .artifact(error)
    }
  }

  /// Takes an intact trial over from another run of the same folder, if one has it.
  ///
  /// A trial's key covers all that decides its files, so a copy equals a computation.
  func adopt(_ trial: Plan.Trial, from runs: [RunDirectory]) throws(RunError) -> Bool {
    for run in runs {
      // A damaged or foreign directory elsewhere is no reason to stop: it is passed over.
      guard let found = try? run.trial(trial), found.isFinal else { continue }
      var paths = found.status.files.map(\.path) + Self.unlisted
      paths += Self.unlistedOfModel.filter {
        RunStorage.exists("\(run.trialPath(trial.id))/\($0)")
      }
      let files = paths.compactMap { path in
        (try? RunStorage.read("\(run.trialPath(trial.id))/\(path)")).map {
          DurableDirectory.File(path: path, bytes: $0)
        }
      }
      guard files.count == paths.count else { continue }
      try publish(trial.id, files)
      return true
    }
    return false
  }

  static func decode<Value: Decodable>(_ path: String) throws(RunError) -> Value {
    guard RunStorage.exists(path) else { throw .damaged(file: path, fault: .missing) }
    let data = try RunStorage.read(path)
    do {
      return try CanonicalJSON.decode(Value.self, from: data)
    } catch {
      throw .damaged(file: path, fault: .unreadable)
    }
  }
}
