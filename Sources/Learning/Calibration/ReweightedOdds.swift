/// Takes back what weighting a class did to probabilities.
///
/// A classifier that counted ones `onesFactor` and zeros `zerosFactor` times learns odds that are
/// onesFactor / zerosFactor times too high (Elkan, 2001): `scale_pos_weight` s is the factor s of ones. No data
/// is needed to undo it.
public struct ReweightedOdds: Hashable, Sendable {
  public let onesFactor: Double
  public let zerosFactor: Double

  /// - Precondition: both factors lie between 1e-100 and 1e100.
  public init(onesFactor: Double, zerosFactor: Double = 1) {
    precondition(
      1e-100...1e100 ~= onesFactor && 1e-100...1e100 ~= zerosFactor,
      "class factors are positive numbers of usual size")
    self.onesFactor = onesFactor
    self.zerosFactor = zerosFactor
  }

  /// The probability without the weighting: p · z / (p · z + (1 − p) · o) for factors o of ones and z of zeros.
  ///
  /// - Throws: `LearningError.nonFinite`, `.probability` with the row.
  public func undone(_ probabilities: [Double]) throws(LearningError) -> [Double] {
    try CalibrationCheck.requireProbabilities(probabilities)
    return probabilities.map { p in
      let (one, zero) = (p * zerosFactor, (1 - p) * onesFactor)
      return one / (one + zero)
    }
  }
}
