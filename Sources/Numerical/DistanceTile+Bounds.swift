import CIntrinsics

/// The pass that skips what bounds rule out.
///
/// Every row keeps an upper bound of the distance to its own point and, per group of points, a lower
/// bound of the distance to the group's other points. When points move, the triangle inequality loosens
/// both by the drifts (Hamerly 2010; Ding et al. 2015, "Yinyang"). A group whose lower bound stays above
/// the upper bound is skipped. The test runs eight rows at a time; what fails is queued per group and
/// goes through the screen in octets, so that no branch depends on a single row.
extension NearestSearch {
  /// Finds the nearest point for each row of the block after `move(to:)`.
  ///
  /// Needs bounds from `screenAll(keepingBounds: true)` or an earlier `refine`.
  package func refine(block: Int, exact: UnsafePointer<Double>, scratch: SearchScratch) {
    scratch.movedCount = 0
    var count = loosen(block: block, scratch: scratch)
    if count == 0 { return }
    count = tighten(block: block, count: count, scratch: scratch)
    if count == 0 { return }
    for group in 0..<panels.groupCount { search(group, block: block, scratch: scratch) }
    packed.withView { view in
      settle(block: block, count: count, exact: exact, points: view, scratch: scratch)
    }
  }

  /// Applies the drifts and lists the rows that some group can no longer be ruled out for.
  private func loosen(block: Int, scratch: SearchScratch) -> Int {
    let size = ScreenedRows.blockRows
    let ownUpper = upper.start + block &* size
    let ownLabels = labels.start + block &* size
    let drift = pointDrift.start
    for i in 0..<rowRange(of: block).count {
      let loosened: Float = ownUpper[i] + drift[Int(ownLabels[i])]
      ownUpper[i] = loosened * roundingUp
    }
    var count = 0
    for start in stride(from: 0, to: size, by: 8) {
      var least = SIMD8<Float>(repeating: .infinity)
      for group in 0..<panels.groupCount {
        let place = UnsafeMutableRawPointer(
          lower.start + ((block &* panels.groupCount &+ group) &* size &+ start))
        var bound = place.loadUnaligned(as: SIMD8<Float>.self)
        bound = SIMD8(repeating: -groupDrift.start[group]).addingProduct(
          bound, SIMD8(repeating: roundingDown))
        place.storeBytes(of: bound, as: SIMD8<Float>.self)
        least = cohort_min_f32x8(least, bound)
      }
      UnsafeMutableRawPointer(scratch.least.start + start)
        .storeBytes(of: least, as: SIMD8<Float>.self)
      let bounds = UnsafeRawPointer(ownUpper + start).loadUnaligned(as: SIMD8<Float>.self)
      var bits = cohort_not_above_f32x8(least, bounds)
      while bits != 0 {
        scratch.candidates.start[count] = Int32(
          truncatingIfNeeded: start &+ bits.trailingZeroBitCount)
        count &+= 1
        bits &= bits &- 1
      }
    }
    return count
  }

  /// Measures the candidates' distance to their own point and keeps those that still fail.
  private func tighten(block: Int, count: Int, scratch: SearchScratch) -> Int {
    let size = ScreenedRows.blockRows
    let ownUpper = upper.start + block &* size
    var kept = 0
    for k in 0..<count {
      let i = Int(scratch.candidates.start[k])
      let row = block &* size &+ i
      let label = Int(labels.start[row])
      let slot = Int(panels.slotOfPoint.start[label])
      let score = panels.offsets.start[slot] - ownProduct(row, label)
      ownUpper[i] = min(ownUpper[i], outward(score, row: row, slot: slot))
      if ownUpper[i] < scratch.least.start[i] { continue }
      scratch.candidates.start[kept] = Int32(truncatingIfNeeded: i)
      kept &+= 1
      open(i, block: block, slot: slot, score: score, scratch: scratch)
    }
    return kept
  }

  /// Starts the search for row i: from its own point if its group will be skipped, else from nothing.
  @inline(__always)
  private func open(_ i: Int, block: Int, slot: Int, score: Float, scratch: SearchScratch) {
    let size = ScreenedRows.blockRows
    let group = panels.group(ofSlot: slot)
    let bound = lower.start[(block &* panels.groupCount &+ group) &* size &+ i]
    let isSkipped = bound > upper.start[block &* size &+ i]
    scratch.first.start[i] = isSkipped ? score : .infinity
    scratch.second.start[i] = .infinity
    scratch.runnerUp.start[i] = bound
    scratch.slot.start[i] = Int32(truncatingIfNeeded: slot)
    scratch.own.start[i] = isSkipped ? score : .infinity
  }

