public import Numerical

/// How much closer each row lies to its own cluster than to the nearest other one.
///
/// For a row with mean distance a to the other rows of its cluster (divisor: rows − 1) and mean distance b
/// to the rows of the nearest other cluster, s = (b − a) / max(a, b), from −1 to 1. A row alone in its
/// cluster has s = 0, and so has a row with a = b = 0. Every label is a cluster, −1 too.
///
/// - Source: Rousseeuw (1987). Checked against: fixture `silhouette.json` (scikit-learn 1.9.1).
public struct Silhouette: Hashable, Sendable {
  public struct Cluster: Hashable, Sendable {
    public let label: Int
    public let rowCount: Int
    public let mean: Double
  }

  /// One value per row, or per sampled row in the order of `sampledRows`.
  public let rows: [Double]
  /// In ascending order of label.
  public let clusters: [Cluster]
  /// The mean over `rows`.
  public let mean: Double
  /// The rows that were compared with each other, ascending; nil when all were.
  public let sampledRows: [Int]?

  /// The exact silhouette.
  ///
  /// Distances are direct sums of squares in double precision, never expanded, so large offsets cost no
  /// digits. The bits do not depend on the number of threads or on the names of the clusters.
  ///
  /// - Shape: x n × d; labels n, with 2 ≤ clusters ≤ n − 1.
  /// - Throws: `EvaluationError` for unequal lengths, NaN or infinity, too few or too many clusters.
  /// - Complexity: O(n² · d) time, each distance computed once; memory is a copy of x, O(n), and n sums
  ///   for each cluster too large for one block, at most 256 MiB of them.
  public init(_ x: Matrix, labels: [Int], on pool: WorkerPool) throws(EvaluationError) {
    let geometry = try ClusteringGeometry(x, labels: labels, includingDistances: true, on: pool)
    guard let silhouette = geometry.silhouette else {
      preconditionFailure("a geometry measured with distances has a silhouette")
    }
    self = silhouette
  }

  /// The silhouette among `size` rows drawn from every cluster in proportion to its rows, for tables too
  /// long for all pairs: each drawn row is compared with the other drawn rows only.
  ///
  /// Every cluster of at least two rows is drawn at least twice, so that small clusters are seen; the
  /// sample may therefore hold a few rows more than asked. A `size` of n or more gives all rows.
  ///
  /// - Throws: as for the exact silhouette, and `.sample` when `size` does not exceed the clusters.
  /// - Complexity: O(size² · d) time.
  public static func sampled(
    _ x: Matrix, labels: [Int], size: Int, seed: Seed, on pool: WorkerPool
  ) throws(EvaluationError) -> Silhouette {
    guard labels.count == x.rowCount else {
      throw .lengths(expected: x.rowCount, found: labels.count)
    }
    if size >= x.rowCount { return try Silhouette(x, labels: labels, on: pool) }
    let index = LabelIndex(labels)
    guard size > index.counts.count else {
      throw .sample(requested: size, clusters: index.counts.count)
    }
    let rows = sample(index, size: size, seed: seed)
    let exact = try Silhouette(x.selectingRows(rows), labels: rows.map { labels[$0] }, on: pool)
    return Silhouette(
      rows: exact.rows, clusters: exact.clusters, mean: exact.mean, sampledRows: rows)
  }

  private static func sample(_ index: LabelIndex, size: Int, seed: Seed) -> [Int] {
    let shares = apportion(size, by: index.counts)
    var rows: [Int] = []
    for (cluster, members) in index.rowsByCode.enumerated() {
      var source = RandomSource(seed: seed.derived("silhouette sample", cluster))
      let count = min(members.count, max(2, shares[cluster]))
      rows += source.sample(count, outOf: members.count).map { members[$0] }
    }
    return rows.sorted()
  }

  init(rows: [Double], clusters: [Cluster], mean: Double, sampledRows: [Int]?) {
    self.rows = rows
    self.clusters = clusters
    self.mean = mean
    self.sampledRows = sampledRows
  }

  init(rows: [Double], index: LabelIndex) {
    var sums = [Double](repeating: 0, count: index.counts.count)
    var total = 0.0
    for (row, value) in rows.enumerated() {
      sums[index.codes[row]] += value
      total += value
    }
    let clusters = index.codesByLabel.map {
      Cluster(
        label: index.labels[$0], rowCount: index.counts[$0],
        mean: sums[$0] / Double(index.counts[$0]))
    }
    self.init(
      rows: rows, clusters: clusters, mean: total / Double(rows.count), sampledRows: nil)
  }
}
