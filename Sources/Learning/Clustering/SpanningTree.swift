package import Numerical

/// A minimum spanning tree over rows: what single linkage and density clustering are cut from.
///
/// The weight of an edge is the mutual reachability distance max(core(a), core(b), |a − b| / alpha), where
/// core(a) is the distance to the row's k-th nearest row, itself counted; with k = 1 that is the Euclidean
/// distance. Weights are decided in double precision on squared distances.
///
/// Edges stand in ascending order of (weight, a, b). Mutual reachability has many equal weights, and
/// several trees may be minimal: which one is found does not depend on the number of threads.
///
/// - Complexity: about O(n log n) distances in few dimensions, O(n²) per round in many; beside the tree of
///   neighbours and its lists 60 bytes a row.
/// - Source: Borůvka (1926); Bentley and Friedman (1978); McInnes and Healy (2017).
package struct SpanningTree: Sendable {
  /// Joins row a to row b, a < b.
  package struct Edge: BitwiseCopyable, Hashable, Sendable {
    package var weight: Double
    package var a: Int32
    package var b: Int32

    package init(weight: Double, a: Int32, b: Int32) {
      self.weight = weight
      self.a = a
      self.b = b
    }
  }

  /// One fewer than rows.
  package let edges: [Edge]
  /// The distance from each row to its k-th nearest, itself counted; 0 for k = 1.
  package let coreDistances: [Double]

  package var totalWeight: Double { edges.reduce(0) { $0 + $1.weight } }

  /// The spanning tree of least total Euclidean length.
  ///
  /// - Parameter x: finite values that can be squared.
  package static func euclidean(
    _ x: Matrix, on pool: WorkerPool, isCancelled: () -> Bool = { false }
  ) throws(LearningError) -> SpanningTree {
    try mutualReachability(x, neighbors: 1, alpha: 1, on: pool, isCancelled: isCancelled)
  }

  /// The spanning tree of least total mutual reachability.
  ///
  /// - Parameters:
  ///   - x: finite values that can be squared.
  ///   - neighbors: which nearest row gives a row's core distance, the row itself being the first; at least
  ///     1 and at most the number of rows.
  ///   - alpha: divides distances, above 0.
  package static func mutualReachability(
    _ x: Matrix, neighbors: Int, alpha: Double, on pool: WorkerPool,
    isCancelled: () -> Bool = { false }
  ) throws(LearningError) -> SpanningTree {
    let tree = NeighborTree(x, on: pool)
    if isCancelled() { throw .cancelled }
    return try mutualReachability(
      tree, neighbors: neighbors, alpha: alpha, on: pool, isCancelled: isCancelled)
  }

  /// The same over a tree that exists.
  package static func mutualReachability(
    _ tree: NeighborTree, neighbors: Int, alpha: Double, on pool: WorkerPool,
    isCancelled: () -> Bool = { false }
  ) throws(LearningError) -> SpanningTree {
    precondition(neighbors >= 1 && alpha > 0, "a core distance needs a neighbour")
    let lists = tree.nearestOthers(max(neighbors - 1, leastListLength), on: pool)
    if isCancelled() { throw .cancelled }
    let search = Boruvka(tree, lists, neighbors: neighbors, alpha: alpha, on: pool)
    while search.isUnfinished {
      search.runRound(on: pool)
      if isCancelled() { throw .cancelled }
    }
    return SpanningTree(edges: search.sortedEdges(), coreDistances: search.coreDistances)
  }

  /// Lists of this length spare the first rounds most of their searches.
  private static let leastListLength = 4

  /// Bytes a spanning tree takes beside the rows while it is made.
  package static func predictedBytes(rowCount: Int, columnCount: Int, neighbors: Int) -> Double {
    let length = Double(max(neighbors - 1, leastListLength))
    let slots = Double(rowCount) * 1.25
    return NeighborTree.predictedBytes(rowCount: rowCount, columnCount: columnCount)
      + slots * (12 * length + 80)
  }
}
