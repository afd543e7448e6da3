import Numerical

/// Rounds derivatives to whole numbers, up with the probability of the fraction.
///
/// The random bits depend on the row and the key alone, whichever thread asks.
package struct StochasticRounding {
  private let steps: SIMD2<Float>
  private let key: UInt32

  /// Adding 1.5 · 2²³ rounds to a whole number, which then stands in the low bits.
  private static let magic: Float = 0x1.8p23

  package init(_ scale: DerivativeScale, key: UInt64) {
    steps = SIMD2(Float(1 / scale.gradient), Float(1 / scale.hessian))
    self.key = UInt32(truncatingIfNeeded: key ^ key >> 32)
  }

  /// (g, h) of one row.
  package func whole(_ derivative: SIMD2<Float>, row: Int) -> SIMD2<Int32> {
    let lanes = SIMD8<UInt32>(repeating: UInt32(truncatingIfNeeded: row) &* 2) &+ Self.lanes
    let four = SIMD8(derivative[0], derivative[1], 0, 0, 0, 0, 0, 0)
    let whole = whole(four, lanes: lanes)
    return SIMD2(whole[0], whole[1])
  }

  private static let lanes = SIMD8<UInt32>(0, 1, 2, 3, 4, 5, 6, 7)

  /// (g, h) of four rows; lane 2 r + i is number i of row r.
  @inline(__always)
  private func whole(_ derivatives: SIMD8<Float>, lanes: SIMD8<UInt32>) -> SIMD8<Int32> {
    var noise = lanes &* SIMD8(repeating: 0x9e37_79b1) &+ SIMD8(repeating: key)
    noise = (noise ^ (noise &>> 15)) &* SIMD8(repeating: 0x85eb_ca77)
    noise = (noise ^ (noise &>> 13)) &* SIMD8(repeating: 0xc2b2_ae3d)
    // 23 bits behind the point of a number from 1 to 2.
    let fraction = unsafeBitCast(
      (noise &>> 9) | SIMD8(repeating: 0x3f80_0000), to: SIMD8<Float>.self)
    let steps = SIMD8(
      lowHalf: SIMD4(lowHalf: steps, highHalf: steps),
      highHalf: SIMD4(lowHalf: steps, highHalf: steps))
    let shifted = (derivatives * steps + (fraction - 1.5)) + Self.magic
    return unsafeBitCast(shifted, to: SIMD8<Int32>.self)
      &- SIMD8(repeating: Int32(bitPattern: Self.magic.bitPattern))
  }

  /// Writes the records of all rows of a range, and sums their numbers.
  package func write(
    _ rows: Range<Int>, _ derivatives: UnsafePointer<SIMD2<Float>>,
    to records: UnsafeMutablePointer<UInt64>
  ) -> SIMD2<Int> {
    var sums = SIMD8<Int32>.zero
    var index = 0
    let fours = rows.count & ~3
    var lanes = SIMD8(repeating: UInt32(truncatingIfNeeded: rows.lowerBound) &* 2) &+ Self.lanes
    var numbers = SIMD4(repeating: UInt64(rows.lowerBound)) &+ SIMD4(0, 1, 2, 3)
    while index < fours {
      let source = UnsafeRawPointer(derivatives + (rows.lowerBound &+ index))
      let whole = whole(source.loadUnaligned(as: SIMD8<Float>.self), lanes: lanes)
      sums &+= whole
      // A lane of 64 bits has g below h.
      let pairs = unsafeBitCast(whole, to: SIMD4<UInt64>.self)
      let record = numbers | (pairs & SIMD4(repeating: 0xffff_ffff_0000_0000)) | (pairs &<< 48)
      UnsafeMutableRawPointer(records + index).storeBytes(of: record, as: SIMD4<UInt64>.self)
      lanes &+= SIMD8(repeating: 8)
      numbers &+= SIMD4(repeating: 4)
      index &+= 4
    }
    var total = SIMD2<Int>.zero
    for lane in 0..<8 { total[lane % 2] += Int(sums[lane]) }
    for row in rows.lowerBound + fours..<rows.upperBound {
      let whole = whole(derivatives[row], row: row)
      records[row - rows.lowerBound] = RowRecord.make(row: row, g: whole[0], h: whole[1])
      total &+= SIMD2(Int(whole[0]), Int(whole[1]))
    }
    return total
  }
}
