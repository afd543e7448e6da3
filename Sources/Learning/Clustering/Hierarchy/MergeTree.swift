public import Numerical

/// The order in which clusters merge, in the form that scipy calls a linkage.
///
/// Rows are the nodes 0 ..< n, merge t makes node n + t. Merges are in ascending order of height, and
/// no merge is lower than those it joins. Equal rows merge first, at height 0.
public struct MergeTree: Hashable, Sendable {
  public struct Merge: Hashable, Sendable {
    /// The smaller of the two nodes.
    public let left: Int
    public let right: Int
    /// How dissimilar the two are, in the units of the data; never squared.
    public let height: Double
    /// Rows in the merged cluster.
    public let rowCount: Int
  }

  public let rowCount: Int
  /// Rows that differ from all rows before them.
  public let distinctRowCount: Int
  /// rowCount − 1 of them.
  public let merges: [Merge]

  init(rowCount: Int, distinctRowCount: Int, merges: [Merge]) {
    self.rowCount = rowCount
    self.distinctRowCount = distinctRowCount
    self.merges = merges
  }

  /// scipy's linkage matrix: one row per merge of left, right, height and row count.
  public var linkage: Matrix {
    Matrix(
      rowCount: merges.count, columnCount: 4,
      values: merges.flatMap {
        [Double($0.left), Double($0.right), $0.height, Double($0.rowCount)]
      })
  }
}

extension MergeTree {
  /// Brings merges into ascending order of height.
  ///
  /// Rounding may leave a merge a little below those it joins; it is raised to their height.
  /// - Complexity: O(n log n).
  init(_ log: MergeLog, distinctRowCount: Int) {
    let entries = log.entries
    let n = log.rowCount
    precondition(entries.count == max(n - 1, 0), "a tree has a merge less than rows")
    var heights = entries.map(\.height)
    for (index, entry) in entries.enumerated() {
      for child in [Int(entry.left), Int(entry.right)] where child >= n {
        heights[index] = max(heights[index], heights[child - n])
      }
    }
    let order = entries.indices.sorted { (heights[$0], $0) < (heights[$1], $1) }
    var rank = [Int](repeating: 0, count: entries.count)
    for (place, index) in order.enumerated() { rank[index] = place }
    var sizes = [Int](repeating: 1, count: n + entries.count)
    var merges: [Merge] = []
    merges.reserveCapacity(entries.count)
    for index in order {
      let nodes = [entries[index].left, entries[index].right].map { child in
        Int(child) < n ? Int(child) : n + rank[Int(child) - n]
      }
      let size = sizes[nodes[0]] + sizes[nodes[1]]
      sizes[n + merges.count] = size
      merges.append(
        Merge(
          left: min(nodes[0], nodes[1]), right: max(nodes[0], nodes[1]), height: heights[index],
          rowCount: size))
    }
    self.init(rowCount: n, distinctRowCount: distinctRowCount, merges: merges)
  }
}
