internal import Evaluation
internal import Experiments

/// What an experiment found, in sentences.
struct Verdict {
  let sentences: [String]

  init(_ board: Leaderboard) {
    let experiment = board.experiment
    guard !experiment.leaderboard.isEmpty else {
      sentences = ["No trial was run, so there is nothing to compare."]
      return
    }
    guard let chosen = experiment.chosen else {
      sentences = ["No trial is eligible, so none was chosen."] + [Self.tally(board)]
      return
    }
    var found =
      experiment.task == .classify
      ? ClassificationVerdict(chosen: chosen, board: board).sentences
      : Self.segments(of: chosen, in: experiment)
    found += SegmentGaps.warnings(of: chosen, on: board)
    sentences =
      [Self.win(of: chosen, on: board)] + found
      + [Self.lead(of: chosen, on: board)] + (TierText(board)?.sentences ?? [])
      + Self.betterButUnmet(chosen, on: board)
      + Self.edge(of: chosen, on: board) + [Self.tally(board)]
  }

  private static func win(of row: LeaderboardRow, on board: Leaderboard) -> String {
    let name = board.rankingMetric
    if let seeds = SeedText(row) { return seeds.win(on: board) }
    guard let metric = row.trial.metric(labeled: name) else {
      return "\(board.varying.phrase(for: row.trial)) was chosen."
    }
    let interval =
      metric.range.map { range in
        let level = NumberFormat.significant(100 * (metric.interval?.level ?? 0), digits: 3)
        return "\(level)% interval \(range); "
      } ?? ""
    return Choice(row, on: board).opening
      + "\(metric.text) (\(interval)\(metric.direction.phrase)), measured on \(metric.sample)."
  }

  private static func segments(of row: LeaderboardRow, in experiment: ExperimentRecord)
    -> [String]
  {
    guard let evidence = experiment.evidence[row.trial.id], evidence.rowCount > 0 else { return [] }
    guard let smallest = evidence.sizes.min(), let largest = evidence.sizes.max() else {
      return [
        "It makes no segment: all \(NumberFormat.count(evidence.rowCount)) rows are unassigned."
      ]
    }
    let noise =
      evidence.noiseCount == 0
      ? "" : "; \(size(evidence.noiseCount, of: evidence)) are unassigned"
    if evidence.sizes.count == 1 {
      return ["It makes one segment of \(size(smallest, of: evidence))\(noise)."]
    }
    return [
      "It makes \(evidence.sizes.count) segments, from \(size(smallest, of: evidence)) "
        + "to \(size(largest, of: evidence))\(noise)."
    ]
  }

  private static func size(_ count: Int, of evidence: ClusteringEvidence) -> String {
    let share = NumberFormat.percent(Double(count) / Double(evidence.rowCount))
    return "\(NumberFormat.count(count)) \(count == 1 ? "row" : "rows") (\(share))"
  }

  /// How far the next eligible trial is behind.
  private static func lead(of row: LeaderboardRow, on board: Leaderboard) -> String {
    guard let second = board.eligible.first(where: { !$0.isChosen }) else {
      return "It is the only eligible trial, so nothing confirms that it is good."
    }
    if let leader = leader(over: row, on: board) { return leader }
    if let lead = SeedText.lead(of: row, before: second, on: board) { return lead }
    let phrase = board.varying.phrase(for: second.trial)
    let name = board.rankingMetric
    guard let first = row.trial.metric(labeled: name),
      let next = second.trial.metric(labeled: name),
      first.value.isFinite, next.value.isFinite
    else { return "Second is \(phrase)." }
    let gap = abs(first.value - next.value)
    if gap == 0 { return "Second is \(phrase) with the same \(name)." }
    let place = next.direction.isBetter(next.value, than: first.value) ? "ahead" : "behind"
    let hasShare = first.interval == nil && first.value != 0
    let share = hasShare ? " or \(NumberFormat.percent(gap / abs(first.value)))" : ""
    return "Second is \(phrase) with \(next.textWithInterval), \(place) by "
      + "\(NumberFormat.significant(gap, digits: 3))\(share)"
      + "\(board.caution(row, beside: second))."
  }

  /// Where a preference has chosen, who has the better metric; nil where none has.
  private static func leader(over row: LeaderboardRow, on board: Leaderboard) -> String? {
    let name = board.rankingMetric
    guard Choice(row, on: board).isByPreference, let leader = board.leader(of: board.eligible),
      let gap = board.gain(of: leader, over: row), let text = leader.text(name)
    else { return nil }
    return "By \(name) alone \(board.varying.phrase(for: leader.trial)) would lead with \(text), "
      + "ahead by \(NumberFormat.significant(gap, digits: 3))"
      + "\(board.caution(row, beside: leader))."
  }

  /// A better value that a requirement ruled out is worth knowing.
  private static func betterButUnmet(_ row: LeaderboardRow, on board: Leaderboard) -> [String] {
    let name = board.rankingMetric
    let direction = board.direction(of: name)
    guard var bar = row.shown(name) else { return [] }
    var found: LeaderboardRow?
    for other in board.unmet {
      guard let value = other.shown(name) else { continue }
      if direction.isBetter(value, than: bar) {
        bar = value
        found = other
      }
    }
    guard let found else { return [] }
    let reasons = found.unmet.joined(separator: "; ")
    return [
      "\(board.varying.phrase(for: found.trial)) has a better \(name), "
        + "\(NumberFormat.significant(bar)), but is not eligible: \(reasons)."
    ]
  }

  /// A winner at the end of the tried range suggests a wider one.
  private static func edge(of row: LeaderboardRow, on board: Leaderboard) -> [String] {
    let tried = board.experiment.leaderboard.filter { $0.trial.model == row.trial.model }
    let ks = tried.compactMap(\.trial.k)
    guard let k = row.trial.k, let low = ks.min(), let high = ks.max(), low < high else {
      return []
    }
    if k == high {
      return ["k = \(k) is the largest that was tried: a larger one may score better."]
    }
    if k == low && k > 2 {
      return ["k = \(k) is the smallest that was tried: a smaller one may score better."]
    }
    return []
  }

  private static func tally(_ board: Leaderboard) -> String {
    let total = board.experiment.leaderboard.count
    var parts = ["\(NumberFormat.count(board.eligible.count)) eligible"]
    if !board.unmet.isEmpty {
      parts.append("\(NumberFormat.count(board.unmet.count)) short of a requirement")
    }
    let states: [TrialRecord.Status] = [.failed, .dropped, .skipped, .stopped, .running, .planned]
    for state in states {
      let count = board.unfinished.count { $0.trial.status == state }
      if count > 0 { parts.append("\(NumberFormat.count(count)) \(state.rawValue)") }
    }
    let trials = total == 1 ? "trial" : "trials"
    return "\(NumberFormat.count(total)) \(trials): \(parts.joined(separator: ", "))."
  }
}
