import CIntrinsics

/// Points in panels of eight for the screen, in an order of their own, and cut into groups of panels.
final class ScreenPanels {
  static let lanes = 8
  /// More groups than this are not worth their memory.
  static let maximumGroups = 16

  let pointCount: Int
  let dimension: Int
  let panelCount: Int
  let panelsPerGroup: Int
  let groupCount: Int
  /// The point in each slot, −1 for padding, and the slot of each point.
  let pointOfSlot: ScratchBuffer<Int32>
  let slotOfPoint: ScratchBuffer<Int32>
  /// −c per panel, dimension by dimension.
  let values: ScratchBuffer<Float>
  /// |c|²/2 · (1 − γ) per slot; huge for padding.
  let offsets: ScratchBuffer<Float>
  /// γ |c|² per slot: what to add to a lower bound to make it an upper bound.
  let slacks: ScratchBuffer<Float>
  private(set) var greatestSlack: Float = 0
  /// Whether every point stands in the slot of its number.
  private(set) var isInOrder = true

  init(pointCount: Int, dimension: Int) {
    self.pointCount = pointCount
    self.dimension = dimension
    panelCount = (pointCount + Self.lanes - 1) / Self.lanes
    panelsPerGroup = (panelCount + Self.maximumGroups - 1) / Self.maximumGroups
    groupCount = (panelCount + panelsPerGroup - 1) / panelsPerGroup
    pointOfSlot = ScratchBuffer(count: panelCount * Self.lanes, repeating: -1)
    slotOfPoint = ScratchBuffer(count: pointCount)
    values = ScratchBuffer(count: panelCount * dimension * Self.lanes, repeating: 0)
    offsets = ScratchBuffer(count: panelCount * Self.lanes, repeating: .greatestFiniteMagnitude / 8)
    slacks = ScratchBuffer(count: panelCount * Self.lanes, repeating: 0)
    for point in 0..<pointCount { place(point, slot: point) }
  }

  private func place(_ point: Int, slot: Int) {
    pointOfSlot[slot] = Int32(point)
    slotOfPoint[point] = Int32(slot)
  }

  /// Panels of the group, as a range.
  @inline(__always)
  func panels(of group: Int) -> Range<Int> {
    group &* panelsPerGroup..<min(panelCount, (group &+ 1) &* panelsPerGroup)
  }

  @inline(__always)
  func group(ofSlot slot: Int) -> Int { slot / (Self.lanes &* panelsPerGroup) }

  /// Stands neighbouring points together, so that whole groups can be ruled out at once: the point
  /// farthest from the middle takes the points nearest to it, and so on with what remains.
  func arrange(_ points: Matrix) {
    let width = dimension
    let middle = (0..<width).map { j in points.column(j).reduce(0, +) / Double(pointCount) }
    var left = Array(0..<pointCount)
    var order: [Int] = []
    points.values.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      func distance(_ point: Int, _ to: UnsafePointer<Double>) -> Double {
        DistanceTile.squaredDistance(base + point * width, to, dimension: width)
      }
      while !left.isEmpty {
        let ranked = left.map { ($0, distance($0, middle)) }
        guard let seed = ranked.max(by: { $0.1 < $1.1 })?.0 else { return }
        let byNearness = left.map { ($0, distance($0, base + seed * width)) }
          .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
        let taken = byNearness.prefix(Self.lanes).map(\.0)
        order += taken
        left = byNearness.dropFirst(Self.lanes).map(\.0).sorted()
      }
    }
    for (slot, point) in order.enumerated() { place(point, slot: slot) }
    isInOrder = order == Array(order.indices)
  }

  /// Takes the points' current places.
  func fill(_ points: Matrix, frame: ScreenedRows) {
    points.values.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for point in 0..<pointCount {
        let slot = Int(slotOfPoint.start[point])
        let place = values.start + slot / Self.lanes * dimension * Self.lanes + slot % Self.lanes
        let halfNorm = frame.convert(base + point * dimension, to: place, stride: Self.lanes)
        for j in 0..<dimension { place[j * Self.lanes].negate() }
        offsets.start[slot] = halfNorm * (1 - frame.gamma)
        slacks.start[slot] = 2 * halfNorm * frame.gamma
      }
      greatestSlack = slacks.elements.max() ?? 0
    }
  }
}

/// Eight rows that go through the screen together, wherever they stand.
struct RowOctet {
  let rows:
    (
      UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>,
      UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>
    )

  /// Rows given by number; numbers past the end repeat the last.
  @inline(__always)
  init(_ all: ScreenedRows, count: Int, number: (Int) -> Int) {
    @inline(__always) func row(_ i: Int) -> UnsafePointer<Float> {
      UnsafePointer(all.start(of: number(min(i, count &- 1))))
    }
    rows = (row(0), row(1), row(2), row(3), row(4), row(5), row(6), row(7))
  }
}

typealias Octet = (
  SIMD8<Float>, SIMD8<Float>, SIMD8<Float>, SIMD8<Float>,
  SIMD8<Float>, SIMD8<Float>, SIMD8<Float>, SIMD8<Float>
)

