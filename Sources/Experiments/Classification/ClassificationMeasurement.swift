internal import Evaluation
internal import Foundation
internal import Learning
internal import Numerical

/// Scores of rows, each given by a pipeline that had not seen the row, and what became of the rows.
struct ScoredRows: Sendable {
  let logOdds: [Double]
  /// Probabilities before and after calibration; the same without one.
  let raw: [Double]
  let calibrated: [Double]
  let labels: [Double]
  let weights: [Double]?
  let isCalibrated: Bool

  func sorted() throws(EvaluationError) -> SortedScores { try SortedScores(self) }

  func selecting(_ rows: [Int]) -> ScoredRows {
    func picked(_ values: [Double]) -> [Double] { rows.map { values[$0] } }
    return ScoredRows(
      logOdds: picked(logOdds), raw: picked(raw), calibrated: picked(calibrated),
      labels: picked(labels), weights: weights.map(picked), isCalibrated: isCalibrated)
  }
}

/// The same rows sorted by each of their scores: what metrics, curves and cuts are read from.
struct SortedScores: Sendable {
  /// By log-odds, which tell more rows apart than probabilities near 0 and 1.
  let ranks: BinaryScores
  let raw: BinaryScores
  let calibrated: BinaryScores
  let isCalibrated: Bool

  init(_ rows: ScoredRows) throws(EvaluationError) {
    let (labels, weights) = (rows.labels, rows.weights)
    isCalibrated = rows.isCalibrated
    ranks = try BinaryScores(scores: rows.logOdds, labels: labels, weights: weights)
    raw = try BinaryScores(scores: rows.raw, labels: labels, weights: weights)
    calibrated =
      isCalibrated
      ? try BinaryScores(scores: rows.calibrated, labels: labels, weights: weights) : raw
  }

  /// What `metric` is read from.
  func scores(for metric: ClassificationMetric) -> BinaryScores {
    metric.readsProbabilities ? calibrated : ranks
  }
}

/// What was measured of one classifier.
struct ClassificationMeasurement {
  /// Taken before calibration besides, to show what it does.
  static let uncalibrated: [ClassificationMetric] = [.logLoss, .brier, .calibrationError]

  /// Resamples behind an interval.
  private static let replicateCount = 200

  private(set) var metrics: [MetricRecord] = []
  /// By metric, its value on every resample of the rows.
  private(set) var replicates: [String: [Double]] = [:]
  /// Metrics that were asked for and do not exist for these rows.
  private(set) var undefined: [String] = []

  /// Why metrics are missing.
  var warnings: [String] {
    undefined.isEmpty
      ? [] : ["\(undefined.joined(separator: ", ")) cannot be computed for these rows"]
  }

  /// Measures scores: what ranks by log-odds, what reads probabilities by the calibrated ones, what
  /// depends on a cut at the given one.
  ///
  /// - Parameters:
  ///   - asked: in the order of the records.
  ///   - split: `folds` or `holdout`, for the records.
  ///   - seed: of the resamples, the same for every trial, so that trials are compared on equal draws.
  init(
    of scores: SortedScores, _ asked: [ClassificationMetric], threshold: Double, split: String,
    seed: Seed, on pool: WorkerPool
  ) throws(EvaluationError) {
    let bootstrap = Bootstrap(replicateCount: Self.replicateCount, seed: seed.derived("intervals"))
    func append(
      _ metrics: [ClassificationMetric], of sorted: BinaryScores, suffix: String = ""
    ) throws(EvaluationError) {
      let intervals = try intervals(metrics, of: sorted, suffix, threshold, bootstrap, on: pool)
      for metric in metrics {
        add(metric, of: sorted, suffix, threshold, intervals[metric.name], split)
      }
    }
    try append(asked.filter { !$0.readsProbabilities }, of: scores.ranks)
    try append(asked.filter(\.readsProbabilities), of: scores.calibrated)
    if scores.isCalibrated {
      let before = asked.filter { metric in
        Self.uncalibrated.contains { $0.name == metric.name }
      }
      try append(before, of: scores.raw, suffix: Measures.rawSuffix)
    }
    let names = asked.map(\.name)
    metrics.sort { a, b in
      (names.firstIndex(of: a.name) ?? names.count, a.name) < (
        names.firstIndex(of: b.name) ?? names.count, b.name
      )
    }
  }

  private mutating func add(
    _ metric: ClassificationMetric, of scores: BinaryScores, _ suffix: String, _ threshold: Double,
    _ interval: Interval?, _ split: String
  ) {
    guard let value = try? metric.value(scores.groups, threshold: threshold), value.isFinite else {
      undefined.append(metric.name + suffix)
      return
    }
    metrics.append(
      MetricRecord(
        name: metric.name + suffix, value: value, direction: metric.direction, split: split,
        rowCount: scores.rowCount, interval: interval))
  }

  /// Intervals by metric: of the area under the ROC curve by DeLong's variance, of others from resamples.
  private mutating func intervals(
    _ metrics: [ClassificationMetric], of scores: BinaryScores, _ suffix: String,
    _ threshold: Double, _ bootstrap: Bootstrap, on pool: WorkerPool
  ) throws(EvaluationError) -> [String: Interval] {
    guard !metrics.isEmpty, scores.positiveCount > 1, scores.negativeCount > 1 else { return [:] }
    let drawn = try bootstrap.replicates(
      of: scores, metrics: metrics, threshold: threshold, on: pool)
    var intervals: [String: Interval] = [:]
    for (index, metric) in metrics.enumerated() {
      let values = drawn.replicates.column(index)
      guard values.allSatisfy(\.isFinite) else { continue }
      replicates[metric.name + suffix] = values
      // All resamples of a sum of gaps may exceed the sum itself, as those of a calibration error near 0 do.
      intervals[metric.name] = try drawn.interval(of: index).reaching(
        try metric.value(scores.groups, threshold: threshold))
    }
    let area = ClassificationMetric.rocAUC.name
    if intervals[area] != nil { intervals[area] = try? DeLong([scores], on: pool).interval(of: 0) }
    return intervals
  }
}

extension ClassificationMetric {
  /// The metrics of these names that a classifier has, in their order.
  static func known(among names: [String]) -> [ClassificationMetric] {
    names.compactMap { try? ClassificationMetric.named($0) }
  }

  /// Whether calibration matters to it: it reads probabilities, or cuts them.
  var readsProbabilities: Bool { needsProbabilities || needsThreshold }
}

extension ThresholdRule {
  /// The rule in words, after `The cut is`.
  var words: String {
    switch self {
    case .best(let figure):
      "where \(figure.rawValue.replacingOccurrences(of: "_", with: " ")) is greatest"
    case .capacity(let share):
      "the best \(((share * 1e6).rounded() / 1e4).formatted) % of customers"
    case .profit(let campaign):
      "where profit is greatest, at a value of \(campaign.valueOfHit.formatted) and a cost of "
        + "\(campaign.costOfContact.formatted)"
    case .fixed(let threshold): "the given probability \(threshold.formatted)"
    }
  }
}

extension Double {
  /// Whole numbers without a fraction.
  fileprivate var formatted: String { Int(exactly: self).map { "\($0)" } ?? "\(self)" }
}
