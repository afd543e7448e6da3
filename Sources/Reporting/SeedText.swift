internal import Evaluation
internal import Experiments

/// What several seeds say of a configuration, in words.
struct SeedText {
  let row: LeaderboardRow
  private let summary: SeedSummary

  /// Nil in an experiment without seeds.
  init?(_ row: LeaderboardRow) {
    guard let summary = row.seeds else { return nil }
    self.row = row
    self.summary = summary
  }

  /// Why it was chosen, and which of its trials stands for it.
  func win(on board: Leaderboard) -> String {
    let name = board.rankingMetric
    guard let spread = summary[metric: name] else {
      return "\(board.varying.phrase(for: row.trial)) was chosen."
    }
    let range =
      spread.count > 1
      ? "\(NumberFormat.significant(spread.min)) to \(NumberFormat.significant(spread.max)); " : ""
    return Choice(row, on: board).opening
      + "\(spread.textWithCount) (\(range)\(board.direction(of: name).phrase)); \(standIn)."
  }

  private var standIn: String {
    guard let seed = row.trial.seed, summary.trials.count > 1 else {
      return "trial \(row.trial.id) is its model"
    }
    return "its model is that of the median seed, \(seed)"
  }

  /// How far a configuration lies behind the chosen one; nil in an experiment without seeds.
  static func lead(
    of row: LeaderboardRow, before second: LeaderboardRow, on board: Leaderboard
  ) -> String? {
    let name = board.rankingMetric
    guard let first = row.seeds?[metric: name], let next = second.seeds?[metric: name] else {
      return nil
    }
    let phrase = board.varying.phrase(for: second.trial)
    let gap = abs(first.mean - next.mean)
    if gap == 0 { return "Second is \(phrase) with the same mean \(name)." }
    let direction = board.direction(of: name)
    let place = direction.isBetter(next.mean, than: first.mean) ? "ahead" : "behind"
    return "Second is \(phrase) with \(next.textWithCount), \(place) by "
      + "\(NumberFormat.significant(gap, digits: 3)) in the mean"
      + "\(board.caution(row, beside: second))."
  }
}

extension SeedSpread {
  /// `0.4120 ± 0.0080`, or the value of a single seed.
  var text: String {
    guard let deviation else { return NumberFormat.significant(mean) }
    return "\(NumberFormat.significant(mean)) ± \(NumberFormat.significant(deviation, digits: 2))"
  }

  /// `0.4120 ± 0.0080 over 5 seeds`.
  var textWithCount: String { "\(text) over \(count) \(count == 1 ? "seed" : "seeds")" }
}

extension ExperimentRecord {
  /// How to read figures over seeds; empty without them.
  var seedRemarks: [String] {
    let counts = leaderboard.compactMap { $0.seeds?.trials.count }
    guard let most = counts.max() else { return [] }
    let words =
      "A row is a configuration under \(most) \(most == 1 ? "seed" : "seeds"): mean ± standard "
      + "deviation of its trials, which leaderboard.csv lists. Its trial is the one of the median seed."
    guard let paired = tiers?.seedCount, paired < TierRecord.fewSeeds else { return [words] }
    let few =
      paired < 2
      ? "Configurations share fewer than two seeds, so tiers do not compare them seed by seed."
      : "\(paired) seeds are few: only differences many times their spread over seeds part tiers."
    return [words, few]
  }
}