/// The two least values seen in each lane, and which slot gave the least.
struct LaneTopTwo {
  var first = SIMD8<Float>(repeating: .infinity)
  var second = SIMD8<Float>(repeating: .infinity)
  var slot = SIMD8<Int32>()

  @inline(__always)
  mutating func include(_ value: SIMD8<Float>, slot candidate: Int32) {
    second = cohort_min_f32x8(second, cohort_max_f32x8(first, value))
    slot.replace(with: SIMD8(repeating: candidate), where: value .< first)
    first = cohort_min_f32x8(value, first)
  }

  @inline(__always)
  mutating func include(_ other: LaneTopTwo) {
    second = cohort_min_f32x8(
      cohort_min_f32x8(second, other.second), cohort_max_f32x8(first, other.first))
    slot.replace(with: other.slot, where: other.first .< first)
    first = cohort_min_f32x8(other.first, first)
  }
}

/// |c|²/2 · (1 − γ) − x·c for eight rows (the results) and the eight points of a panel (their lanes).
@inline(__always)
func screenScores(
  _ octet: RowOctet, _ panel: UnsafePointer<Float>, _ offsets: UnsafePointer<Float>,
  _ dimension: Int
) -> Octet {
  let start = UnsafeRawPointer(offsets).loadUnaligned(as: SIMD8<Float>.self)
  var s: Octet = (start, start, start, start, start, start, start, start)
  let r = octet.rows
  for j in 0..<dimension {
    let c = UnsafeRawPointer(panel + j &* 8).loadUnaligned(as: SIMD8<Float>.self)
    s.0.addProduct(SIMD8(repeating: r.0[j &* 8]), c)
    s.1.addProduct(SIMD8(repeating: r.1[j &* 8]), c)
    s.2.addProduct(SIMD8(repeating: r.2[j &* 8]), c)
    s.3.addProduct(SIMD8(repeating: r.3[j &* 8]), c)
    s.4.addProduct(SIMD8(repeating: r.4[j &* 8]), c)
    s.5.addProduct(SIMD8(repeating: r.5[j &* 8]), c)
    s.6.addProduct(SIMD8(repeating: r.6[j &* 8]), c)
    s.7.addProduct(SIMD8(repeating: r.7[j &* 8]), c)
  }
  return s
}

/// Lane i of result j is lane j of vector i.
@inline(__always)
func transposed(_ v: Octet) -> Octet {
  let a = cohort_interleave_low_f32x8(v.0, v.1)
  let b = cohort_interleave_high_f32x8(v.0, v.1)
  let c = cohort_interleave_low_f32x8(v.2, v.3)
  let d = cohort_interleave_high_f32x8(v.2, v.3)
  let e = cohort_interleave_low_f32x8(v.4, v.5)
  let f = cohort_interleave_high_f32x8(v.4, v.5)
  let g = cohort_interleave_low_f32x8(v.6, v.7)
  let h = cohort_interleave_high_f32x8(v.6, v.7)
  let ac0 = cohort_first_pairs_f32x8(a, c)
  let ac1 = cohort_second_pairs_f32x8(a, c)
  let bd0 = cohort_first_pairs_f32x8(b, d)
  let bd1 = cohort_second_pairs_f32x8(b, d)
  let eg0 = cohort_first_pairs_f32x8(e, g)
  let eg1 = cohort_second_pairs_f32x8(e, g)
  let fh0 = cohort_first_pairs_f32x8(f, h)
  let fh1 = cohort_second_pairs_f32x8(f, h)
  return (
    cohort_low_halves_f32x8(ac0, eg0), cohort_low_halves_f32x8(ac1, eg1),
    cohort_low_halves_f32x8(bd0, fh0), cohort_low_halves_f32x8(bd1, fh1),
    cohort_high_halves_f32x8(ac0, eg0), cohort_high_halves_f32x8(ac1, eg1),
    cohort_high_halves_f32x8(bd0, fh0), cohort_high_halves_f32x8(bd1, fh1)
  )
}

/// The two nearest points of one panel to each of eight rows (rows are lanes now).
@inline(__always)
func screenPanel(
  _ octet: RowOctet, _ panels: ScreenPanels, panel: Int, into least: inout LaneTopTwo
) {
  let scores = transposed(
    screenScores(
      octet, panels.values.start + panel &* panels.dimension &* 8,
      panels.offsets.start + panel &* 8,
      panels.dimension))
  let slot = Int32(truncatingIfNeeded: panel &* 8)
  least.include(scores.0, slot: slot)
  least.include(scores.1, slot: slot &+ 1)
  least.include(scores.2, slot: slot &+ 2)
  least.include(scores.3, slot: slot &+ 3)
  least.include(scores.4, slot: slot &+ 4)
  least.include(scores.5, slot: slot &+ 5)
  least.include(scores.6, slot: slot &+ 6)
  least.include(scores.7, slot: slot &+ 7)
}
