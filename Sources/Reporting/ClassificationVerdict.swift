internal import Evaluation
internal import Experiments

/// What sets a chosen classifier apart, in sentences: the holdout, the baselines, what a campaign reaches.
struct ClassificationVerdict {
  let chosen: LeaderboardRow
  let board: Leaderboard

  private var name: String { board.rankingMetric }
  private var evidence: ClassificationEvidence? {
    board.experiment.classification[chosen.trial.id]
  }

  var sentences: [String] {
    holdout + baselines + reach
  }

  private var holdout: [String] {
    guard
      let metric = chosen.trial.metrics.first(where: { metric in
        metric.split == "holdout" && metric.name == board.experiment.metric && metric.label != name
      })
    else { return [] }
    return [
      "On the holdout, which nothing was chosen by, \(metric.name) is \(metric.textWithInterval), "
        + "measured on \(metric.sample)."
    ]
  }

  private var baselines: [String] {
    let baselines = Baselines(board)
    let own =
      Baselines.isBaseline(chosen)
      ? ["\(chosen.trial.model) is itself a baseline: nothing more elaborate did better."] : []
    guard !baselines.rows.isEmpty else {
      return own + [
        "No baseline has a result, so nothing shows what the model adds to a simple one."
      ]
    }
    let prior = chosen.trial.model == "prior" ? nil : baselines.prior
    let lines = [
      prior.flatMap { comparison(with: $0, named: "the prior, which knows no column") },
      baselines.best(beside: chosen, on: board).flatMap { row in
        comparison(with: row, named: "the best baseline, \(board.varying.phrase(for: row.trial))")
      },
    ]
    return own + lines.compactMap { $0 }
  }

  private func comparison(with row: LeaderboardRow, named title: String) -> String? {
    guard let own = chosen.trial.metric(labeled: name),
      let other = row.trial.metric(labeled: name), own.value.isFinite, other.value.isFinite
    else { return nil }
    let gap = NumberFormat.significant(abs(own.value - other.value), digits: 3)
    let order =
      own.value == other.value
      ? "no better than"
      : own.direction.isBetter(own.value, than: other.value)
        ? "better by \(gap) than" : "worse by \(gap) than"
    return "It is \(order) \(title): \(other.textWithInterval)\(own.caution(beside: other))."
  }

  private var reach: [String] {
    guard let evidence, let gains = GainsPlot(evidence) else { return [] }
    return [gains.sentence]
  }
}

extension MetricRecord {
  /// A warning where two values lie within each other's intervals; empty otherwise.
  func caution(beside other: MetricRecord) -> String {
    guard let interval, let theirs = other.interval,
      interval.lower <= theirs.upper, theirs.lower <= interval.upper
    else { return "" }
    return "; the intervals overlap, so the difference may be chance"
  }
}
