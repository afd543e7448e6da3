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
  /// Eight rows at a time, coordinate by coordinate.
  ///
  /// Coordinate j of row i stands at `(i / 8 · d + j) · 8 + i mod 8`, so that neighbouring rows are the
  /// lanes of one load. Behind the last row stand zeros.
  let values: ScratchBuffer<Float>
  /// |x|²/2 of each row; zeros behind the last.
  let halfNorms: ScratchBuffer<Float>
  private let places: ScratchBuffer<Int32>?
  /// Where each row stands among the exact ones; nil where that is its number.
  package let placeOfRow: UnsafePointer<Int32>?

  package static let blockRows = 512
  static let lanes = 8
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
    (values, halfNorms) = Self.buffers(count: count, dimension: dimension)
    places = nil
    placeOfRow = nil
    pool.forEachChunk(count: blockCount) { block in
      for row in block * Self.blockRows..<min(count, (block + 1) * Self.blockRows) {
        halfNorms.start[row] = convert(
          rows + row * dimension, to: start(of: row), stride: Self.lanes)
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
    (values, halfNorms) = Self.buffers(count: count, dimension: dimension)
    let own = ScratchBuffer<Int32>(count: count)
    self.places = own
    placeOfRow = UnsafePointer(own.start)
    for (row, place) in places.enumerated() {
      precondition(place >= 0 && place < all.count, "a sample has rows of its table only")
      own.start[row] = Int32(truncatingIfNeeded: all.place(place))
      halfNorms.start[row] = all.halfNorms.start[place]
      let (source, target) = (all.start(of: place), start(of: row))
      for j in 0..<dimension { target[j &* Self.lanes] = source[j &* Self.lanes] }
    }
  }

  /// Memory for whole octets of rows, its last one cleared.
  private static func buffers(count: Int, dimension: Int) -> (
    values: ScratchBuffer<Float>, halfNorms: ScratchBuffer<Float>
  ) {
    let padded = (count + lanes - 1) / lanes * lanes
    let values = ScratchBuffer<Float>(count: padded * dimension)
    let halfNorms = ScratchBuffer<Float>(count: padded)
    let last = max(0, padded - lanes)
    (values.start + last * dimension).update(repeating: 0, count: (padded - last) * dimension)
    (halfNorms.start + last).update(repeating: 0, count: padded - last)
    return (values, halfNorms)
  }

  /// The first coordinate of a row; the next ones follow at a distance of eight.
  @inline(__always)
  func start(of row: Int) -> UnsafeMutablePointer<Float> {
    values.start + (row / Self.lanes &* dimension &* Self.lanes &+ row % Self.lanes)
  }

  @inline(__always)
  package func place(_ row: Int) -> Int {
    if let placeOfRow { Int(placeOfRow[row]) } else { row }
  }

  /// |x|²/2 of the eight rows from `row` on, a multiple of eight.
  @inline(__always)
  func eightHalfNorms(_ row: Int) -> SIMD8<Float> {
    UnsafeRawPointer(halfNorms.start + row).loadUnaligned(as: SIMD8<Float>.self)
  }

  /// Rows of smaller reach keep their size: the screen cannot tell them apart and decides nothing.
  private static func scale(reach: Double) -> Double {
    guard reach > 0x1p-480 && reach.isFinite else { return 1 }
    return Double(sign: .plus, exponent: -reach.exponent - 1, significand: 1)
  }

  /// Writes the row in the screen's frame, its coordinates `stride` apart, and returns half its squared
  /// norm.
  func convert(
    _ row: UnsafePointer<Double>, to target: UnsafeMutablePointer<Float>, stride: Int
  ) -> Float {
    var norm = 0.0
    origin.withUnsafeBufferPointer { origin in
      for j in 0..<dimension {
        let value = (row[j] - origin[j]) * scale
        norm.addProduct(value, value)
        target[j &* stride] = Float(value)
      }
    }
    return Float(norm / 2)
  }
}
