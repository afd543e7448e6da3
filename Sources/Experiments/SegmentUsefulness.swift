internal import Artifacts
internal import Evaluation
internal import Learning
internal import Numerical
internal import Tabular

/// What the segments of one fitted trial are good for: its metrics, its cards, its names.
struct SegmentUsefulness {
  let metrics: [MetricRecord]
  let warnings: [String]
  /// One per segment.
  let names: [String]
  let record: ClusteringEvidence.Usefulness
  /// The rules as the artifact keeps them.
  let description: SegmentDescription?

  /// - Parameters:
  ///   - training: the rows that were clustered.
  ///   - sizes: rows by segment.
  ///   - profile: of the columns in `data.profiled`.
  init(
    of fitted: FittedClustering, _ training: Table, sizes: [Int],
    profile: [ClusteringEvidence.FeatureProfile], data: TrialData, experiment: Study.Experiment?,
    seed: Seed, on pool: WorkerPool
  ) throws(TrialFailure) {
    let asked = experiment?.clustering
    let labels = fitted.assignments.labels
    var measured = UsefulnessMetrics(
      split: data.split, rowCount: labels.count, asked: experiment?.metrics ?? [])
    let spread = try ValueSpread(asked?.value, training, labels: labels, segmentCount: sizes.count)
    measured.append(spread)
    let rules = SegmentRules(
      training, columns: data.features, labels: labels, seed: seed, on: pool)
    measured.append(rules)
    do {
      measured.append(.scoringCost, Double(try fitted.pipeline.numberCount()))
    } catch {
      throw TrialFailure(reason: "scoring_cost: \(error)")
    }
    let naming = SegmentNames(
      sizes: sizes, profile: profile.filter { $0.column != data.targetColumn },
      value: spread.flatMap { spread in asked?.value.map { ($0, spread) } }, asked: asked)
    let portraits = SegmentPortraits(
      training, columns: data.features, labels: labels,
      distances: fitted.assignments.distances, segmentCount: sizes.count, on: pool)
    metrics = measured.metrics
    warnings = naming.warnings + measured.undefined
    names = naming.names
    description = rules?.description(for: fitted.pipeline.encoder)
    record = ClusteringEvidence.Usefulness(
      value: asked?.value.flatMap { column in
        spread.flatMap {
          $0.mean.isFinite
            ? .init(
              column: column, mean: $0.mean, rowCount: $0.rowCount,
              missingCount: labels.count - $0.rowCount) : nil
        }
      },
      rules: rules.map {
        .init(
          sql: $0.sql(names: naming.names), balancedAccuracy: $0.balancedAccuracy,
          rowCount: $0.rowCount, sampledFrom: $0.sampledFrom)
      },
      cards: sizes.indices.map { segment in
        let hasValues =
          (spread?.counts[segment] ?? 0) >= ClusteringEvidence.SegmentCard.leastRows
        return ClusteringEvidence.SegmentCard(
          segment: segment, name: naming.names[segment],
          meanValue: hasValues ? spread?.means[segment].finite : nil,
          valueShare: hasValues ? spread?.shares?[segment] : nil,
          rule: rules?.rule(of: segment) ?? .init(alternatives: [], precision: nil, recall: nil),
          typical: portraits.typical(segment), edge: portraits.edge(segment))
      })
  }
}

/// The records of usefulness metrics, and why any of them is missing.
struct UsefulnessMetrics {
  private(set) var metrics: [MetricRecord] = []
  private(set) var undefined: [String] = []
  let split: String
  let rowCount: Int
  /// Metrics that the study names, and whose absence it should hear of.
  let asked: [String]

  init(split: String, rowCount: Int, asked: [String] = []) {
    self.split = split
    self.rowCount = rowCount
    self.asked = asked
  }

  mutating func append(
    _ measure: UsefulnessMeasure, _ value: Double, rowCount: Int? = nil, sampledFrom: Int? = nil
  ) {
    metrics.append(
      MetricRecord(
        name: measure.rawValue, value: value, direction: measure.direction, split: split,
        rowCount: rowCount ?? self.rowCount, sampledFrom: sampledFrom))
  }

  mutating func append(_ spread: ValueSpread?) {
    guard let spread else { return }
    if let explained = spread.explained {
      append(
        .valueSpread, explained, rowCount: spread.rowCount)
    } else {
      undefined.append("value_spread cannot be computed: no two rows differ in value")
    }
  }

  mutating func append(_ rules: SegmentRules?) {
    if let rules, let accuracy = rules.balancedAccuracy {
      append(.describability, accuracy, rowCount: rules.rowCount, sampledFrom: rules.sampledFrom)
    } else if asked.contains(UsefulnessMeasure.describability.rawValue) {
      undefined.append(
        "describability cannot be computed: there are too few rows, or none that differ in segment")
    }
  }
}

extension ValueSpread {
  /// Nil for a study without a value column.
  init?(
    _ column: String?, _ table: Table, labels: [Int], segmentCount: Int
  ) throws(TrialFailure) {
    guard let column, let values = table[column]?.numbers else { return nil }
    do throws(EvaluationError) {
      try self.init(of: values, labels: labels, segmentCount: segmentCount)
    } catch {
      throw TrialFailure(reason: "value_spread: \(error)")
    }
  }
}

extension TrialData {
  fileprivate var targetColumn: String? { profiled.first { !features.contains($0) } }
}

extension Double? {
  /// The number, if it can be stored.
  fileprivate var finite: Double? { flatMap { $0.isFinite ? $0 : nil } }
}
