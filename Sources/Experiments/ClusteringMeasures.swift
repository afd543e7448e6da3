internal import Evaluation
internal import Learning
internal import Numerical

/// The metrics that a study may name for a clustering, and how they are taken.
enum ClusteringMeasures {
  /// Silhouette and other pairwise metrics are exact up to this many rows and taken on a sample of
  /// as many rows above; the record says which.
  static let exactRowLimit = 20_000

  static let defaultNames = ["silhouette", "davies_bouldin", "calinski_harabasz"]

  /// Taken for every trial whether named or not: the number of segments that have rows, the smallest
  /// and largest segment as shares of all rows, and the share of rows in none.
  static let alwaysMeasured = ["segments", "min_share", "max_share", "noise"]

  /// Known without being named: what is measured of every trial, or of every fit that can tell it.
  static var unasked: [String] { alwaysMeasured + FitMeasure.allCases.map(\.rawValue) }

  static var names: [String] { ClusteringMetric.standard.map(\.name) + unasked }

  static func direction(of name: String) -> Direction {
    if let metric = ClusteringMetric.standard.first(where: { $0.name == name }) {
      return metric.direction
    }
    if let measure = FitMeasure(rawValue: name) {
      return measure.isHigherBetter ? .higherIsBetter : .lowerIsBetter
    }
    return name == "min_share" ? .higherIsBetter : .lowerIsBetter
  }
}

/// What was measured of one clustering.
struct ClusteringMeasurement {
  /// Resamples behind an interval.
  private static let replicateCount = 200

  var metrics: [MetricRecord]
  /// Metrics that were asked for and do not exist for these labels.
  var undefined: [String]
  /// The silhouettes behind the metric and the measured rows they belong to; nil with fewer than two
  /// segments.
  var silhouette: (values: Silhouette, rows: [Int])?
  /// Rows per segment, by segment number.
  var sizes: [Int]
  var noiseCount: Int

  /// Measures labels of rows; rows in no segment (−1) count for their share alone.
  ///
  /// - Parameters:
  ///   - names: metrics to take besides `ClusteringMeasures.alwaysMeasured`; they are taken in the
  ///     standard order whatever theirs.
  ///   - split: `all`, `train` or `holdout`, for the records.
  ///   - clusterCount: labels are below it, or −1.
  init(
    of x: Matrix, labels: [Int], clusterCount: Int, names: [String], split: String, seed: Seed,
    on pool: WorkerPool
  ) throws(EvaluationError) {
    metrics = []
    undefined = []
    sizes = [Int](repeating: 0, count: clusterCount)
    var members: [Int] = []
    for (row, label) in labels.enumerated() where sizes.indices.contains(label) {
      sizes[label] += 1
      members.append(row)
    }
    noiseCount = labels.count - members.count
    try appendGeometry(x, labels: labels, members: members, names: names, split: split, seed, pool)
    appendShares(rowCount: labels.count, split: split)
  }

  /// Takes the metrics that compare distances within and between segments; with fewer than two of them
  /// or nothing but single rows there are none.
  private mutating func appendGeometry(
    _ x: Matrix, labels: [Int], members: [Int], names: [String], split: String, _ seed: Seed,
    _ pool: WorkerPool
  ) throws(EvaluationError) {
    let asked = ClusteringMetric.standard.filter { names.contains($0.name) }
    let occupied = sizes.count { $0 > 0 }
    guard occupied >= 2, occupied < members.count else {
      undefined = asked.map(\.name)
      return
    }
    let isWhole = noiseCount == 0
    let geometry = try Geometry(
      isWhole ? x : x.selectingRows(members),
      labels: isWhole ? labels : members.map { labels[$0] }, seed: seed, on: pool)
    for metric in asked {
      let sample = metric.needsDistances ? geometry.sample : nil
      let value = metric.value(geometry.measured(for: metric))
      guard value.isFinite else {
        undefined.append(metric.name)
        continue
      }
      metrics.append(
        MetricRecord(
          name: metric.name, value: value, direction: metric.direction, split: split,
          rowCount: sample?.count ?? members.count,
          sampledFrom: sample == nil ? nil : members.count))
    }
    silhouette = geometry.pairwise.silhouette.map { values in
      (values, (geometry.sample ?? Array(members.indices)).map { members[$0] })
    }
  }

