internal import CLibrary
internal import Learning

/// Keeps worker processes at the trials of a run and turns their deaths into rows.
///
/// Workers share the run directory by claims as any runners do. The claim that a dead worker leaves names the
/// trial that it died of, and this process, to which workers of the run leave it as long as it lives.
struct WorkerWatch {
  private let session: RunSession
  private let isolation: Isolation
  private let isStopping: @Sendable () -> Bool
  private let onEnd: (Plan.Trial, StoredTrial) -> Void
  private var workers: [Watched] = []
  /// Not ended yet, in the order of the plan.
  private var rest: [Plan.Trial] = []
  /// How often a trial's worker was killed from outside, by trial id.
  private var kills: [String: Int] = [:]
  /// Workers that ended in a row without a trial.
  private var barrenCount = 0
  /// Workers that have ended and may have left claims.
  private var dead: Set<Int32> = []

  private static let attempts = 3
  /// How much longer than its limit a trial may take before its worker is killed: told to stop, fits stop
  /// by themselves.
  private static let grace = 2.0
  /// How long workers may take to stop before they are killed.
  private static let stopTime = 1.0

  private struct Watched {
    let worker: any Worker
    /// What its claims say, and since when.
    var notes: [TrialClaims.Note] = []
    var since = 0.0
    /// Why it was killed, if it was.
    var verdict: TrialFailure?
  }

  init(
    _ session: RunSession, _ isolation: Isolation, isStopping: @escaping @Sendable () -> Bool,
    onEnd: @escaping (Plan.Trial, StoredTrial) -> Void
  ) {
    self.session = session
    self.isolation = isolation
    self.isStopping = isStopping
    self.onEnd = onEnd
  }

  private var uptime: Double { session.environment.uptime() }

  /// Returns when all trials have ended or it is told to stop; no worker is left.
  ///
  /// - Parameter next: the trials that follow when those before have ended; none at the end.
  mutating func run(_ next: () throws(RunError) -> [Plan.Trial]) throws(RunError) {
    let watcher = try RunWatcher(session.directory, study: session.studyText)
    defer { withExtendedLifetime(watcher) {} }
    do throws(RunError) {
      while true {
        try gather()
        if isStopping() { break }
        if rest.isEmpty { rest = try next() }
        if rest.isEmpty { break }
        try bury()
        try judge()
        while workers.count < min(isolation.jobs, rest.count) {
          workers.append(Watched(worker: try isolation.start(watcher.place)))
        }
        RunStorage.pause()
      }
    } catch {
      try? stopAll()
      throw error
    }
    try stopAll()
    try gather()
  }

  /// Collects what has ended since.
  private mutating func gather() throws(RunError) {
    let names = Set(try RunStorage.names(in: session.directory.file("trials")))
    var open: [Plan.Trial] = []
    for trial in rest {
      guard names.contains(trial.id), let ended = try session.ended(trial) else {
        if names.contains(trial.id) { try session.discard(trial) }
        open.append(trial)
        continue
      }
      onEnd(trial, ended)
      barrenCount = 0
    }
    rest = open
  }

  /// Finds the workers that have ended and the trials that they ended with.
  private mutating func bury() throws(RunError) {
    for index in workers.indices.reversed() {
      guard let end = workers[index].worker.ended() else { continue }
      let watched = workers.remove(at: index)
      dead.insert(watched.worker.process)
      let own = try session.claims.notes().filter { $0.owner == watched.worker.process }
      // It may have published its last trial just before.
      try gather()
      let trials = rest.filter { trial in own.contains { $0.trial == trial.id } }
      for trial in trials { try settle(trial, watched.verdict, end) }
      if case .exited(let code, _) = end, code != 0 { throw .worker(end) }
      barrenCount = trials.isEmpty ? barrenCount + 1 : 0
      if barrenCount >= Self.attempts, !rest.isEmpty { throw .worker(end) }
    }
    try releaseClaims()
  }

  private mutating func settle(
    _ trial: Plan.Trial, _ verdict: TrialFailure?, _ end: WorkerEnd
  ) throws(RunError) {
    if let verdict { return try fail(trial, verdict) }
    guard case .signal(let number) = end else { return }
    if Self.faults.contains(number) {
      return try fail(
        trial, TrialFailure(reason: "its worker process crashed with signal \(number)"))
    }
    let count = kills[trial.id, default: 0] + 1
    kills[trial.id] = count
    guard count >= Self.attempts else { return }
    try fail(
      trial,
      TrialFailure(
        reason:
          "its worker process was killed \(count) times by signal \(number), as the system does "
          + "where memory runs out (not reproducible)", isReproducible: false))
  }

  /// Signals that a program brings upon itself.
  private static let faults: Set<Int32> = [
    SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT, SIGSYS,
  ]

  private mutating func fail(_ trial: Plan.Trial, _ failure: TrialFailure) throws(RunError) {
    // Another runner may have taken the trial over.
    guard let claim = try session.claims.take(trial.id) else { return }
    defer { withExtendedLifetime(claim) {} }
    guard !RunStorage.exists(session.directory.trialPath(trial.id)) else { return }
    let stored = try session.directory.publish(
      StoredTrial(failure, of: trial), of: trial, files: [],
      timings: TrialTimings(seconds: 0, latency: nil))
    try session.log.append(trial, stored)
  }

  /// Makes trials of dead workers free again.
  ///
  /// Who looks at a claim holds it for a moment: one that cannot be had now waits for the next call.
  private mutating func releaseClaims() throws(RunError) {
    if dead.isEmpty { return }
    let left = try session.claims.notes().filter { dead.contains($0.owner) }
    for note in left { _ = try session.claims.take(note.trial) }
    if left.isEmpty { dead = [] }
  }

  /// Kills workers that take too long or too much.
  private mutating func judge() throws(RunError) {
    let limits = session.study.limits
    guard limits.perTrial != nil || limits.memory != nil else { return }
    let notes = try session.claims.notes()
    for index in workers.indices where workers[index].verdict == nil {
      let own = notes.filter { $0.owner == workers[index].worker.process }
      if own != workers[index].notes {
        workers[index].notes = own
        workers[index].since = uptime
      }
      guard !own.isEmpty else { continue }
      if let limit = limits.perTrial, uptime > workers[index].since + limit + Self.grace {
        kill(index, .tookLonger(than: limit))
      } else if let limit = limits.memory, let bytes = workers[index].worker.residentBytes,
        bytes > limit
      {
        kill(index, .tookMore(than: limit))
      }
    }
  }

  private mutating func kill(_ index: Int, _ verdict: TrialFailure) {
    workers[index].verdict = verdict
    workers[index].worker.stop(atOnce: true)
  }

  private mutating func stopAll() throws(RunError) {
    for watched in workers { watched.worker.stop(atOnce: false) }
    let end = uptime + Self.stopTime
    var isKilled = false
    while !workers.isEmpty {
      for index in workers.indices.reversed() where workers[index].worker.ended() != nil {
        dead.insert(workers.remove(at: index).worker.process)
      }
      if !isKilled, uptime >= end {
        isKilled = true
        for watched in workers { watched.worker.stop(atOnce: true) }
      }
      if !workers.isEmpty { RunStorage.pause() }
    }
    try releaseClaims()
  }
}

extension TrialFailure {
  static func tookMore(than bytes: Double) -> TrialFailure {
    TrialFailure(
      reason: "its worker process took more memory than limits.memory "
        + "(\(MemorySize(bytes: bytes)), not reproducible)", isReproducible: false)
  }
}
