internal import Artifacts
internal import Evaluation
internal import Learning
internal import Numerical
internal import Synchronization

/// Runs trials, side by side where that is worth it, and stores how each of them ended.
///
/// A trial is claimed before it is computed. One that another process has claimed is left to it; one that
/// has a directory has ended.
struct TrialRecorder: Sendable {
  let directory: RunDirectory
  let claims: HeldClaims
  let pool: WorkerPool
  let rules: Rules
  /// Measures how fast classifiers answer; nil measures nothing.
  let clock: (any Clock<Duration>)?
  /// Seconds that never go back.
  let uptime: @Sendable () -> Double
  /// Whether to stop: asked between trials and inside fits.
  let isCancelled: @Sendable () -> Bool
  /// Which program trains models and where; nil records nothing.
  let trainer: (@Sendable () -> TrainingEnvironment)?
  let trace: StepTrace
  /// What costly steps have learnt before; nil to learn all of it anew.
  let cache: StageCache?
  /// Told of every trial that has ended here, from any thread.
  let onEnd: @Sendable (Plan.Trial, StoredTrial, Double) throws(RunError) -> Void

  struct Rules: Sendable {
    /// Bytes that fits may take together; nil for no limit.
    var memoryLimit: Double?
    /// Seconds that a trial may take; nil for any.
    var perTrial: Double?
    /// How many trials may run side by side; nil for what is best.
    var jobs: Int?
  }

  /// Time for a trial, from now.
  var allowance: TrialAllowance { TrialAllowance(seconds: rules.perTrial, uptime: uptime) }

  func context(seed: Seed, within allowance: TrialAllowance) -> FitContext {
    FitContext(seed: seed, pool: pool, memoryLimit: rules.memoryLimit) { [isCancelled] in
      isCancelled() || allowance.isUsedUp
    }
  }

  /// The trials that have not ended, the first that is free among them claimed; nil if none is free.
  func claim(_ trials: [Plan.Trial]) throws(RunError) -> [Plan.Trial]? {
    let open = trials.filter { !hasEnded($0) }
    for trial in open where try claims.hold(trial.id) {
      if !hasEnded(trial) { return open }
      claims.release(trial.id)
    }
    return nil
  }

  func hasEnded(_ trial: Plan.Trial) -> Bool {
    RunStorage.exists(directory.trialPath(trial.id))
  }

  /// Computes what trials share, in the time of one, or reads what the cache has of it; a failure is stored for
  /// every one of them.
  ///
  /// - Parameters:
  ///   - step: what to note in the journal; nil where nothing worth noting is done.
  ///   - next: what the trials go on with; not called after a failure, or if told to stop.
  func share<Value>(
    _ trials: [Plan.Trial], as step: SharedStep?, seed: Seed,
    _ body: (StepWork) throws(TrialFailure) -> Value,
    then next: (Value) throws(RunError) -> Void
  ) throws(RunError) {
    if isCancelled() { return }
    try claims.noteStep()
    let (began, before, allowance) = (uptime(), trace.count, allowance)
    let memory = memory(of: step)
    let work = StepWork(step, context(seed: seed, within: allowance), memory: memory)
    let result = allowance.judge(Result { () throws(TrialFailure) in try body(work) })
    let seconds = max(0, uptime() - began)
    switch result {
    case .success(let value): try next(value)
    case .failure(let failure):
      if isCancelled() { return }
      for trial in trials where try claims.hold(trial.id) {
        if hasEnded(trial) {
          claims.release(trial.id)
        } else {
          try end(trial, .failure(failure), began)
        }
      }
    }
    if let step { try trace.note(step, since: before, seconds: seconds, memory?.found) }
  }

  private func memory(of step: SharedStep?) -> StepMemory? {
    step.flatMap { step in cache.map { StepMemory(step, in: $0, uptime: uptime) } }
  }