  /// Adds what the fit says of itself.
  mutating func append(_ scores: [FitScore], split: String, rowCount: Int) {
    for score in scores where score.value.isFinite {
      let name = score.measure.rawValue
      metrics.append(
        MetricRecord(
          name: name, value: score.value, direction: ClusteringMeasures.direction(of: name),
          split: split, rowCount: rowCount))
    }
  }

  /// Draws the rows anew, gives the silhouette its interval and returns its replicates.
  ///
  /// The segments stay as they are: what other rows would have made of the same places.
  ///
  /// - Parameter seed: of the study, so that trials are drawn alike.
  mutating func replicate(
    seed: Seed, on pool: WorkerPool
  ) throws(EvaluationError) -> TrialReplicates {
    let name = ClusteringMetric.silhouette.name
    guard let silhouette, let place = metrics.firstIndex(where: { $0.name == name }) else {
      return TrialReplicates(metrics: [:])
    }
    let means = try RowBootstrap.means(
      of: silhouette.values.rows, rows: silhouette.rows, replicateCount: Self.replicateCount,
      seed: seed.derived("intervals"), on: pool)
    let bounds = Quantiles.of(means, at: [0.025, 0.975])
    metrics[place].interval = Interval(lower: bounds[0], upper: bounds[1], level: 0.95)
    return TrialReplicates(metrics: [name: means])
  }

  private mutating func appendShares(rowCount: Int, split: String) {
    let total = Double(max(rowCount, 1))
    let values = [
      Double(sizes.count { $0 > 0 }), Double(sizes.min() ?? 0) / total,
      Double(sizes.max() ?? 0) / total, Double(noiseCount) / total,
    ]
    for (name, value) in zip(ClusteringMeasures.alwaysMeasured, values) {
      metrics.append(
        MetricRecord(
          name: name, value: value, direction: ClusteringMeasures.direction(of: name),
          split: split, rowCount: rowCount))
    }
  }
}

/// The figures behind the metrics: of all rows, and where these are too many for all pairs, of a sample.
private struct Geometry {
  let whole: ClusteringGeometry
  let pairwise: ClusteringGeometry
  /// The rows of the sample, ascending; nil where it is not needed.
  let sample: [Int]?

  init(
    _ x: Matrix, labels: [Int], seed: Seed, on pool: WorkerPool
  ) throws(EvaluationError) {
    guard x.rowCount > ClusteringMeasures.exactRowLimit else {
      whole = try ClusteringGeometry(x, labels: labels, includingDistances: true, on: pool)
      pairwise = whole
      sample = nil
      return
    }
    whole = try ClusteringGeometry(x, labels: labels, includingDistances: false, on: pool)
    let rows = Self.sample(labels, seed: seed)
    pairwise = try ClusteringGeometry(
      x.selectingRows(rows), labels: rows.map { labels[$0] }, includingDistances: true, on: pool)
    sample = rows
  }

  func measured(for metric: ClusteringMetric) -> ClusteringGeometry {
    metric.needsDistances ? pairwise : whole
  }

  /// Rows drawn without replacement from every segment in proportion to its size, two at least where
  /// it has them, so that small segments are seen.
  private static func sample(_ labels: [Int], seed: Seed) -> [Int] {
    var members = [[Int]](repeating: [], count: (labels.max() ?? -1) + 1)
    for (row, label) in labels.enumerated() { members[label].append(row) }
    let share = Double(ClusteringMeasures.exactRowLimit) / Double(max(labels.count, 1))
    var rows: [Int] = []
    for (segment, candidates) in members.enumerated() {
      let wanted = max(2, Int((share * Double(candidates.count)).rounded()))
      var source = RandomSource(seed: seed.derived("silhouette sample", segment))
      rows += source.sample(min(candidates.count, wanted), outOf: candidates.count)
        .map { candidates[$0] }
    }
    return rows.sorted()
  }
}
