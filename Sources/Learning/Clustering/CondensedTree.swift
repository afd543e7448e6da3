import Numerical

/// A tree of density clusters: the single-linkage hierarchy of a spanning tree without the splits that
/// leave a side of fewer than `minClusterSize` rows.
///
/// As the distance at which rows count as joined shrinks, a cluster loses rows until it splits in two clusters
/// or dissolves. Cluster 0 is the root and holds every row. Clusters are numbered level by level of the
/// hierarchy; of two siblings the one nearer to row 0 along the spanning tree is the first.
/// λ = 1 / distance, infinite at distance 0.
///
/// - Complexity: O(n) after the edges are sorted, without recursion.
/// - Source: Campello, Moulavi, Sander (2013); McInnes and Healy (2017).
struct CondensedTree: Sendable {
  /// A cluster and the distances between which it lives.
  struct Cluster: Sendable {
    /// The root's is 0.
    let parent: Int
    /// The distance at which it splits off; infinite for the root.
    let birth: Double
    let rowCount: Int
    /// The least distance at which a row or a pair of clusters leaves it.
    var death = Double.infinity
    /// Its first child, next to which the second stands; 0 if it does not split.
    var child = 0
    /// Σ (λ − λ of its birth) over its rows as they leave.
    var stability = 0.0

    init(parent: Int, birth: Double, rowCount: Int) {
      self.parent = parent
      self.birth = birth
      self.rowCount = rowCount
    }
  }

  /// Rows that leave a cluster at one distance, clusters that split off included.
  struct Departure: BitwiseCopyable, Sendable {
    let cluster: Int32
    let rowCount: Int32
    let distance: Double
  }

  var clusters: [Cluster] = []
  /// The cluster that each row leaves last and the distance at which it does.
  var rowClusters: [Int32]
  var rowDistances: [Double]
  /// Each cluster's in descending order of distance.
  var departures: [Departure] = []

  /// - Parameters:
  ///   - tree: over at least one row.
  ///   - minClusterSize: rows below which a side of a split is not a cluster; at least 2.
  init(_ tree: SpanningTree, minClusterSize: Int) {
    let rowCount = tree.edges.count + 1
    rowClusters = [Int32](repeating: 0, count: rowCount)
    // A row alone never leaves; it counts as leaving at once.
    rowDistances = [Double](repeating: 0, count: rowCount)
    clusters.append(Cluster(parent: 0, birth: .infinity, rowCount: rowCount))
    guard rowCount > 1 else { return }
    let hierarchy = SingleLinkage(tree)
    var queue = [Step(node: hierarchy.root, cluster: 0)]
    var next = 0
    while next < queue.count {
      let step = queue[next]
      next += 1
      divide(step, hierarchy, minClusterSize, into: &queue)
    }
  }

  /// A part of the hierarchy that is still cluster `cluster`.
  private struct Step {
    let node: Int
    let cluster: Int
  }

  private mutating func divide(
    _ step: Step, _ hierarchy: SingleLinkage, _ minClusterSize: Int, into queue: inout [Step]
  ) {
    let (near, far, distance) = hierarchy.split(step.node)
    let cluster = step.cluster
    let counts = (near: hierarchy.count(of: near), far: hierarchy.count(of: far))
    let lives = (near: counts.near >= minClusterSize, far: counts.far >= minClusterSize)
    clusters[cluster].death = distance
    if lives.near && lives.far {
      clusters[cluster].child = clusters.count
      for (node, count) in [(near, counts.near), (far, counts.far)] {
        queue.append(Step(node: node, cluster: clusters.count))
        clusters.append(Cluster(parent: cluster, birth: distance, rowCount: count))
      }
      return depart(counts.near + counts.far, from: cluster, at: distance)
    }
    for (node, isAlive) in [(near, lives.near), (far, lives.far)] {
      if isAlive {
        queue.append(Step(node: node, cluster: cluster))
      } else {
        for row in hierarchy.rows(of: node) {
          rowClusters[Int(row)] = Int32(truncatingIfNeeded: cluster)
          rowDistances[Int(row)] = distance
        }
        depart(hierarchy.count(of: node), from: cluster, at: distance)
      }
    }
  }

  private mutating func depart(_ count: Int, from cluster: Int, at distance: Double) {
    departures.append(
      Departure(
        cluster: Int32(truncatingIfNeeded: cluster), rowCount: Int32(truncatingIfNeeded: count),
        distance: distance))
    let (birth, end) = (1 / clusters[cluster].birth, 1 / distance)
    // Infinite λ at both ends is no time at all.
    if end > birth { clusters[cluster].stability += (end - birth) * Double(count) }
  }
}
