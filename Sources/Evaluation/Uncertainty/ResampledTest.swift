internal import Numerical

/// Whether two models differ, from their scores on the same folds.
///
/// Training parts of folds overlap, so scores vary less than those of new data would: the variance of
/// the mean difference is (1/k + test rows / training rows) · s², not s²/k, for k folds with sample variance
/// s² of the differences (Nadeau and Bengio, 2003). t = mean / its root has k − 1 degrees of freedom.
public struct ResampledTest: Hashable, Sendable, Codable {
  /// The mean of the first model's scores less the second's.
  public let difference: Double
  public let standardError: Double
  /// 0 where all folds agree exactly, infinite where all differ by the same amount.
  public let t: Double
  /// The chance of so great a difference, either way, if there were none.
  public let pValue: Double
  public let interval: Interval

  /// Whether the models differ by more than chance at the level of the interval.
  public var tellsApart: Bool { pValue < 1 - interval.level }

  /// - Parameter testRatio: rows tested over rows trained on in a fold: 1 / (k − 1) in k-fold cross-validation.
  /// - Throws: `.lengths`, `.count` for fewer than 2 folds, `.missingValue` with the number of the fold,
  ///   `.fraction` for a level outside 0…1 or a ratio that is no number of at least 0.
  public init(
    _ scores: [Double], _ others: [Double], testRatio: Double, level: Double = 0.95
  ) throws(EvaluationError) {
    guard others.count == scores.count else {
      throw .lengths(expected: scores.count, found: others.count)
    }
    guard scores.count >= 2 else { throw .count(.folds, needed: 2, found: scores.count) }
    guard testRatio >= 0, testRatio.isFinite else {
      throw .fraction(.testShare, found: testRatio)
    }
    guard level > 0, level < 1 else { throw .fraction(.level, found: level) }
    let differences = zip(scores, others).map { $0 - $1 }
    if let fold = differences.firstIndex(where: { !$0.isFinite }) {
      throw .missingValue(row: fold)
    }
    let moments = Moments(differences)
    let count = Double(differences.count)
    // A spread within rounding of the scores is none.
    let size = zip(scores, others).reduce(0) { max($0, abs($1.0), abs($1.1)) }
    let deviation = (moments.sampleVariance ?? 0).squareRoot()
    let isConstant = deviation <= 4 * size.ulp
    let error = isConstant ? 0 : ((1 / count + testRatio).squareRoot() * deviation)
    difference = moments.mean
    standardError = error
    t = abs(moments.mean) <= 4 * size.ulp ? 0 : moments.mean / error
    pValue = StudentT.twoSidedTail(t, degreesOfFreedom: count - 1)
    let half = error * StudentT.twoSidedQuantile(1 - level, degreesOfFreedom: count - 1)
    interval = Interval(lower: difference - half, upper: difference + half, level: level)
  }
}
