internal import Synchronization

/// Notes in the journal what steps have cost and how many trials of this process they served.
final class StepTrace: Sendable {
  private let log: EventLog
  private let endedCount = Atomic<Int>(0)

  init(_ log: EventLog) { self.log = log }

  /// A trial has ended: every step under way has served it.
  func noteEnd() { endedCount.wrappingAdd(1, ordering: .relaxed) }

  /// Trials that have ended so far.
  var count: Int { endedCount.load(ordering: .relaxed) }

  /// Writes down a step that trials have shared, and what was wrong with what the cache had of it.
  ///
  /// - Parameter before: `count` when the step began.
  func note(
    _ step: SharedStep, since before: Int, seconds: Double, _ found: StepMemory.Findings? = nil
  ) throws(RunError) {
    try note(found)
    try log.append(
      StepRecord(
        name: step.name, key: step.key, trials: count - before, seconds: seconds,
        spared: found?.spared))
  }

  /// Writes down the last step of a trial, which it shares with no other of the run.
  func note(
    _ trial: Plan.Trial, seconds: Double, _ found: StepMemory.Findings?
  ) throws(RunError) {
    try note(found)
    try log.append(
      StepRecord(
        name: trial.model, key: trial.key, trials: 1, seconds: seconds, spared: found?.spared),
      trial: trial.id)
  }

  private func note(_ found: StepMemory.Findings?) throws(RunError) {
    for fault in found?.faults ?? [] { try log.append(fault.event, reason: fault.reason) }
  }
}

/// A step that several trials may pass through together.
struct SharedStep: Hashable, Sendable {
  let name: String
  let key: String
}
