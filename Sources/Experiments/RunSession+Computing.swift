internal import Artifacts
internal import Learning
internal import Numerical

/// What a session computes, and what it need not.
extension RunSession {
  /// Trials that need no computing, by key: those on disk and those that another run has.
  ///
  /// A damaged trial is computed again.
  func collect(from siblings: [RunDirectory], force: Bool) throws(RunError) -> [String: StoredTrial]
  {
    try log.append("started")
    try log.reportDamage()
    var stored: [String: StoredTrial] = [:]
    guard !force else { return stored }
    for trial in limited.trials where stored[trial.key] == nil {
      if let found = try intact(trial, reporting: true) {
        stored[trial.key] = found
        continue
      }
      guard !siblings.isEmpty || RunStorage.exists(directory.trialPath(trial.id)),
        let claim = try claims.take(trial.id)
      else { continue }
      defer { withExtendedLifetime(claim) {} }
      if let found = try intact(trial, reporting: false) {
        stored[trial.key] = found
        continue
      }
      // From here on a trial that has a directory has ended.
      try RunStorage.remove(directory.trialPath(trial.id))
      if try directory.adopt(trial, from: siblings) {
        stored[trial.key] = try directory.trial(trial)
        try log.append("adopted", trial: trial.id)
      }
    }
    return stored
  }

  /// The trial on disk, if nothing could change it.
  private func intact(_ trial: Plan.Trial, reporting: Bool) throws(RunError) -> StoredTrial? {
    do throws(RunError) {
      guard let found = try directory.trial(trial), found.isFinal else { return nil }
      return found
    } catch .damaged(let file, let fault) {
      if reporting { try log.append("damaged", trial: trial.id, reason: "\(fault): \(file)") }
      return nil
    }
  }

  /// How far a session came.
  struct Progress {
    /// Trials that have ended, by key.
    var ended: [String: StoredTrial]
    var ending: RunSummary.Ending
    /// Computed by other runners in the meantime.
    var sharedCount: Int
    /// What was carried out for trials that have ended since, here and elsewhere.
    var sharing: StageSharing
  }

  /// Computes what is missing, until done or told to stop.
  func compute(missing stored: [String: StoredTrial]) throws(RunError) -> Progress {
    let start = try log.size()
    let began = environment.uptime()
    let end = study.limits.timeLimit.map { began + $0 }
    let isStopping: @Sendable () -> Bool = {
      [isCancelled = environment.isCancelled, uptime = environment.uptime] in
      isCancelled() || (end.map { uptime() >= $0 } ?? false)
    }
    var keys = Set(stored.keys)
    let missing = limited.trials.filter { keys.insert($0.key).inserted }
    let tracker = ProgressTracker(
      plan: limited, study: study, stored: stored, missing: missing,
      report: environment.onProgress)
    var sharedCount = 0
    if let isolation = environment.isolation {
      var watch = WorkerWatch(
        self, isolation, isStopping: isStopping,
        onEnd: { trial, ended in
          let seconds = directory.timings(of: trial.id)?.seconds
          tracker.add(trial, ended, seconds: seconds, elapsed: environment.uptime() - began)
        })
      try watch.run(missing)
    } else {
      let recorder = recorder(isStopping) { (trial, ended, seconds) throws(RunError) in
        try log.append(trial, ended, seconds: seconds)
        tracker.add(trial, ended, seconds: seconds, elapsed: environment.uptime() - began)
      }
      sharedCount = try share(missing, recorder) { trial, ended in
        tracker.add(trial, ended, seconds: nil, elapsed: environment.uptime() - began)
      } isKnown: {
        tracker.ended[$0.key] != nil
      }
    }
    let ended = tracker.ended
    let isComplete = ended.count >= keys.count
    return Progress(
      ended: ended,
      ending: isComplete ? .complete : environment.isCancelled() ? .interrupted : .timeLimit,
      sharedCount: sharedCount, sharing: try log.sharing(since: start))
  }

  func recorder(
    _ isStopping: @escaping @Sendable () -> Bool,
    onEnd: @escaping @Sendable (Plan.Trial, StoredTrial, Double) throws(RunError) -> Void
  ) -> TrialRecorder {
    TrialRecorder(
      directory: directory, claims: HeldClaims(claims), pool: environment.pool,
      rules: .init(
        memoryLimit: study.limits.memory ?? environment.memoryLimit,
        perTrial: study.limits.perTrial, jobs: environment.jobs),
      clock: environment.clock, uptime: environment.uptime, isCancelled: isStopping,
      trace: StepTrace(log), cache: environment.cache, onEnd: onEnd)
  }

  /// Computes trials together with other runners: what they have claimed is waited for, and computed here
  /// if they die over it.
  ///
  /// - Returns: how many trials others have ended.
  private func share(
    _ missing: [Plan.Trial], _ recorder: TrialRecorder,
    onEnd: (Plan.Trial, StoredTrial) -> Void, isKnown: (Plan.Trial) -> Bool
  ) throws(RunError) -> Int {
    var rest = missing
    var sharedCount = 0
    while true {
      try walk(rest, recorder)
      rest = rest.filter { !isKnown($0) }
      for trial in rest where recorder.hasEnded(trial) {
        guard let ended = try ended(trial) else {
          try discard(trial)
          continue
        }
        sharedCount += 1
        onEnd(trial, ended)
      }
      rest = rest.filter { !isKnown($0) }
      if rest.isEmpty || recorder.isCancelled() { return sharedCount }
      RunStorage.pause()
    }
  }

  /// A trial that another process has ended; nil if it is being replaced.
  func ended(_ trial: Plan.Trial) throws(RunError) -> StoredTrial? {
    do throws(RunError) {
      return try directory.trial(trial)
    } catch .damaged {
      return nil
    }
  }

  /// Removes what lies in a trial's place and is no trial, unless another process is at it.
  func discard(_ trial: Plan.Trial) throws(RunError) {
    guard let claim = try claims.take(trial.id) else { return }
    defer { withExtendedLifetime(claim) {} }
    if try ended(trial) == nil { try RunStorage.remove(directory.trialPath(trial.id)) }
  }

  /// Clusterings share steps across experiments; each classification is walked by itself.
  func walk(_ trials: [Plan.Trial], _ recorder: TrialRecorder) throws(RunError) {
    // Of a group that was left early, the first may still be held.
    defer { recorder.claims.releaseAll() }
    let preparation = Preparation(catalog: catalog, study: study)
    let clusterings = study.experiments.filter { $0.task == .cluster }
    try TrialWalk(
      data: input.data,
      experiments: Dictionary(clusterings.map { ($0.id, $0) }) { first, _ in first },
      preparation: preparation, recorder: recorder
    ).run(trials.filter { trial in clusterings.contains { $0.id == trial.experiment } })
    for experiment in study.experiments where experiment.task == .classify {
      try ClassificationWalk(
        data: input.data, experiment: experiment, preparation: preparation, recorder: recorder
      ).run(trials.filter { $0.experiment == experiment.id })
    }
  }
}
