public import Artifacts
public import Numerical

/// What a run needs of the world: threads, a clock, a wish to stop, a listener.
public struct RunEnvironment: Sendable {
  public var pool: WorkerPool
  /// Seconds since 1970.
  public var now: @Sendable () -> Double
  /// Seconds that never go back and leave out sleep: limits are counted in them.
  public var uptime: @Sendable () -> Double
  /// Asked between iterations of a fit and between trials.
  public var isCancelled: @Sendable () -> Bool
  /// Called before the first trial and after every one, one call at a time.
  public var onProgress: @Sendable (RunProgress) -> Void
  public var machine: MachineRecord
  /// Which program trains models and where, asked for every model that is written; nil records nothing.
  public var trainer: (@Sendable () -> TrainingEnvironment)?
  /// Finds what the `vs` of a gate names; nil if it names nothing.
  public var reference: @Sendable (String) -> GateReference? = { _ in nil }
  /// Bytes that fits may take where the study sets no limit; nil for no limit.
  public var memoryLimit: Double?
  /// What costly steps have learnt before; nil to learn all of it anew.
  public var cache: StageCache?
  /// Measures how fast classifiers answer; nil measures nothing.
  public var clock: (any Clock<Duration>)?
  /// How many trials may run side by side; nil for what is best.
  public var jobs: Int?
  /// Processes that compute the trials; nil to compute them in this one.
  public var isolation: Isolation?

  public init(
    pool: WorkerPool, machine: MachineRecord, memoryLimit: Double? = nil,
    clock: (any Clock<Duration>)? = nil, now: @escaping @Sendable () -> Double,
    uptime: (@Sendable () -> Double)? = nil, jobs: Int? = nil, isolation: Isolation? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false },
    onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
  ) {
    self.pool = pool
    self.machine = machine
    self.memoryLimit = memoryLimit
    self.clock = clock
    self.now = now
    self.uptime = uptime ?? now
    self.jobs = jobs
    self.isolation = isolation
    self.isCancelled = isCancelled
    self.onProgress = onProgress
  }
}

/// How far a run is.
public struct RunProgress: Hashable, Sendable {
  public var total: Int
  /// Trials that have ended, failures and those of earlier runs among them.
  public var finished: Int
  public var failed: Int
  /// Trials that were on disk before this run or taken over from another.
  public var reused: Int
  /// Seconds since the first trial began.
  public var elapsed: Double
  /// The best trial computed so far of the experiment whose trial ended last, by its metric, requirements aside.
  public var best: TrialRecord?
  public var bestMetric: MetricRecord?
  /// Seconds until the end by what trials of the same kind have cost; nil before the first has ended.
  public var remaining: Double?

  public init(total: Int, finished: Int, failed: Int, reused: Int, elapsed: Double) {
    self.total = total
    self.finished = finished
    self.failed = failed
    self.reused = reused
    self.elapsed = elapsed
  }
}

/// What a run came to.
public struct RunSummary: Sendable {
  public enum Ending: Hashable, Sendable {
    case complete
    /// The caller asked to stop.
    case interrupted
    /// `limits.time_limit` was reached.
    case timeLimit
  }

  public var directory: RunDirectory
  public var ending: Ending
  public var record: RunRecord
  public var notes: [String]
  public var trialCount: Int
  public var computedCount: Int
  public var reusedCount: Int
  /// Trials that other runners of the same study have computed in the meantime.
  public var sharedCount: Int
  public var failedCount: Int
  /// What the trials computed by this call had in common.
  public var sharing: StageSharing
  /// What has changed since an earlier run of a study of this name; nil if there is none.
  public var changes: StudyChanges?
  /// Whether a larger share of trials failed than `limits.max_failure_rate` allows.
  public var exceedsFailureRate: Bool

  /// Trials that have ended, here or elsewhere.
  public var endedCount: Int { computedCount + reusedCount + sharedCount }

  /// Whether every experiment has a chosen trial.
  public var hasResult: Bool { record.experiments.allSatisfy { $0.chosen != nil } }
}
