import CIntrinsics
import Numerical

/// DBSCAN on the nodes of a tree, for any number of columns.
///
/// A cell is the highest node whose rows are all neighbours by the diagonal of its box, or else a leaf. Cells of
/// the first kind are treated as those of a grid; a large pile of copies is one of them. For the
/// others neighbours are counted and joined row by row, where boxes do not decide.
struct TreeDensity {
  private let cells: TreeCells
  private let rule: CoreRule
  private let pool: WorkerPool

  init(_ x: Matrix, _ test: RadiusTest, rule: CoreRule, on pool: WorkerPool) {
    cells = TreeCells(NeighborTree(x, on: pool), squaredRadius: test.squaredRadius)
    self.rule = rule
    self.pool = pool
  }

  /// Nil if cancelled.
  func clusters(isCancelled: () -> Bool) -> CoreClusters? {
    let cores = CoreSlots(cells, isCore: coreFlags(), on: pool)
    if isCancelled() { return nil }
    let sets = joined(cores)
    if isCancelled() { return nil }
    let tree = cells.tree
    let numbers = ClusterNumbers(sets) { slot in
      cores.isCore(slot) ? tree.rowOfSlot[slot] : nil
    }
    let labels = (0..<tree.rowCount).map { numbers.ofMember.start[Int(tree.slotOfRow[$0])] }
    return CoreClusters(labels: labels, clusterCount: numbers.count)
  }

  /// Calls `body` for every cell with what its thread may scribble on.
  private func forEachCell(_ body: (Int, TreeVisitor) -> Void) {
    let chunks = RowChunks(count: cells.count, size: 16)
    pool.forEachChunk(count: chunks.count) { chunk in
      let visitor = TreeVisitor(cells)
      for cell in chunks[chunk] { body(cell, visitor) }
    }
  }
}

// MARK: - Cells

/// The cells of a tree in slot order.
struct TreeCells: Sendable {
  let tree: NeighborTree
  let squaredRadius: Double
  /// Bounds of box distances: these are rounded otherwise than distances of rows.
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
    reach = squaredRadius * (1 + 0x1p-40) + .leastNormalMagnitude
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

  @inline(__always)
  func rowCount(of cell: Int) -> Int { Int(tree.nodes[Int(nodes[cell])].rowCount) }
}

/// One thread's walk over the cells near another.
final class TreeVisitor {
  private let cells: TreeCells
  private let stack: NodeStack
  /// The cells near the one visited last, itself first.
  private(set) var near: [Int32] = []
  private let row: ScratchBuffer<Double>

  init(_ cells: TreeCells) {
    self.cells = cells
    stack = NodeStack(cells.tree)
    row = ScratchBuffer(count: cells.tree.dimension)
  }

  /// Finds the cells whose boxes lie within the radius of the cell's box.
  func visit(_ cell: Int) {
    let (tree, own) = (cells.tree, Int(cells.nodes[cell]))
    near.removeAll(keepingCapacity: true)
    near.append(Int32(truncatingIfNeeded: cell))
    stack.push(0, 0)
    while let (node, squaredDistance) = stack.pop() {
      guard squaredDistance <= cells.reach else { continue }
      let found = cells.cellOfNode[node]
      if found >= 0 {
        if Int(found) != cell { near.append(found) }
      } else {
        let child = Int(tree.nodes[node].child)
        stack.push(
          child, tree.squaredDistance(betweenBoxesOf: own, and: child),
          tree.squaredDistance(betweenBoxesOf: own, and: child &+ 1))
      }
    }
  }

  /// The values of the row in `slot`, until the next call.
  @inline(__always)
  func row(at slot: Int) -> UnsafePointer<Double> {
    for j in 0..<cells.tree.dimension { row.start[j] = cells.tree.coordinate(j, ofSlot: slot) }
    return UnsafePointer(row.start)
  }

  /// Whether the box of a cell lies within the radius of a row.
  @inline(__always)
  func isNear(_ row: UnsafePointer<Double>, _ cell: Int) -> Bool {
    cells.tree.squaredDistance(from: row, toBoxOf: Int(cells.nodes[cell])) <= cells.reach
  }

  /// Bit i is set where the row in slot + i lies within the radius.
  @inline(__always)
  func neighbors(of row: UnsafePointer<Double>, inBlockAt slot: Int) -> UInt32 {
    cohort_at_most_f64x4(
      cells.tree.roundedSquares(from: row, toBlockAt: slot),
      SIMD4(repeating: cells.squaredRadius))
  }
}

// MARK: - Core rows

extension TreeDensity {
  /// Whether the row in each slot is a core row; false for padding.
  private func coreFlags() -> ScratchBuffer<Bool> {
    let tree = cells.tree
    let flags = ScratchBuffer<Bool>(count: tree.slotCount)
    let weights = rule.weights.map { weights in
      (0..<tree.slotCount).map { slot in
        tree.rowOfSlot[slot] == .max ? 0 : weights[Int(tree.rowOfSlot[slot])]
      }
    }
    forEachCell { cell, visitor in
      let slots = cells.slots(of: cell)
      if isSettled(cell, weights) {
        for slot in slots { flags.start[slot] = tree.rowOfSlot[slot] != .max }
        return
      }
      visitor.visit(cell)
      for slot in slots {
        flags.start[slot] =
          tree.rowOfSlot[slot] != .max
          && (weights.map { hasWeight(slot, $0, visitor) } ?? hasNeighbors(slot, cell, visitor))
      }
    }
    return flags
  }

