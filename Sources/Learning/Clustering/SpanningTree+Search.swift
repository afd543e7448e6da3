import CIntrinsics
import Numerical

/// The search of one round over a block of leaves: the rows of a leaf visit the tree together.
struct RoundSearch {
  private let state: Boruvka
  private let tree: NeighborTree
  private let stack: NodeStack
  /// The leaf's rows, one after another, and how far each still looks; −1 for those that do not.
  private let rows: ScratchBuffer<Double>
  private let limits: ScratchBuffer<Double>
  /// The least weights found in this block for the components met last.
  private let recent: RecentBounds

  init(_ state: Boruvka) {
    self.state = state
    tree = state.tree
    stack = NodeStack(tree)
    rows = ScratchBuffer(count: NeighborTree.leafCapacity * tree.dimension)
    limits = ScratchBuffer(count: NeighborTree.leafCapacity)
    recent = RecentBounds()
  }

  /// Searches for the rows of the leaf with this place among the leaves.
  func run(_ place: Int) {
    let leaf = Int(tree.leaves[place])
    let node = tree.nodes[leaf]
    let own = state.nodeComponents.start[leaf]
    if own >= 0 && state.leafLowerBounds.start[place] >= limit(of: own) { return }
    guard prepare(node) else { return }
    var reach = leastUpperLimit(node)
    if own < 0 { reach = scan(leaf, for: node) }
    var top = leaf
    while top != 0 {
      let parent = Int(tree.nodes[top].parent)
      let child = Int(tree.nodes[parent].child)
      push(child &+ child &+ 1 &- top, from: leaf, own: own, reach: reach)
      while let (other, lowerBound) = stack.pop() {
        guard lowerBound < reach else { continue }
        if tree.nodes[other].isLeaf {
          reach = scan(other, for: node)
        } else {
          pushChildren(of: other, from: leaf, own: own, reach: reach)
        }
      }
      top = parent
    }
    finish(node)
    if own >= 0 {
      state.summarize(place, Int(node.firstSlot)..<Int(node.firstSlot &+ node.rowCount))
    }
  }

  /// Reads the rows that may find an edge below their component's bound; false if there are none.
  private func prepare(_ leaf: NeighborTree.Node) -> Bool {
    let first = Int(leaf.firstSlot)
    var isNeeded = false
    for index in 0..<Int(leaf.endSlot) - first {
      let slot = first &+ index
      limits.start[index] = -1
      guard index < Int(leaf.rowCount) else { continue }
      let limit = self.limit(of: state.components.start[slot])
      guard state.lowerBounds.start[slot] < limit else { continue }
      limits.start[index] = limit
      isNeeded = true
      for j in 0..<tree.dimension {
        rows.start[index &* tree.dimension &+ j] = tree.coordinate(j, ofSlot: slot)
      }
    }
    return isNeeded
  }

  /// Leaves behind what the search has proven: nothing outside is nearer than the last limit.
  private func finish(_ leaf: NeighborTree.Node) {
    for index in 0..<Int(leaf.rowCount) where limits.start[index] >= 0 {
      let slot = Int(leaf.firstSlot) &+ index
      state.lowerBounds.start[slot] = max(
        state.lowerBounds.start[slot], limits.start[index])
    }
  }

  @inline(__always)
  private func limit(of component: Int32) -> Double {
    min(state.bounds.start[Int(component)], recent.bound(of: component))
  }

  private func leastUpperLimit(_ leaf: NeighborTree.Node) -> Double {
    var reach = -1.0
    for index in 0..<Int(leaf.rowCount) { reach = max(reach, limits.start[index]) }
    return reach
  }

  @inline(__always)
  private func lowerBound(_ leaf: Int, _ other: Int) -> Double {
    max(
      tree.squaredDistance(betweenBoxesOf: leaf, and: other) * state.scale,
      state.nodeCores.start[other])
  }

  @inline(__always)
  private func push(_ other: Int, from leaf: Int, own: Int32, reach: Double) {
    if own >= 0 && state.nodeComponents.start[other] == own { return }
    let bound = lowerBound(leaf, other)
    if bound < reach { stack.push(other, bound) }
  }

  @inline(__always)
  private func pushChildren(of node: Int, from leaf: Int, own: Int32, reach: Double) {
    let left = Int(tree.nodes[node].child)
    let isLeftOut = own >= 0 && state.nodeComponents.start[left] == own
    let isRightOut = own >= 0 && state.nodeComponents.start[left &+ 1] == own
    let toLeft = isLeftOut ? Double.infinity : lowerBound(leaf, left)
    let toRight = isRightOut ? Double.infinity : lowerBound(leaf, left &+ 1)
    if toLeft < reach && toRight < reach {
      stack.push(left, toLeft, toRight)
    } else if toLeft < reach {
      stack.push(left, toLeft)
    } else if toRight < reach {
      stack.push(left &+ 1, toRight)
    }
  }

