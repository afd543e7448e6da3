import Numerical

/// DBSCAN on the nodes of a tree, for any number of columns.
///
/// A cell is the highest node whose rows are all neighbours by the diagonal of its box, or else a leaf. Cells of
/// the first kind are treated as those of a grid; a large pile of copies is one of them. For the
/// others neighbours are counted and joined row by row, where boxes do not decide.
struct TreeDensity {
  let cells: TreeCells
  let rule: CoreRule
  /// Nil where rows are compared one by one.
  let tiles: CellTiles?
  private let pool: WorkerPool

  init(_ cells: TreeCells, _ tiles: CellTiles?, rule: CoreRule, on pool: WorkerPool) {
    self.cells = cells
    self.tiles = tiles
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
    let order = (0..<tree.slotCount).compactMap { slot in
      tree.rowOfSlot[slot] == .max ? nil : tree.rowOfSlot[slot]
    }
    return CoreClusters(labels: labels, clusterCount: numbers.count, order: order)
  }

  /// Calls `body` for every cell with what its thread may scribble on.
  private func forEachCell(_ body: (Int, inout TreeVisitor) -> Void) {
    let chunks = RowChunks(count: cells.count, size: 16)
    pool.forEachChunk(count: chunks.count) { chunk in
      var visitor = TreeVisitor(cells)
      for cell in chunks[chunk] { body(cell, &visitor) }
    }
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
      if rule.isDecided || isSettled(cell, weights) {
        for slot in slots { flags.start[slot] = isCandidate(slot) }
        return
      }
      visitor.visit(cell)
      if let tiles, weights == nil { return markCores(of: cell, visitor, tiles, in: flags) }
      // A cell whose rows are all neighbours is weighed once, not by each of its rows.
      let own = cells.isDense[cell] ? weights.map { weight(of: cell, $0) } : nil
      for slot in slots {
        flags.start[slot] =
          isCandidate(slot)
          && (weights == nil
            ? neighborCount(of: slot, cell, visitor) >= rule.minimum
            : hasWeight(slot, cell, own, weights ?? [], visitor))
      }
    }
    return flags
  }

  /// Whether a slot has a row that may be a core row.
  @inline(__always)
  func isCandidate(_ slot: Int) -> Bool {
    let row = cells.tree.rowOfSlot[slot]
    return row != .max && rule.admits(Int(row))
  }

  /// The neighbours of every row, counted up to `rule.minimum` or a little beyond.
  func neighborCounts() -> NeighborCounts {
    let counts = NeighborCounts(rowCount: cells.tree.rowCount)
    forEachCell { cell, visitor in note(counts, of: cell, &visitor) }
    return counts
  }

  private func note(_ counts: NeighborCounts, of cell: Int, _ visitor: inout TreeVisitor) {
    let (slots, rowOfSlot) = (cells.slots(of: cell), cells.tree.rowOfSlot)
    if isSettled(cell, nil) {
      for slot in slots where rowOfSlot[slot] != .max {
        counts.note(rule.minimum, ofRow: Int(rowOfSlot[slot]))
      }
      return
    }
    visitor.visit(cell)
    if let tiles {
      let found = neighborCounts(of: cell, visitor, tiles)
      for (index, slot) in slots.enumerated() where rowOfSlot[slot] != .max {
        counts.note(found[index], ofRow: Int(rowOfSlot[slot]))
      }
    } else {
      for slot in slots where rowOfSlot[slot] != .max {
        counts.note(neighborCount(of: slot, cell, visitor), ofRow: Int(rowOfSlot[slot]))
      }
    }
  }

  /// Whether all rows of the cell are core rows by themselves.
  private func isSettled(_ cell: Int, _ weights: [Double]?) -> Bool {
    guard cells.isDense[cell] else { return false }
    guard let weights else { return cells.rowCount(of: cell) >= rule.minimum }
    return weight(of: cell, weights).isAtLeast(Double(rule.minimum))
  }

  private func weight(of cell: Int, _ weights: [Double]) -> WideSum {
    var sum = WideSum()
    for slot in cells.slots(of: cell) { sum.add(weights[slot]) }
    return sum
  }

  /// How many rows lie within the radius of the row in a slot, counted up to `rule.minimum` or a little beyond.
  private func neighborCount(
    of slot: Int, _ own: Int, _ visitor: borrowing TreeVisitor
  ) -> Int {
    let row = visitor.row(at: slot)
    var found = cells.isDense[own] ? cells.rowCount(of: own) : 0
    for near in visitor.near {
      let cell = Int(near)
      if cell == own && cells.isDense[own] { continue }
      found &+= neighborCount(of: row, in: cell, upTo: rule.minimum &- found, visitor)
      if found >= rule.minimum { break }
    }
    return found
  }

  /// How many rows of a cell lie within the radius of a row, counted no further than a block beyond `limit`.
  @inline(__always)
  func neighborCount(
    of row: UnsafePointer<Double>, in cell: Int, upTo limit: Int,
    _ visitor: borrowing TreeVisitor
  ) -> Int {
    guard visitor.isNear(row, cell) else { return 0 }
    if !cells.isSmall(cell) && visitor.isSurrounding(row, cell) { return cells.rowCount(of: cell) }
    let slots = cells.slots(of: cell)
    var next = slots.lowerBound
    var found = 0
    while next < slots.upperBound && found < limit {
      found &+= visitor.neighbors(of: row, inBlockAt: next).nonzeroBitCount
      next &+= 4
    }
    return found
  }

  private func hasWeight(
    _ slot: Int, _ own: Int, _ ownWeight: WideSum?, _ weights: [Double],
    _ visitor: borrowing TreeVisitor
  ) -> Bool {
    let row = visitor.row(at: slot)
    let minimum = Double(rule.minimum)
    var sum = ownWeight ?? WideSum()
    for near in visitor.near {
      let cell = Int(near)
      if cell == own ? ownWeight != nil : !visitor.isNear(row, cell) { continue }
      var next = cells.slots(of: cell).lowerBound
      let end = cells.slots(of: cell).upperBound
      while next < end {
        var lanes = visitor.neighbors(of: row, inBlockAt: next)
        while lanes != 0 {
          sum.add(weights[next &+ lanes.trailingZeroBitCount])
          lanes &= lanes &- 1
        }
        next &+= 4
      }
      if sum.isAtLeast(minimum) { return true }
    }
    return sum.isAtLeast(minimum)
  }
}

