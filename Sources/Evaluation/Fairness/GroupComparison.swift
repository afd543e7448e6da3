public import Numerical

/// How a classifier treats groups of rows, and how far the groups lie apart.
///
/// Per group: base rate, selection rate, true and false positive rate, precision, mean score, expected
/// calibration error and area under the ROC curve. A figure that a group has no rows for (a true positive
/// rate without positives) is left out, and so is the group from the gap of that figure.
///
/// Intervals of base rates are Wilson's; all others come from resampling the rows of every group, positives
/// and negatives apart. A gap is taken anew in every replicate, so its interval knows that the extreme
/// groups were found by looking.
///
/// - Complexity: O(replicates · metrics · n).
/// - Source: definitions as in fairlearn's `MetricFrame` (Bird et al., 2020). Checked against: fixture
///   `fairness.json`.
public struct GroupComparison: Sendable {
  /// A value and where it lies with 95 % confidence, where that could be estimated.
  public struct Estimate: Hashable, Sendable {
    public let value: Double
    public let interval: Interval?
  }

  public struct Group: Sendable {
    public let code: Int
    public let rowCount: Int
    /// By the names of `measures`, in their order; figures that do not exist are left out.
    public let estimates: [(measure: String, estimate: Estimate)]
  }

  public struct Gap: Sendable {
    public let measure: String
    /// The greatest value of a group less the least.
    public let difference: Estimate
    /// The least value over the greatest; nil where the greatest is 0.
    public let ratio: Estimate?
  }

  private static let rates: [ClassificationMetric] = [
    .selectionRate, .truePositiveRate, .falsePositiveRate, .precision, .meanScore,
    .calibrationError, .rocAUC,
  ]

  /// What is measured, in order.
  public static let measures = [ClassificationMetric.baseRate.name] + rates.map(\.name)

  /// In ascending order of their codes.
  public let groups: [Group]
  /// Of measures that two groups have at least.
  public let gaps: [Gap]

  /// - Parameters:
  ///   - scores: calibrated probabilities.
  ///   - codes: the group of each row.
  ///   - threshold: rows at or above it are selected.
  ///   - bootstrap: draws of the group of code c come from its seed derived with c.
  /// - Throws: as `BinaryScores`, `.lengths` for codes, `.notProbability`.
  public init(
    scores: [Double], labels: [Double], weights: [Double]? = nil, by codes: [Int],
    threshold: Double, bootstrap: Bootstrap, on pool: WorkerPool = .serial
  ) throws(EvaluationError) {
    guard codes.count == scores.count else {
      throw .lengths(expected: scores.count, found: codes.count)
    }
    let index = LabelIndex(codes)
    let rowsByCode = index.rowsByCode
    var measured: [MeasuredGroup] = []
    for place in index.codesByLabel {
      let rows = rowsByCode[place]
      let part = weights.map { weights in rows.map { weights[$0] } }
      if let part, !part.contains(where: { $0 > 0 }) { continue }
      let own = try BinaryScores(
        scores: rows.map { scores[$0] }, labels: rows.map { labels[$0] }, weights: part)
      let code = index.labels[place]
      measured.append(
        try MeasuredGroup(
          code: code, own, metrics: Self.rates, threshold: threshold,
          bootstrap: Bootstrap(
            replicateCount: bootstrap.replicateCount, seed: bootstrap.seed.derived("group", code)),
          on: pool))
    }
    groups = measured.map(\.group)
    var gaps: [Gap] = []
    for measure in Self.measures {
      if let gap = try Self.gap(of: measure, among: measured) { gaps.append(gap) }
    }
    self.gaps = gaps
  }

  private static func gap(
    of measure: String, among groups: [MeasuredGroup]
  ) throws(EvaluationError) -> Gap? {
    let present = groups.compactMap { $0.figures[measure] }
    guard present.count >= 2, let extremes = Extremes(present.map(\.value)) else { return nil }
    let replicateCount = present.map(\.replicates.count).min() ?? 0
    let drawn = (0..<replicateCount).compactMap { replicate in
      Extremes(present.map { $0.replicates[replicate] })
    }
    return Gap(
      measure: measure,
      difference: Estimate(
        value: extremes.difference, interval: interval(drawn.map(\.difference))),
      ratio: extremes.ratio.map {
        Estimate(value: $0, interval: interval(drawn.compactMap(\.ratio)))
      })
  }

  private static func interval(_ values: [Double]) -> Interval? {
    guard values.count >= 2 else { return nil }
    let bounds = Quantiles.ofSorted(values.sorted(), at: [0.025, 0.975])
    return Interval(lower: bounds[0], upper: bounds[1], level: 0.95)
  }
}

/// The least and the greatest of some values.
private struct Extremes {
  let least: Double
  let greatest: Double

  init?(_ values: [Double]) {
    guard let least = values.min(), let greatest = values.max() else { return nil }
    self.least = least
    self.greatest = greatest
  }

  var difference: Double { greatest - least }
  var ratio: Double? { greatest > 0 ? least / greatest : nil }
}

/// The figures of one group and of its resamples.
private struct MeasuredGroup {
  struct Figure {
    var value: Double
    var interval: Interval?
    /// Empty where the figure was not resampled.
    var replicates: [Double]
  }

  let code: Int
  let rowCount: Int
  private(set) var figures: [String: Figure] = [:]

  init(
    code: Int, _ scores: BinaryScores, metrics: [ClassificationMetric], threshold: Double,
    bootstrap: Bootstrap, on pool: WorkerPool
  ) throws(EvaluationError) {
    self.code = code
    rowCount = scores.rowCount
    let groups = scores.groups
    let base = ClassificationMetric.baseRate
    let count = Double(scores.rowCount)
    figures[base.name] = Figure(
      value: try base.value(groups, threshold: threshold),
      interval: try Interval.wilson(hits: groups.baseRate * count, of: count), replicates: [])
    let defined = metrics.filter { Self.isDefined($0, in: groups) }
    let hasBoth = scores.positiveCount > 0 && scores.negativeCount > 0
    let resampled =
      try hasBoth
      ? bootstrap.replicates(of: scores, metrics: defined, threshold: threshold, on: pool) : nil
    for (place, metric) in defined.enumerated() {
      let value = try metric.value(groups, threshold: threshold)
      figures[metric.name] = Figure(
        value: value, interval: try resampled?.interval(of: place).reaching(value),
        replicates: resampled?.replicates.column(place) ?? [])
    }
  }

  /// Whether the group has the rows that a figure is a share of.
  private static func isDefined(_ metric: ClassificationMetric, in groups: ScoreGroups) -> Bool {
    switch metric.name {
    case ClassificationMetric.truePositiveRate.name: groups.positiveWeight > 0
    case ClassificationMetric.falsePositiveRate.name: groups.negativeWeight > 0
    case ClassificationMetric.rocAUC.name: groups.positiveWeight > 0 && groups.negativeWeight > 0
    default: true
    }
  }

  var group: GroupComparison.Group {
    GroupComparison.Group(
      code: code, rowCount: rowCount,
      estimates: GroupComparison.measures.compactMap { measure in
        figures[measure].map { figure in
          (
            measure: measure,
            estimate: GroupComparison.Estimate(value: figure.value, interval: figure.interval)
          )
        }
      })
  }
}