  /// Scans `other` for the rows that it may be near enough to; returns how far the leaf still looks.
  private func scan(_ other: Int, for leaf: NeighborTree.Node) -> Double {
    let core = SIMD4(repeating: state.nodeCores.start[other])
    var hasFound = false
    for first in stride(from: 0, to: Int(leaf.endSlot &- leaf.firstSlot), by: 4) {
      let distances = tree.squaredDistances(
        fromBlockAt: Int(leaf.firstSlot) &+ first, toBoxOf: other)
      let least = cohort_max_f64x4(distances * state.scale, core)
      let limit = UnsafeRawPointer(limits.start + first).loadUnaligned(as: SIMD4<Double>.self)
      var bits = cohort_at_most_f64x4(least, limit)
      while bits != 0 {
        let index = first &+ bits.trailingZeroBitCount
        bits &= bits &- 1
        if scan(other, index, Int(leaf.firstSlot) &+ index) { hasFound = true }
      }
    }
    if hasFound {
      for index in 0..<Int(leaf.rowCount) where limits.start[index] >= 0 {
        let component = state.components.start[Int(leaf.firstSlot) &+ index]
        limits.start[index] = min(limits.start[index], recent.bound(of: component))
      }
    }
    return leastUpperLimit(leaf)
  }

  /// Scans `other` for one row; whether it found a nearer one outside the component.
  @inline(__always)
  private func scan(_ other: Int, _ index: Int, _ slot: Int) -> Bool {
    let row = rows.start + index &* tree.dimension
    let (weight, candidate) =
      switch tree.dimension {
      case 2: nearest(in: other, row, dimension: 2, index, slot)
      case 3: nearest(in: other, row, dimension: 3, index, slot)
      case 4: nearest(in: other, row, dimension: 4, index, slot)
      default: nearest(in: other, row, dimension: tree.dimension, index, slot)
      }
    guard candidate >= 0 else { return false }
    state.weights.start[slot] = weight
    state.candidates.start[slot] = Int32(truncatingIfNeeded: candidate)
    limits.start[index] = weight
    recent.record(weight, for: state.components.start[slot])
    return true
  }

  @inline(__always)
  private func nearest(
    in other: Int, _ row: UnsafePointer<Double>, dimension: Int, _ index: Int, _ own: Int
  ) -> (weight: Double, slot: Int) {
    let first = Int(tree.nodes[other].firstSlot)
    let points = tree.points + first &* dimension
    let cores = state.cores.start + first
    let components = state.components.start + first
    let scale = state.scale
    let component = SIMD4(repeating: state.components.start[own])
    let core = SIMD4(repeating: state.cores.start[own])
    let count = Int(tree.nodes[other].endSlot) &- first
    var limit = limits.start[index]
    var found = -1
    var offset = 0
    while offset < count {
      let block = points + offset &* dimension
      var sum = SIMD4<Double>()
      for j in 0..<dimension {
        let coordinate = UnsafeRawPointer(block + j &* 4).loadUnaligned(as: SIMD4<Double>.self)
        let difference = SIMD4(repeating: row[j]) - coordinate
        sum.addProduct(difference, difference)
      }
      let other = UnsafeRawPointer(cores + offset).loadUnaligned(as: SIMD4<Double>.self)
      let weights = cohort_max_f64x4(cohort_max_f64x4(sum * scale, other), core)
      let inside = UnsafeRawPointer(components + offset).loadUnaligned(as: SIMD4<Int32>.self)
      var bits =
        cohort_at_most_f64x4(weights, SIMD4(repeating: limit))
        & cohort_differ_i32x4(inside, component)
      while bits != 0 {
        let lane = bits.trailingZeroBitCount
        bits &= bits &- 1
        if weights[lane] < limit { (limit, found) = (weights[lane], first &+ offset &+ lane) }
      }
      offset &+= 4
    }
    return (limit, found)
  }
}

/// Least weights of the few components met last; one forgotten costs time only.
private struct RecentBounds {
  private static let count = 64
  private let components = ScratchBuffer<Int32>(count: count, repeating: -1)
  private let bounds = ScratchBuffer<Double>(count: count)

  @inline(__always)
  func bound(of component: Int32) -> Double {
    let place = Int(component) & (Self.count - 1)
    return components.start[place] == component ? bounds.start[place] : .infinity
  }

  @inline(__always)
  func record(_ bound: Double, for component: Int32) {
    let place = Int(component) & (Self.count - 1)
    if components.start[place] == component && bounds.start[place] <= bound { return }
    components.start[place] = component
    bounds.start[place] = bound
  }
}
