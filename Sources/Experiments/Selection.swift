package import Evaluation
internal import Learning
package import Numerical

/// Puts the trials of an experiment in order.
///
/// A trial is eligible when it is done, meets every requirement and has the ranking metrics. Better is better by
/// the ranking metric; equal trials are compared by the tie metrics in turn, then by fewer segments, then by
/// their place in the grid. Trials that cannot be told apart from the one that leads share its tier; under
/// several ranking metrics a tier is a front of trials that none beats in all. Within the first tier the study's
/// preferences come before the rest. Trials that miss a requirement follow, then trials without a result in the
/// order of the grid.
///
/// Under several seeds, configurations are ranked instead of trials: by the means of their metrics, and tiers
/// compare them seed by seed. The trial of the median seed stands for its configuration.
package struct Selection {
  let experiment: Study.Experiment
  /// What is known of finished trials beside their metrics, by trial id.
  let facts: [String: TrialFacts]
  /// By the id of the trial that stands for them.
  private(set) var seeded: [String: SeededConfiguration] = [:]

  package init(_ experiment: Study.Experiment, facts: [String: TrialFacts] = [:]) {
    self.experiment = experiment
    self.facts = facts
  }

  private init(
    _ experiment: Study.Experiment, facts: [String: TrialFacts],
    seeded: [String: SeededConfiguration]
  ) {
    self.init(experiment, facts: facts)
    self.seeded = seeded
  }

  private var rule: Study.SelectionRule { experiment.select }

  /// The rows in order, and how tiers were made.
  ///
  /// - Throws: what the comparison of trials throws at values that are not finite.
  package func leaderboard(
    _ trials: [TrialRecord], on pool: WorkerPool = .serial
  ) throws(EvaluationError) -> (rows: [LeaderboardRow], tiers: TierRecord?) {
    let (selection, trials) = unified(trials)
    let (rows, tiers) = try selection.ranked(trials, on: pool)
    return (
      rows.map { row in
        guard let configuration = selection.seeded[row.trial.id] else { return row }
        return LeaderboardRow(
          rank: row.rank, isChosen: row.isChosen, tier: row.tier, unmet: row.unmet,
          trial: configuration.representative, seeds: configuration.summary)
      }, tiers
    )
  }

  /// With one trial for every configuration, whose metrics are means over its seeds; as it is without seeds.
  func unified(_ trials: [TrialRecord]) -> (Selection, [TrialRecord]) {
    guard trials.contains(where: { $0.seed != nil }) else { return (self, trials) }
    let configurations = SeededConfiguration.grouped(trials, ranking: rule.metric)
    var facts: [String: TrialFacts] = [:]
    var byTrial: [String: SeededConfiguration] = [:]
    for configuration in configurations {
      let id = configuration.representative.id
      byTrial[id] = configuration
      facts[id] = configuration.facts(self.facts, ranking: rule.metric)
    }
    return (
      Selection(experiment, facts: facts, seeded: byTrial), configurations.map(\.average)
    )
  }

  private func ranked(
    _ trials: [TrialRecord], on pool: WorkerPool
  ) throws(EvaluationError) -> (rows: [LeaderboardRow], tiers: TierRecord?) {
    var (eligible, ineligible, unfinished) = sorted(trials)
    let standing = try TierRecord.of(eligible.map(\.trial), rule: rule, facts: facts, on: pool)
    if let standing {
      for index in eligible.indices { eligible[index].tier = standing.tiers[index] }
      eligible.sort(by: precedesInTiers)
    }
    var rows = eligible.enumerated().map { index, candidate in
      LeaderboardRow(
        rank: index + 1, isChosen: index == 0, tier: candidate.tier, unmet: [],
        trial: candidate.trial)
    }
    rows += ineligible.map {
      LeaderboardRow(rank: nil, isChosen: false, unmet: unmet($0.trial), trial: $0.trial)
    }
    rows += unfinished.map { LeaderboardRow(rank: nil, isChosen: false, unmet: [], trial: $0) }
    return (rows, standing?.record)
  }

  /// Trials that may be chosen, those that miss something, and those without a result, each in order.
  func sorted(
    _ trials: [TrialRecord]
  ) -> (eligible: [Candidate], ineligible: [Candidate], unfinished: [TrialRecord]) {
    let placed = trials.enumerated().map { Candidate(place: $0, trial: $1) }
    let done = placed.filter { $0.trial.status == .done }
    let unfinished = trials.filter { $0.status != .done }
    return (
      done.filter { unmet($0.trial).isEmpty }.sorted(by: precedes),
      done.filter { !unmet($0.trial).isEmpty }.sorted(by: precedes),
      unfinished.filter { $0.status == .failed } + unfinished.filter { $0.status != .failed }
    )
  }

  struct Candidate {
    let place: Int
    let trial: TrialRecord
    var tier: Int?
  }

  /// The requirements a finished trial misses, as sentences.
  func unmet(_ trial: TrialRecord) -> [String] {
    let configuration = seeded[trial.id]
    let missed =
      experiment.require.compactMap { threshold in
        // What is chosen is one trial, which must keep what its configuration keeps in the mean.
        threshold.miss(trial[metric: threshold.metric]?.value)
          ?? configuration.flatMap {
            threshold.miss($0.representative[metric: threshold.metric]?.value)
          }
      } + (configuration?.unmet ?? [])
    guard missed.isEmpty else { return missed }
    return (rule.pareto.isEmpty ? [rule.metric] : rule.pareto)
      .filter { trial[metric: $0] == nil }.map { "\($0) was not measured" }
  }

  /// Tiers first; in the first the study's preferences before the metric.
  private func precedesInTiers(_ a: Candidate, _ b: Candidate) -> Bool {
    guard a.tier == b.tier else { return (a.tier ?? 0) < (b.tier ?? 0) }
    if a.tier == 1 {
      for preference in rule.then {
        let direction = direction(of: preference)
        if let order = order(
          value(of: preference, a.trial), value(of: preference, b.trial), direction)
        {
          return order
        }
      }
    }
    return precedes(a, b)
  }

  private func precedes(_ a: Candidate, _ b: Candidate) -> Bool {
    for name in [rule.metric] + rule.ties + ["segments"] {
      let values = (a.trial[metric: name]?.value, b.trial[metric: name]?.value)
      if let order = order(values.0, values.1, Measures.direction(of: name)) { return order }
    }
    return a.place < b.place
  }

  /// Whether the first comes first; nil where the values do not say.
  private func order(_ first: Double?, _ second: Double?, _ direction: Direction) -> Bool? {
    guard let first, let second else {
      return (first == nil) == (second == nil) ? nil : first != nil
    }
    if direction.isBetter(first, than: second) { return true }
    return direction.isBetter(second, than: first) ? false : nil
  }

  private func direction(of preference: Study.Preference) -> Direction {
    preference.metric(experiment.task).map(Measures.direction) ?? .lowerIsBetter
  }

  private func value(of preference: Study.Preference, _ trial: TrialRecord) -> Double? {
    switch preference {
    case .cheapest: return facts[trial.id].map { Double($0.modelBytes) }
    case .mostStable where experiment.task == .classify:
      return facts[trial.id]?.replicates?.foldSpread(of: rule.metric)
    default: return preference.metric(experiment.task).flatMap { trial[metric: $0]?.value }
    }
  }
}

/// What is known of a finished trial beside its metrics.
package struct TrialFacts: Sendable {
  package var modelBytes: Int
  package var replicates: TrialReplicates?
  /// Of a configuration, its ranking metric under each seed.
  package var seeds: [SeedScore] = []

  package init(modelBytes: Int, replicates: TrialReplicates?) {
    self.modelBytes = modelBytes
    self.replicates = replicates
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
