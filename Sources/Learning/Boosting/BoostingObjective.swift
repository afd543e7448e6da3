import Numerical

/// What boosting minimises.
public enum BoostingObjective: String, CaseIterable, Hashable, Sendable, Codable {
  /// Log-loss of a target that is 0 or 1; scores are log-odds.
  case binary
  /// Squared error; scores are predictions.
  case regression
  /// Negative log-likelihood of counts; scores are logarithms of rates.
  case poisson

  /// What a raw score predicts: a probability, a mean or a rate.
  public func prediction(ofScore score: Double) -> Double {
    switch self {
    case .binary: 1 / (1 + Exponential.of(-score))
    case .regression: score
    case .poisson: Exponential.of(score)
    }
  }

  /// The constant score that fits best, from the weighted mean of the labels.
  func score(ofMean mean: Double) -> Double {
    switch self {
    case .binary:
      let share = min(max(mean, 1e-15), 1 - 1e-15)
      return PortableLogarithm.of(share / (1 - share))
    case .regression: return mean
    case .poisson: return PortableLogarithm.of(max(mean, 1e-15))
    }
  }

  /// The loss of one row: log-loss, squared error, or negative log-likelihood up to a constant.
  func loss(label: Double, score: Double) -> Double {
    switch self {
    case .binary:
      // log(1 + eᵗ) without overflow, where t is the score against the label.
      let t = label > 0.5 ? -score : score
      return max(t, 0) + PortableLogarithm.of(1 + Exponential.of(-abs(t)))
    case .regression: return (score - label) * (score - label)
    case .poisson: return Exponential.of(score) - label * score
    }
  }
}

/// First and second derivatives of the objective at the present scores.
///
/// For the log-loss g = w (p − y), h = w p (1 − p), for squared error g = w (s − y), h = w, for Poisson
/// g = w (eˢ − y), h = w e^(s + `poissonStep`), which damps steps.
struct Derivatives: Sendable {
  let objective: BoostingObjective
  let poissonFactor: Double
  let labels: ScratchBuffer<Float>
  /// Sample weight times class weight; nil where all are 1.
  let weights: ScratchBuffer<Float>?

  /// Four rows from `row` on: (g, h).
  @inline(__always)
  func four(_ row: Int, scores: SIMD4<Double>) -> (SIMD4<Double>, SIMD4<Double>) {
    let label = SIMD4<Double>(
      UnsafeRawPointer(labels.start + row).loadUnaligned(as: SIMD4<Float>.self))
    var (g, h): (SIMD4<Double>, SIMD4<Double>)
    switch objective {
    case .binary:
      // The probability of the other label keeps its digits where the row is learned well.
      let one = SIMD4<Double>(repeating: 1)
      let sign = one - label - label
      let other = one / (one + Exponential.of(-sign * scores))
      g = sign * other
      h = other * (one - other)
    case .regression:
      g = scores - label
      h = SIMD4(repeating: 1)
    case .poisson:
      let rate = Exponential.of(scores)
      g = rate - label
      h = rate * poissonFactor
    }
    if let weights {
      let weight = SIMD4<Double>(
        UnsafeRawPointer(weights.start + row).loadUnaligned(as: SIMD4<Float>.self))
      g *= weight
      h *= weight
    }
    return (g, h)
  }

  /// Eight rows of the log-loss from `row` on, in floats: enough for derivatives that are rounded to whole
  /// numbers next.
  @inline(__always)
  func eightOfLogLoss(_ row: Int, scores: SIMD8<Float>) -> (SIMD8<Float>, SIMD8<Float>) {
    let one = SIMD8<Float>(repeating: 1)
    let label = UnsafeRawPointer(labels.start + row).loadUnaligned(as: SIMD8<Float>.self)
    let sign = one - label - label
    let other = one / (one + Exponential.of(-sign * scores))
    let (g, h) = (sign * other, other * (one - other))
    guard let weights else { return (g, h) }
    let weight = UnsafeRawPointer(weights.start + row).loadUnaligned(as: SIMD8<Float>.self)
    return (g * weight, h * weight)
  }
}
