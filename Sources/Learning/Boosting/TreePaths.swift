/// The paths from the root of a tree to its leaves, each feature of a path met once.
struct TreePaths {
  struct Edge {
    let node: Int
    let isLeft: Bool
    /// Share of the node's rows that take it.
    let share: Double
  }

  /// A feature of a path: its edges, and the product of their shares.
  struct Element {
    let feature: Int
    var edges: [Edge]
    var share: Double
  }

  struct Path {
    let value: Double
    let elements: [Element]
  }

  let paths: [Path]
  /// The mean of the leaves over the rows of the fit.
  let expectedValue: Double

  /// - Precondition: the tree is sound.
  init(_ tree: Tree) {
    var parents = [Edge?](repeating: nil, count: tree.nodes.count)
    var leafEdges = [Edge?](repeating: nil, count: tree.leaves.count)
    for (index, node) in tree.nodes.enumerated() {
      let (left, right) = (Self.count(node.left, tree), Self.count(node.right, tree))
      let total = left + right
      for (child, isLeft) in [(node.left, true), (node.right, false)] {
        let share = total > 0 ? (isLeft ? left : right) / total : 0.5
        let edge = Edge(node: index, isLeft: isLeft, share: share)
        if child < 0 { leafEdges[Int(~child)] = edge } else { parents[Int(child)] = edge }
      }
    }
    var (mean, total) = (0.0, 0.0)
    for leaf in tree.leaves {
      mean += leaf.value * Double(leaf.count)
      total += Double(leaf.count)
    }
    let plain = tree.leaves.reduce(0) { $0 + $1.value } / Double(tree.leaves.count)
    expectedValue = total > 0 ? mean / total : plain
    paths = tree.leaves.indices.map { leaf in
      var elements: [Element] = []
      var next = leafEdges[leaf]
      while let edge = next {
        let feature = Int(tree.nodes[edge.node].feature)
        if let place = elements.firstIndex(where: { $0.feature == feature }) {
          elements[place].edges.append(edge)
          elements[place].share *= edge.share
        } else {
          elements.append(Element(feature: feature, edges: [edge], share: edge.share))
        }
        next = parents[edge.node]
      }
      return Path(value: tree.leaves[leaf].value, elements: elements)
    }
  }

  private static func count(_ child: Int32, _ tree: Tree) -> Double {
    Double(child < 0 ? tree.leaves[Int(~child)].count : tree.nodes[Int(child)].count)
  }
}
