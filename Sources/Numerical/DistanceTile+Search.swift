import CIntrinsics

/// The nearest of k moving points to each of n rows, exactly.
///
/// After every pass `labels[i]` is the index that `DistanceTile.nearest` gives for row i: a row whose
/// nearest point the single-precision screen cannot tell apart is decided in double precision. Two
/// passes exist. `screenAll` looks at every point; `refine` (see the bounds file) skips groups of points
/// that bounds on distances prove to be farther than the present nearest one. Both give the same labels.
package final class NearestSearch: @unchecked Sendable {
  package let rows: ScreenedRows
  package let pointCount: Int
  /// Groups of points that a pass may skip.
  package var groupCount: Int { panels.groupCount }
  /// The nearest point of each row, −1 before the first pass; seven more stand behind the last.
  package let labels: ScratchBuffer<Int32>

  let panels: ScreenPanels
  private(set) var packed: PackedPoints
  private var points: Matrix

  /// An upper bound of each row's distance to its own point, in the screen's scale.
  let upper: ScratchBuffer<Float>
  /// Per block, group and row: a lower bound of the distance to the group's other points, plus the
  /// group's travel when the bound was made.
  let lower: ScratchBuffer<Float>
  /// How far each point moved last.
  let pointDrift: ScratchBuffer<Float>
  /// The sum over all moves of the farthest move of each group.
  let groupTravel: ScratchBuffer<Float>
  /// Per set of eight lanes, as bits: its lanes in order, then zeros.
  let lanesOfBits: ScratchBuffer<SIMD8<Int32>>

  package init(rows: ScreenedRows, points: Matrix) {
    precondition(points.columnCount == rows.dimension, "rows and points must be equally wide")
    precondition(points.rowCount > 0, "there is no nearest of no points")
    self.rows = rows
    self.points = points
    pointCount = points.rowCount
    labels = ScratchBuffer(count: rows.count + 7, repeating: -1)
    panels = ScreenPanels(pointCount: pointCount, dimension: rows.dimension)
    packed = PackedPoints(points)
    let padded = rows.blockCount * ScreenedRows.blockRows
    upper = ScratchBuffer(count: padded)
    lower = ScratchBuffer(count: padded * panels.groupCount)
    pointDrift = ScratchBuffer(count: pointCount, repeating: 0)
    groupTravel = ScratchBuffer(count: panels.groupCount, repeating: 0)
    lanesOfBits = Self.lanesOfBits()
    panels.fill(points, frame: rows)
  }

  private static func lanesOfBits() -> ScratchBuffer<SIMD8<Int32>> {
    let table = ScratchBuffer<SIMD8<Int32>>(count: 256)
    for bits in 0..<table.count {
      var lanes = SIMD8<Int32>()
      var count = 0
      for lane in 0..<8 where bits >> lane & 1 == 1 {
        lanes[count] = Int32(lane)
        count += 1
      }
      table.start[bits] = lanes
    }
    return table
  }

  /// Regroups the points; bounds must be made anew by `screenAll(keepingBounds: true)`.
  package func regroup() {
    panels.arrange(points)
    panels.fill(points, frame: rows)
  }

  /// Tells where the points are now.
  package func move(to next: Matrix) {
    precondition(next.rowCount == pointCount && next.columnCount == rows.dimension)
    var farthest = [Float](repeating: 0, count: panels.groupCount)
    points.values.withUnsafeBufferPointer { old in
      next.values.withUnsafeBufferPointer { new in
        guard let old = old.baseAddress, let new = new.baseAddress else { return }
        for point in 0..<pointCount {
          let drift = outward(
            DistanceTile.squaredDistance(
              old + point * rows.dimension, new + point * rows.dimension,
              dimension: rows.dimension))
          pointDrift.start[point] = drift
          let group = panels.group(ofSlot: Int(panels.slotOfPoint.start[point]))
          farthest[group] = max(farthest[group], drift)
        }
      }
    }
    for group in 0..<panels.groupCount {
      groupTravel.start[group] = (groupTravel.start[group] + farthest[group]) * roundingUp
    }
    points = next
    packed = PackedPoints(next)
    panels.fill(next, frame: rows)
  }

  /// A lower bound in the form that is stored, rounded down by more than later subtraction rounds.
  @inline(__always)
  func lasting(_ bound: Float, group: Int) -> Float {
    let travel = groupTravel.start[group]
    return bound + travel - (bound + travel + travel) * 0x1p-20
  }

  /// A squared distance of the data as a distance in the screen's scale, rounded up.
  @inline(__always)
  func outward(_ squaredDistance: Double) -> Float {
    Float(squaredDistance.squareRoot() * rows.scale) * roundingUp + 0x1p-100
  }
}

