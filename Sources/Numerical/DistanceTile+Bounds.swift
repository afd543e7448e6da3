import CIntrinsics

/// The pass that skips what bounds rule out.
///
/// Every row keeps an upper bound of the distance to its own point and, per group of points, a lower
/// bound of the distance to the group's other points. When points move, the triangle inequality loosens
/// both by the drifts (Hamerly 2010; Ding et al. 2015, "Yinyang"). A lower bound is stored with the way
/// its group had come when it was made, so that loosening it takes no store. A row whose lower bounds all stay
/// above its upper bound is skipped. The others go through the screen with their own group first, which
/// renews the upper bound, and then with those groups that are still not ruled out. Tests run eight rows
/// at a time and what fails is queued per group, so that no branch depends on a single row.
extension NearestSearch {
  /// Finds the nearest point for each row of the block after `move(to:)`.
  ///
  /// Needs bounds from `screenAll(keepingBounds: true)` or an earlier `refine`.
  package func refine(block: Int, exact: UnsafePointer<Double>, scratch: SearchScratch) {
    scratch.movedCount = 0
    let count = loosen(block: block, scratch: scratch)
    if count == 0 { return }
    for group in 0..<panels.groupCount {
      searchOwn(group, block: block, scratch: scratch)
    }
    for group in 0..<panels.groupCount where panels.groupCount > 1 {
      searchOther(group, block: block, scratch: scratch)
    }
    packed.withView { view in
      for index in 0..<count {
        settle(
          Int(scratch.candidates.start[index]), block: block, exact: exact, points: view,
          scratch: scratch)
      }
    }
  }

  /// The lower bounds of a group for the rows of a block.
  @inline(__always)
  func bounds(block: Int, group: Int) -> UnsafeMutablePointer<Float> {
    lower.start + (block &* panels.groupCount &+ group) &* ScreenedRows.blockRows
  }

  @inline(__always)
  private func load(_ place: UnsafePointer<Float>) -> SIMD8<Float> {
    UnsafeRawPointer(place).loadUnaligned(as: SIMD8<Float>.self)
  }

  /// Loosens the bounds and lists the rows that some group can no longer be ruled out for.
  private func loosen(block: Int, scratch: SearchScratch) -> Int {
    let size = ScreenedRows.blockRows
    let ownUpper = upper.start + block &* size
    loosenUpper(block: block)
    findLeast(block: block, scratch: scratch)
    scratch.emptyQueues(panels.groupCount)
    var count = 0
    for start in stride(from: 0, to: size, by: 8) {
      var bits = cohort_not_above_f32x8(load(scratch.least.start + start), load(ownUpper + start))
      while bits != 0 {
        let i = start &+ bits.trailingZeroBitCount
        enqueue(i, block: block, scratch: scratch)
        scratch.candidates.start[count] = Int32(truncatingIfNeeded: i)
        count &+= 1
        bits &= bits &- 1
      }
    }
    return count
  }

  /// The least lower bound of each row; groups one after the other, as they lie in memory.
  private func findLeast(block: Int, scratch: SearchScratch) {
    let least = scratch.least.start
    least.update(repeating: .infinity, count: ScreenedRows.blockRows)
    for group in 0..<panels.groupCount {
      let bounds = bounds(block: block, group: group)
      let travel = SIMD8(repeating: groupTravel.start[group])
      for start in stride(from: 0, to: ScreenedRows.blockRows, by: 8) {
        let bound = cohort_min_f32x8(load(least + start), load(bounds + start) - travel)
        UnsafeMutableRawPointer(least + start).storeBytes(of: bound, as: SIMD8<Float>.self)
      }
    }
  }

  private func loosenUpper(block: Int) {
    let base = block &* ScreenedRows.blockRows
    let ownUpper = upper.start + base
    let ownLabels = labels.start + base
    let drift = pointDrift.start
    for i in 0..<rowRange(of: block).count {
      let loosened: Float = ownUpper[i] + drift[Int(ownLabels[i])]
      ownUpper[i] = loosened * roundingUp
    }
  }

  /// Puts row i of the block into the queue of its own group and asks for its coordinates.
  @inline(__always)
  private func enqueue(_ i: Int, block: Int, scratch: SearchScratch) {
    let row = block &* ScreenedRows.blockRows &+ i
    let place = rows.start(of: row)
    // Two coordinates of the row stand on one cache line.
    for line in 0..<min(rows.dimension / 2, 8) { cohort_prefetch(place + line &* 16) }
    let slot = Int(panels.slotOfPoint.start[Int(labels.start[row])])
    scratch.enqueue(Int32(truncatingIfNeeded: i), group: panels.group(ofSlot: slot))
  }

