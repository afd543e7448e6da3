import Numerical

/// Between probabilities and the logarithms of their odds.
public enum Logistic {
  /// Probabilities are kept this far from 0 and 1 where their log-odds are asked for.
  public static let margin = 0x1p-52

  /// 1 / (1 + e⁻ˣ).
  public static func probability(ofLogOdds x: Double) -> Double {
    1 / (1 + Exponential.of(-x))
  }

  /// eˣ.
  public static func odds(ofLogOdds x: Double) -> Double { Exponential.of(x) }

  /// ln p − ln (1 − p), p kept `margin` away from 0 and 1.
  public static func logOdds(ofProbability p: Double) -> Double {
    let p = min(max(p, margin), 1 - margin)
    return PortableLogarithm.of(p / (1 - p))
  }
}
