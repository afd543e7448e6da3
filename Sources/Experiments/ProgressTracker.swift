internal import Evaluation
internal import Learning
internal import Synchronization

/// Collects trials as they end, from any thread, and reports how far the run is.
final class ProgressTracker: Sendable {
  private struct State {
    var progress: RunProgress
    var ended: [String: StoredTrial]
    var costs: TrialCosts
    /// By experiment.
    var best: [String: (trial: TrialRecord, metric: MetricRecord)] = [:]
  }

  private let state: Mutex<State>
  private let selections: [String: String]
  private let report: @Sendable (RunProgress) -> Void

  init(
    plan: Plan, study: Study, stored: [String: StoredTrial], missing: [Plan.Trial],
    report: @escaping @Sendable (RunProgress) -> Void
  ) {
    selections = Dictionary(study.experiments.map { ($0.id, $0.select.metric) }) { first, _ in first
    }
    self.report = report
    let progress = RunProgress(
      total: Set(plan.trials.map(\.key)).count, finished: stored.count,
      failed: stored.values.count { $0.status.status == .failed }, reused: stored.count, elapsed: 0)
    state = Mutex(State(progress: progress, ended: stored, costs: TrialCosts(missing)))
    report(progress)
  }

  var ended: [String: StoredTrial] { state.withLock { $0.ended } }

  /// - Parameter seconds: what the trial has cost here; nil if another run paid.
  func add(_ trial: Plan.Trial, _ stored: StoredTrial, seconds: Double?, elapsed: Double) {
    state.withLock { state in
      state.ended[trial.key] = stored
      state.progress.finished += 1
      state.progress.elapsed = elapsed
      state.costs.remove(trial, seconds: seconds)
      state.progress.remaining = state.costs.remaining(elapsed: elapsed)
      if stored.status.status == .failed { state.progress.failed += 1 }
      let record = stored.record(of: trial)
      if let metric = selections[trial.experiment].flatMap({ record[metric: $0] }),
        isBest(metric, than: state.best[trial.experiment]?.metric)
      {
        state.best[trial.experiment] = (record, metric)
      }
      if let best = state.best[trial.experiment] {
        state.progress.best = best.trial
        state.progress.bestMetric = best.metric
      }
      report(state.progress)
    }
  }

  private func isBest(_ metric: MetricRecord, than best: MetricRecord?) -> Bool {
    guard let best else { return true }
    return metric.direction.isBetter(metric.value, than: best.value)
  }
}
