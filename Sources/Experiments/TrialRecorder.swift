internal import Artifacts
internal import Learning
internal import Numerical
internal import Synchronization

/// Runs trials, side by side where that is worth it, and stores how each of them ended.
struct TrialRecorder: Sendable {
  let directory: RunDirectory
  let pool: WorkerPool
  /// Bytes that fits may take together; nil for no limit.
  let memoryLimit: Double?
  /// Measures how fast classifiers answer; nil measures nothing.
  let clock: (any Clock<Duration>)?
  let now: @Sendable () -> Double
  /// Whether to stop: asked between trials and inside fits.
  let isCancelled: @Sendable () -> Bool
  /// Told of every trial that has ended, from any thread.
  let onEnd: @Sendable (Plan.Trial, StoredTrial, Double) throws(RunError) -> Void

  func context(seed: Seed) -> FitContext {
    FitContext(seed: seed, pool: pool, memoryLimit: memoryLimit, isCancelled: isCancelled)
  }

  /// Runs trials that need nothing of each other: side by side with serial fits when there are enough of
  /// them, else one after another on all threads; the results are the same.
  ///
  /// - Parameter needs: bytes that each trial's fit will take.
  func run(
    _ trials: [Plan.Trial], needing needs: [Double],
    _ body: (Plan.Trial) -> Result<TrialOutcome, TrialFailure>
  ) throws(RunError) {
    let failure = Mutex<RunError?>(nil)
    func runOne(_ trial: Plan.Trial) {
      if isCancelled() || failure.withLock({ $0 != nil }) { return }
      let began = now()
      let outcome = body(trial)
      // A fit that was told to stop has no result to keep.
      if case .failure = outcome, isCancelled() { return }
      do throws(RunError) {
        try end(trial, outcome, began: began)
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
    if fitSideBySide(needs) {
      pool.forEachChunk(count: trials.count) { runOne(trials[$0]) }
    } else {
      for trial in trials { runOne(trial) }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// Stores the same failure for every trial.
  func fail(
    _ trials: [Plan.Trial], _ failure: TrialFailure, began: Double
  ) throws(RunError) {
    for trial in trials { try end(trial, .failure(failure), began: began) }
  }

  /// Whether the fits of as many trials as there are threads keep the memory limit together.
  private func fitSideBySide(_ needs: [Double]) -> Bool {
    guard needs.count >= 2 * pool.threadCount else { return false }
    guard let memoryLimit else { return true }
    return needs.sorted(by: >).prefix(pool.threadCount).reduce(0, +) <= memoryLimit
  }

  private func end(
    _ trial: Plan.Trial, _ outcome: Result<TrialOutcome, TrialFailure>, began: Double
  ) throws(RunError) {
    let seconds = max(0, now() - began)
    let stored: StoredTrial
    var files: [DurableDirectory.File] = []
    var latency: LatencyRecord?
    switch outcome {
    case .success(let outcome):
      files = outcome.files
      latency = outcome.latency
      stored = StoredTrial(.done, of: trial, warnings: outcome.warnings, metrics: outcome.metrics)
    case .failure(let failure):
      stored = StoredTrial(failure.status, of: trial, reason: failure.reason)
    }
    let published = try directory.publish(
      stored, of: trial, files: files, timings: TrialTimings(seconds: seconds, latency: latency))
    try onEnd(trial, published, seconds)
  }
}
