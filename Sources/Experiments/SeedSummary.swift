internal import Evaluation
internal import Numerical

/// A configuration under several seeds: its trials and how their metrics spread.
public struct SeedSummary: Hashable, Sendable, Codable {
  /// One for each seed, in the order of the study.
  public let trials: [TrialRecord]
  /// In the order in which the trials have them.
  public let metrics: [SeedSpread]

  public init(trials: [TrialRecord], metrics: [SeedSpread]) {
    self.trials = trials
    self.metrics = metrics
  }

  public subscript(metric name: String) -> SeedSpread? { metrics.first { $0.name == name } }
}

/// A metric over the seeds that have it.
public struct SeedSpread: Hashable, Sendable, Codable {
  public let name: String
  public let mean: Double
  /// The standard deviation over seeds, for a sample; nil of one seed.
  public let deviation: Double?
  public let min: Double
  public let max: Double
  /// The seeds under which it was measured.
  public let count: Int

  /// Nil without a value.
  public init?(_ name: String, _ values: [Double]) {
    guard let min = values.min(), let max = values.max() else { return nil }
    let moments = Moments(values)
    self.name = name
    mean = moments.mean
    deviation = moments.sampleVariance.map { $0.squareRoot() }
    self.min = min
    self.max = max
    count = values.count
  }
}

/// The trials of one configuration, as selection sees them: one trial whose metrics are means over seeds.
struct SeededConfiguration {
  let summary: SeedSummary
  /// The trial whose ranking metric is the median, of two in the middle and of equals the first; the first trial
  /// where none is done.
  let representative: TrialRecord
  /// The representative with, for its metrics, the means of those that all seeds have.
  let average: TrialRecord
  /// Why it cannot be chosen, as sentences: seeds without a result.
  let unmet: [String]

  /// - Precondition: `trials` holds at least one.
  init(_ trials: [TrialRecord], ranking metric: String) {
    let done = trials.filter { $0.status == .done }
    var names: [String] = []
    for name in done.flatMap({ $0.metrics.map(\.name) }) where !names.contains(name) {
      names.append(name)
    }
    let spreads = names.compactMap { name in
      SeedSpread(name, done.compactMap { $0[metric: name]?.value })
    }
    let representative = Self.median(of: done, by: metric) ?? done.first ?? trials[0]
    self.representative = representative
    var average = representative
    average.metrics = spreads.filter { $0.count == done.count }.compactMap { spread in
      representative[metric: spread.name].map { record in
        MetricRecord(
          name: record.name, value: spread.mean, direction: record.direction, split: record.split,
          rowCount: record.rowCount, sampledFrom: record.sampledFrom)
      }
    }
    self.average = average
    summary = SeedSummary(trials: trials, metrics: spreads)
    let lost = trials.count - done.count
    unmet = lost > 0 && !done.isEmpty ? ["\(lost) of \(trials.count) seeds have no result"] : []
  }

  /// The trials by configuration, in the order of their first; a trial without a seed stands alone.
  static func grouped(_ trials: [TrialRecord], ranking metric: String) -> [SeededConfiguration] {
    var places: [[StageRecord]: Int] = [:]
    var groups: [[TrialRecord]] = []
    for trial in trials {
      if let place = places[trial.stages] {
        groups[place].append(trial)
      } else {
        places[trial.stages] = groups.count
        groups.append([trial])
      }
    }
    return groups.map { SeededConfiguration($0, ranking: metric) }
  }

  private static func median(of trials: [TrialRecord], by metric: String) -> TrialRecord? {
    let measured = trials.compactMap { trial in
      trial[metric: metric].map { (trial: trial, value: $0.value) }
    }
    guard !measured.isEmpty else { return nil }
    let values = measured.map(\.value).sorted()
    let middle = [values[(values.count - 1) / 2], values[values.count / 2]]
    return measured.first { middle.contains($0.value) }?.trial
  }

  /// What is known of the configuration: replicates and folds in the mean over its seeds.
  func facts(_ facts: [String: TrialFacts], ranking metric: String) -> TrialFacts? {
    guard let own = facts[representative.id] else { return nil }
    let done = summary.trials.filter { $0.status == .done }
    let values = done.compactMap { $0[metric: metric]?.value }
    let stored = done.compactMap { facts[$0.id]?.replicates }
    var joined = TrialFacts(modelBytes: own.modelBytes, replicates: own.replicates)
    if let first = own.replicates, stored.count == done.count {
      joined.replicates = TrialReplicates(
        metrics: Self.means(of: stored.map(\.metrics), like: first.metrics),
        folds: Self.means(of: stored.map(\.folds), like: first.folds), testRatio: first.testRatio)
    }
    if values.count == done.count {
      joined.seeds = zip(done, values).map { SeedScore(seed: $0.seed ?? 0, value: $1) }
    }
    return joined
  }

  /// Element by element; a metric that some seed lacks is left out.
  private static func means(
    of seeds: [[String: [Double]]], like first: [String: [Double]]
  ) -> [String: [Double]] {
    var means: [String: [Double]] = [:]
    for (name, values) in first {
      let columns = seeds.compactMap { $0[name] }
      guard columns.count == seeds.count, columns.allSatisfy({ $0.count == values.count }) else {
        continue
      }
      means[name] = values.indices.map { index in
        columns.reduce(0) { $0 + $1[index] } / Double(columns.count)
      }
    }
    return means
  }
}

/// The ranking metric of a configuration under one seed.
package struct SeedScore: Hashable, Sendable {
  package let seed: UInt64
  package let value: Double

  package init(seed: UInt64, value: Double) {
    self.seed = seed
    self.value = value
  }
}