  /// Whether all rows of the cell are core rows by themselves.
  private func isSettled(_ cell: Int, _ weights: [Double]?) -> Bool {
    guard cells.isDense[cell] else { return false }
    guard let weights else { return cells.rowCount(of: cell) >= rule.minimum }
    var sum = WideSum()
    for slot in cells.slots(of: cell) { sum.add(weights[slot]) }
    return sum.isAtLeast(Double(rule.minimum))
  }

  private func hasNeighbors(_ slot: Int, _ own: Int, _ visitor: TreeVisitor) -> Bool {
    let row = visitor.row(at: slot)
    var found = cells.isDense[own] ? cells.rowCount(of: own) : 0
    for near in visitor.near {
      let cell = Int(near)
      if cell == own ? cells.isDense[own] : !visitor.isNear(row, cell) { continue }
      let slots = cells.slots(of: cell)
      var next = slots.lowerBound
      while next < slots.upperBound {
        found &+= visitor.neighbors(of: row, inBlockAt: next).nonzeroBitCount
        if found >= rule.minimum { return true }
        next &+= 4
      }
    }
    return found >= rule.minimum
  }

  private func hasWeight(_ slot: Int, _ weights: [Double], _ visitor: TreeVisitor) -> Bool {
    let row = visitor.row(at: slot)
    let minimum = Double(rule.minimum)
    var sum = WideSum()
    for near in visitor.near where visitor.isNear(row, Int(near)) {
      for next in stride(
        from: cells.slots(of: Int(near)).lowerBound, to: cells.slots(of: Int(near)).upperBound,
        by: 4)
      {
        var lanes = visitor.neighbors(of: row, inBlockAt: next)
        while lanes != 0 {
          sum.add(weights[next &+ lanes.trailingZeroBitCount])
          lanes &= lanes &- 1
        }
      }
      if sum.isAtLeast(minimum) { return true }
    }
    return false
  }
}

/// The core rows of each cell, four slots a mask.
private struct CoreSlots {
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

  @inline(__always)
  func isEmpty(_ cell: Int) -> Bool { firsts.start[cell] < 0 }
}

// MARK: - Clusters

extension TreeDensity {
  /// Joins core rows that are connected: first within cells, then between them.
  private func joined(_ cores: CoreSlots) -> ConcurrentSets {
    let sets = ConcurrentSets(count: cells.tree.slotCount)
    let isJoined = pool.map(count: cells.count) { cell in join(within: cell, cores, sets) }
    forEachCell { cell, visitor in
      if cores.isEmpty(cell) { return }
      visitor.visit(cell)
      for near in visitor.near where Int(near) > cell && !cores.isEmpty(Int(near)) {
        join(cell, Int(near), isJoined, cores, sets, visitor)
      }
    }
    return sets
  }

  /// Joins the core rows of a cell; returns whether they are one set.
  private func join(within cell: Int, _ cores: CoreSlots, _ sets: ConcurrentSets) -> Bool {
    let first = Int(cores.firsts.start[cell])
    guard first >= 0 else { return true }
    let slots = cells.slots(of: cell)
    if cells.isDense[cell] {
      for slot in first..<slots.upperBound where cores.isCore(slot) { sets.join(first, slot) }
      return true
    }
    let visitor = TreeVisitor(cells)
    for slot in slots where cores.isCore(slot) {
      joinNeighbors(of: slot, in: slot & ~3..<slots.upperBound, cores, sets, visitor)
    }
    return slots.allSatisfy { !cores.isCore($0) || sets.areJoined(first, $0) }
  }

  /// Joins core rows of two cells that are neighbours; cells known to be joined within need one pair.
  private func join(
    _ a: Int, _ b: Int, _ isJoined: [Bool], _ cores: CoreSlots, _ sets: ConcurrentSets,
    _ visitor: TreeVisitor
  ) {
    let (from, to) = isJoined[b] ? (a, b) : (b, a)
    let target = Int(cores.firsts.start[to])
    let slots = cells.slots(of: to)
    let isOnePairEnough = isJoined[a] && isJoined[b]
    if isOnePairEnough && sets.areJoined(Int(cores.firsts.start[from]), target) { return }
    for slot in cells.slots(of: from) where cores.isCore(slot) {
      if isJoined[to] && !isOnePairEnough && sets.areJoined(slot, target) { continue }
      let row = visitor.row(at: slot)
      guard visitor.isNear(row, to) else { continue }
      if !isJoined[to] {
        joinNeighbors(of: slot, in: slots, cores, sets, visitor)
      } else if hasCore(near: row, in: slots, cores, visitor) {
        sets.join(slot, target)
        if isOnePairEnough { return }
      }
    }
  }

  @inline(__always)
  private func hasCore(
    near row: UnsafePointer<Double>, in slots: Range<Int>, _ cores: CoreSlots,
    _ visitor: TreeVisitor
  ) -> Bool {
    var next = slots.lowerBound
    while next < slots.upperBound {
      let mask = cores.mask(ofBlockAt: next)
      if mask != 0 && visitor.neighbors(of: row, inBlockAt: next) & mask != 0 { return true }
      next &+= 4
    }
    return false
  }

  @inline(__always)
  private func joinNeighbors(
    of slot: Int, in slots: Range<Int>, _ cores: CoreSlots, _ sets: ConcurrentSets,
    _ visitor: TreeVisitor
  ) {
    let row = visitor.row(at: slot)
    var next = slots.lowerBound
    while next < slots.upperBound {
      let mask = cores.mask(ofBlockAt: next)
      var lanes = mask == 0 ? 0 : visitor.neighbors(of: row, inBlockAt: next) & mask
      while lanes != 0 {
        sets.join(slot, next &+ lanes.trailingZeroBitCount)
        lanes &= lanes &- 1
      }
      next &+= 4
    }
  }
}
