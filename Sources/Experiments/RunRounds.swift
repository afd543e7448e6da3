internal import Learning
internal import Numerical

/// The rounds of a run one after another: what each has to compute, and what came of it.
struct RunRounds {
  private(set) var planner: Planner
  let tracker: ProgressTracker
  /// Whether nothing is left to compute.
  private(set) var isComplete = false
  /// Keys of trials that needed no computing.
  private(set) var reused: Set<String> = []

  private let session: RunSession
  private let siblings: [RunDirectory]
  private let force: Bool
  private var hasBegun = false

  init(_ session: RunSession, siblings: [RunDirectory], force: Bool) {
    self.session = session
    self.siblings = siblings
    self.force = force
    planner = session.input.planner
    tracker = ProgressTracker(
      total: planner.bound, study: session.study, report: session.environment.onProgress)
  }

  /// What is to be computed next; nothing at the end, and where trials of the round have not ended.
  mutating func next() throws(RunError) -> [Plan.Trial] {
    while true {
      if hasBegun {
        let ended = tracker.ended
        guard planner.round.allSatisfy({ ended[$0.key] != nil }) else { return [] }
        try advance(ended)
      }
      hasBegun = true
      if planner.round.isEmpty {
        isComplete = true
        return []
      }
      let missing = try begin()
      if !missing.isEmpty { return missing }
    }
  }

  private mutating func advance(_ ended: [String: StoredTrial]) throws(RunError) {
    let known = Set(planner.verdicts.keys)
    let count = planner.plan.trials.count
    try planner.advance(ended, facts: session.facts, on: session.environment.pool)
    for trial in planner.plan.trials where !known.contains(trial.key) {
      guard let verdict = planner.verdicts[trial.key] else { continue }
      tracker.add(verdict)
      if !reused.contains(verdict.decidedBy) { try session.log.append(trial, verdict.stored) }
    }
    guard planner.plan.trials.count > count else { return }
    let turn = try session.directory.turn(unless: session.environment.isCancelled)
    try session.directory.write(planner.plan, keepingMore: true)
    turn.end()
  }

  /// Takes what is on disk already.
  private mutating func begin() throws(RunError) -> [Plan.Trial] {
    let ended = tracker.ended
    let open = planner.round.filter { ended[$0.key] == nil }
    let found = force ? [:] : try session.collect(open, from: siblings)
    reused.formUnion(found.keys)
    let missing = open.filter { found[$0.key] == nil }
    if !missing.isEmpty {
      // Limits may have ended an earlier call with fewer trials.
      try session.directory.withdrawEnd(
        missing: missing, unless: session.environment.isCancelled)
    }
    tracker.begin(
      open.compactMap { trial in found[trial.key].map { (trial, $0) } }, missing: missing,
      unknown: planner.bound - Set(planner.limited.trials.map(\.key)).count)
    return missing
  }
}
