public import Numerical

/// The non-decreasing map of least squared error: pooled adjacent violators, linear in between.
///
/// Rows of equal score are averaged first. Wherever a mean falls below the one before, both are pooled until
/// means rise. Between the scores at the ends of pools the map is linear; beyond the fitted scores it stays at
/// the outermost value, as scikit-learn's `IsotonicRegression(out_of_bounds="clip")`.
///
/// Scores count as equal where they are closer than `resolution`, in units of max(1, |score|), to the first of
/// their level in ascending order. Sums and logarithms of other programs differ by about 10⁻¹⁵ of these units:
/// mean leaves of a forest that are equal in truth do so within this program already. Levels apart by no more
/// would leave jumps of percents within one rounding; as it is, a rounding changes a probability by 10⁻⁹ at
/// most. As log-odds, what is merged differs by a millionth in its odds, which no number of customers could
/// tell apart. A level stands at its first score: so bends are a `resolution` apart however close scores
/// follow each other, and no level spreads beyond it.
///
/// - Source: Barlow et al. (1972); Zadrozny and Elkan (2002). Checked against: fixture `calibration.json`
///   (scikit-learn 1.9.1).
public struct IsotonicCalibration: Hashable, Sendable {
  /// Ascending scores at which the map bends.
  public let scores: Vector
  /// The probability at each, not descending.
  public let probabilities: Vector

  /// The least distance of bends, in units of max(1, |score|).
  public static let resolution = 1e-6

  /// - Throws: `LearningError.rowCounts`, `.nonFinite`, `.label`, `.weight`, `.events`.
  /// - Complexity: O(n).
  public init(scores: [Double], labels: [Double], weights: [Double]? = nil)
    throws(LearningError)
  {
    try CalibrationCheck.requireRows(scores: scores, labels: labels, weights: weights)
    let pools = Self.levels(scores, labels, weights).reduce(into: []) {
      Self.append($1, to: &$0)
    }
    var (bends, values): ([Double], [Double]) = ([], [])
    for pool in pools {
      for score in pool.low == pool.high ? [pool.low] : [pool.low, pool.high] {
        bends.append(score)
        values.append(min(max(pool.mean, values.last ?? 0), 1))
      }
    }
    self.init(scores: Vector(bends), probabilities: Vector(values))
  }

  private init(scores: Vector, probabilities: Vector) {
    self.scores = scores
    self.probabilities = probabilities
  }

  /// Rows that share one value.
  private struct Pool {
    let low: Double
    var high: Double
    var weight: Double
    var sum: Double

    init(score: Double, weight: Double, sum: Double) {
      (low, high) = (score, score)
      self.weight = weight
      self.sum = sum
    }

    var mean: Double { sum / weight }

    mutating func merge(_ next: Pool) {
      high = next.high
      add(next)
    }

    /// Takes in rows without reaching to their score.
    mutating func add(_ rows: Pool) {
      weight += rows.weight
      sum += rows.sum
    }

    /// Whether a score from here on is too close to be another level.
    func isLevel(of score: Double) -> Bool {
      score - low < IsotonicCalibration.resolution * max(1, abs(low))
    }
  }

  /// The rows of each distinguishable score, ascending.
  private static func levels(_ scores: [Double], _ labels: [Double], _ weights: [Double]?)
    -> [Pool]
  {
    var levels: [Pool] = []
    for position in DescendingOrder.of(scores).reversed() {
      let row = Int(position)
      let weight = weights?[row] ?? 1
      guard weight > 0 else { continue }
      let level = Pool(score: scores[row] + 0, weight: weight, sum: weight * labels[row])
      if let last = levels.last, last.isLevel(of: level.low) {
        levels[levels.count - 1].add(level)
      } else {
        levels.append(level)
      }
    }
    return levels
  }

  private static func append(_ pool: Pool, to pools: inout [Pool]) {
    var pool = pool
    while let last = pools.last, last.mean >= pool.mean {
      pools.removeLast()
      var merged = last
      merged.merge(pool)
      pool = merged
    }
    pools.append(pool)
  }

  /// By how much the probability rises at most per unit of the score, a unit being max(1, |score|).
  ///
  /// Of a fitted map about 1 / `resolution` at most; maps of earlier versions may be as steep as one rounding
  /// of a score allows.
  public var steepness: Double {
    var steepest = 0.0
    for place in 1..<max(scores.count, 1) {
      let rise = probabilities[place] - probabilities[place - 1]
      guard rise > 0 else { continue }
      let (left, right) = (scores[place - 1], scores[place])
      let unit = max(1, abs(left), abs(right))
      // Halves first, as in `value`.
      steepest = max(steepest, rise / 2 / (right / 2 - left / 2) * unit)
    }
    return steepest
  }

  /// - Throws: `LearningError.nonFinite` with the row.
  /// - Complexity: O(log bends) per score.
  public func apply(_ scores: [Double]) throws(LearningError) -> [Double] {
    try CalibrationCheck.requireFinite(scores)
    return scores.map(value)
  }

  private func value(_ score: Double) -> Double {
    var (low, high) = (0, scores.count)
    while low < high {
      let middle = low + (high - low) / 2
      if scores[middle] <= score { low = middle + 1 } else { high = middle }
    }
    // `low` bends lie at or below the score.
    guard low > 0 else { return probabilities[0] }
    guard low < scores.count else { return probabilities[low - 1] }
    let (left, right) = (scores[low - 1], scores[low])
    // Halves first: the distance of two scores may leave the range of a double.
    let share = (score / 2 - left / 2) / (right / 2 - left / 2)
    return probabilities[low - 1] + share * (probabilities[low] - probabilities[low - 1])
  }
}

extension IsotonicCalibration: Codable {
  private enum CodingKeys: String, CodingKey { case scores, probabilities }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let scores = try container.decode(Vector.self, forKey: .scores)
    let probabilities = try container.decode(Vector.self, forKey: .probabilities)
    guard !scores.isEmpty, scores.allSatisfy(\.isFinite),
      zip(scores, scores.dropFirst()).allSatisfy({ $0 < $1 })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .scores, in: container, debugDescription: "bends must be ascending finite scores")
    }
    guard probabilities.count == scores.count,
      probabilities.allSatisfy({ $0 >= 0 && $0 <= 1 }),
      zip(probabilities, probabilities.dropFirst()).allSatisfy({ $0 <= $1 })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .probabilities, in: container,
        debugDescription: "every bend needs a probability, none below the one before")
    }
    self.init(scores: scores, probabilities: probabilities)
  }
}
