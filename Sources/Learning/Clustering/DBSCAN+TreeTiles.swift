import Numerical

extension TreeDensity {
  /// Marks the core rows of a cell, its rows compared with those near it eight by eight.
  func markCores(
    of cell: Int, _ visitor: borrowing TreeVisitor, _ tiles: CellTiles,
    in flags: ScratchBuffer<Bool>
  ) {
    let counts = neighborCounts(of: cell, visitor, tiles)
    for (index, slot) in cells.slots(of: cell).enumerated() {
      flags.start[slot] = isCandidate(slot) && counts[index] >= rule.minimum
    }
  }

  /// How many rows lie within the radius of each candidate of a cell, slot by slot, counted up to `rule.minimum`
  /// or a little beyond.
  func neighborCounts(
    of cell: Int, _ visitor: borrowing TreeVisitor, _ tiles: CellTiles
  ) -> [Int] {
    let slots = cells.slots(of: cell)
    var counts = [Int](repeating: 0, count: tiles.panels(of: cell).count * CellTiles.lanes)
    for index in counts.indices
    where index >= slots.count || !isCandidate(slots.lowerBound + index) {
      // Lanes without a candidate must not keep the search going.
      counts[index] = rule.minimum
    }
    for near in visitor.near {
      if !counts.contains(where: { $0 < rule.minimum }) { break }
      count(Int(near), near: cell, visitor, tiles, &counts)
    }
    return counts
  }

  /// Adds the rows of `other` within the radius of each row of `cell`.
  private func count(
    _ other: Int, near cell: Int, _ visitor: borrowing TreeVisitor, _ tiles: CellTiles,
    _ counts: inout [Int]
  ) {
    if other == cell && cells.isDense[cell] {
      for index in counts.indices { counts[index] &+= cells.rowCount(of: cell) }
    } else if cells.isSmall(other) {
      counts.withUnsafeMutableBufferPointer { countTiles(other, near: cell, tiles, $0) }
    } else {
      let first = cells.slots(of: cell).lowerBound
      for index in counts.indices where counts[index] < rule.minimum {
        counts[index] &+= neighborCount(
          of: visitor.row(at: first + index), in: other, upTo: rule.minimum - counts[index],
          visitor)
      }
    }
  }

  /// All panels of the cell meet one panel of the other before the next, which would push it out of the cache.
  private func countTiles(
    _ other: Int, near cell: Int, _ tiles: CellTiles, _ counts: UnsafeMutableBufferPointer<Int>
  ) {
    for panelB in tiles.panels(of: other) {
      let slotB = tiles.slot(ofPanel: panelB, in: other)
      for (index, panel) in tiles.panels(of: cell).enumerated() {
        let own = index &* CellTiles.lanes..<(index &+ 1) &* CellTiles.lanes
        if own.allSatisfy({ counts[$0] >= rule.minimum }) { continue }
        let masks = tiles.neighbors(panel, tiles.slot(ofPanel: panel, in: cell), panelB, slotB)
        for lane in 0..<CellTiles.lanes {
          counts[own.lowerBound &+ lane] &+=
            (masks &>> UInt64(lane &* 8) & 255).nonzeroBitCount
        }
      }
    }
  }

  /// Joins core rows of two small cells that are neighbours.
  func join(
    _ a: Int, _ b: Int, _ isJoined: ScratchBuffer<Bool>, _ cores: CoreSlots,
    _ sets: ConcurrentSets, _ tiles: CellTiles
  ) {
    let isOnePairEnough = isJoined.start[a] && isJoined.start[b]
    let target = Int(cores.firsts.start[b])
    if isOnePairEnough && sets.areJoined(Int(cores.firsts.start[a]), target) { return }
    for panelB in tiles.panels(of: b) {
      let firstB = tiles.slot(ofPanel: panelB, in: b)
      let coresB = cores.mask(ofPanelAt: firstB, in: cells.slots(of: b))
      for panelA in tiles.panels(of: a) where coresB != 0 {
        let firstA = tiles.slot(ofPanel: panelA, in: a)
        let coresA = cores.mask(ofPanelAt: firstA, in: cells.slots(of: a))
        if coresA == 0 { continue }
        // Bytes of core rows of a, in each the bits of core rows of b.
        var left =
          tiles.neighbors(panelA, firstA, panelB, firstB) & (coresB &* 0x0101_0101_0101_0101)
        while left != 0 {
          let bit = left.trailingZeroBitCount
          left &= left &- 1
          if coresA &>> UInt64(bit / 8) & 1 == 0 { continue }
          sets.join(firstA &+ bit / 8, isJoined.start[b] ? target : firstB &+ bit % 8)
          if isOnePairEnough { return }
          // One pair per row of a will do where b is one set.
          if isJoined.start[b] { left &= ~(255 &<< UInt64(bit & ~7)) }
        }
      }
    }
  }
}
