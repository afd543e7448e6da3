/// The ROC curve: the share of positives found against the share of negatives contacted by mistake, for
/// every cut.
public struct ROCCurve: Hashable, Sendable, Codable {
  public struct Point: Hashable, Sendable, Codable {
    /// Rows at or above it are contacted; nil for nobody.
    public let threshold: Double?
    public let falsePositiveRate: Double
    public let truePositiveRate: Double
  }

  /// From (0, 0) to (1, 1), thresholds falling.
  public let points: [Point]
  /// The number of points before thinning: one per distinct score, and the origin.
  public let fullCount: Int

  /// - Parameter limit: the most points to keep; nil keeps all. See `CurveOutline`.
  /// - Throws: `.oneClass`; `.count` for a limit below 2.
  public init(_ groups: ScoreGroups, limit: Int? = nil) throws(EvaluationError) {
    try groups.requireBothClasses()
    let steps = CutSteps(groups)
    let x = steps.mistaken.map { $0 / groups.negativeWeight }
    let y = steps.found.map { $0 / groups.positiveWeight }
    let kept = try CurveOutline.positions(x, y, limit: limit)
    points = kept.map { position in
      Point(
        threshold: position == 0 ? nil : groups.scores[position - 1],
        falsePositiveRate: min(x[position], 1), truePositiveRate: min(y[position], 1))
    }
    fullCount = x.count
  }
}

/// The precision-recall curve, one point per cut.
///
/// Between two points precision is not linear in recall: draw steps. Its area is the average precision.
public struct PrecisionRecallCurve: Hashable, Sendable, Codable {
  public struct Point: Hashable, Sendable, Codable {
    /// Rows at or above it are contacted.
    public let threshold: Double
    public let recall: Double
    public let precision: Double
  }

  /// Thresholds fall and recall rises.
  public let points: [Point]
  /// The precision of contacting everyone.
  public let baseRate: Double
  /// The number of points before thinning: one per distinct score.
  public let fullCount: Int

  /// - Parameter limit: the most points to keep; nil keeps all. See `CurveOutline`.
  /// - Throws: `.oneClass`; `.count` for a limit below 2.
  public init(_ groups: ScoreGroups, limit: Int? = nil) throws(EvaluationError) {
    try groups.requireBothClasses()
    let steps = CutSteps(groups)
    let recalls = steps.found.dropFirst().map { min($0 / groups.positiveWeight, 1) }
    let precisions = zip(steps.found, steps.mistaken).dropFirst().map { found, mistaken in
      found + mistaken > 0 ? found / (found + mistaken) : 0
    }
    points = try CurveOutline.positions(recalls, precisions, limit: limit).map { position in
      Point(
        threshold: groups.scores[position], recall: recalls[position],
        precision: precisions[position])
    }
    baseRate = groups.baseRate
    fullCount = recalls.count
  }
}

/// Positives and negatives at or above each distinct score, after the empty cut.
struct CutSteps {
  let found: [Double]
  let mistaken: [Double]

  init(_ groups: ScoreGroups) {
    func running(_ amounts: [Double]) -> [Double] {
      var total = 0.0
      var sums = [0.0]
      sums.reserveCapacity(amounts.count + 1)
      for amount in amounts {
        total += amount
        sums.append(total)
      }
      return sums
    }
    found = running(groups.positives)
    mistaken = running(groups.negatives)
  }
}
