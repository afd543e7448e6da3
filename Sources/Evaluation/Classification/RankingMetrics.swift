extension ScoreGroups {
  /// The area under the ROC curve: the chance that a positive outscores a negative, equal scores
  /// counting half.
  ///
  /// Σ over scores of negatives · (positives above + half the positives at it), over positives · negatives.
  /// Exact but for one division while weights are whole numbers and products below 2⁵³.
  ///
  /// - Throws: `.oneClass`.
  /// - Complexity: O(distinct scores).
  public func rocAUC() throws(EvaluationError) -> Double {
    try requireBothClasses()
    var above = 0.0
    var won = 0.0
    for group in scores.indices {
      won += negatives[group] * (2 * above + positives[group])
      above += positives[group]
    }
    return won / (2 * positiveWeight * negativeWeight)
  }

  /// Average precision: Σ over scores, from the greatest down, of (gain in recall) · precision.
  ///
  /// The area under the precision-recall curve by steps, without interpolation, as in scikit-learn.
  ///
  /// - Throws: `.oneClass`.
  public func averagePrecision() throws(EvaluationError) -> Double {
    try requireBothClasses()
    var (found, contacted) = (0.0, 0.0)
    var sum = 0.0
    for group in scores.indices where positives[group] + negatives[group] > 0 {
      found += positives[group]
      contacted += positives[group] + negatives[group]
      sum += positives[group] / positiveWeight * (found / contacted)
    }
    return sum
  }

  /// The greatest distance between the share of positives and the share of negatives at or above a score.
  public struct KolmogorovSmirnov: Hashable, Sendable, Codable {
    /// From 0 to 1.
    public let distance: Double
    /// The greatest score at which the distance is reached.
    public let threshold: Double
  }

  /// The distance of Kolmogorov and Smirnov: max over cuts of |recall − false positive rate|.
  ///
  /// - Throws: `.oneClass`.
  public func kolmogorovSmirnov() throws(EvaluationError) -> KolmogorovSmirnov {
    try requireBothClasses()
    var (found, mistaken) = (0.0, 0.0)
    var best = KolmogorovSmirnov(distance: 0, threshold: scores[0])
    for group in scores.indices {
      found += positives[group]
      mistaken += negatives[group]
      let distance = abs(found / positiveWeight - mistaken / negativeWeight)
      if distance > best.distance {
        best = KolmogorovSmirnov(distance: distance, threshold: scores[group])
      }
    }
    return best
  }

  /// Positives among the best `share` of the rows, by weight.
  ///
  /// The limit may cut through rows of equal score: each of them then counts in part, the expected number
  /// if they are taken at random. Nor is the number of rows rounded: 10 % of 25 rows are 2.5 rows.
  ///
  /// - Throws: `.fraction` unless 0 < share ≤ 1.
  public func positives(inBest share: Double) throws(EvaluationError) -> Double {
    guard share > 0, share <= 1 else { throw .fraction(.contacts, found: share) }
    var left = share * weight
    var found = 0.0
    for group in scores.indices {
      let size = positives[group] + negatives[group]
      if size >= left {
        return found + (size > 0 ? positives[group] * (left / size) : 0)
      }
      found += positives[group]
      left -= size
    }
    return found
  }

  /// The share of all positives that are among the best `share` of the rows.
  ///
  /// - Throws: `.fraction`, `.oneClass` without a positive.
  public func capture(inBest share: Double) throws(EvaluationError) -> Double {
    guard positiveWeight > 0 else {
      throw .oneClass(label: 0, rows: Int(clamping: negativeWeight))
    }
    return try positives(inBest: share) / positiveWeight
  }

  /// How many times denser positives are among the best `share` of the rows than overall.
  ///
  /// - Throws: `.fraction`, `.oneClass` without a positive.
  public func lift(inBest share: Double) throws(EvaluationError) -> Double {
    try capture(inBest: share) / share
  }
}
