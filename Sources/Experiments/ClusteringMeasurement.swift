internal import Evaluation
internal import Learning
internal import Numerical

/// What was measured of one clustering.
struct ClusteringMeasurement {
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
  ///   - names: metrics to take besides those of sizes; they are taken in the standard order whatever
  ///     theirs.
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

  private mutating func appendShares(rowCount: Int, split: String) {
    let total = Double(max(rowCount, 1))
    let values = [
      ("segments", Double(sizes.count { $0 > 0 })),
      ("min_share", Double(sizes.min() ?? 0) / total),
      ("max_share", Double(sizes.max() ?? 0) / total), ("noise", Double(noiseCount) / total),
    ]
    for (name, value) in values {
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
