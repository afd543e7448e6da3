internal import Evaluation
internal import Experiments

extension Leaderboard {
  /// The row with the best ranking metric, of equals the first; nil where none has a finite one.
  func leader(of rows: [LeaderboardRow]) -> LeaderboardRow? {
    let direction = direction(of: rankingMetric)
    var best: (row: LeaderboardRow, value: Double)?
    for row in rows {
      guard let value = row.shown(rankingMetric), value.isFinite else { continue }
      if best.map({ direction.isBetter(value, than: $0.value) }) ?? true { best = (row, value) }
    }
    return best?.row
  }

  /// By how much a row is better than another in the ranking metric; nil where it is not.
  func gain(of row: LeaderboardRow, over other: LeaderboardRow) -> Double? {
    guard let value = row.shown(rankingMetric), let bar = other.shown(rankingMetric),
      direction(of: rankingMetric).isBetter(value, than: bar)
    else { return nil }
    return abs(value - bar)
  }

  /// What is known of chance in the difference of two rows, to end a sentence with; empty where nothing is.
  ///
  /// Tiers decide where they come from tests, which compare trials on the same rows: intervals of two trials
  /// may overlap although one is better on nearly every resample. Without such tests the intervals speak.
  func caution(_ row: LeaderboardRow, beside other: LeaderboardRow) -> String {
    guard experiment.tiers?.basis == .chance, let tier = row.tier, let next = other.tier else {
      return row.overlaps(other, in: rankingMetric)
        ? "; the intervals overlap, so the difference may be chance" : ""
    }
    if tier == next {
      // A tier holds what cannot be told apart from its best: of two others nothing was asked.
      return leadsTier(row) || leadsTier(other)
        ? "; compared on the same rows, the two cannot be told apart"
        : "; compared on the same rows, neither can be told apart from the one that leads"
    }
    return abs(tier - next) == 1 && leadsTier(row) && leadsTier(other)
      ? "; compared on the same rows, that is more than chance" : ""
  }

  /// Whether no row of its tier has a better ranking metric.
  private func leadsTier(_ row: LeaderboardRow) -> Bool {
    let leader = leader(of: eligible.filter { $0.tier == row.tier })
    return row.shown(rankingMetric) == leader?.shown(rankingMetric)
  }
}

extension LeaderboardRow {
  /// What the leaderboard shows under a label, in words: `0.7891 (0.7654 to 0.8123)`, or mean and deviation over
  /// seeds; nil where it was not measured.
  func text(_ label: String) -> String? {
    seeds?[metric: label]?.textWithCount ?? trial.metric(labeled: label)?.textWithInterval
  }

  /// Whether two values lie within each other's intervals; false for means over seeds, which have none.
  fileprivate func overlaps(_ other: LeaderboardRow, in label: String) -> Bool {
    guard seeds == nil, other.seeds == nil,
      let interval = trial.metric(labeled: label)?.interval,
      let theirs = other.trial.metric(labeled: label)?.interval
    else { return false }
    return interval.lower <= theirs.upper && theirs.lower <= interval.upper
  }
}
