internal import Artifacts
internal import Learning
internal import Numerical

/// What a session computes, and what it need not.
extension RunSession {
  /// Trials that need no computing, by key: those on disk and those that another run has.
  ///
  /// A damaged trial is computed again.
  func collect(
    _ trials: [Plan.Trial], from siblings: [RunDirectory]
  ) throws(RunError) -> [String: StoredTrial] {
    var stored: [String: StoredTrial] = [:]
    for trial in trials where stored[trial.key] == nil {
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
    /// With all that the searches have proposed.
    let plan: Plan
    /// The plan as far as `limits.max_trials` goes.
    let limited: Plan
    /// How trials have ended, whole ones and parts, by key.
    var ended: [String: StoredTrial]
    /// How trials ended that were not seen through.
    let verdicts: [String: Race.Verdict]
    let ending: RunSummary.Ending
    /// Keys of trials that needed no computing.
    let reused: Set<String>
    /// Keys of those that other runners have computed in the meantime.
    let shared: Set<String>
    /// What was carried out for trials that have ended since, here and elsewhere.
    let sharing: StageSharing
  }

  /// Computes what is missing, until done or told to stop.
  ///
  /// - Parameter siblings: runs whose trials are taken over.
  func compute(from siblings: [RunDirectory], force: Bool) throws(RunError) -> Progress {
    try log.append("started")
    try log.reportDamage()
    let start = try log.size()
    let began = environment.uptime()
    let isStopping = wishToStop(since: began)
    var rounds = RunRounds(self, siblings: siblings, force: force)
    let tracker = rounds.tracker
    var shared: Set<String> = []
    if let isolation = environment.isolation {
      var watch = WorkerWatch(
        self, isolation, isStopping: isStopping,
        onEnd: { trial, ended in
          let seconds = directory.timings(of: trial.id)?.seconds
          tracker.add(trial, ended, seconds: seconds, elapsed: environment.uptime() - began)
        })
      try watch.run { () throws(RunError) in try rounds.next() }
      // Told to stop, what has ended may still have been the last.
      if !rounds.isComplete { _ = try rounds.next() }
    } else {
      let recorder = recorder(isStopping) { (trial, ended, seconds) throws(RunError) in
        try log.append(trial, ended, seconds: seconds)
        tracker.add(trial, ended, seconds: seconds, elapsed: environment.uptime() - began)
      }
      while case let missing = try rounds.next(), !missing.isEmpty {
        shared.formUnion(
          try share(missing, recorder) { trial, ended in
            tracker.add(trial, ended, seconds: nil, elapsed: environment.uptime() - began)
          } isKnown: {
            tracker.ended[$0.key] != nil
          })
      }
    }
    return Progress(
      plan: rounds.planner.plan, limited: rounds.planner.limited, ended: tracker.ended,
      verdicts: rounds.planner.verdicts,
      ending: rounds.isComplete
        ? .complete : environment.isCancelled() ? .interrupted : .timeLimit,
      reused: rounds.reused, shared: shared, sharing: try log.sharing(since: start))
  }

  /// Whether the caller or the time limit stops the run.
  private func wishToStop(since began: Double) -> @Sendable () -> Bool {
    let end = study.limits.timeLimit.map { began + $0 }
    return { [isCancelled = environment.isCancelled, uptime = environment.uptime] in
      isCancelled() || (end.map { uptime() >= $0 } ?? false)
    }
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
      trainer: environment.trainer, trace: StepTrace(log), cache: environment.cache, onEnd: onEnd)
  }

  /// Computes trials together with other runners: what they have claimed is waited for, and computed here
  /// if they die over it.
  ///
  /// - Returns: the keys of trials that others have ended.
  private func share(
    _ missing: [Plan.Trial], _ recorder: TrialRecorder,
    onEnd: (Plan.Trial, StoredTrial) -> Void, isKnown: (Plan.Trial) -> Bool
  ) throws(RunError) -> Set<String> {
    var rest = missing
    var shared: Set<String> = []
    while true {
      try walk(rest, recorder)
      rest = rest.filter { !isKnown($0) }
      for trial in rest where recorder.hasEnded(trial) {
        guard let ended = try ended(trial) else {
          try discard(trial)
          continue
        }
        shared.insert(trial.key)
        onEnd(trial, ended)
      }
      rest = rest.filter { !isKnown($0) }
      if rest.isEmpty || recorder.isCancelled() { return shared }
      RunStorage.pause()
    }
  }

  /// Computes trials for another process until all have ended.
  func follow(_ planner: Planner, _ recorder: TrialRecorder) throws(RunError) {
    var planner = planner
    var ended: [String: StoredTrial] = [:]
    var rest = planner.round
    while !environment.isCancelled() {
      rest = rest.filter { !recorder.hasEnded($0) }
      guard rest.isEmpty else {
        try walk(rest, recorder)
        RunStorage.pause()
        continue
      }
      if planner.isLast { return }
      for trial in planner.round where ended[trial.key] == nil {
        // What is being replaced has not ended.
        if let found = try self.ended(trial) {
          ended[trial.key] = found
        } else {
          rest.append(trial)
        }
      }
      guard rest.isEmpty else {
        RunStorage.pause()
        continue
      }
      try planner.advance(ended, facts: facts, on: environment.pool)
      if planner.round.isEmpty { return }
      rest = planner.round
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
    let clustered = trials.filter { trial in clusterings.contains { $0.id == trial.experiment } }
    // Trials on samples share nothing with those on all rows.
    let (sizes, samples) = clustered.grouped { "\($0.rung?.rows ?? 0)" }
    for size in sizes {
      let own = samples[size] ?? []
      try TrialWalk(
        data: own.first?.rung?.rows.map(input.data.sampled) ?? input.data,
        experiments: Dictionary(clusterings.map { ($0.id, $0) }) { first, _ in first },
        preparation: preparation, recorder: recorder
      ).run(own)
    }
    for experiment in study.experiments where experiment.task == .classify {
      try ClassificationWalk(
        data: input.data, experiment: experiment, preparation: preparation, recorder: recorder
      ).run(trials.filter { $0.experiment == experiment.id })
    }
  }
}
