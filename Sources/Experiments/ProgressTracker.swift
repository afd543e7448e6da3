internal import Evaluation
internal import Learning
internal import Synchronization

/// Collects trials as they end, from any thread, and reports how far the run is.
final class ProgressTracker: Sendable {
  private struct State {
    var progress: RunProgress
    var ended: [String: StoredTrial]
  }

  private let state: Mutex<State>
  private let selections: [String: String]
  private let report: @Sendable (RunProgress) -> Void

  init(
    plan: Plan, study: Study, stored: [String: StoredTrial], began: Double,
    report: @escaping @Sendable (RunProgress) -> Void
  ) {
    selections = Dictionary(study.experiments.map { ($0.id, $0.select.metric) }) { first, _ in first
    }
    self.report = report
    let progress = RunProgress(
      total: Set(plan.trials.map(\.key)).count, finished: stored.count,
      failed: stored.values.count { $0.status.status == .failed }, reused: stored.count, elapsed: 0)
    state = Mutex(State(progress: progress, ended: stored))
  }

  var ended: [String: StoredTrial] { state.withLock { $0.ended } }

  func add(_ trial: Plan.Trial, _ stored: StoredTrial, elapsed: Double) {
    state.withLock { state in
      state.ended[trial.key] = stored
      state.progress.finished += 1
      state.progress.elapsed = elapsed
      if stored.status.status == .failed { state.progress.failed += 1 }
      let record = stored.record(of: trial)
      if let metric = selections[trial.experiment].flatMap({ record[metric: $0] }),
        isBest(metric, than: state.progress)
      {
        state.progress.best = record
        state.progress.bestMetric = metric
      }
      report(state.progress)
    }
  }

  private func isBest(_ metric: MetricRecord, than progress: RunProgress) -> Bool {
    guard let best = progress.bestMetric else { return true }
    return best.name == metric.name && metric.direction.isBetter(metric.value, than: best.value)
  }
}
