internal import Artifacts
internal import Foundation

/// What steps have cost in earlier runs, by key.
struct StepCosts {
  private var seconds: [String: Double] = [:]

  /// What the journals of a folder of runs say of steps on a table; what cannot be read says nothing.
  init(runs: String, fingerprint: String) {
    for name in (try? RunStorage.names(in: runs)) ?? []
    where name != "latest" && !name.hasPrefix(".") {
      let directory = RunDirectory(path: "\(runs)/\(name)")
      guard let data: DataRecord = try? RunDirectory.decode(directory.file("data.json")),
        data.fingerprint == fingerprint,
        let journal = try? RunStorage.read(directory.file("events.jsonl"))
      else { continue }
      for line in journal.split(separator: UInt8(ascii: "\n")) {
        guard let step = EventLog.event(Data(line))?.step, step.fullSeconds.isFinite else {
          continue
        }
        seconds[step.key] = max(0, step.fullSeconds)
      }
    }
  }

  func seconds(of step: SharedStep) -> Double? { seconds[step.key] }
}