  /// Screens the queued rows with their own group and renews their upper bounds.
  private func searchOwn(_ group: Int, block: Int, scratch: SearchScratch) {
    let base = block &* ScreenedRows.blockRows
    let bounds = bounds(block: block, group: group)
    let queue = UnsafePointer(scratch.queue(group))
    let count = scratch.queueCounts.start[group]
    scratch.searched &+= count
    for start in stride(from: 0, to: count, by: 8) {
      let found = screen(
        queue + start, count: min(8, count &- start), group: group, block: block)
      let upperBounds = outward(found.least, halfNorms: found.halfNorms)
      for lane in 0..<min(8, count &- start) {
        let i = Int(queue[start &+ lane])
        scratch.first.start[i] = found.least.first[lane]
        scratch.second.start[i] = found.least.second[lane]
        scratch.slot.start[i] = found.least.slot[lane]
        scratch.own.start[i] = found.first[lane]
        scratch.runnerUp.start[i] = found.second[lane]
        upper.start[base &+ i] = upperBounds[lane]
        // Keeps the next step from looking here again; `settle` writes the bound.
        bounds[i] = .infinity
      }
    }
  }

  /// Screens a group for the rows that it is not ruled out for.
  private func searchOther(_ group: Int, block: Int, scratch: SearchScratch) {
    let size = ScreenedRows.blockRows
    let bounds = bounds(block: block, group: group)
    let ownUpper = upper.start + block &* size
    let queue = scratch.queue(group)
    let travel = SIMD8(repeating: groupTravel.start[group])
    var count = 0
    var start = 0
    while start < size {
      // Every lane is stored and the count says how many stand: no branch to foretell.
      let bits = Int(
        cohort_not_above_f32x8(load(bounds + start) - travel, load(ownUpper + start)))
      let found = lanesOfBits.start[bits] &+ SIMD8(repeating: Int32(truncatingIfNeeded: start))
      UnsafeMutableRawPointer(queue + count).storeBytes(of: found, as: SIMD8<Int32>.self)
      count &+= bits.nonzeroBitCount
      start &+= 8
    }
    scratch.searched &+= count
    for start in stride(from: 0, to: count, by: 8) {
      let found = screen(
        UnsafePointer(queue + start), count: min(8, count &- start), group: group, block: block)
      let firsts = found.first + travel
      let lasting = firsts - (firsts + travel) * 0x1p-20
      for lane in 0..<min(8, count &- start) {
        let i = Int(queue[start &+ lane])
        bounds[i] = lasting[lane]
        scratch.include(found, lane: lane, row: i)
      }
    }
  }

  @inline(__always)
  private func screen(_ queue: UnsafePointer<Int32>, count: Int, group: Int, block: Int)
    -> ScreenedOctet
  {
    let base = block &* ScreenedRows.blockRows
    let octet = RowOctet(rows, count: count) { base &+ Int(queue[$0]) }
    var least = LaneTopTwo()
    for panel in panels.panels(of: group) {
      screenPanel(octet, panels, panel: panel, into: &least)
    }
    let norms = rows.halfNorms.start + base
    var halfNorms = SIMD8<Float>()
    for lane in 0..<8 { halfNorms[lane] = norms[Int(queue[min(lane, count &- 1)])] }
    return ScreenedOctet(
      least: least, halfNorms: halfNorms,
      first: inward(least.first, halfNorms: halfNorms),
      second: inward(least.second, halfNorms: halfNorms))
  }

  /// Decides a searched row and completes its bounds.
  @inline(__always)
  private func settle(
    _ i: Int, block: Int, exact: UnsafePointer<Double>, points: PackedView, scratch: SearchScratch
  ) {
    let row = block &* ScreenedRows.blockRows &+ i
    let slot = Int(scratch.slot.start[i])
    let before = Int(panels.slotOfPoint.start[Int(labels.start[row])])
    let found = decide(
      row, first: scratch.first.start[i], second: scratch.second.start[i], slot: slot,
      exact: exact, points: points, scratch: scratch)
    upper.start[row] = found.upper
    let group = panels.group(ofSlot: before)
    bounds(block: block, group: group)[i] = lasting(scratch.own.start[i], group: group)
    if found.isScreened {
      let group = panels.group(ofSlot: slot)
      bounds(block: block, group: group)[i] = lasting(scratch.runnerUp.start[i], group: group)
    }
  }
}

/// What the screen found for eight rows in one group.
struct ScreenedOctet {
  let least: LaneTopTwo
  let halfNorms: SIMD8<Float>
  /// Lower bounds of the distances to the nearest and to all but the nearest point.
  let first: SIMD8<Float>
  let second: SIMD8<Float>
}

extension SearchScratch {
  @inline(__always)
  func queue(_ group: Int) -> UnsafeMutablePointer<Int32> {
    queues.start + group &* ScreenedRows.blockRows
  }

  func emptyQueues(_ groupCount: Int) {
    queueCounts.start.update(repeating: 0, count: groupCount)
  }

  @inline(__always)
  func enqueue(_ row: Int32, group: Int) {
    let count = queueCounts.start[group]
    queue(group)[count] = row
    queueCounts.start[group] = count &+ 1
  }

  /// Merges what a further group has to offer for a row.
  @inline(__always)
  func include(_ found: ScreenedOctet, lane: Int, row i: Int) {
    let value = found.least.first[lane]
    let best = first.start[i]
    let next = second.start[i]
    if value < best {
      second.start[i] = min(best, found.least.second[lane])
      first.start[i] = value
      slot.start[i] = found.least.slot[lane]
      runnerUp.start[i] = found.second[lane]
    } else {
      second.start[i] = min(next, value)
    }
  }
}
