extension ScoreGroups {
  /// The mean of −ln p of what happened.
  ///
  /// Probabilities are kept 2⁻⁵² away from 0 and 1, as in scikit-learn, so that one certain mistake costs
  /// 36 and not infinity.
  ///
  /// - Throws: `.notProbability`.
  public func logLoss() throws(EvaluationError) -> Double {
    try requireProbabilities()
    var sum = 0.0
    for group in scores.indices {
      sum += positives[group] * losses.ofPositive[group]
      sum += negatives[group] * losses.ofNegative[group]
    }
    return sum / weight
  }

  /// Brier's score: the mean of (p − y)².
  ///
  /// - Throws: `.notProbability`.
  public func brierScore() throws(EvaluationError) -> Double {
    try requireProbabilities()
    var sum = 0.0
    for group in scores.indices {
      let p = scores[group]
      sum += positives[group] * (1 - p) * (1 - p) + negatives[group] * p * p
    }
    return sum / weight
  }

  /// The expected calibration error: Σ over bins of (share of rows) · |observed rate − mean score|.
  ///
  /// - Throws: `.notProbability`, `.count` without a bin.
  public func calibrationError(_ bins: CalibrationBins = .standard) throws(EvaluationError)
    -> Double
  {
    try CalibrationCurve(self, bins: bins).expectedError
  }
}

/// What a Brier score is made of (Murphy, 1973).
///
/// score = reliability − resolution + uncertainty + within. The first three are means over bins; `within`
/// is what bins hide, the variance of scores within bins less twice their covariance with the
/// outcome (Stephenson, Coelho and Jolliffe, 2008), zero where every bin holds one score.
public struct BrierSplit: Hashable, Sendable, Codable {
  public let score: Double
  /// Mean of (mean score − observed rate)²: less is better.
  public let reliability: Double
  /// Mean of (observed rate − base rate)²: more is better.
  public let resolution: Double
  /// base rate · (1 − base rate): what nobody can help.
  public let uncertainty: Double
  public let within: Double

  /// - Throws: `.notProbability`, `.count` without a bin.
  public init(_ groups: ScoreGroups, bins: CalibrationBins = .standard) throws(EvaluationError) {
    let score = try groups.brierScore()
    let curve = try CalibrationCurve(groups, bins: bins)
    let (base, total) = (groups.baseRate, groups.weight)
    var (reliability, resolution, within) = (0.0, 0.0, 0.0)
    for bin in curve.bins {
      let gap = bin.meanScore - bin.rate
      reliability += bin.weight * gap * gap
      resolution += bin.weight * (bin.rate - base) * (bin.rate - base)
      within += bin.scoreDeviations - 2 * bin.scoreOutcomeProducts
    }
    self.score = score
    self.reliability = reliability / total
    self.resolution = resolution / total
    self.within = within / total
    uncertainty = base * (1 - base)
  }
}
