public import Numerical

/// Groups candidates that cannot be told apart.
///
/// Candidates are taken from the best estimate down (the first given among equals). The best opens tier 1; each
/// next one joins the tier unless it is told apart from the tier's best, in which case it opens the next
/// tier. So a tier holds neighbours of the ranking, all of them indistinguishable from its best.
///
/// The best of many is partly the luckiest: a test made for two candidates would part candidates that
/// differ by noise only, the more often the more there are. Both rules below therefore hold their
/// level over all pairs at once: where no candidate differs, all are in one tier with probability `level`.
public enum Tiers {
  /// Tiers, from 1, by paired replicates of a metric.
  ///
  /// With d the difference of two candidates and se its standard deviation over replicates, they are told
  /// apart where |d| / se exceeds the `level` quantile, over replicates, of the greatest
  /// |d* − mean d*| / se of any pair (max-t; Romano and Wolf, 2005). Pairs without spread are told apart where
  /// their estimates differ.
  ///
  /// Replicates of scored rows know how other rows would have come out, not how other training rows would have
  /// changed the models. With scores by fold, candidates must besides differ in the resampled t-test at
  /// `level`, which does. With scores by seed, they must also differ in the t-test of the pairs.
  ///
  /// - Parameters:
  ///   - estimates: one per candidate.
  ///   - replicates: replicates × candidates, drawn together: row b of all candidates from the same rows.
  ///   - folds: candidates × folds, and rows tested over rows trained on (`ResampledTest`).
  ///   - seeds: candidates × seeds, each pair of scores from the same seed; two seeds at least.
  /// - Throws: `.count` without a candidate or with fewer than 2 replicates, `.lengths`, `.missingValue` with
  ///   the number of the candidate, `.fraction` for a level outside 0…1.
  /// - Complexity: O(c² · replicates) for c candidates.
  public static func ofReplicates(
    estimates: [Double], replicates: Matrix,
    folds: (scores: [[Double]], testRatio: Double)? = nil, seeds: [[Double]]? = nil,
    direction: Direction,
    level: Double = 0.95, on pool: WorkerPool = .serial
  ) throws(EvaluationError) -> [Int] {
    try PairedTest(
      estimates: estimates, replicates: replicates, folds: folds, seeds: seeds, level: level,
      on: pool
    ).tiers(direction)
  }

  /// Tiers, from 1, by the scores of the folds of one cross-validation.
  ///
  /// Two candidates are told apart where the p-value of the resampled t-test is below 1 − `level` over the
  /// number of pairs of candidates (Bonferroni's bound).
  ///
  /// - Parameters:
  ///   - scores: candidates × folds.
  ///   - testRatio: as in `ResampledTest`.
  /// - Throws: as `ResampledTest`; `.count` without a candidate, `.missingValue` with the number of the
  ///   candidate.
  public static func ofFolds(
    scores: [[Double]], testRatio: Double, direction: Direction, level: Double = 0.95
  ) throws(EvaluationError) -> [Int] {
    let means = scores.map { $0.reduce(0, +) / Double($0.count) }
    try check(means, level: level)
    let pairCount = max(scores.count * (scores.count - 1) / 2, 1)
    return try tiers(means, direction) { (candidate, best) throws(EvaluationError) in
      let test = try ResampledTest(
        scores[best], scores[candidate], testRatio: testRatio, level: level)
      return test.pValue < (1 - level) / Double(pairCount)
    }
  }

  fileprivate static func check(_ estimates: [Double], level: Double) throws(EvaluationError) {
    guard !estimates.isEmpty else { throw .count(.candidates, needed: 1, found: 0) }
    guard level > 0, level < 1 else { throw .fraction(.level, found: level) }
    if let candidate = estimates.firstIndex(where: { !$0.isFinite }) {
      throw .missingValue(row: candidate)
    }
  }

  fileprivate static func tiers(
    _ estimates: [Double], _ direction: Direction,
    isToldApart: (_ candidate: Int, _ best: Int) throws(EvaluationError) -> Bool
  ) throws(EvaluationError) -> [Int] {
    let order = estimates.indices.sorted { a, b in
      estimates[a] == estimates[b] ? a < b : direction.isBetter(estimates[a], than: estimates[b])
    }
    var tiers = [Int](repeating: 0, count: estimates.count)
    var (tier, best) = (1, order[0])
    for candidate in order {
      if candidate != best, try isToldApart(candidate, best) {
        (tier, best) = (tier + 1, candidate)
      }
      tiers[candidate] = tier
    }
    return tiers
  }
}

