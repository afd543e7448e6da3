public import Numerical

/// The geometric figures of a clustering, from which every clustering metric is read.
///
/// Every label is a cluster, noise (−1) too: callers that do not want to judge noise leave its rows out.
/// Renaming clusters, or the number of threads, changes no bit.
public struct ClusteringGeometry: Sendable {
  public struct Cluster: Hashable, Sendable {
    public let label: Int
    public let rowCount: Int
    /// The sum of squared distances of the cluster's rows from their mean.
    public let inertia: Double
    /// The mean distance of the cluster's rows from their mean.
    public let meanRadius: Double
    /// The greatest distance between two of its rows; nil without distances.
    public let diameter: Double?
    /// The mean distance over all pairs of its rows, 0 for a single row; nil without distances.
    public let meanDistance: Double?
  }

  public let rowCount: Int
  /// In ascending order of label.
  public let clusters: [Cluster]
  /// The sum of squared distances of rows from the mean of their cluster, in squared units of x.
  public let inertia: Double
  /// See `ClusteringMetric.calinskiHarabasz`.
  public let calinskiHarabasz: Double
  /// See `ClusteringMetric.daviesBouldin`.
  public let daviesBouldin: Double
  /// The least distance between rows of different clusters; nil without distances.
  public let separation: Double?
  /// Nil without distances.
  public let silhouette: Silhouette?

  /// Measures a clustering; `includingDistances` adds what needs all pairs of rows.
  ///
  /// - Shape: x n × d with d ≥ 1; labels n, with 2 ≤ clusters ≤ n − 1.
  /// - Throws: `EvaluationError` for unequal lengths, NaN or infinity, too few or too many clusters.
  /// - Complexity: O(n · d + k² · d) time; with distances O(n² · d), see `Silhouette`.
  public init(
    _ x: Matrix, labels: [Int], includingDistances: Bool, on pool: WorkerPool
  ) throws(EvaluationError) {
    guard labels.count == x.rowCount else {
      throw .lengths(expected: x.rowCount, found: labels.count)
    }
    guard x.columnCount > 0 else { throw .noColumns }
    if let (row, column) = x.firstNonFinite { throw .nonFinite(row: row, column: column) }
    let index = LabelIndex(labels)
    let k = index.counts.count
    guard k >= 2, k < labels.count else { throw .clusters(found: k, rows: labels.count) }

    let layout = ClusterLayout(index, columnCount: x.columnCount)
    let scale = Self.scale(for: x)
    let dispersion = CentroidDispersion(x, scale: scale, layout: layout, on: pool)
    let pairs = includingDistances ? PairFigures(x, scale: scale, layout: layout, on: pool) : nil
    rowCount = labels.count
    clusters = index.codesByLabel.map { code in
      Cluster(
        label: index.labels[code], rowCount: index.counts[code],
        inertia: dispersion.withinSquares[code] / scale / scale,
        meanRadius: dispersion.meanRadii[code] / scale,
        diameter: pairs.map { $0.diameters[code] / scale },
        meanDistance: pairs.map { $0.meanDistances[code] / scale })
    }
    let within = dispersion.withinSquares.reduce(0, +)
    inertia = within / scale / scale
    calinskiHarabasz =
      within == 0
      ? 1 : dispersion.betweenSquares * Double(labels.count - k) / (within * Double(k - 1))
    daviesBouldin = dispersion.daviesBouldin
    separation = pairs.map { $0.separation / scale }
    silhouette = pairs.map { Silhouette(rows: $0.silhouettes, index: index) }
  }

  /// The least distance between clusters divided by the greatest diameter of one (Dunn, 1974: single
  /// linkage over complete diameter).
  ///
  /// Infinite where every cluster is a single point repeated, 0 where clusters share a point; nil without
  /// distances.
  public var dunn: Double? {
    guard let separation else { return nil }
    if separation == 0 { return 0 }
    return separation / clusters.reduce(0) { max($0, $1.diameter ?? 0) }
  }

  /// A power of two that keeps squares of entries within range; 1 for any ordinary table.
  private static func scale(for x: Matrix) -> Double {
    let largest = x.values.reduce(0) { max($0, abs($1)) }
    if largest == 0 || (0x1p-400...0x1p490).contains(largest) { return 1 }
    let target = largest > 1 ? 490 : 0
    let exponent = min(1000, max(-1000, target - Int(largest.exponent)))
    return Double(sign: .plus, exponent: exponent, significand: 1)
  }
}

/// What all pairs of rows say, by cluster code and by row, in scaled units.
package struct PairFigures: Equatable {
  package let silhouettes: [Double]
  package let diameters: [Double]
  package let meanDistances: [Double]
  package let separation: Double

  package init(_ x: Matrix, scale: Double, layout: ClusterLayout, on pool: WorkerPool) {
    let sums = DistanceSums(x, scale: scale, layout: layout, on: pool)
    var silhouettes = [Double](repeating: 0, count: layout.rowCount)
    var diameters = [Double](repeating: 0, count: layout.clusterCount)
    var ownSums = diameters
    var separation = Double.infinity
    for (ordinal, segment) in layout.segments.enumerated() {
      let cluster = segment.cluster
      diameters[cluster] = max(diameters[cluster], sums.diameters[ordinal])
      separation = min(separation, sums.separations[ordinal])
      for position in segment.positions {
        let own = sums.ownSums[position]
        ownSums[cluster] += own
        silhouettes[layout.rows[position]] = Self.silhouette(
          ownSum: own, ownCount: layout.index.counts[cluster],
          nearest: sums.nearestMeans[position])
      }
    }
    self.silhouettes = silhouettes
    self.diameters = diameters
    self.separation = separation
    meanDistances = zip(ownSums, layout.index.counts).map { sum, count in
      count < 2 ? 0 : sum / (Double(count) * Double(count - 1))
    }
  }

  private static func silhouette(ownSum: Double, ownCount: Int, nearest: Double) -> Double {
    if ownCount == 1 { return 0 }
    let own = ownSum / Double(ownCount - 1)
    let larger = max(own, nearest)
    return larger == 0 ? 0 : (nearest - own) / larger
  }
}
