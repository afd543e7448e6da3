import CIntrinsics
import Numerical

/// The test whether rows lie within a radius, as scikit-learn decides it: Σ (xⱼ − yⱼ)², every product and
/// sum rounded, is at most the rounded square of the radius.
struct RadiusTest: Sendable {
  nonisolated(unsafe) let rows: UnsafePointer<Double>
  let columnCount: Int
  let radius: Double
  let squaredRadius: Double

  init(_ rows: UnsafePointer<Double>, columnCount: Int, radius: Double) {
    self.rows = rows
    self.columnCount = columnCount
    self.radius = radius
    squaredRadius = radius * radius
  }

  @inline(__always)
  func squaredDistance(_ a: Int, _ b: Int) -> Double {
    let (x, y) = (rows + a &* columnCount, rows + b &* columnCount)
    var sum = 0.0
    for j in 0..<columnCount {
      let difference = x[j] - y[j]
      sum += difference * difference
    }
    return sum
  }

  @inline(__always)
  func isWithin(_ a: Int, _ b: Int) -> Bool { squaredDistance(a, b) <= squaredRadius }
}

/// How columns become whole numbers of units: small enough against the radius to decide nearly all
/// tests, large enough for 32 bits.
///
/// A coordinate is the whole part of (x − low) / unit, so differences of coordinates are exact and off
/// by less than one unit, plus the rounding of the division where it exceeds 2⁵⁰ units. With e that
/// error, R the radius in units and ‖δ‖ the distance of coordinates, the true distance lies within
/// e √d of ‖δ‖, and single precision adds a relative (d + 4) 2⁻²⁴: `within` and `beyond` are the
/// squares below and above which the exact test has only one outcome.
struct RadiusUnits: Sendable {
  let lows: [Double]
  let perUnit: Double
  let within: Float
  let beyond: Float
  /// Whether coordinates may wrap around; differences of near rows are then still right.
  private let wraps: Bool

  /// - Parameter wrapping: whether only rows whose coordinates differ by less than 2¹¹ radii are
  ///   compared; then the unit need not grow with the extent of the data.
  init(radius: Double, lows: [Double], highs: [Double], wrapping: Bool) {
    self.lows = lows
    wraps = wrapping
    let extent = zip(lows, highs).reduce(0) { max($0, $1.1 - $1.0) }
    let unit = wrapping ? radius * 0x1p-20 : max(radius * 0x1p-20, extent * 0x1p-30)
    let reach = extent / unit
    let dimension = Double(lows.count)
    let error = 1 + reach * 0x1p-50
    let rounding = 1 + (dimension + 8) * 0x1p-24
    let slack = error * dimension.squareRoot()
    let span = radius / unit
    // Squares below this lose digits or vanish; then only the exact test knows.
    if radius * radius > 1e-280, reach < 0x1p90, slack.isFinite, span.isFinite {
      perUnit = 1 / unit
      within = span > slack ? Float(((span - slack) / rounding).squared).nextDown : -1
      beyond = Float(((span + slack) * rounding).squared).nextUp
    } else {
      perUnit = 0
      within = -1
      beyond = .infinity
    }
  }

  @inline(__always)
  func coordinate(_ value: Double, low: Double) -> Int32 {
    let whole = ((value - low) * perUnit).rounded(.down)
    if !wraps { return Int32(whole) }
    let turns = (whole * 0x1p-32).rounded(.down)
    return Int32(truncatingIfNeeded: Int64(whole - turns * 0x1p32))
  }
}

extension Double {
  fileprivate var squared: Double { self * self }
}

/// Rows in an order of their own, one column after another, in units.
final class RadiusPoints: @unchecked Sendable {
  let count: Int
  let columnCount: Int
  /// Coordinate j of place p stands at `j * stride + p`.
  let stride: Int
  let coordinates: ScratchBuffer<Int32>
  /// The row in each place.
  let rows: ScratchBuffer<Int32>
  let test: RadiusTest
  let within: Float
  let beyond: Float

  /// Vector loads may read this far past the last place.
  private static let padding = 8

