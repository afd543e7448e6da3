/// Nodes still to be visited, with their squared distances; deep enough for a walk of one tree.
package struct NodeStack {
  private let numbers: ScratchBuffer<Int32>
  private let squaredDistances: ScratchBuffer<Double>
  private let height = ScratchBuffer<Int>(count: 1, repeating: 0)
  private let leastRows: UnsafePointer<NeighborTree.Node>

  package init(_ tree: NeighborTree) {
    // A walk leaves at most one sibling behind on each level.
    numbers = ScratchBuffer(count: tree.depth + 2)
    squaredDistances = ScratchBuffer(count: tree.depth + 2)
    leastRows = tree.nodes
  }

  @inline(__always)
  package func push(_ node: Int, _ squaredDistance: Double) {
    let top = height.start[0]
    numbers.start[top] = Int32(truncatingIfNeeded: node)
    squaredDistances.start[top] = squaredDistance
    height.start[0] = top &+ 1
  }

  /// Pushes two siblings so that the nearer comes out first; of equally near ones that with the smaller row.
  @inline(__always)
  package func push(_ left: Int, _ toLeft: Double, _ toRight: Double) {
    let right = left &+ 1
    let leftFirst =
      toLeft < toRight
      || (toLeft == toRight && leastRows[left].leastRow < leastRows[right].leastRow)
    push(leftFirst ? right : left, leftFirst ? toRight : toLeft)
    push(leftFirst ? left : right, leftFirst ? toLeft : toRight)
  }

  @inline(__always)
  package func pop() -> (node: Int, squaredDistance: Double)? {
    let top = height.start[0] &- 1
    guard top >= 0 else { return nil }
    height.start[0] = top
    return (Int(numbers.start[top]), squaredDistances.start[top])
  }
}
