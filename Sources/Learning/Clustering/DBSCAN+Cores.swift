import CIntrinsics
import Numerical
import Synchronization

/// Core rows in a tree, with the lowest cluster below every node.
final class CoreTree: Sendable {
  private let tree: NeighborTree
  private let squaredRadius: Double
  private let leastLabels: [Int32]
  /// The cluster of the row in each slot; `Int32.max` for padding.
  private let labels: [Int32]
  /// Whether all rows below a node are copies of one: a walk looks at the first few of them only.
  private let isPile: [Bool]

  init(_ rows: Matrix, labels rowLabels: [Int32], radius: Double, on pool: WorkerPool) {
    let tree = NeighborTree(rows, on: pool)
    squaredRadius = radius * radius
    var labels = [Int32](repeating: .max, count: tree.slotCount)
    for slot in labels.indices where tree.rowOfSlot[slot] != .max {
      labels[slot] = rowLabels[Int(tree.rowOfSlot[slot])]
    }
    var least = [Int32](repeating: .max, count: tree.nodeCount)
    for node in stride(from: tree.nodeCount - 1, through: 0, by: -1) {
      let found = tree.nodes[node]
      least[node] =
        found.isLeaf
        ? labels[Int(found.firstSlot)..<Int(found.endSlot)].min() ?? .max
        : min(least[Int(found.child)], least[Int(found.child) + 1])
    }
    self.tree = tree
    self.labels = labels
    leastLabels = least
    let width = tree.dimension
    isPile = (0..<tree.nodeCount).map { node in
      let low = tree.boxes + node * 2 * width
      return (0..<width).allSatisfy { low[$0] == low[width + $0] }
    }
  }

  /// Where a row belongs: the lowest cluster with a core row within the radius, or −1.
  struct Place {
    var label = -1
    /// Squared distances to the nearest core row of the cluster, of any cluster for noise, and to the
    /// nearest core row of all.
    var toCluster = Double.infinity
    var toNearest = Double.infinity
  }

  func newPath() -> NodePath { NodePath(tree) }

  func place(_ row: UnsafePointer<Double>, _ path: inout NodePath) -> Place {
    guard tree.rowCount > 0 else { return Place() }
    let nearest = nearest(to: row, labels: 0...Int32.max, &path)
    guard nearest.squaredDistance <= squaredRadius else {
      return Place(
        label: -1, toCluster: nearest.squaredDistance, toNearest: nearest.squaredDistance)
    }
    let label = leastLabel(near: row, from: labels[nearest.slot], &path)
    let reference =
      label == labels[nearest.slot] ? nearest : self.nearest(to: row, labels: label...label, &path)
    return Place(
      label: Int(label), toCluster: reference.squaredDistance, toNearest: nearest.squaredDistance)
  }
}

extension CoreTree {
  /// The nearest core row among clusters of these labels.
  private func nearest(
    to row: UnsafePointer<Double>, labels wanted: ClosedRange<Int32>, _ path: inout NodePath
  ) -> (slot: Int, squaredDistance: Double) {
    var best = (slot: 0, squaredDistance: Double.infinity)
    walk(from: row, &path) { node, square in
      square <= NeighborTree.loosened(best.squaredDistance)
        && leastLabels[node] <= wanted.upperBound
    } visit: { slot, distances in
      var lanes = cohort_at_most_f64x4(distances, SIMD4(repeating: best.squaredDistance))
      while lanes != 0 {
        let lane = lanes.trailingZeroBitCount
        lanes &= lanes &- 1
        if distances[lane] < best.squaredDistance && wanted.contains(labels[slot &+ lane]) {
          best = (slot &+ lane, distances[lane])
        }
      }
    }
    return best
  }

  /// The lowest label within the radius, none above `known`.
  private func leastLabel(
    near row: UnsafePointer<Double>, from known: Int32, _ path: inout NodePath
  ) -> Int32 {
    var least = known
    walk(from: row, &path) { node, square in
      leastLabels[node] < least && square <= NeighborTree.loosened(squaredRadius)
    } visit: { slot, distances in
      var lanes = cohort_at_most_f64x4(distances, SIMD4(repeating: squaredRadius))
      while lanes != 0 {
        least = min(least, labels[slot &+ lanes.trailingZeroBitCount])
        lanes &= lanes &- 1
      }
    }
    return least
  }

  /// Visits the blocks of all leaves below which `enters` does not stop, the nearer child first.
  @inline(__always)
  private func walk(
    from row: UnsafePointer<Double>, _ path: inout NodePath, enters: (Int, Double) -> Bool,
    visit: (Int, SIMD4<Double>) -> Void
  ) {
    path.push(0, 0)
    while let (node, square) = path.pop() {
      guard enters(node, square) else { continue }
      let found = tree.nodes[node]
      if found.isLeaf || isPile[node] {
        var slot = Int(found.firstSlot)
        let end = isPile[node] ? slot &+ NeighborTree.lanes : Int(found.endSlot)
        while slot < end {
          visit(slot, tree.roundedSquares(from: row, toBlockAt: slot))
          slot &+= 4
        }
      } else {
        let child = Int(found.child)
        path.push(
          child, tree.looseSquare(from: row, toBoxOf: child),
          tree.looseSquare(from: row, toBoxOf: child &+ 1))
      }
    }
  }
}

/// The core rows of a model and, once asked for, their tree.
final class CoreRows: Sendable {
  let rows: Matrix
  let labels: [Int32]
  let radius: Double
  private let built = Mutex<CoreTree?>(nil)

  init(_ rows: Matrix, labels: [Int32], radius: Double) {
    self.rows = rows
    self.labels = labels
    self.radius = radius
  }

  /// The tree, built by the first call.
  ///
  /// It is built outside the lock: a thread waiting there might be one that the builder waits for.
  /// Two builders make the same tree.
  func tree(on pool: WorkerPool) -> CoreTree {
    if let known = built.withLock({ $0 }) { return known }
    let tree = CoreTree(rows, labels: labels, radius: radius, on: pool)
    return built.withLock { built in
      if let known = built { return known }
      built = tree
      return tree
    }
  }
}
