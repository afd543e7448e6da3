internal import Evaluation
internal import Numerical

/// Scores of two classifiers for the same rows, sorted for metrics.
struct PairedScores {
  private let a: Sorted
  private let b: Sorted

  /// - Parameter cuts: between contacting and not; nil where a side has none.
  init(_ a: RowScores, _ b: RowScores, cuts: Pair<Double?>) throws(EvaluationError) {
    self.a = try Sorted(a, cut: cuts.a)
    self.b = try Sorted(b, cut: cuts.b)
  }

  /// Which of a trial's scores a metric is read from.
  private enum Reading: CaseIterable {
    case ranks, probabilities, rawProbabilities
  }

  private struct Sorted {
    let raw: BinaryScores
    let calibrated: BinaryScores
    let cut: Double?

    init(_ rows: RowScores, cut: Double?) throws(EvaluationError) {
      raw = try BinaryScores(scores: rows.raw, labels: rows.outcomes, weights: rows.weights)
      calibrated =
        rows.raw == rows.calibrated
        ? raw
        : try BinaryScores(scores: rows.calibrated, labels: rows.outcomes, weights: rows.weights)
      self.cut = cut
    }

    func scores(_ reading: Reading) -> BinaryScores {
      reading == .probabilities ? calibrated : raw
    }
  }

  private struct Asked {
    /// Place among the comparisons.
    let place: Int
    let metric: ClassificationMetric
    let reading: Reading
  }

  /// Resamples behind an interval.
  private static let replicateCount = 1000

  /// Gives the differing metrics of the folds the intervals and p-values that pairing by rows allows.
  ///
  /// A metric that these rows do not have, as of one class alone, keeps the interval it came with.
  func refine(_ metrics: [MetricComparison], on pool: WorkerPool) -> [MetricComparison] {
    var refined = metrics
    let asked = metrics.indices.compactMap { place in ask(metrics[place], at: place) }
    for reading in Reading.allCases {
      var own = asked.filter { $0.reading == reading }
      if let area = own.firstIndex(where: { $0.metric.name == ClassificationMetric.rocAUC.name }),
        let found = try? DeLong([b.raw, a.raw], on: pool).difference(0, 1)
      {
        refined[own.remove(at: area).place].take(found.interval, found.pValue, .delong)
      }
      guard !own.isEmpty, let found = try? differences(own, reading, on: pool) else { continue }
      for (asked, found) in zip(own, found) {
        refined[asked.place].take(found.interval, found.pValue, .pairedBootstrap)
      }
    }
    return refined
  }

  private func ask(_ comparison: MetricComparison, at place: Int) -> Asked? {
    guard comparison.split == "folds", let difference = comparison.difference, difference != 0
    else { return nil }
    let calibrated = Measures.calibratedName(of: comparison.name)
    guard let metric = try? ClassificationMetric.named(calibrated ?? comparison.name),
      !metric.needsThreshold || (a.cut != nil && b.cut != nil)
    else { return nil }
    let readsProbabilities = metric.needsProbabilities || metric.needsThreshold
    return Asked(
      place: place, metric: metric,
      reading: calibrated != nil ? .rawProbabilities : readsProbabilities ? .probabilities : .ranks)
  }

  /// B less A by metric; both are drawn by the same rows.
  private func differences(
    _ asked: [Asked], _ reading: Reading, on pool: WorkerPool
  ) throws(EvaluationError) -> [PairedDifference] {
    let bootstrap = Bootstrap(
      replicateCount: Self.replicateCount, seed: Seed(0).derived("comparison"))
    let metrics = asked.map(\.metric)
    // Metrics that take a cut are only asked where both have one.
    let ofA = try bootstrap.replicates(
      of: a.scores(reading), metrics: metrics, threshold: a.cut ?? 0.5, on: pool)
    let ofB = try bootstrap.replicates(
      of: b.scores(reading), metrics: metrics, threshold: b.cut ?? 0.5, on: pool)
    var found: [PairedDifference] = []
    for index in metrics.indices { found.append(try ofB.difference(from: ofA, metric: index)) }
    return found
  }
}

extension MetricComparison {
  fileprivate mutating func take(_ interval: Interval, _ pValue: Double, _ method: Method) {
    guard interval.lower.isFinite, interval.upper.isFinite, pValue.isFinite else { return }
    (self.interval, self.pValue, self.method) = (interval, pValue, method)
  }
}
