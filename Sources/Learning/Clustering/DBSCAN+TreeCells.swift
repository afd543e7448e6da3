import CIntrinsics
import Numerical

/// The cells of a tree in slot order.
struct TreeCells: Sendable {
  let tree: NeighborTree
  let squaredRadius: Double
  /// Boxes farther away hold no neighbour.
  let reach: Double
  /// The node of each cell, and whether all its rows are neighbours.
  let nodes: [Int32]
  let isDense: [Bool]
  /// The cell that a node is; −1 for a node above or below cells.
  let cellOfNode: [Int32]

  var count: Int { nodes.count }

  init(_ tree: NeighborTree, squaredRadius: Double) {
    self.tree = tree
    self.squaredRadius = squaredRadius
    reach = NeighborTree.loosened(squaredRadius)
    var nodes: [Int32] = []
    var isDense: [Bool] = []
    var cellOfNode = [Int32](repeating: -1, count: tree.nodeCount)
    var pending = [0]
    while let node = pending.popLast() {
      let isNear = Self.squaredDiagonal(tree, node) <= squaredRadius
      if isNear || tree.nodes[node].isLeaf {
        cellOfNode[node] = Int32(nodes.count)
        nodes.append(Int32(node))
        isDense.append(isNear)
      } else {
        let child = Int(tree.nodes[node].child)
        pending.append(child + 1)
        pending.append(child)
      }
    }
    self.nodes = nodes
    self.isDense = isDense
    self.cellOfNode = cellOfNode
  }

  /// Rounded as `RadiusTest` rounds, hence never below the squared distance of two rows in the box.
  private static func squaredDiagonal(_ tree: NeighborTree, _ node: Int) -> Double {
    let low = tree.boxes + node * 2 * tree.dimension
    var sum = 0.0
    for j in 0..<tree.dimension {
      let side = low[tree.dimension + j] - low[j]
      sum += side * side
    }
    return sum
  }

  @inline(__always)
  func slots(of cell: Int) -> Range<Int> {
    let node = tree.nodes[Int(nodes[cell])]
    return Int(node.firstSlot)..<Int(node.endSlot)
  }

  /// Whether a cell is no larger than a leaf; a larger one is a dense cell, perhaps a pile of copies.
  @inline(__always)
  func isSmall(_ cell: Int) -> Bool { slots(of: cell).count <= NeighborTree.leafCapacity }

  @inline(__always)
  func rowCount(of cell: Int) -> Int { Int(tree.nodes[Int(nodes[cell])].rowCount) }
}

/// One thread's walk over the cells near another.
struct TreeVisitor: ~Copyable {
  private let cells: TreeCells
  private var path: NodePath
  /// The cells near the one visited last, itself first.
  private(set) var near: [Int32] = []
  private let row: ScratchBuffer<Double>

  init(_ cells: TreeCells) {
    self.cells = cells
    path = NodePath(cells.tree)
    row = ScratchBuffer(count: cells.tree.dimension)
  }

  /// Finds the cells whose boxes lie within the radius of the cell's box.
  mutating func visit(_ cell: Int) {
    let (tree, own) = (cells.tree, Int(cells.nodes[cell]))
    near.removeAll(keepingCapacity: true)
    near.append(Int32(truncatingIfNeeded: cell))
    path.push(0, 0)
    while let (node, square) = path.pop() {
      guard square <= cells.reach else { continue }
      let found = cells.cellOfNode[node]
      if found >= 0 {
        if Int(found) != cell { near.append(found) }
      } else {
        let child = Int(tree.nodes[node].child)
        path.push(
          child, tree.looseSquare(betweenBoxesOf: own, and: child),
          tree.looseSquare(betweenBoxesOf: own, and: child &+ 1))
      }
    }
  }

  /// The values of the row in `slot`, until the next call.
  @inline(__always)
  func row(at slot: Int) -> UnsafePointer<Double> {
    let (tree, row) = (cells.tree, row.start)
    let first = tree.points + (slot &>> 2 &* tree.dimension &* 4 &+ slot & 3)
    for j in 0..<tree.dimension { row[j] = first[j &* 4] }
    return UnsafePointer(row)
  }

  /// Whether the box of a cell lies within the radius of a row.
  @inline(__always)
  func isNear(_ row: UnsafePointer<Double>, _ cell: Int) -> Bool {
    cells.tree.looseSquare(from: row, toBoxOf: Int(cells.nodes[cell])) <= cells.reach
  }

  /// Bit i is set where the row in slot + i lies within the radius.
  @inline(__always)
  func neighbors(of row: UnsafePointer<Double>, inBlockAt slot: Int) -> UInt32 {
    cohort_at_most_f64x4(
      cells.tree.roundedSquares(from: row, toBlockAt: slot),
      SIMD4(repeating: cells.squaredRadius))
  }

  /// Whether all rows of a cell lie within the radius of a row, by the farthest corner of its box; as in
  /// `RadiusTest` every operation is rounded, so the corner is never nearer than a row.
  @inline(__always)
  func isSurrounding(_ row: UnsafePointer<Double>, _ cell: Int) -> Bool {
    let tree = cells.tree
    let low = tree.boxes + Int(cells.nodes[cell]) &* 2 &* tree.dimension
    var sum = 0.0
    for j in 0..<tree.dimension {
      let (below, above) = (row[j] - low[j], low[tree.dimension &+ j] - row[j])
      let far = below > above ? below : above
      sum += far * far
    }
    return sum <= cells.squaredRadius
  }
}

/// The core rows of each cell, four slots a mask.
struct CoreSlots {
  private let flags: ScratchBuffer<Bool>
  private let masks: ScratchBuffer<UInt8>
  /// The first core slot of each cell, −1 for a cell without any.
  let firsts: ScratchBuffer<Int32>

  init(_ cells: TreeCells, isCore flags: ScratchBuffer<Bool>, on pool: WorkerPool) {
    self.flags = flags
    masks = ScratchBuffer(count: flags.count / 4)
    firsts = ScratchBuffer(count: cells.count)
    for block in 0..<flags.count / 4 {
      masks.start[block] = (0..<4).reduce(0) { $0 | (flags.start[block * 4 + $1] ? 1 << $1 : 0) }
    }
    for cell in 0..<cells.count {
      let first = cells.slots(of: cell).first { flags.start[$0] } ?? -1
      firsts.start[cell] = Int32(first)
    }
  }

  @inline(__always)
  func isCore(_ slot: Int) -> Bool { flags.start[slot] }

  @inline(__always)
  func mask(ofBlockAt slot: Int) -> UInt32 { UInt32(masks.start[slot &>> 2]) }

  /// Bit i is set where slot + i, within `slots`, holds a core row.
  @inline(__always)
  func mask(ofPanelAt slot: Int, in slots: Range<Int>) -> UInt64 {
    let low = UInt64(masks.start[slot &>> 2])
    return slot &+ 4 < slots.upperBound ? low | UInt64(masks.start[slot &>> 2 &+ 1]) &<< 4 : low
  }

  @inline(__always)
  func isEmpty(_ cell: Int) -> Bool { firsts.start[cell] < 0 }
}
