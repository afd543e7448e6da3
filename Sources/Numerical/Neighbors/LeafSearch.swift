import CIntrinsics

/// The rows of a tree nearest to those of one leaf, which visit the tree together.
///
/// A leaf of the same tree is searched from itself up, for other rows; one of another tree from the root down.
struct LeafSearch {
  private let tree: NeighborTree
  /// The tree whose leaves search.
  private let from: NeighborTree
  private let isOwn: Bool
  private let lists: NeighborLists
  private let stack: NodeStack
  /// The leaf's rows, one after another, and how far each still looks; −1 for padding.
  private let rows: ScratchBuffer<Double>
  private let bounds: ScratchBuffer<Double>
  private let found: ScratchBuffer<NeighborList>
  private let merger: NeighborMerger

  /// - Parameter lists: by slot if `from` is the tree itself, otherwise by row of `from`.
  init(_ tree: NeighborTree, from: NeighborTree, _ lists: NeighborLists) {
    self.tree = tree
    self.from = from
    isOwn = tree === from
    self.lists = lists
    stack = NodeStack(tree)
    rows = ScratchBuffer(count: NeighborTree.leafCapacity * tree.dimension)
    bounds = ScratchBuffer(count: NeighborTree.leafCapacity)
    found = ScratchBuffer(count: NeighborTree.leafCapacity)
    merger = NeighborMerger(length: lists.length)
  }

  func run(_ leaf: Int) {
    let node = from.nodes[leaf]
    prepare(node)
    guard isOwn else {
      _ = descend(0, 0, from: leaf, Reach(bound: .infinity, boundRow: .max))
      return
    }
    var reach = scan(leaf, for: node)
    var top = leaf
    while top != 0 {
      let parent = Int(tree.nodes[top].parent)
      let child = Int(tree.nodes[parent].child)
      let sibling = child &+ child &+ 1 &- top
      reach = descend(sibling, distance(from: leaf, to: sibling), from: leaf, reach)
      top = parent
    }
  }

  /// Visits a node and what is below it as far as the leaf still looks; returns how far it looks then.
  private func descend(_ node: Int, _ squaredDistance: Double, from leaf: Int, _ start: Reach)
    -> Reach
  {
    var reach = start
    stack.push(node, squaredDistance)
    while let (other, squaredDistance) = stack.pop() {
      guard reach.admits(squaredDistance, row: tree.nodes[other].leastRow) else { continue }
      if tree.nodes[other].isLeaf {
        reach = scan(other, for: from.nodes[leaf])
      } else {
        let child = Int(tree.nodes[other].child)
        stack.push(child, distance(from: leaf, to: child), distance(from: leaf, to: child &+ 1))
      }
    }
    return reach
  }

  @inline(__always)
  private func distance(from leaf: Int, to node: Int) -> Double {
    tree.squaredDistance(fromBox: from.boxes + leaf &* 2 &* tree.dimension, toBoxOf: node)
  }

  /// Reads the leaf's rows and empties their lists.
  private func prepare(_ leaf: NeighborTree.Node) {
    let first = Int(leaf.firstSlot)
    for index in 0..<Int(leaf.endSlot) - first {
      let isRow = index < Int(leaf.rowCount)
      bounds.start[index] = isRow ? .infinity : -1
      guard isRow || isOwn else { continue }
      found.start[index] = lists.list(
        isOwn ? first &+ index : Int(from.rowOfSlot[first &+ index]))
      for j in 0..<tree.dimension {
        rows.start[index &* tree.dimension &+ j] = from.coordinate(j, ofSlot: first &+ index)
      }
    }
  }

  /// Scans `other` for the rows that it may be near enough to; returns how far the leaf still looks.
  private func scan(_ other: Int, for leaf: NeighborTree.Node) -> Reach {
    let dimension = tree.dimension
    let leastRow = tree.nodes[other].leastRow
    var reach = Reach()
    for first in stride(from: 0, to: Int(leaf.endSlot &- leaf.firstSlot), by: 4) {
      let distances = tree.squaredDistances(
        fromBlock: from.block(at: Int(leaf.firstSlot) &+ first), toBoxOf: other)
      let limits = UnsafeRawPointer(bounds.start + first).loadUnaligned(as: SIMD4<Double>.self)
      var bits = cohort_at_most_f64x4(distances, limits)
      while bits != 0 {
        let lane = bits.trailingZeroBitCount
        bits &= bits &- 1
        let index = first &+ lane
        guard found.start[index].admits(distances[lane], row: leastRow) else { continue }
        tree.scan(
          other, from: rows.start + index &* dimension,
          except: isOwn ? Int(leaf.firstSlot) &+ index : -1, into: &found.start[index], merger)
        bounds.start[index] = found.start[index].bound
      }
    }
    for index in 0..<Int(leaf.rowCount) { reach.widen(to: found.start[index]) }
    return reach
  }

  /// The last (bound, row) among the lists of a leaf.
  private struct Reach {
    var bound = -1.0
    var boundRow = Int32.min

    @inline(__always)
    mutating func widen(to list: NeighborList) {
      if list.bound > bound || (list.bound == bound && list.boundRow > boundRow) {
        (bound, boundRow) = (list.bound, list.boundRow)
      }
    }

    @inline(__always)
    func admits(_ squaredDistance: Double, row: Int32) -> Bool {
      squaredDistance < bound || (squaredDistance == bound && row < boundRow)
    }
  }
}
