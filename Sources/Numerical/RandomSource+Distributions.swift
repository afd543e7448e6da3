extension RandomSource {
  /// Standard normal, by inversion: one uniform number per draw, and monotone in it.
  public mutating func normal() -> Double { StandardNormal.quantile(openUniform()) }

  /// Normal with the given mean and standard deviation.
  public mutating func normal(mean: Double, deviation: Double) -> Double {
    mean + deviation * normal()
  }

  /// Exponential with mean 1, by inversion.
  public mutating func exponential() -> Double { -PortableLogarithm.of(openUniform()) }

  /// Uniform on (0, 1), the midpoints of 2⁵² equal cells.
  private mutating func openUniform() -> Double {
    (Double(next64() >> 12) + 0.5) * 0x1p-52
  }

  /// `size` indices below `count`, drawn independently: a bootstrap sample.
  public mutating func resample(_ size: Int, outOf count: Int) -> [Int] {
    precondition(size >= 0 && (size == 0 || count > 0), "nothing can be drawn from nothing")
    return (0..<size).map { _ in integer(below: count) }
  }

  /// An index drawn with probability proportional to its weight; nil if no weight is positive.
  ///
  /// Weights must be finite and not negative. One uniform number per draw.
  /// - Complexity: O(count). For many draws from the same weights, keep `cumulative` sums.
  public mutating func index(weights: [Double]) -> Int? {
    var total = 0.0
    return index(
      cumulative: weights.map {
        total += $0; return total
      })
  }

  /// As `index(weights:)` with the running sums of the weights, in O(log count).
  public mutating func index(cumulative: [Double]) -> Int? {
    let draw = uniform()
    guard let total = cumulative.last, total > 0 else { return nil }
    let target = draw * total
    var (low, high) = (0, cumulative.count - 1)
    while low < high {
      let middle = low + (high - low) / 2
      if cumulative[middle] > target { high = middle } else { low = middle + 1 }
    }
    // Rounding may lift the target to the total: fall back to the last index with a weight.
    while low > 0, cumulative[low] == cumulative[low - 1] { low -= 1 }
    return low
  }
}

/// The natural logarithm in basic arithmetic only, hence the same bits on every machine.
///
/// x = m · 2ᵉ with m in [√½, √2); ln m = 2 artanh s with s = (m − 1) / (m + 1), |s| < 0.172, summed to
/// s²³. The relative error stays below 4 · 10⁻¹⁶ away from 1.
package enum PortableLogarithm {
  package static func of(_ x: Double) -> Double {
    precondition(x > 0 && x.isFinite, "the logarithm of a positive number")
    var significand = x.significand
    var exponent = Double(x.exponent)
    if significand > 2.0.squareRoot() {
      significand /= 2
      exponent += 1
    }
    let s = (significand - 1) / (significand + 1)
    let square = s * s
    var series = 0.0
    for odd in stride(from: 23.0, through: 3, by: -2) { series = (series + 1 / odd) * square }
    // ln 2 in two parts, the first short enough that its product with an exponent is exact.
    let high = 0x1.62e42fefap-1
    let low = 0x1.cf79abc9e3b3ap-40
    return exponent * high + (2 * s + (2 * s * series + exponent * low))
  }
}