// MARK: - Clusters

extension TreeDensity {
  /// Joins core rows that are connected: first within cells, then between them.
  private func joined(_ cores: CoreSlots) -> ConcurrentSets {
    let sets = ConcurrentSets(count: cells.tree.slotCount)
    let isJoined = ScratchBuffer<Bool>(count: cells.count)
    forEachCell { cell, visitor in
      isJoined.start[cell] = join(within: cell, cores, sets, visitor)
    }
    forEachCell { cell, visitor in
      if cores.isEmpty(cell) { return }
      visitor.visit(cell)
      for near in visitor.near where Int(near) > cell && !cores.isEmpty(Int(near)) {
        if let tiles, cells.isSmall(cell), cells.isSmall(Int(near)) {
          join(cell, Int(near), isJoined, cores, sets, tiles)
        } else {
          join(cell, Int(near), isJoined, cores, sets, visitor)
        }
      }
    }
    return sets
  }

  /// Joins the core rows of a cell; returns whether they are one set.
  private func join(
    within cell: Int, _ cores: CoreSlots, _ sets: ConcurrentSets, _ visitor: borrowing TreeVisitor
  ) -> Bool {
    let first = Int(cores.firsts.start[cell])
    guard first >= 0 else { return true }
    let slots = cells.slots(of: cell)
    if cells.isDense[cell] {
      for slot in first..<slots.upperBound where cores.isCore(slot) { sets.join(first, slot) }
      return true
    }
    for slot in slots where cores.isCore(slot) {
      joinNeighbors(of: slot, in: slot & ~3..<slots.upperBound, cores, sets, visitor)
    }
    return slots.allSatisfy { !cores.isCore($0) || sets.areJoined(first, $0) }
  }

  /// Joins core rows of two cells that are neighbours; cells known to be joined within need one pair.
  private func join(
    _ a: Int, _ b: Int, _ isJoinedBuffer: ScratchBuffer<Bool>, _ cores: CoreSlots,
    _ sets: ConcurrentSets, _ visitor: borrowing TreeVisitor
  ) {
    let isJoined = isJoinedBuffer.start
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
    _ visitor: borrowing TreeVisitor
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
    _ visitor: borrowing TreeVisitor
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
