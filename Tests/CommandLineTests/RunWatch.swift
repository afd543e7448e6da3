import Foundation

/// The only run of a folder while it is being written.
struct RunWatch {
  let root: URL

  init(_ cohort: borrowing CohortProcess, runs: String = "runs") {
    root = cohort.folder.appending(path: runs)
  }

  /// The run's directory, once there is one.
  var directory: URL? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
    return names.first { $0 != "latest" && !$0.hasPrefix(".") }.map { root.appending(path: $0) }
  }

  /// Trials by the process that has claimed them.
  var claims: [(trial: String, process: Int32)] {
    guard let folder = directory?.appending(path: ".claims") else { return [] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().compactMap { name in
      let text = try? String(contentsOf: folder.appending(path: name), encoding: .utf8)
      guard let word = text?.split(separator: " ").first, let process = Int32(word) else {
        return nil
      }
      return (name, process)
    }
  }

  /// Waits for the first claim; nil if the process ends before.
  func firstClaim(of process: Process) -> (trial: String, process: Int32)? {
    while process.isRunning {
      if let claim = claims.first { return claim }
      usleep(2000)
    }
    return nil
  }

  /// Waits until a process other than `known` has a claim; not longer than ten seconds, nor than the
  /// process runs.
  func waitForClaim(besides known: Int32, while process: Process) {
    let end = ContinuousClock.now + .seconds(10)
    while process.isRunning, ContinuousClock.now < end {
      if claims.contains(where: { $0.process != known }) { return }
      usleep(2000)
    }
  }

  /// The events of the journal in their order.
  var events: [(name: String, trial: String?)] {
    guard let file = directory?.appending(path: "events.jsonl"),
      let text = try? String(contentsOf: file, encoding: .utf8)
    else { return [] }
    return text.split(separator: "\n").compactMap { line in
      let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      guard let object, let name = object["event"] as? String else { return nil }
      return (name, object["trial"] as? String)
    }
  }

  struct Row: Decodable {
    struct Trial: Decodable {
      let id: String
      let status: String
      let reason: String?
    }
    let trial: Trial
  }

  /// The trials of the leaderboard in its order.
  func leaderboard() throws -> [Row.Trial] {
    struct Board: Decodable {
      struct Section: Decodable { let rows: [Row] }
      let experiments: [Section]
    }
    guard let directory else { return [] }
    let data = try Data(contentsOf: directory.appending(path: "leaderboard.json"))
    return try JSONDecoder().decode(Board.self, from: data).experiments
      .flatMap { $0.rows.map(\.trial) }
  }
}
