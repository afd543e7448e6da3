extension Dendrogram {
  static let leafLimit = 60

  /// The top of `tree`: its last merges, over leaves from left to right.
  init(_ tree: MergeTree, cut: TreeCut) {
    let n = tree.rowCount
    let firstMerge = max(tree.merges.count - (Self.leafLimit - 1), 0)
    let firstNode = n + firstMerge
    let kept = n - cut.clusterCount
    let firstRows = tree.firstRows
    var places = [Int](repeating: 0, count: n + tree.merges.count)
    var leaves: [Leaf] = []
    var waiting = [n + tree.merges.count - 1]
    while let node = waiting.popLast() {
      if node >= firstNode {
        waiting.append(tree.merges[node - n].right)
        waiting.append(tree.merges[node - n].left)
        continue
      }
      places[node] = leaves.count
      let isWhole = node < n + kept
      leaves.append(
        Leaf(
          rowCount: node < n ? 1 : tree.merges[node - n].rowCount,
          segment: isWhole ? cut.labels[firstRows[node]] : nil))
    }
    for index in firstMerge..<tree.merges.count {
      places[n + index] = leaves.count + index - firstMerge
    }
    self.init(
      leaves: leaves,
      merges: tree.merges[firstMerge...].map {
        Merge(left: places[$0.left], right: places[$0.right], height: $0.height)
      },
      cut: cut.height)
  }
}

extension MergeTree {
  /// The smallest row of every node.
  fileprivate var firstRows: [Int] {
    var rows = Array(0..<rowCount)
    for merge in merges { rows.append(min(rows[merge.left], rows[merge.right])) }
    return rows
  }
}
