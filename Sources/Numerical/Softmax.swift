/// Shares in proportion to exponentials, without overflow, four rows at a time.
package enum Softmax {
  /// Replaces values by shares that sum to 1 over the classes.
  ///
  /// The value of class c for row r stands at `values[c * stride + r]` and means the logarithm
  /// `offsets[c] + slope * value`; what is not a number or −∞ counts as the least finite one. `count`
  /// rows, a multiple of four, are treated. For each row `maxima` receives the greatest logarithm m and
  /// `sums` Σ exp(logarithm − m), so that the logarithm of the sum of all is m + log(sum).
  package static func shares(
    of values: UnsafeMutablePointer<Double>, classCount: Int, stride: Int, count: Int,
    offsets: UnsafePointer<Double>, slope: Double,
    maxima: UnsafeMutablePointer<Double>, sums: UnsafeMutablePointer<Double>
  ) {
    let least = SIMD4(repeating: -Double.greatestFiniteMagnitude)
    let factor = SIMD4(repeating: slope)
    var row = 0
    while row < count {
      let column = values + row
      var greatest = least
      for c in 0..<classCount {
        let given = SIMD4(repeating: offsets[c]).addingProduct(factor, load(column + c &* stride))
        let value = least.replacing(with: given, where: given .> least)
        greatest = greatest.replacing(with: value, where: value .> greatest)
        store(value, column + c &* stride)
      }
      var sum = SIMD4<Double>.zero
      for c in 0..<classCount {
        let power = exponential(load(column + c &* stride) - greatest)
        store(power, column + c &* stride)
        sum += power
      }
      let scale = 1 / sum
      for c in 0..<classCount {
        store(load(column + c &* stride) * scale, column + c &* stride)
      }
      store(greatest, maxima + row)
      store(sum, sums + row)
      row = row &+ 4
    }
  }

  /// e^x for x ≤ 0, with an error below one unit in the last place; 0 below −708.
  ///
  /// x = n · ln 2 + r with |r| ≤ ln 2 / 2; e^r by its Taylor polynomial of degree 13, whose first
  /// neglected term is 4 · 10⁻¹⁸, and 2ⁿ by the exponent's bits.
  @inline(__always)
  static func exponential(_ x: SIMD4<Double>) -> SIMD4<Double> {
    let lowest = SIMD4(repeating: -708.0)
    let bounded = x.replacing(with: lowest, where: x .< lowest)
    // Adding 1.5 · 2⁵² rounds to a whole number and leaves it in the low bits.
    let rounder = SIMD4(repeating: 0x1.8p52)
    let shifted = rounder.addingProduct(bounded, SIMD4(repeating: 0x1.71547652b82fep0))
    let whole = shifted - rounder
    let rest = bounded.addingProduct(whole, SIMD4(repeating: -0x1.62e42fefa39efp-1))
      .addingProduct(whole, SIMD4(repeating: -0x1.abc9e3b39803fp-56))
    var sum = SIMD4(repeating: 1 / 6227020800.0)
    sum = SIMD4(repeating: 1 / 479001600.0).addingProduct(sum, rest)
    sum = SIMD4(repeating: 1 / 39916800.0).addingProduct(sum, rest)
    sum = SIMD4(repeating: 1 / 3628800.0).addingProduct(sum, rest)
    sum = SIMD4(repeating: 1 / 362880.0).addingProduct(sum, rest)
    sum = SIMD4(repeating: 1 / 40320.0).addingProduct(sum, rest)
    sum = SIMD4(repeating: 1 / 5040.0).addingProduct(sum, rest)
    sum = SIMD4(repeating: 1 / 720.0).addingProduct(sum, rest)
    sum = SIMD4(repeating: 1 / 120.0).addingProduct(sum, rest)
    sum = SIMD4(repeating: 1 / 24.0).addingProduct(sum, rest)
    sum = SIMD4(repeating: 1 / 6.0).addingProduct(sum, rest)
    sum = SIMD4(repeating: 0.5).addingProduct(sum, rest)
    sum = SIMD4(repeating: 1.0).addingProduct(sum, rest)
    sum = SIMD4(repeating: 1.0).addingProduct(sum, rest)
    let bits = unsafeBitCast(shifted, to: SIMD4<Int64>.self) &<< 52
    let scaled = unsafeBitCast(
      unsafeBitCast(sum, to: SIMD4<Int64>.self) &+ bits, to: SIMD4<Double>.self)
    return scaled.replacing(with: 0, where: x .< lowest)
  }

  @inline(__always)
  private static func load(_ address: UnsafePointer<Double>) -> SIMD4<Double> {
    UnsafeRawPointer(address).loadUnaligned(as: SIMD4<Double>.self)
  }

  @inline(__always)
  private static func store(_ value: SIMD4<Double>, _ address: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(address).storeBytes(of: value, as: SIMD4<Double>.self)
  }
}