  init(
    _ test: RadiusTest, rows: ScratchBuffer<Int32>, units: RadiusUnits, on pool: WorkerPool
  ) {
    self.test = test
    self.rows = rows
    count = rows.count
    columnCount = test.columnCount
    stride = count + Self.padding
    within = units.within
    beyond = units.beyond
    coordinates = ScratchBuffer(count: stride * columnCount)
    let chunks = RowChunks(count: count, size: 1 << 13)
    let (width, stride, target) = (columnCount, stride, coordinates.start)
    pool.forEachChunk(count: chunks.count) { chunk in
      units.lows.withUnsafeBufferPointer { lows in
        for place in chunks[chunk] {
          let row = test.rows + Int(rows.start[place]) &* width
          for j in 0..<width {
            target[j &* stride &+ place] = units.coordinate(row[j], low: lows[j])
          }
        }
      }
    }
    for j in 0..<width {
      (target + j * stride + count).update(repeating: 0, count: Self.padding)
    }
  }

  /// The first `count` of the places in `kept`, in the same units.
  init(_ all: RadiusPoints, keeping kept: ScratchBuffer<Int32>, count: Int, on pool: WorkerPool) {
    test = all.test
    self.count = count
    columnCount = all.columnCount
    stride = count + Self.padding
    within = all.within
    beyond = all.beyond
    rows = ScratchBuffer(count: count)
    coordinates = ScratchBuffer(count: stride * columnCount)
    let chunks = RowChunks(count: count, size: 1 << 14)
    let (width, stride, target, rows) = (columnCount, stride, coordinates.start, rows.start)
    pool.forEachChunk(count: chunks.count) { chunk in
      for place in chunks[chunk] {
        let source = Int(kept.start[place])
        rows[place] = all.rows.start[source]
        for j in 0..<width {
          target[j &* stride &+ place] = all.coordinates.start[j &* all.stride &+ source]
        }
      }
    }
    for j in 0..<width {
      (target + j * stride + count).update(repeating: 0, count: Self.padding)
    }
  }
}

/// One row against runs of places of at most three columns.
struct RadiusQuery {
  private let x: SIMD8<Int32>
  private let y: SIMD8<Int32>
  private let z: SIMD8<Int32>
  private let columnCount: Int
  private let row: Int

  /// - Parameter place: where the row stands among `points`.
  @inline(__always)
  init(_ points: RadiusPoints, place: Int) {
    let own = points.coordinates.start + place
    columnCount = points.columnCount
    x = SIMD8(repeating: own[0])
    y = SIMD8(repeating: columnCount > 1 ? own[points.stride] : 0)
    z = SIMD8(repeating: columnCount > 2 ? own[2 &* points.stride] : 0)
    row = Int(points.rows.start[place])
  }

  /// Bit i is set where the row at `place + i`, before `end`, lies within the radius.
  @inline(__always)
  func neighbors(among points: RadiusPoints, from place: Int, to end: Int) -> UInt32 {
    let start = points.coordinates.start + place
    var square = Self.square(x, start)
    if columnCount > 1 { square += Self.square(y, start + points.stride) }
    if columnCount > 2 { square += Self.square(z, start + 2 &* points.stride) }
    let lanes: UInt32 =
      end &- place >= 8 ? 255 : (1 &<< UInt32(truncatingIfNeeded: end &- place)) &- 1
    let sure = cohort_not_above_f32x8(square, SIMD8(repeating: points.within)) & lanes
    let possible = cohort_not_above_f32x8(square, SIMD8(repeating: points.beyond)) & lanes
    if sure == possible { return sure }
    return sure | Self.exact(possible & ~sure, row, points, place)
  }

  @inline(__always)
  private static func square(
    _ own: SIMD8<Int32>, _ others: UnsafePointer<Int32>
  ) -> SIMD8<Float> {
    let other = UnsafeRawPointer(others).loadUnaligned(as: SIMD8<Int32>.self)
    let difference = cohort_f32_from_i32x8(own &- other)
    return difference * difference
  }

  /// What the exact test says of the undecided lanes.
  @inline(never)
  private static func exact(
    _ undecided: UInt32, _ row: Int, _ points: RadiusPoints, _ place: Int
  ) -> UInt32 {
    var found: UInt32 = 0
    var left = undecided
    while left != 0 {
      let lane = left.trailingZeroBitCount
      left &= left &- 1
      if points.test.isWithin(row, Int(points.rows.start[place &+ lane])) { found |= 1 &<< lane }
    }
    return found
  }
}