  /// Runs trials that need nothing of each other: side by side with serial fits when there are enough of
  /// them, else one after another on all threads; the results are the same.
  ///
  /// - Parameters:
  ///   - needs: bytes that each trial's fit will take.
  ///   - step: what a trial learns that others can use; nil where that is nothing.
  func run(
    _ trials: [Plan.Trial], needing needs: [Double], seed: Seed,
    keeping step: (Plan.Trial) -> SharedStep? = { _ in nil },
    _ body: (Plan.Trial, StepWork) throws(TrialFailure) -> TrialOutcome
  ) throws(RunError) {
    let failure = Mutex<RunError?>(nil)
    let next = Atomic<Int>(0)
    func lane() {
      while true {
        let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard place < trials.count, !isCancelled(), failure.withLock({ $0 == nil }) else { return }
        do throws(RunError) {
          try runOne(trials[place], seed: seed, as: step(trials[place]), body)
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    let lanes = laneCount(needs)
    if lanes > 1 { pool.forEachChunk(count: lanes) { _ in lane() } } else { lane() }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  private func runOne(
    _ trial: Plan.Trial, seed: Seed, as step: SharedStep?,
    _ body: (Plan.Trial, StepWork) throws(TrialFailure) -> TrialOutcome
  ) throws(RunError) {
    guard try claims.hold(trial.id) else { return }
    // Another process may have ended it just before we claimed it.
    guard !hasEnded(trial) else { return claims.release(trial.id) }
    try claims.noteStep()
    let (began, allowance) = (uptime(), allowance)
    let memory = memory(of: step)
    let work = StepWork(step, context(seed: seed, within: allowance), memory: memory)
    let outcome = allowance.judge(Result { () throws(TrialFailure) in try body(trial, work) })
    // A fit that was told to stop has no result to keep.
    if case .failure = outcome, isCancelled() { return claims.release(trial.id) }
    let found = memory?.found
    try trace.note(trial, seconds: max(0, uptime() - began), found)
    try end(trial, outcome, began, spared: found?.spared ?? 0)
  }

  /// How many trials run side by side, each with serial fits; 1 for one after another on all threads.
  private func laneCount(_ needs: [Double]) -> Int {
    let lanes = min(rules.jobs ?? pool.threadCount, pool.threadCount)
    guard needs.count >= (rules.jobs ?? 2 * pool.threadCount) else { return 1 }
    guard let memoryLimit = rules.memoryLimit else { return lanes }
    let together = needs.sorted(by: >).prefix(lanes).reduce(0, +)
    return together <= memoryLimit ? lanes : 1
  }

  /// Stores how a claimed trial ended and lets go of it.
  ///
  /// - Parameter spared: seconds that the trial would have taken beside its own without the cache, which no figure
  ///   of it may depend on.
  private func end(
    _ trial: Plan.Trial, _ outcome: Result<TrialOutcome, TrialFailure>, _ began: Double,
    spared: Double = 0
  ) throws(RunError) {
    defer { claims.release(trial.id) }
    let seconds = max(0, uptime() - began)
    let stored: StoredTrial
    var files: [DurableDirectory.File] = []
    var latency: LatencyRecord?
    switch outcome {
    case .success(let outcome):
      let (metrics, notes) = outcome.metrics.onlyFinite()
      files = outcome.files
      latency = outcome.latency
      stored = StoredTrial(.done, of: trial, warnings: outcome.warnings + notes, metrics: metrics)
    case .failure(let failure):
      stored = StoredTrial(failure, of: trial)
    }
    files += try environment(of: files)
    let published = try directory.publish(
      stored, of: trial, files: files,
      timings: TrialTimings(seconds: seconds + spared, latency: latency))
    trace.noteEnd()
    try onEnd(trial, published, seconds)
  }

  /// Which program trained the artifact among the files of a trial, if there is one.
  private func environment(
    of files: [DurableDirectory.File]
  ) throws(RunError) -> [DurableDirectory.File] {
    guard let trainer, files.contains(where: { $0.path == "model/manifest.json" }) else {
      return []
    }
    do throws(ArtifactError) {
      let file = try trainer().sealed()
      return [.init(path: "model/\(file.path)", bytes: file.bytes)]
    } catch {
      throw .artifact(error)
    }
  }
}

extension StoredTrial {
  init(_ failure: TrialFailure, of trial: Plan.Trial) {
    self.init(
      failure.status, of: trial, reason: failure.reason,
      isReproducible: failure.isReproducible ? nil : false)
  }
}

extension [MetricRecord] {
  /// The metrics that are numbers, and a sentence on those that are not; a trial without the metric that
  /// ranks is never the best.
  package func onlyFinite() -> (metrics: [MetricRecord], notes: [String]) {
    var metrics: [MetricRecord] = []
    var lost: [String] = []
    for metric in self {
      if metric.value.isFinite {
        metrics.append(metric.withFiniteSpread)
      } else {
        lost.append(metric.name)
      }
    }
    guard !lost.isEmpty else { return (metrics, []) }
    let verb = lost.count == 1 ? "is not a finite number" : "are not finite numbers"
    return (metrics, ["\(lost.joined(separator: ", ")) \(verb) and left out"])
  }
}

extension MetricRecord {
  /// Without an interval or an error that is no number.
  fileprivate var withFiniteSpread: MetricRecord {
    var kept = MetricRecord(
      name: name, value: value, direction: direction, split: split, rowCount: rowCount,
      sampledFrom: sampledFrom, standardError: standardError.flatMap { $0.isFinite ? $0 : nil },
      ofOneSegment: ofOneSegment.flatMap { $0.isFinite ? $0 : nil })
    kept.interval = interval.flatMap { $0.lower.isFinite && $0.upper.isFinite ? $0 : nil }
    return kept
  }
}