/// Tells candidates apart by paired replicates, and by folds and seeds where there are some.
///
/// See `Tiers.ofReplicates` for the tests and what they hold to.
public struct PairedTest: Sendable {
  private let estimates: [Double]
  private let spreads: PairedSpreads
  /// Standard errors by which a difference must exceed chance.
  private let limit: Double
  private let folds: (scores: [[Double]], testRatio: Double)?
  private let seeds: [[Double]]?
  private let level: Double

  /// - Parameters: as `Tiers.ofReplicates`, which throws the same.
  public init(
    estimates: [Double], replicates: Matrix,
    folds: (scores: [[Double]], testRatio: Double)? = nil, seeds: [[Double]]? = nil,
    level: Double = 0.95, on pool: WorkerPool = .serial
  ) throws(EvaluationError) {
    try Tiers.check(estimates, level: level)
    if let folds, folds.scores.count != estimates.count {
      throw .lengths(expected: estimates.count, found: folds.scores.count)
    }
    if let seeds, seeds.count != estimates.count {
      throw .lengths(expected: estimates.count, found: seeds.count)
    }
    guard replicates.columnCount == estimates.count else {
      throw .lengths(expected: estimates.count, found: replicates.columnCount)
    }
    guard replicates.rowCount >= 2 else {
      throw .count(.replicates, needed: 2, found: replicates.rowCount)
    }
    if let column = replicates.firstNonFinite?.column { throw .missingValue(row: column) }
    self.estimates = estimates
    self.folds = folds
    self.seeds = seeds
    self.level = level
    spreads = PairedSpreads(replicates, on: pool)
    limit = spreads.simultaneousLimit(level: level, on: pool)
  }

  /// Whether two candidates differ by more than chance.
  public func tellsApart(_ candidate: Int, _ best: Int) throws(EvaluationError) -> Bool {
    let difference = abs(estimates[candidate] - estimates[best])
    guard difference > limit * spreads.standardError(candidate, best) else { return false }
    // Unlike folds, runs under different seeds have nothing in common: a ratio of 0.
    if let seeds,
      try !ResampledTest(seeds[best], seeds[candidate], testRatio: 0, level: level).tellsApart
    {
      return false
    }
    guard let folds else { return true }
    return try ResampledTest(
      folds.scores[best], folds.scores[candidate], testRatio: folds.testRatio, level: level
    ).tellsApart
  }

  /// See `Tiers`.
  public func tiers(_ direction: Direction) throws(EvaluationError) -> [Int] {
    try Tiers.tiers(estimates, direction) { (candidate, best) throws(EvaluationError) in
      try tellsApart(candidate, best)
    }
  }
}

/// How differences between candidates vary over replicates.
private struct PairedSpreads: Sendable {
  private let count: Int
  private let replicateCount: Int
  /// Candidates × replicates, less each candidate's mean.
  private let deviations: [[Double]]
  /// Candidates × candidates.
  private let standardErrors: [[Double]]

  init(_ replicates: Matrix, on pool: WorkerPool) {
    count = replicates.columnCount
    replicateCount = replicates.rowCount
    let rows = replicates.rowCount
    let deviations = pool.map(count: replicates.columnCount) { candidate in
      let column = replicates.column(candidate)
      let mean = Moments(column).mean
      return column.map { $0 - mean }
    }
    self.deviations = deviations
    standardErrors = pool.map(count: deviations.count) { a in
      deviations.indices.map { b in
        var squares = 0.0
        for row in 0..<rows {
          let difference = deviations[a][row] - deviations[b][row]
          squares += difference * difference
        }
        return (squares / Double(rows - 1)).squareRoot()
      }
    }
  }

  func standardError(_ a: Int, _ b: Int) -> Double { standardErrors[a][b] }

  /// The `level` quantile over replicates of the greatest standardised deviation of any pair.
  func simultaneousLimit(level: Double, on pool: WorkerPool) -> Double {
    let greatest = pool.map(count: replicateCount) { row in
      var greatest = 0.0
      for a in 0..<count {
        for b in a + 1..<max(count, a + 1) where standardErrors[a][b] > 0 {
          let size = abs(deviations[a][row] - deviations[b][row]) / standardErrors[a][b]
          greatest = max(greatest, size)
        }
      }
      return greatest
    }
    return Quantiles.of(greatest, at: [level])[0]
  }
}
