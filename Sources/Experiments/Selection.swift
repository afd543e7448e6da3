internal import Evaluation
internal import Learning

/// Puts the trials of an experiment in order.
///
/// A trial is eligible when it is done, meets every requirement and has the chosen metric. Better is better by the chosen
/// metric; equal trials are compared by the tie metrics in turn, then by fewer segments, then by their
/// place in the grid. Trials that miss a requirement follow in the same order, then trials without a
/// result in the order of the grid.
package struct Selection {
  let experiment: Study.Experiment

  package init(_ experiment: Study.Experiment) { self.experiment = experiment }

  package func leaderboard(_ trials: [TrialRecord]) -> [LeaderboardRow] {
    var eligible: [(place: Int, trial: TrialRecord)] = []
    var ineligible: [(place: Int, trial: TrialRecord)] = []
    var unfinished: [TrialRecord] = []
    for (place, trial) in trials.enumerated() {
      if trial.status != .done {
        unfinished.append(trial)
      } else if unmet(trial).isEmpty {
        eligible.append((place, trial))
      } else {
        ineligible.append((place, trial))
      }
    }
    unfinished =
      unfinished.filter { $0.status == .failed } + unfinished.filter { $0.status != .failed }
    var rows: [LeaderboardRow] = []
    for (index, candidate) in eligible.sorted(by: precedes).enumerated() {
      rows.append(
        LeaderboardRow(rank: index + 1, isChosen: index == 0, unmet: [], trial: candidate.trial))
    }
    rows += ineligible.sorted(by: precedes).map {
      LeaderboardRow(rank: nil, isChosen: false, unmet: unmet($0.trial), trial: $0.trial)
    }
    rows += unfinished.map { LeaderboardRow(rank: nil, isChosen: false, unmet: [], trial: $0) }
    return rows
  }

  /// The requirements a finished trial misses, as sentences.
  func unmet(_ trial: TrialRecord) -> [String] {
    let missed = experiment.require.compactMap { threshold in
      threshold.miss(trial[metric: threshold.metric]?.value)
    }
    guard missed.isEmpty, trial[metric: experiment.select.metric] == nil else { return missed }
    return ["\(experiment.select.metric) was not measured"]
  }

  private func precedes(
    _ a: (place: Int, trial: TrialRecord), _ b: (place: Int, trial: TrialRecord)
  ) -> Bool {
    for name in [experiment.select.metric] + experiment.select.ties + ["segments"] {
      let direction = Measures.direction(of: name)
      let values = (a.trial[metric: name]?.value, b.trial[metric: name]?.value)
      guard let first = values.0, let second = values.1 else {
        if (values.0 == nil) != (values.1 == nil) { return values.0 != nil }
        continue
      }
      if direction.isBetter(first, than: second) { return true }
      if direction.isBetter(second, than: first) { return false }
    }
    return a.place < b.place
  }
}

extension Study.Threshold {
  /// Why `value` lies outside the bounds, or nil if it lies inside.
  func miss(_ value: Double?) -> String? {
    guard let value else { return "\(metric) was not measured" }
    if let min, !(value >= min) { return "\(metric) \(Self.short(value)) is below \(min)" }
    if let max, !(value <= max) { return "\(metric) \(Self.short(value)) is above \(max)" }
    return nil
  }

  private static func short(_ value: Double) -> String { "\(value.rounded(toDigits: 6))" }
}