/// Factors that outweigh the rounding of the few single-precision operations around them.
let roundingUp: Float = 1 + 0x1p-21
let roundingDown: Float = 1 - 0x1p-21

extension NearestSearch {
  /// The rows of a block, as a range.
  @inline(__always)
  package func rowRange(of block: Int) -> Range<Int> {
    let start = block &* ScreenedRows.blockRows
    return start..<min(rows.count, start &+ ScreenedRows.blockRows)
  }

  /// Finds the nearest of all points for each row of the block.
  ///
  /// - Parameter exact: the rows in double precision, row-major, as given to the first
  ///     `ScreenedRows`.
  /// - Complexity: O(rows · k · d).
  package func screenAll(
    block: Int, exact: UnsafePointer<Double>, keepingBounds: Bool, scratch: SearchScratch
  ) {
    scratch.movedCount = 0
    let range = rowRange(of: block)
    scratch.searched &+= range.count &* panels.groupCount
    packed.withView { view in
      var row = range.lowerBound
      while row < range.upperBound {
        screenPair(
          row, count: min(16, range.upperBound &- row), block: block, exact: exact, points: view,
          keepingBounds: keepingBounds, scratch: scratch)
        row &+= 16
      }
    }
    if keepingBounds { padBounds(block: block, from: range.count) }
  }

  /// Rows past the end have bounds that no drift brings together, so that no search takes them up.
  private func padBounds(block: Int, from count: Int) {
    let size = ScreenedRows.blockRows
    for i in count..<size {
      upper.start[block * size + i] = 0
      for group in 0..<panels.groupCount {
        lower.start[(block * panels.groupCount + group) * size + i] = .infinity
      }
    }
  }

  @inline(__always)
  private func screenPair(
    _ row: Int, count: Int, block: Int, exact: UnsafePointer<Double>, points: PackedView,
    keepingBounds: Bool, scratch: SearchScratch
  ) {
    let pair = OctetPair(rows, row: row, count: count)
    pair.prefetchNext()
    var low = OctetSearch(rows, row: row, count: min(8, count))
    var high = OctetSearch(rows, row: count > 8 ? row &+ 8 : row, count: max(0, count &- 8))
    for group in 0..<panels.groupCount {
      var (inLow, inHigh) = (LaneTopTwo(), LaneTopTwo())
      for panel in panels.panels(of: group) {
        pair.forEachPoint(of: panel, in: panels) { slot, first, second in
          let slot = Int32(truncatingIfNeeded: slot)
          inLow.include(first, slot: slot)
          inHigh.include(second, slot: slot)
        }
      }
      if keepingBounds {
        keep(inLow, of: group, for: &low, block: block)
        if high.count > 0 { keep(inHigh, of: group, for: &high, block: block) }
      }
      low.all.include(inLow)
      high.all.include(inHigh)
    }
    decide(
      low, block: block, exact: exact, points: points, keepingBounds: keepingBounds,
      scratch: scratch)
    decide(
      high, block: block, exact: exact, points: points, keepingBounds: keepingBounds,
      scratch: scratch)
  }

  /// Notes how near the points of a group are at least.
  @inline(__always)
  private func keep(
    _ least: LaneTopTwo, of group: Int, for octet: inout OctetSearch, block: Int
  ) {
    octet.runnerUp.replace(with: least.second, where: least.first .< octet.all.first)
    let first = inward(least.first, halfNorms: octet.halfNorms)
    let bounds =
      bounds(block: block, group: group) + (octet.row &- block &* ScreenedRows.blockRows)
    for lane in 0..<8 { bounds[lane] = lasting(first[lane], group: group) }
  }

