internal import Artifacts
internal import CLibrary
internal import Foundation

extension EventLog {
  /// What was carried out since the journal had `start` bytes.
  func sharing(since start: Int) throws(RunError) -> StageSharing {
    let endings = Set([TrialRecord.Status.done, .failed, .skipped].map(\.rawValue))
    var trials = 0
    var steps: [StepRecord] = []
    for event in try events(since: start) {
      if let step = event.step { steps.append(step) }
      if endings.contains(event.event) { trials += 1 }
    }
    return StageSharing(trials: trials, steps: steps)
  }

  /// The events that can be trusted, in the order of the journal.
  func events(since start: Int = 0) throws(RunError) -> [Event] {
    try RunStorage.read(path).dropFirst(start).split(separator: UInt8(ascii: "\n"))
      .compactMap { Self.event(Data($0)) }
  }

  /// Bytes so far.
  func size() throws(RunError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .storage(StorageError(.read, path: path, code: errno))
    }
    return Int(status.st_size)
  }
}
