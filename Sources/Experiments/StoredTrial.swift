internal import Artifacts
internal import Foundation
internal import Learning

/// A trial as its directory tells it.
struct StoredTrial: Sendable {
  var status: TrialStatus
  var metrics: [MetricRecord]

  func record(of trial: Plan.Trial) -> TrialRecord {
    TrialRecord(
      id: trial.id, experiment: trial.experiment, model: trial.model, stages: trial.stages,
      status: status.status, reason: status.reason, metrics: metrics, warnings: status.warnings)
  }
}

/// How a trial ended (`status.json`), written last, with the digest of every other file.
struct TrialStatus: Hashable, Sendable, Codable {
  struct File: Hashable, Sendable, Codable {
    let path: String
    let size: Int
    let sha256: String
  }

  var status: TrialRecord.Status
  var key: String
  var reason: String?
  var warnings: [String]
  /// Every file of the trial but this one and `timings.json`.
  var files: [File]
}

/// What identifies a trial (`parameters.json`).
struct TrialParameters: Hashable, Sendable, Codable {
  let key: String
  let model: String
  let stages: [StageRecord]
}

extension RunDirectory {
  private static let unlisted: Set<String> = ["status.json", "timings.json"]

  /// The stored trial if it has ended under this key and its files are as they were written.
  ///
  /// - Throws: `.damaged` if a file was lost or changed.
  func trial(_ trial: Plan.Trial) throws(RunError) -> StoredTrial? {
    let place = trialPath(trial.id)
    guard RunStorage.exists(place) else { return nil }
    let statusPath = "\(place)/status.json"
    let status: TrialStatus = try Self.decode(statusPath)
    guard status.key == trial.key else { return nil }
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

  /// Closes a staged trial: lists its files with their digests, then shows it.
  func finish(
    _ trial: Plan.Trial, status: TrialRecord.Status, reason: String?, warnings: [String],
    metrics: [MetricRecord], seconds: Double
  ) throws(RunError) {
    let place = file(".staging/\(trial.id)")
    let parameters = TrialParameters(key: trial.key, model: trial.model, stages: trial.stages)
    try RunStorage.write(
      try Self.encode(parameters, for: "parameters.json"), to: "\(place)/parameters.json")
    try RunStorage.write(try Self.encode(metrics, for: "metrics.json"), to: "\(place)/metrics.json")
    var files: [TrialStatus.File] = []
    for path in try RunStorage.files(below: place) {
      let data = try RunStorage.read("\(place)/\(path)")
      files.append(
        TrialStatus.File(path: path, size: data.count, sha256: ContentHash.hexadecimal(data)))
    }
    try RunStorage.write(
      try Self.encode(["seconds": seconds], for: "timings.json"), to: "\(place)/timings.json")
    let ended = TrialStatus(
      status: status, key: trial.key, reason: reason, warnings: warnings, files: files)
    try RunStorage.write(try Self.encode(ended, for: "status.json"), to: "\(place)/status.json")
    try publish(trial.id)
  }

  /// Takes an intact trial over from another run of the same folder, if one has it.
  ///
  /// A trial's key covers all that decides its files, so a copy equals a computation.
  func adopt(_ trial: Plan.Trial, from runs: [RunDirectory]) throws(RunError) -> Bool {
    for run in runs {
      // A damaged or foreign directory elsewhere is no reason to stop: it is passed over.
      guard let found = try? run.trial(trial) else { continue }
      let place = try stage(trial.id)
      for path in found.status.files.map(\.path) + Self.unlisted.sorted() {
        let target = "\(place)/\(path)"
        if let slash = target.lastIndex(of: "/") {
          try RunStorage.makeDirectory(String(target[..<slash]))
        }
        let data = try RunStorage.read("\(run.trialPath(trial.id))/\(path)")
        try RunStorage.write(data, to: target)
      }
      try publish(trial.id)
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
