import Numerical

/// The hierarchy in which the edges of a spanning tree join rows, shortest first.
///
/// Rows are nodes 0 ..< n; merges follow in order of weight. Edges of one weight join in the order in which
/// a walk of the tree from row 0 comes to them, so that what lies between two groups at one distance stays
/// with the group nearer to row 0.
///
/// - Complexity: O(n) beside the sorting of equal weights.
struct SingleLinkage {
  private let rowCount: Int
  private let edges: [RootedEdge]
  /// Per merge: the node nearer to row 0, and the other.
  private let children: [(near: Int32, far: Int32)]
  private let counts: [Int32]
  /// Rows so ordered that every node holds a run of them; per node the place where its run starts.
  private let starts: [Int32]
  private let order: [Int32]

  var root: Int { rowCount + edges.count - 1 }

  init(_ tree: SpanningTree) {
    let edges = tree.edgesFromFirstRow()
    let rowCount = edges.count + 1
    var sets = DisjointSets(count: rowCount)
    var tops = (0..<Int32(rowCount)).map { $0 }
    var counts = [Int32](repeating: 1, count: rowCount + edges.count)
    var children: [(near: Int32, far: Int32)] = []
    children.reserveCapacity(edges.count)
    for (merge, edge) in edges.enumerated() {
      let near = sets.representative(of: Int(edge.near))
      let far = sets.representative(of: Int(edge.far))
      children.append((tops[near], tops[far]))
      counts[rowCount + merge] = counts[Int(tops[near])] + counts[Int(tops[far])]
      _ = sets.join(near, far)
      tops[min(near, far)] = Int32(rowCount + merge)
    }
    var starts = [Int32](repeating: 0, count: counts.count)
    for merge in edges.indices.reversed() {
      let (near, far) = children[merge]
      starts[Int(near)] = starts[rowCount + merge]
      starts[Int(far)] = starts[rowCount + merge] + counts[Int(near)]
    }
    var order = [Int32](repeating: 0, count: rowCount)
    for row in 0..<rowCount { order[Int(starts[row])] = Int32(row) }
    self.rowCount = rowCount
    self.edges = edges
    self.children = children
    (self.counts, self.starts, self.order) = (counts, starts, order)
  }

  func count(of node: Int) -> Int { Int(counts[node]) }

  func rows(of node: Int) -> ArraySlice<Int32> {
    let start = Int(starts[node])
    return order[start..<start + Int(counts[node])]
  }

  /// The two nodes that a merge joined, the one nearer to row 0 first, and the weight.
  func split(_ node: Int) -> (near: Int, far: Int, distance: Double) {
    let (near, far) = children[node - rowCount]
    return (Int(near), Int(far), edges[node - rowCount].weight)
  }
}

/// An edge of a spanning tree as a walk from row 0 takes it.
struct RootedEdge: BitwiseCopyable {
  let weight: Double
  let near: Int32
  let far: Int32
}

extension SpanningTree {
  /// The edges by (weight, edges between row 0 and the far end, far end).
  fileprivate func edgesFromFirstRow() -> [RootedEdge] {
    let depths = depthsFromFirstRow()
    var rooted = edges.map { edge in
      depths[Int(edge.a)] < depths[Int(edge.b)]
        ? RootedEdge(weight: edge.weight, near: edge.a, far: edge.b)
        : RootedEdge(weight: edge.weight, near: edge.b, far: edge.a)
    }
    var start = 0
    while start < rooted.count {
      var end = start + 1
      while end < rooted.count && rooted[end].weight == rooted[start].weight { end += 1 }
      if end - start > 1 {
        rooted[start..<end].sort {
          (depths[Int($0.far)], $0.far) < (depths[Int($1.far)], $1.far)
        }
      }
      start = end
    }
    return rooted
  }

  /// For each row the number of edges between it and row 0.
  private func depthsFromFirstRow() -> [Int32] {
    let rowCount = edges.count + 1
    // The neighbours of row r stand from ends[r] on once they are filled in from behind.
    var ends = [Int32](repeating: 0, count: rowCount + 1)
    for edge in edges {
      ends[Int(edge.a)] += 1
      ends[Int(edge.b)] += 1
    }
    for row in 1...rowCount { ends[row] += ends[row - 1] }
    var neighbors = [Int32](repeating: 0, count: 2 * edges.count)
    for edge in edges {
      ends[Int(edge.a)] -= 1
      neighbors[Int(ends[Int(edge.a)])] = edge.b
      ends[Int(edge.b)] -= 1
      neighbors[Int(ends[Int(edge.b)])] = edge.a
    }
    var depths = [Int32](repeating: -1, count: rowCount)
    depths[0] = 0
    var queue: [Int32] = [0]
    queue.reserveCapacity(rowCount)
    var next = 0
    while next < queue.count {
      let row = Int(queue[next])
      next += 1
      for neighbor in neighbors[Int(ends[row])..<Int(ends[row + 1])]
      where depths[Int(neighbor)] < 0 {
        depths[Int(neighbor)] = depths[row] + 1
        queue.append(neighbor)
      }
    }
    return depths
  }
}
