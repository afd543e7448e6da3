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

  /// - Parameter total: the most trials that may end.
  init(
    total: Int, study: Study, report: @escaping @Sendable (RunProgress) -> Void
  ) {
    selections = Dictionary(study.experiments.map { ($0.id, $0.select.metric) }) { first, _ in first
    }
    self.report = report
    let progress = RunProgress(total: total, finished: 0, failed: 0, reused: 0, elapsed: 0)
    state = Mutex(State(progress: progress, ended: [:], costs: TrialCosts()))
  }

  var ended: [String: StoredTrial] { state.withLock { $0.ended } }

  /// What the next round has on disk, what it computes and how many trials may follow.
  func begin(_ reused: [(Plan.Trial, StoredTrial)], missing: [Plan.Trial], unknown: Int) {
    state.withLock { state in
      for (trial, stored) in reused {
        state.ended[trial.key] = stored
        guard trial.rung == nil else { continue }
        state.progress.reused += 1
        state.progress.finished += 1
        if stored.status.status == .failed { state.progress.failed += 1 }
      }
      state.costs.add(missing, unknown: unknown)
      report(state.progress)
    }
  }

  /// A trial has ended without being seen through.
  func add(_ verdict: Race.Verdict) {
    state.withLock { state in
      guard state.ended[verdict.trial.key] == nil else { return }
      state.progress.finished += 1
      if verdict.stored.status.status == .failed { state.progress.failed += 1 }
    }
  }

  /// - Parameter seconds: what the trial has cost here; nil if another run paid.
  func add(_ trial: Plan.Trial, _ stored: StoredTrial, seconds: Double?, elapsed: Double) {
    state.withLock { state in
      state.ended[trial.key] = stored
      state.progress.elapsed = elapsed
      state.costs.remove(trial, seconds: seconds)
      state.progress.remaining = state.costs.remaining(elapsed: elapsed)
      if trial.rung == nil { count(trial, stored, in: &state) }
      report(state.progress)
    }
  }

  private func count(_ trial: Plan.Trial, _ stored: StoredTrial, in state: inout State) {
    state.progress.finished += 1
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
  }

  private func isBest(_ metric: MetricRecord, than best: MetricRecord?) -> Bool {
    guard let best else { return true }
    return metric.direction.isBetter(metric.value, than: best.value)
  }
}
