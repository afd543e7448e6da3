internal import CLibrary

extension StandardNormal {
  /// The probability that a standard normal number is at most `x`.
  package static func cumulative(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }

  /// The probability that the size of a standard normal number is at least |`z`|.
  package static func twoSidedTail(_ z: Double) -> Double { erfc(abs(z) / 2.0.squareRoot()) }
}

/// Student's distribution of t with a positive number of degrees of freedom.
package enum StudentT {
  /// The probability that |T| is at least |`t`|.
  ///
  /// I(ν / (ν + t²); ν / 2, 1 / 2), the regularised incomplete beta function.
  package static func twoSidedTail(_ t: Double, degreesOfFreedom: Double) -> Double {
    precondition(degreesOfFreedom > 0, "Student's distribution needs a degree of freedom")
    guard t.isFinite else { return t.isNaN ? .nan : 0 }
    let square = t * t
    let rest = square.isFinite ? square / (degreesOfFreedom + square) : 1
    return IncompleteBeta.regularized(
      a: degreesOfFreedom / 2, b: 0.5, x: degreesOfFreedom / (degreesOfFreedom + square),
      complement: rest)
  }

  /// The t > 0 that |T| reaches with probability `tail`, 0 < tail < 1, by bisection.
  package static func twoSidedQuantile(_ tail: Double, degreesOfFreedom: Double) -> Double {
    precondition(tail > 0 && tail < 1, "a probability strictly between 0 and 1")
    var (low, high) = (0.0, 1.0)
    while twoSidedTail(high, degreesOfFreedom: degreesOfFreedom) > tail, high < 1e300 {
      (low, high) = (high, high * 2)
    }
    for _ in 0..<100 {
      let middle = low + (high - low) / 2
      if twoSidedTail(middle, degreesOfFreedom: degreesOfFreedom) > tail {
        low = middle
      } else {
        high = middle
      }
    }
    return high
  }
}

/// The incomplete beta function and what it needs.
enum IncompleteBeta {
  /// I(x; a, b) with `complement` = 1 − x, both as exact as the caller has them.
  ///
  /// By its continued fraction, which converges fast for x below (a + 1) / (a + b + 2); by symmetry above.
  ///
  /// - Source: Abramowitz and Stegun (1964), 26.5.8; evaluated by the method of Lentz (1976).
  static func regularized(a: Double, b: Double, x: Double, complement: Double) -> Double {
    if x <= 0 { return 0 }
    if complement <= 0 { return 1 }
    if x > (a + 1) / (a + b + 2) {
      return 1 - regularized(a: b, b: a, x: complement, complement: x)
    }
    let scale = exp(
      logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log(complement))
    return scale / a * continuedFraction(a: a, b: b, x: x)
  }

  private static func continuedFraction(a: Double, b: Double, x: Double) -> Double {
    // Keeps a denominator that happens to vanish from dividing by zero.
    func nonzero(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
    var c = 1.0
    var d = 1 / nonzero(1 - (a + b) * x / (a + 1))
    var value = d
    for step in 1...10_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / nonzero(1 + even * d)
      c = nonzero(1 + even / c)
      value *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / nonzero(1 + odd * d)
      c = nonzero(1 + odd / c)
      value *= d * c
      if abs(d * c - 1) < 1e-16 { break }
    }
    return value
  }

  /// ln Γ(x) for x > 0: Stirling's series after raising x above 15, where five terms suffice.
  ///
  /// The C library's function writes to a global variable.
  static func logGamma(_ x: Double) -> Double {
    var (shifted, product) = (x, 1.0)
    while shifted < 15 {
      product *= shifted
      shifted += 1
    }
    let inverse = 1 / shifted
    let square = inverse * inverse
    let series =
      inverse
      * (1.0 / 12
        - square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680 - square / 1188))))
    return (shifted - 0.5) * log(shifted) - shifted + 0.5 * log(2 * Double.pi) + series
      - log(product)
  }
}
