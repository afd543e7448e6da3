internal import Learning

/// Places for the nodes of a merge tree, so that no two links cross.
///
/// Leaves take the slots 0, 1, … in the order of a walk that keeps every subtree together; a merge
/// stands midway between the two nodes it joins.
struct DendrogramLayout {
  struct Node {
    /// Across the tree, in slots.
    let position: Double
    let height: Double
    let rowCount: Int
    /// The segment of all rows below; nil if they are in several.
    let segment: Int?
  }

  /// Leaves from slot 0 on, as indices into the tree's leaves.
  let order: [Int]
  /// Leaves first, then merges, numbered as in the tree.
  let nodes: [Node]

  /// Nil where the merges are not one tree over at least two leaves.
  init?(_ tree: Dendrogram) {
    guard Self.isTree(tree) else { return nil }
    order = Self.leafOrder(tree)
    var slots = [Int](repeating: 0, count: tree.leaves.count)
    for (slot, leaf) in order.enumerated() { slots[leaf] = slot }
    var nodes = tree.leaves.enumerated().map { index, leaf in
      Node(
        position: Double(slots[index]), height: 0, rowCount: leaf.rowCount, segment: leaf.segment)
    }
    for merge in tree.merges {
      let (left, right) = (nodes[merge.left], nodes[merge.right])
      nodes.append(
        Node(
          position: (left.position + right.position) / 2, height: merge.height,
          rowCount: left.rowCount + right.rowCount,
          segment: left.segment == right.segment ? left.segment : nil))
    }
    self.nodes = nodes
  }

  /// Whether every merge joins two earlier nodes that nothing else joins.
  private static func isTree(_ tree: Dendrogram) -> Bool {
    let count = tree.leaves.count
    guard count > 1, tree.merges.count == count - 1 else { return false }
    var isJoined = [Bool](repeating: false, count: count + tree.merges.count)
    for (index, merge) in tree.merges.enumerated() {
      guard merge.height.isFinite else { return false }
      for child in [merge.left, merge.right] {
        guard (0..<(count + index)).contains(child), !isJoined[child] else { return false }
        isJoined[child] = true
      }
    }
    return true
  }

  private static func leafOrder(_ tree: Dendrogram) -> [Int] {
    let count = tree.leaves.count
    var order: [Int] = []
    var waiting = [count + tree.merges.count - 1]
    while let node = waiting.popLast() {
      guard node >= count else {
        order.append(node)
        continue
      }
      let merge = tree.merges[node - count]
      waiting += [merge.right, merge.left]
    }
    return order
  }
}
