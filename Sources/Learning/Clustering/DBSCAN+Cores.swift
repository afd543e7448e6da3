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

  /// Box distances are rounded otherwise than distances of rows; pruning must not mind.
  private static let slack = 1 + 0x1p-40

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
  }

  /// Where a row belongs: the lowest cluster with a core row within the radius, or −1.
  struct Place {
    var label = -1
    /// Squared distances to the nearest core row of the cluster, of any cluster for noise, and to the
    /// nearest core row of all.
    var toCluster = Double.infinity
    var toNearest = Double.infinity
  }

  func place(_ row: UnsafePointer<Double>) -> Place {
    guard tree.rowCount > 0 else { return Place() }
    let nearest = nearest(to: row, labels: 0...Int32.max)
    guard nearest.squaredDistance <= squaredRadius else {
      return Place(
        label: -1, toCluster: nearest.squaredDistance, toNearest: nearest.squaredDistance)
    }
    let label = leastLabel(near: row, from: labels[nearest.slot])
    let reference =
      label == labels[nearest.slot] ? nearest : self.nearest(to: row, labels: label...label)
    return Place(
      label: Int(label), toCluster: reference.squaredDistance, toNearest: nearest.squaredDistance)
  }
}

extension CoreTree {
  /// The nearest core row among clusters of these labels.
  private func nearest(to row: UnsafePointer<Double>, labels wanted: ClosedRange<Int32>)
    -> (slot: Int, squaredDistance: Double)
  {
    var best = (slot: 0, squaredDistance: Double.infinity)
    walk(from: row) { node, boxDistance in
      boxDistance <= best.squaredDistance * Self.slack && leastLabels[node] <= wanted.upperBound
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
  private func leastLabel(near row: UnsafePointer<Double>, from known: Int32) -> Int32 {
    var least = known
    walk(from: row) { node, boxDistance in
      leastLabels[node] < least && boxDistance <= squaredRadius * Self.slack
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
    from row: UnsafePointer<Double>, enters: (Int, Double) -> Bool,
    visit: (Int, SIMD4<Double>) -> Void
  ) {
    let stack = NodeStack(tree)
    stack.push(0, 0)
    while let (node, boxDistance) = stack.pop() {
      guard enters(node, boxDistance) else { continue }
      let found = tree.nodes[node]
      if found.isLeaf {
        for slot in stride(from: Int(found.firstSlot), to: Int(found.endSlot), by: 4) {
          visit(slot, tree.roundedSquares(from: row, toBlockAt: slot))
        }
      } else {
        let child = Int(found.child)
        stack.push(
          child, tree.squaredDistance(from: row, toBoxOf: child),
          tree.squaredDistance(from: row, toBoxOf: child &+ 1))
      }
    }
  }
}

extension NeighborTree {
  /// Squared distances to the four rows of a block as `RadiusTest` rounds them; infinite for padding.
  @inline(__always)
  func roundedSquares(from row: UnsafePointer<Double>, toBlockAt slot: Int) -> SIMD4<Double> {
    let block = block(at: slot)
    var sum = SIMD4<Double>()
    for j in 0..<dimension {
      let other = UnsafeRawPointer(block + j &* 4).loadUnaligned(as: SIMD4<Double>.self)
      let difference = SIMD4(repeating: row[j]) - other
      sum += difference * difference
    }
    return sum
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