  /// Decides the rows of a screened octet.
  @inline(__always)
  private func decide(
    _ octet: OctetSearch, block: Int, exact: UnsafePointer<Double>, points: PackedView,
    keepingBounds: Bool, scratch: SearchScratch
  ) {
    let all = octet.all
    var lanes = UInt32(1) &<< UInt32(octet.count) &- 1
    if !keepingBounds, panels.isInOrder { lanes &= unsettled(octet) }
    let second = keepingBounds ? inward(octet.runnerUp, halfNorms: octet.halfNorms) : SIMD8()
    while lanes != 0 {
      let lane = lanes.trailingZeroBitCount
      lanes &= lanes &- 1
      let row = octet.row &+ lane
      let slot = Int(all.slot[lane])
      let found = decide(
        row, first: all.first[lane], second: all.second[lane], slot: slot, exact: exact,
        points: points, scratch: scratch)
      guard keepingBounds else { continue }
      upper.start[row] = found.upper
      if found.isScreened {
        let group = panels.group(ofSlot: slot)
        bounds(block: block, group: group)[row &- block &* ScreenedRows.blockRows] =
          lasting(second[lane], group: group)
      }
    }
  }

  /// The lanes of rows that the screen alone does not leave where they are, as it does most in most passes.
  @inline(__always)
  private func unsettled(_ octet: OctetSearch) -> UInt32 {
    let least = octet.all
    let labels = UnsafeRawPointer(labels.start + octet.row).loadUnaligned(as: SIMD8<Int32>.self)
    let doubt = octet.halfNorms * (2 * rows.gamma) + (panels.greatestSlack + 0x1p-100)
    return cohort_not_above_f32x8(least.second, least.first + doubt)
      | cohort_differ_i32x4(labels.lowHalf, least.slot.lowHalf)
      | cohort_differ_i32x4(labels.highHalf, least.slot.highHalf) &<< 4
  }

  /// Screened scores as lower bounds of distances.
  @inline(__always)
  func inward(_ scores: SIMD8<Float>, halfNorms: SIMD8<Float>) -> SIMD8<Float> {
    let tiny = SIMD8<Float>(repeating: 0x1p-110)
    let halves = scores + (halfNorms * (1 - rows.gamma) - tiny)
    return cohort_sqrt_f32x8(cohort_max_f32x8(halves + halves, SIMD8())) * roundingDown
  }

  /// The least screened scores as upper bounds of distances.
  @inline(__always)
  func outward(_ least: LaneTopTwo, halfNorms: SIMD8<Float>) -> SIMD8<Float> {
    var rest = halfNorms * (1 + rows.gamma) + SIMD8(repeating: 0x1p-110)
    for lane in 0..<8 { rest[lane] += panels.slacks.start[Int(least.slot[lane])] }
    let halves = cohort_max_f32x8(least.first + rest, SIMD8())
    return cohort_sqrt_f32x8(halves + halves) * roundingUp + SIMD8(repeating: 0x1p-100)
  }

  /// A screened score of a row and the point in `slot` as an upper bound of the distance.
  @inline(__always)
  func outward(_ score: Float, row: Int, slot: Int) -> Float {
    let rest = rows.halfNorms.start[row] * (1 + rows.gamma) + (panels.slacks.start[slot] + 0x1p-110)
    return (2 * max(score + rest, 0)).squareRoot() * roundingUp + 0x1p-100
  }

  /// Takes the screen's answer if it is certain, else asks in double precision; notes a move.
  ///
  /// Where the answer is the screen's, a lower bound that leaves out the screen's point holds for
  /// all but the row's own point.
  @inline(__always)
  func decide(
    _ row: Int, first: Float, second: Float, slot: Int, exact: UnsafePointer<Double>,
    points: PackedView, scratch: SearchScratch
  ) -> (upper: Float, isScreened: Bool) {
    let doubt = panels.slacks.start[slot] + 2 * rows.halfNorms.start[row] * rows.gamma + 0x1p-100
    var point = panels.pointOfSlot.start[slot]
    var isScreened = true
    let bound: Float
    if first + doubt < second {
      bound = outward(first, row: row, slot: slot)
    } else {
      let nearest = DistanceTile.nearest(
        to: exact + rows.place(row) &* rows.dimension, among: points)
      isScreened = nearest.index == Int(point)
      point = Int32(truncatingIfNeeded: nearest.index)
      bound = outward(nearest.squaredDistance)
    }
    let before = labels.start[row]
    if before != point {
      labels.start[row] = point
      // The caller is about to carry the row over to another sum.
      let own = exact + rows.place(row) &* rows.dimension
      cohort_prefetch(own)
      cohort_prefetch(own + 8)
      scratch.noteMove(of: row, from: before)
    }
    return (bound, isScreened)
  }
}
