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
    let standing = ownStanding.map { [$0] } ?? []
    guard !baselines.rows.isEmpty else {
      return standing + [
        "No baseline has a result, so nothing shows what the model adds to a simple one."
      ]
    }
    let prior = chosen.trial.model == "prior" ? nil : baselines.prior
    let best = standing.isEmpty ? "the best baseline" : "the best other baseline"
    let lines = [
      prior.flatMap { comparison(with: $0, named: "the prior, which knows no column") },
      baselines.best(beside: chosen, on: board).flatMap { row in
        comparison(with: row, named: "\(best), \(board.varying.phrase(for: row.trial))")
      },
    ]
    return standing + lines.compactMap { $0 }
  }

  /// Whether anything more elaborate did better than a chosen baseline; nil for other models.
  private var ownStanding: String? {
    guard Baselines.isBaseline(chosen) else { return nil }
    let opening = "\(chosen.trial.model) is itself a baseline"
    let elaborate = (board.eligible + board.unmet).filter { !Baselines.isBaseline($0) }
    guard let best = board.leader(of: elaborate) else {
      return "\(opening), and nothing more elaborate has a result."
    }
    guard board.gain(of: best, over: chosen) != nil else {
      return "\(opening): nothing more elaborate did better."
    }
    guard let rival = board.leader(of: elaborate.filter { $0.rank != nil }),
      let gap = board.gain(of: rival, over: chosen)
    else { return "\(opening): nothing more elaborate that is eligible did better." }
    return "\(opening), though \(board.varying.phrase(for: rival.trial)) did better by "
      + "\(NumberFormat.significant(gap, digits: 3))\(board.caution(chosen, beside: rival))."
  }

  private func comparison(with row: LeaderboardRow, named title: String) -> String? {
    guard let own = chosen.shown(name), let other = row.shown(name), own.isFinite, other.isFinite,
      let text = row.text(name)
    else { return nil }
    let gap = NumberFormat.significant(abs(own - other), digits: 3)
    let order =
      own == other
      ? "no better than"
      : board.direction(of: name).isBetter(own, than: other)
        ? "better by \(gap) than" : "worse by \(gap) than"
    return "It is \(order) \(title): \(text)\(board.caution(chosen, beside: row))."
  }

  private var reach: [String] {
    guard let evidence, let gains = GainsPlot(evidence) else { return [] }
    return [gains.sentence]
  }
}
