internal import Evaluation
internal import Numerical

/// Where a configuration stands among others, without regard to chance.
struct Standing {
  /// One for each seed.
  let trials: [TrialRecord]
  /// The requirements it misses, as sentences.
  let unmet: [String]
}

/// A configuration that is worse than the best, and not by chance.
struct Loser {
  let trials: [TrialRecord]
  /// The metric beside that of the best.
  let words: String
}

extension Selection {
  /// Configurations best first by the ranking metric: those that may be chosen, those that miss a requirement, those
  /// without a result.
  func order(_ trials: [TrialRecord]) -> [Standing] {
    let (selection, trials) = unified(trials)
    let (eligible, ineligible, unfinished) = selection.sorted(trials)
    let all = (eligible + ineligible).map(\.trial) + unfinished
    return all.map { trial in
      Standing(
        trials: selection.members(of: trial),
        unmet: trial.status == .done ? selection.unmet(trial) : [])
    }
  }

  /// The configurations that are told apart from the best, each by itself, by the tests that make tiers.
  ///
  /// What misses a requirement is neither the best nor a loser: on all the data it may keep it.
  ///
  /// - Parameter level: the probability with which equal configurations are all kept.
  func losers(
    _ trials: [TrialRecord], level: Double, on pool: WorkerPool
  ) throws(EvaluationError) -> [Loser] {
    let (selection, trials) = unified(trials)
    let eligible = selection.sorted(trials).eligible.map(\.trial)
    let metric = experiment.select.metric
    guard let best = eligible.first?[metric: metric]?.value,
      let apart = try TierRecord.apartFromBest(
        eligible, metric: metric, facts: selection.facts, level: level, on: pool)
    else { return [] }
    return zip(eligible, apart).compactMap { trial, isApart in
      guard isApart, let value = trial[metric: metric]?.value else { return nil }
      return Loser(
        trials: selection.members(of: trial),
        words: "\(metric) \(value.rounded(toDigits: 6)) against \(best.rounded(toDigits: 6))")
    }
  }

  private func members(of trial: TrialRecord) -> [TrialRecord] {
    seeded[trial.id]?.summary.trials ?? [trial]
  }
}
