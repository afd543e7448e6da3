internal import CLibrary
import Numerical

/// The Yeo-Johnson power transformation of one column.
///
/// With y = log(1 + |x|): x ≥ 0 becomes (exp(λ y) − 1) / λ (y itself for λ = 0), and x < 0 becomes
/// −(exp((2 − λ) y) − 1) / (2 − λ) (−y for λ = 2). λ = 1 is the identity. Written with `expm1`, the
/// limits are approached smoothly and small values keep their digits.
struct YeoJohnson: Hashable, Sendable {
  /// λ.
  let power: Double

  init(power: Double) { self.power = power }

  func callAsFunction(_ x: Double) -> Double {
    x >= 0 ? positive(x) : -YeoJohnson(power: 2 - power).positive(-x)
  }

  func inverse(_ y: Double) -> Double {
    y >= 0 ? inversePositive(y) : -YeoJohnson(power: 2 - power).inversePositive(-y)
  }

  func positive(_ x: Double) -> Double {
    power == 0 ? log1p(x) : expm1(power * log1p(x)) / power
  }

  func inversePositive(_ y: Double) -> Double {
    power == 0 ? expm1(y) : expm1(log1p(power * y) / power)
  }
}

extension YeoJohnson {
  /// The power that makes `column` most like normal numbers: it maximises
  /// −n/2 · log(variance of transformed values) + (λ − 1) · Σ sign(x) · log(1 + |x|).
  ///
  /// λ is sought where no transformed value, nor one twenty times as large, could overflow when
  /// squared, and, in a column of one sign, where values keep at least half of their digits: far from
  /// zero (years, say) the likelihood would follow λ down until all values round to −1/λ. A constant
  /// column has no best λ and gets 1.
  ///
  /// - Source: Yeo and Johnson (2000), equation 3.1; the first bounds follow SciPy 1.17.
  init(fittedTo column: UnsafeMutableBufferPointer<Double>) {
    guard let least = column.min(), let greatest = column.max(), least < greatest else {
      self.init(power: 1)
      return
    }
    if greatest < 0 {
      // The transform of a column is the mirrored transform of the mirrored column with 2 − λ.
      for index in column.indices { column[index] = -column[index] }
      self.init(power: 2 - YeoJohnson(fittedTo: column).power)
      return
    }
    let profile = LikelihoodProfile(column)
    self.init(
      power: ScalarMinimum(in: profile.interval) { profile.negativeLogLikelihood($0) }.location)
  }
}

/// The log-likelihood of a column as a function of λ.
private struct LikelihoodProfile {
  /// sign(x) and log(1 + |x|) of every value: the sign in the logarithm's own sign.
  private let logarithms: [Double]
  private let logarithmSum: Double
  private let least: Double
  private let greatest: Double

  init(_ column: UnsafeMutableBufferPointer<Double>) {
    logarithms = column.map { $0 >= 0 ? log1p($0) : -log1p(-$0) }
    logarithmSum = logarithms.reduce(0, +)
    least = logarithms.min() ?? 0
    greatest = logarithms.max() ?? 0
  }

  var interval: ClosedRange<Double> {
    // Values this small are their own logarithms: no power changes their shape.
    guard max(greatest, -least) > 1e-300 else { return 1...1 }
    let reach = max(log1p(20 * min(expm1(max(greatest, -least)), 1e306)), .leastNormalMagnitude)
    let epsilon = log(Double.ulpOfOne)
    let low = (log(Double.leastNormalMagnitude) - epsilon) / 2 / reach
    let high = (log(Double.greatestFiniteMagnitude) + epsilon) / 2 / reach
    if least < 0 {
      // λ acts on one side and 2 − λ on the other; where no λ suits both, leave the column as it is.
      let (lower, upper) = (max(2 - high, low), min(2 - low, high))
      return lower <= upper ? lower...upper : 1...1
    }
    // exp(λ y) stands beside 1 in every value: the greatest of them must not fall below √ε.
    let precise = least > 0 ? epsilon / 2 / least : -.infinity
    return min(max(low, precise), high)...high
  }

  func negativeLogLikelihood(_ power: Double) -> Double {
    Double(logarithms.count) / 2 * logVariance(power) - (power - 1) * logarithmSum
  }

  /// Of the transformed values; infinite where they have collapsed into one.
  private func logVariance(_ power: Double) -> Double {
    if least >= 0, power * greatest < -1 {
      // Values crowd below −1/λ; their differences are those of the exponentials, scaled so that the
      // greatest is 1 and nothing underflows together.
      let offset = power * least
      let variance = Self.variance(logarithms.map { exp(power * $0 - offset) })
      return variance > 0 ? log(variance) + 2 * offset - 2 * log(-power) : .infinity
    }
    let mirrored = 2 - power
    let variance = Self.variance(
      logarithms.map { $0 >= 0 ? Self.grown($0, power) : -Self.grown(-$0, mirrored) })
    return variance > 0 ? log(variance) : .infinity
  }

  /// (exp(λ y) − 1) / λ.
  private static func grown(_ y: Double, _ power: Double) -> Double {
    power == 0 ? y : expm1(power * y) / power
  }

  private static func variance(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
  }
}
