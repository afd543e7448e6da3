internal import Evaluation
internal import Experiments

/// What the first tier of a leaderboard means, in sentences.
struct TierText {
  let tiers: TierRecord
  let board: Leaderboard
  let chosen: LeaderboardRow

  /// Nil for an experiment without tiers or a choice.
  init?(_ board: Leaderboard) {
    guard let tiers = board.experiment.tiers, let chosen = board.experiment.chosen else {
      return nil
    }
    self.tiers = tiers
    self.board = board
    self.chosen = chosen
  }

  private var first: Int { board.eligible.count { $0.tier == 1 } }

  var sentences: [String] { [standing] + flattery }

  /// Who stands beside the chosen trial.
  private var standing: String {
    let total = NumberFormat.count(board.eligible.count)
    let names = tiers.metrics.joined(separator: ", ")
    switch (tiers.basis, first) {
    case (.pareto, 1): return "It alone is beaten by no other in \(names)."
    case (.pareto, _):
      return "It is one of \(NumberFormat.count(first)) of \(total) eligible trials that no other "
        + "beats in all of \(names)."
    case (.chance, 1): return "No other trial is so close that chance could have put it first."
    case (.chance, board.eligible.count):
      return "None of the \(total) eligible trials can be told apart from the one that leads: "
        + "their differences in \(names) may be chance."
    case (.chance, _):
      return "\(NumberFormat.count(first)) of \(total) eligible trials form the first tier: their "
        + "differences in \(names) may be chance."
    }
  }

  /// What being the best of many adds to the value of the best.
  private var flattery: [String] {
    guard let bias = tiers.selectionBias, board.eligible.count > 1, tiers.then.isEmpty,
      let metric = chosen.trial.metric(labeled: board.rankingMetric),
      let value = chosen.shown(metric.label)
    else { return [] }
    let honest = metric.direction == .higherIsBetter ? value - bias : value + bias
    // Less than the digits that are shown is nothing to tell.
    guard NumberFormat.significant(honest) != NumberFormat.significant(value) else {
      return []
    }
    return [
      "Being the best of \(NumberFormat.count(board.eligible.count)) flatters it by about "
        + "\(NumberFormat.significant(bias, digits: 2)); without that, \(metric.name) is "
        + "\(NumberFormat.significant(honest))."
    ]
  }
}

extension TierRecord {
  /// How to read the column of tiers.
  var remark: String {
    switch basis {
    case .chance:
      "Trials of one tier cannot be told apart from its best: on the same resampled rows, and by the folds "
        + "\(seedCount.map { $0 > 1 } == true ? "and seeds " : "")where there are any, at a level of \(NumberFormat.percent(level)) over all pairs."
    case .pareto:
      "Tier 1 holds the trials that none beats in all metrics, tier 2 those that only tier 1 beats."
    }
  }
}