  /// x · c for a row and its own point.
  @inline(__always)
  private func ownProduct(_ row: Int, _ point: Int) -> Float {
    let dimension = rows.dimension
    let x = rows.values.start + row &* dimension
    let c = panels.rows.start + point &* dimension
    var sums = SIMD8<Float>()
    var j = 0
    while j &+ 8 <= dimension {
      sums.addProduct(
        UnsafeRawPointer(x + j).loadUnaligned(as: SIMD8<Float>.self),
        UnsafeRawPointer(c + j).loadUnaligned(as: SIMD8<Float>.self))
      j &+= 8
    }
    let half = sums.lowHalf + sums.highHalf
    var sum = (half[0] + half[2]) + (half[1] + half[3])
    while j < dimension {
      sum.addProduct(x[j], c[j])
      j &+= 1
    }
    return sum
  }

  /// Screens one group for the rows that need it.
  private func search(_ group: Int, block: Int, scratch: SearchScratch) {
    let size = ScreenedRows.blockRows
    let bounds = lower.start + (block &* panels.groupCount &+ group) &* size
    let ownUpper = upper.start + block &* size
    var count = 0
    for start in stride(from: 0, to: size, by: 8) {
      var bits = cohort_not_above_f32x8(
        UnsafeRawPointer(bounds + start).loadUnaligned(as: SIMD8<Float>.self),
        UnsafeRawPointer(ownUpper + start).loadUnaligned(as: SIMD8<Float>.self))
      while bits != 0 {
        scratch.queue.start[count] = Int32(truncatingIfNeeded: start &+ bits.trailingZeroBitCount)
        count &+= 1
        bits &= bits &- 1
      }
    }
    scratch.searched &+= count
    for start in stride(from: 0, to: count, by: 8) {
      screenQueued(
        UnsafePointer(scratch.queue.start + start), count: min(8, count &- start), group: group,
        block: block,
        bounds: bounds, scratch: scratch)
    }
  }

  @inline(__always)
  private func screenQueued(
    _ queue: UnsafePointer<Int32>, count: Int, group: Int, block: Int,
    bounds: UnsafeMutablePointer<Float>, scratch: SearchScratch
  ) {
    let base = block &* ScreenedRows.blockRows
    let octet = RowOctet(rows.values.start, stride: rows.dimension, count: count) {
      base &+ Int(queue[$0])
    }
    var least = LaneTopTwo()
    for panel in panels.panels(of: group) {
      screenPanel(octet, panels, panel: panel, into: &least)
    }
    for lane in 0..<count {
      let i = Int(queue[lane])
      let value = least.first[lane]
      bounds[i] = inward(value, row: base &+ i)
      if value < scratch.first.start[i] {
        scratch.second.start[i] = min(scratch.first.start[i], least.second[lane])
        scratch.first.start[i] = value
        scratch.slot.start[i] = least.slot[lane]
        scratch.runnerUp.start[i] = inward(least.second[lane], row: base &+ i)
      } else {
        scratch.second.start[i] = min(scratch.second.start[i], value)
      }
    }
  }

  /// Decides the searched rows and completes their bounds.
  private func settle(
    block: Int, count: Int, exact: UnsafePointer<Double>, points: PackedView,
    scratch: SearchScratch
  ) {
    let size = ScreenedRows.blockRows
    for k in 0..<count {
      let i = Int(scratch.candidates.start[k])
      let row = block &* size &+ i
      let before = labels.start[row]
      let slot = Int(scratch.slot.start[i])
      let found = decide(
        row, first: scratch.first.start[i], second: scratch.second.start[i], slot: slot,
        exact: exact, points: points, scratch: scratch)
      upper.start[row] = found.upper
      if found.isScreened {
        let group = panels.group(ofSlot: slot)
        lower.start[(block &* panels.groupCount &+ group) &* size &+ i] =
          scratch.runnerUp.start[i]
      }
      if found.point != before && scratch.own.start[i] < .infinity {
        let group = panels.group(ofSlot: Int(panels.slotOfPoint.start[Int(before)]))
        let place = lower.start + ((block &* panels.groupCount &+ group) &* size &+ i)
        place.pointee = min(place.pointee, inward(scratch.own.start[i], row: row))
      }
    }
  }
}
