internal import Evaluation
internal import Numerical

/// How the trials of an experiment were grouped where no order among them is justified.
public struct TierRecord: Hashable, Sendable, Codable {
  /// What puts trials into one tier.
  public enum Basis: String, Hashable, Sendable, Codable {
    /// They cannot be told apart on resampled rows, nor, where there are folds, by the folds.
    case chance
    /// None beats another in all metrics.
    case pareto
  }

  public var basis: Basis
  /// The metrics that were compared.
  public var metrics: [String]
  /// With which probability equal trials stay in one tier; 1 where nothing was estimated.
  public var level: Double
  /// By how much the best value is flattered by having been chosen; nil where nothing was estimated.
  public var selectionBias: Double?
  /// What decided within the first tier, in order.
  public var then: [String]
  /// The seeds by which configurations were paired; nil in an experiment without seeds.
  public var seedCount: Int?

  /// Below this many seeds a t-test of pairs sees only differences of many standard deviations.
  public static let fewSeeds = 5
}

extension TierRecord {
  static let level = 0.95

  /// The tier of every eligible trial from 1, best first; nil where the ranking metric has no replicates.
  static func of(
    _ trials: [TrialRecord], rule: Study.SelectionRule, facts: [String: TrialFacts],
    on pool: WorkerPool
  ) throws(EvaluationError) -> (tiers: [Int], record: TierRecord)? {
    guard trials.count > 1 else { return nil }
    return rule.pareto.isEmpty
      ? try byChance(trials, rule: rule, facts: facts, on: pool) : try fronts(trials, rule: rule)
  }

  private static func fronts(
    _ trials: [TrialRecord], rule: Study.SelectionRule
  ) throws(EvaluationError) -> (tiers: [Int], record: TierRecord) {
    let figures = trials.map { trial in rule.pareto.compactMap { trial[metric: $0]?.value } }
    let fronts = try ParetoFronts.of(figures, directions: rule.pareto.map(Measures.direction))
    let record = TierRecord(
      basis: .pareto, metrics: rule.pareto, level: 1, then: rule.then.map(\.name))
    return (fronts, record)
  }

  private static func byChance(
    _ trials: [TrialRecord], rule: Study.SelectionRule, facts: [String: TrialFacts],
    on pool: WorkerPool
  ) throws(EvaluationError) -> (tiers: [Int], record: TierRecord)? {
    let replicates = facts.compactMapValues(\.replicates)
    guard let compared = ComparedTrials(trials, metric: rule.metric, replicates: replicates)
    else { return nil }
    let direction = Measures.direction(of: rule.metric)
    let seeds = PairedSeeds(trials.compactMap { facts[$0.id]?.seeds }, of: trials.count)
    let tiers = try compared.test(seeds: seeds?.scores, level: level, on: pool).tiers(direction)
    let bias = try SelectionBias.ofBest(
      estimates: compared.estimates, replicates: compared.replicates, direction: direction)
    let record = TierRecord(
      basis: .chance, metrics: [rule.metric], level: level, selectionBias: bias,
      then: rule.then.map(\.name), seedCount: seeds?.count)
    return (tiers, record)
  }

  /// Whether each trial is told apart from the first, the best of them, by itself; nil where the metric has no
  /// replicates.
  static func apartFromBest(
    _ trials: [TrialRecord], metric: String, facts: [String: TrialFacts], level: Double,
    on pool: WorkerPool
  ) throws(EvaluationError) -> [Bool]? {
    let replicates = facts.compactMapValues(\.replicates)
    guard let compared = ComparedTrials(trials, metric: metric, replicates: replicates)
    else { return nil }
    let seeds = PairedSeeds(trials.compactMap { facts[$0.id]?.seeds }, of: trials.count)
    let test = try compared.test(seeds: seeds?.scores, level: level, on: pool)
    var apart: [Bool] = []
    for place in trials.indices {
      apart.append(place == 0 ? false : try test.tellsApart(place, 0))
    }
    return apart
  }
}

extension ComparedTrials {
  fileprivate func test(
    seeds: [[Double]]?, level: Double, on pool: WorkerPool
  ) throws(EvaluationError) -> PairedTest {
    try PairedTest(
      estimates: estimates, replicates: replicates, folds: folds, seeds: seeds, level: level,
      on: pool)
  }
}

/// The ranking metric of configurations under the seeds that all of them share.
private struct PairedSeeds {
  /// Shared seeds.
  let count: Int
  /// Configurations × seeds; nil with fewer than two.
  let scores: [[Double]]?

  /// Nil without seeds.
  init?(_ configurations: [[SeedScore]], of count: Int) {
    guard configurations.count == count, let first = configurations.first,
      configurations.allSatisfy({ !$0.isEmpty })
    else { return nil }
    let shared = first.map(\.seed).filter { seed in
      configurations.allSatisfy { scores in scores.contains { $0.seed == seed } }
    }
    self.count = shared.count
    scores =
      shared.count < 2
      ? nil
      : configurations.map { scores in
        shared.compactMap { seed in scores.first { $0.seed == seed }?.value }
      }
  }
}
