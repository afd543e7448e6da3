public import Learning
public import Numerical

extension StudyInput {
  /// Foresees what the trials cost that have not ended: by earlier runs on the same table, else by samples of it.
  ///
  /// Sampling takes a few seconds at most.
  ///
  /// - Parameters:
  ///   - runs: the folder of runs.
  ///   - jobs: trials side by side; nil for what suits the study.
  ///   - budget: seconds to find the cut for; nil for `limits.time_limit`.
  ///   - uptime: seconds that never go back.
  public func forecast(
    of study: Study, runs: String, catalog: Catalog = .standard, jobs: Int? = nil,
    budget: Double? = nil, on pool: WorkerPool, uptime: @escaping @Sendable () -> Double
  ) -> PlanForecast {
    let directory = RunDirectory(path: "\(runs)/\(plan.runName)")
    let limited = plan.limited(to: study.limits.maxTrials).trials
    let open = limited.filter { !RunStorage.exists(directory.trialPath($0.id)) }
    let planned = PlannedSteps(open, of: study, catalog: catalog)
    let earlier = StepCosts(runs: runs, fingerprint: plan.fingerprint)
    let tried = Calibration(
      input: self, study: study, catalog: catalog, pool: pool, uptime: uptime
    ).result(for: planned) { earlier.seconds(of: $0.step) == nil }
    var basis = PlanForecast.Basis()
    (basis.sampledTrials, basis.sampleRows) = (tried.trialCount, tried.rowCount)
    basis.rows = data.trainingRows.count
    let costs = planned.all.map { planned -> Double? in
      if let seconds = earlier.seconds(of: planned.step) {
        basis.earlierSteps += 1
        return seconds
      }
      let seconds = tried.seconds[planned.kindName]
      if seconds == nil { basis.unknownSteps += 1 } else { basis.sampledSteps += 1 }
      return seconds
    }
    let columnCount = tried.columnCounts.values.max() ?? data.features.count
    let bytes = planned.trials.map { entry in
      catalog.bytes(
        of: entry.trial, rowCount: data.trainingRows.count,
        columnCount: tried.columnCounts[entry.trial.stageKeys.dropLast().last ?? ""]
          ?? columnCount)
    }
    let lanes = planned.trials.map { entry in
      planned.isSideBySide(entry.trial, jobs: jobs, on: pool)
        ? min(jobs ?? pool.threadCount, pool.threadCount) : 1
    }
    var positions: [String: Int] = [:]
    for trial in limited where positions[trial.key] == nil {
      positions[trial.key] = positions.count + 1
    }
    var forecast = PlanForecast(
      planned, positions: positions, costs: costs, bytes: bytes, lanes: lanes, basis: basis)
    forecast.cut = (budget ?? study.limits.timeLimit).map { forecast.cut(to: $0) }
    return forecast
  }
}

extension PlannedSteps {
  /// Whether the runner computes the trials behind the same steps side by side, with serial fits.
  func isSideBySide(_ trial: Plan.Trial, jobs: Int? = nil, on pool: WorkerPool) -> Bool {
    let lanes = min(jobs ?? pool.threadCount, pool.threadCount)
    return lanes > 1 && groupSize(of: trial) >= (jobs ?? 2 * pool.threadCount)
  }
}

extension Catalog {
  /// What the fit of a trial takes by the algorithm's own estimate.
  fileprivate func bytes(of trial: Plan.Trial, rowCount: Int, columnCount: Int) -> Double? {
    guard let model = trial.stages.last else { return nil }
    if let entry = self[classifier: model.name] {
      return try? entry.predictedBytes(model.parameters, rowCount, columnCount)
    }
    return try? self[model.name]?.predictedBytes(model.parameters, rowCount, columnCount)
  }
}
