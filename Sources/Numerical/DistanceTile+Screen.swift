import CIntrinsics

/// Rows in single precision, shifted and scaled, as the screen reads them.
///
/// The screen computes *lower bounds* of squared distances with half the memory and twice the lanes of
/// double precision. It only ever rules points out; what it cannot rule out is decided by
/// `DistanceTile`.
///
/// Bound. With x, c in the shifted frame, u = 2⁻²⁴, n = 2 (d + 8) and γ = n u / (1 − n u), the value
/// |x|²/2 + |c|²/2 − x·c computed in single precision from rounded coordinates differs from |x − c|²/2
/// by less than γ/2 · (|x|² + |c|²): rounding the coordinates costs u (|x| + |c|)², the norms and the
/// d + 3 additions of the chain at most u (d + 3) (|x| + |c|)² / 2, and
/// (|x| + |c|)² ≤ 2 (|x|² + |c|²).
package final class ScreenedRows: @unchecked Sendable {
  package let count: Int
  package let dimension: Int
  /// Subtracted from every coordinate before scaling.
  package let origin: [Double]
  /// A power of two that brings every shifted coordinate into [−1, 1], so that squares stay in range.
  package let scale: Double
  let values: ScratchBuffer<Float>
  /// |x|²/2 of each row; seven more may be read behind the last.
  let halfNorms: ScratchBuffer<Float>
  private let places: ScratchBuffer<Int32>?
  /// Where each row stands among the exact ones; nil where that is its number.
  package let placeOfRow: UnsafePointer<Int32>?

  package static let blockRows = 512
  package var blockCount: Int { (count + Self.blockRows - 1) / Self.blockRows }

  let gamma: Float

  /// - Parameters:
  ///   - rows: `count` rows of `origin.count` values.
  ///   - reach: no shifted coordinate exceeds this in magnitude.
  package init(
    _ rows: UnsafePointer<Double>, count: Int, origin: [Double], reach: Double, on pool: WorkerPool
  ) {
    self.count = count
    self.origin = origin
    dimension = origin.count
    let linear = min(Float(2 * (dimension + 8)) * 0x1p-24, 0.5)
    gamma = linear / (1 - linear)
    scale = Self.scale(reach: reach)
    values = ScratchBuffer(count: count * dimension)
    halfNorms = ScratchBuffer(count: count + 7)
    places = nil
    placeOfRow = nil
    pool.forEachChunk(count: blockCount) { block in
      for row in block * Self.blockRows..<min(count, (block + 1) * Self.blockRows) {
        halfNorms.start[row] = convert(rows + row * dimension, to: values.start + row * dimension)
      }
    }
  }

  /// Some rows of others.
  ///
  /// Coordinates are copied: passes over rows that lie apart took twice as long as over neighbours.
  ///
  /// - Parameter places: the numbers of the rows there.
  package init(_ all: ScreenedRows, places: [Int]) {
    count = places.count
    (origin, dimension, scale, gamma) = (all.origin, all.dimension, all.scale, all.gamma)
    values = ScratchBuffer(count: count * dimension)
    halfNorms = ScratchBuffer(count: count + 7)
    let own = ScratchBuffer<Int32>(count: count)
    for (row, place) in places.enumerated() {
      own.start[row] = Int32(truncatingIfNeeded: all.place(place))
      halfNorms.start[row] = all.halfNorms.start[place]
      (values.start + row * dimension).update(
        from: all.values.start + place * dimension, count: dimension)
    }
    self.places = own
    placeOfRow = UnsafePointer(own.start)
  }

  @inline(__always)
  package func place(_ row: Int) -> Int {
    if let placeOfRow { Int(placeOfRow[row]) } else { row }
  }

  /// |x|²/2 of eight rows from `row` on; of the last one again where there are fewer.
  @inline(__always)
  func eightHalfNorms(_ row: Int, count: Int) -> SIMD8<Float> {
    var norms = UnsafeRawPointer(halfNorms.start + row).loadUnaligned(as: SIMD8<Float>.self)
    for lane in min(count, 8)..<8 { norms[lane] = norms[count &- 1] }
    return norms
  }

  /// Rows of smaller reach keep their size: the screen cannot tell them apart and decides nothing.
  private static func scale(reach: Double) -> Double {
    guard reach > 0x1p-480 && reach.isFinite else { return 1 }
    return Double(sign: .plus, exponent: -reach.exponent - 1, significand: 1)
  }

  /// Writes the row in the screen's frame and returns half its squared norm.
  func convert(_ row: UnsafePointer<Double>, to target: UnsafeMutablePointer<Float>) -> Float {
    var norm = 0.0
    origin.withUnsafeBufferPointer { origin in
      for j in 0..<dimension {
        let value = (row[j] - origin[j]) * scale
        norm.addProduct(value, value)
        target[j] = Float(value)
      }
    }
    return Float(norm / 2)
  }
}

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
    var row = [Float](repeating: 0, count: dimension)
    points.values.withUnsafeBufferPointer { buffer in
      row.withUnsafeMutableBufferPointer { row in
        guard let base = buffer.baseAddress, let target = row.baseAddress else { return }
        for point in 0..<pointCount {
          let halfNorm = frame.convert(base + point * dimension, to: target)
          let slot = Int(slotOfPoint.start[point])
          let panel = values.start + slot / Self.lanes * dimension * Self.lanes + slot % Self.lanes
          for j in 0..<dimension { panel[j * Self.lanes] = -target[j] }
          offsets.start[slot] = halfNorm * (1 - frame.gamma)
          slacks.start[slot] = 2 * halfNorm * frame.gamma
        }
        greatestSlack = slacks.elements.max() ?? 0
      }
    }
  }
}

/// Eight rows that go through the screen together.
struct RowOctet {
  let rows:
    (
      UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>,
      UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>
    )

  /// Rows given by number; numbers past the end repeat the last.
  @inline(__always)
  init(_ base: UnsafePointer<Float>, stride: Int, count: Int, number: (Int) -> Int) {
    @inline(__always) func row(_ i: Int) -> UnsafePointer<Float> {
      base + number(min(i, count &- 1)) &* stride
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
    s.0.addProduct(SIMD8(repeating: r.0[j]), c)
    s.1.addProduct(SIMD8(repeating: r.1[j]), c)
    s.2.addProduct(SIMD8(repeating: r.2[j]), c)
    s.3.addProduct(SIMD8(repeating: r.3[j]), c)
    s.4.addProduct(SIMD8(repeating: r.4[j]), c)
    s.5.addProduct(SIMD8(repeating: r.5[j]), c)
    s.6.addProduct(SIMD8(repeating: r.6[j]), c)
    s.7.addProduct(SIMD8(repeating: r.7[j]), c)
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
