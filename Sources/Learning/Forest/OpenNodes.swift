import Numerical

/// A node that may still be divided.
struct OpenNode {
  /// Where its records stand.
  let rows: RowPartition.Run
  let depth: Int
  /// −1 for the root.
  let parent: Int
  let isRight: Bool
  /// Weights of zeros and of ones.
  var sums = SIMD2<Double>.zero
  var split = Split()
}

/// Nodes that wait for their division: a stack, or a heap from which those that gain most come first.
struct OpenNodes {
  private let isOrdered: Bool
  private var nodes: [OpenNode] = []

  init(isOrdered: Bool) { self.isOrdered = isOrdered }

  var count: Int { nodes.count }

  mutating func insert(_ node: OpenNode) {
    nodes.append(node)
    guard isOrdered else { return }
    var child = nodes.count - 1
    while child > 0, comesFirst(child, (child - 1) / 2) {
      nodes.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// Takes the next node: of a heap that which gains most, of equal ones the leftmost.
  mutating func next() -> OpenNode? {
    guard isOrdered, nodes.count > 1 else { return nodes.popLast() }
    nodes.swapAt(0, nodes.count - 1)
    let node = nodes.removeLast()
    var parent = 0
    while true {
      var first = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < nodes.count {
        if comesFirst(child, first) { first = child }
      }
      if first == parent { return node }
      nodes.swapAt(parent, first)
      parent = first
    }
  }

  private func comesFirst(_ a: Int, _ b: Int) -> Bool {
    let (first, second) = (nodes[a], nodes[b])
    if first.split.gain != second.split.gain { return first.split.gain > second.split.gain }
    return first.rows.range.lowerBound < second.rows.range.lowerBound
  }
}
