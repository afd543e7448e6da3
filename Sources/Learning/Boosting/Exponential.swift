import CIntrinsics

/// eˣ in basic arithmetic and fused multiply-adds only: the same bits on every machine, four at a time.
///
/// x = k ln 2 + r with |r| ≤ ln 2 / 2, then Taylor's series of eʳ to r¹³, whose remainder is below
/// 5 · 10⁻¹⁸. Results beyond the range of normal numbers saturate at e^±708. The relative error stays
/// below 3 · 10⁻¹⁶.
package enum Exponential {
  @inline(__always)
  package static func of(_ x: SIMD4<Double>) -> SIMD4<Double> {
    let limit = SIMD4<Double>(repeating: 708)
    var x = x.replacing(with: limit, where: x .> limit)
    x = x.replacing(with: -limit, where: x .< -limit)
    // Adding 1.5 · 2⁵² rounds to a whole number, which then stands in the low bits.
    let shift = SIMD4<Double>(repeating: 0x1.8p52)
    let shifted = shift.addingProduct(x, SIMD4(repeating: 0x1.71547652b82fep0))
    let k = shifted - shift
    var r = x.addingProduct(k, SIMD4(repeating: -0x1.62e42fefa39efp-1))
    r = r.addingProduct(k, SIMD4(repeating: -0x1.abc9e3b39803fp-56))
    let bits = unsafeBitCast(shifted, to: SIMD4<Int64>.self) &<< 52
    let scaled = unsafeBitCast(series(r), to: SIMD4<Int64>.self) &+ bits
    return unsafeBitCast(scaled, to: SIMD4<Double>.self)
  }

  /// Eight floats at a time: Taylor's series to r⁷, whose remainder is below 6 · 10⁻⁹; saturates at e^±87, and
  /// the relative error stays below 3 · 10⁻⁷.
  @inline(__always)
  package static func of(_ x: SIMD8<Float>) -> SIMD8<Float> {
    let limit = SIMD8<Float>(repeating: 87)
    let x = cohort_max_f32x8(cohort_min_f32x8(x, limit), -limit)
    let shift = SIMD8<Float>(repeating: 0x1.8p23)
    let shifted = shift.addingProduct(x, SIMD8(repeating: 0x1.715476p0))
    let k = shifted - shift
    var r = x.addingProduct(k, SIMD8(repeating: -0x1.62e43p-1))
    r = r.addingProduct(k, SIMD8(repeating: 0x1.05c61p-29))
    var sum = SIMD8<Float>(repeating: 0x1.a01a02p-13)
    sum = SIMD8(repeating: 0x1.6c16c2p-10).addingProduct(sum, r)
    sum = SIMD8(repeating: 0x1.111112p-7).addingProduct(sum, r)
    sum = SIMD8(repeating: 0x1.555556p-5).addingProduct(sum, r)
    sum = SIMD8(repeating: 0x1.555556p-3).addingProduct(sum, r)
    sum = SIMD8(repeating: 0.5).addingProduct(sum, r)
    sum = SIMD8(repeating: 1).addingProduct(sum, r)
    sum = SIMD8(repeating: 1).addingProduct(sum, r)
    let bits = unsafeBitCast(shifted, to: SIMD8<Int32>.self) &<< 23
    let scaled = unsafeBitCast(sum, to: SIMD8<Int32>.self) &+ bits
    return unsafeBitCast(scaled, to: SIMD8<Float>.self)
  }

  package static func of(_ x: Double) -> Double { of(SIMD4(repeating: x))[0] }

  @inline(__always)
  private static func series(_ r: SIMD4<Double>) -> SIMD4<Double> {
    var sum = SIMD4<Double>(repeating: 0x1.6124613a86d09p-33)
    sum = SIMD4(repeating: 0x1.1eed8eff8d898p-29).addingProduct(sum, r)
    sum = SIMD4(repeating: 0x1.ae64567f544e4p-26).addingProduct(sum, r)
    sum = SIMD4(repeating: 0x1.27e4fb7789f5cp-22).addingProduct(sum, r)
    sum = SIMD4(repeating: 0x1.71de3a556c734p-19).addingProduct(sum, r)
    sum = SIMD4(repeating: 0x1.a01a01a01a01ap-16).addingProduct(sum, r)
    sum = SIMD4(repeating: 0x1.a01a01a01a01ap-13).addingProduct(sum, r)
    sum = SIMD4(repeating: 0x1.6c16c16c16c17p-10).addingProduct(sum, r)
    sum = SIMD4(repeating: 0x1.1111111111111p-7).addingProduct(sum, r)
    sum = SIMD4(repeating: 0x1.5555555555555p-5).addingProduct(sum, r)
    sum = SIMD4(repeating: 0x1.5555555555555p-3).addingProduct(sum, r)
    sum = SIMD4(repeating: 0.5).addingProduct(sum, r)
    sum = SIMD4(repeating: 1).addingProduct(sum, r)
    return SIMD4(repeating: 1).addingProduct(sum, r)
  }
}
