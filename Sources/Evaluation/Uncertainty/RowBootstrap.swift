public import Numerical

/// Resampling of rows to see how far a mean over them would have come out differently.
///
/// In each replicate a row counts k times, k drawn from Poisson's law of mean 1: resampling with replacement
/// without fixing the number of rows. The draw is a function of the seed, the replicate and the number of
/// the row, so that figures of different candidates, even on different samples of the same table, are
/// paired in every row they share, and the first 50 of 100 replicates are those of 50.
///
/// - Source: Hanley and MacGibbon, Creating non-parametric bootstrap samples using Poisson frequencies (2006).
public enum RowBootstrap {
  /// The mean of `values` in each replicate; the mean itself where a replicate draws no row.
  ///
  /// - Parameter rows: the number of each value's row in the table.
  /// - Complexity: O(replicates · values).
  public static func means(
    of values: [Double], rows: [Int], replicateCount: Int, seed: Seed,
    on pool: WorkerPool = .serial
  ) throws(EvaluationError) -> [Double] {
    guard rows.count == values.count else {
      throw .lengths(expected: values.count, found: rows.count)
    }
    guard !values.isEmpty else { throw .noRows }
    guard replicateCount >= 2 else { throw .count(.replicates, needed: 2, found: replicateCount) }
    let whole = values.reduce(0, +) / Double(values.count)
    return pool.map(count: replicateCount) { replicate in
      var draws = RowDraws(seed: seed.derived("row bootstrap", replicate))
      var (sum, count) = (0.0, 0.0)
      for (row, value) in zip(rows, values) {
        let times = draws.times(row)
        sum += times * value
        count += times
      }
      return count > 0 ? sum / count : whole
    }
  }
}

/// How often each row counts in one replicate.
///
/// Four neighbouring rows share a block of random words, and are counted as its lanes: made for every row, 200
/// replicates of 20,000 rows were a third of the work of a clustering trial.
private struct RowDraws {
  private let key: SIMD2<UInt32>
  private var block: UInt64 = .max
  /// Of the rows of the block.
  private var counts = SIMD4<UInt32>()

  /// P(k ≤ 0), P(k ≤ 1), … for mean 1, of 2³².
  private static let limits: [UInt32] = {
    var (limits, term, sum) = ([UInt32](), 0x1.78b56362cef38p-2, 0.0)
    for k in 1...9 {
      sum += term
      limits.append(UInt32(sum * 0x1p32))
      term /= Double(k)
    }
    return limits
  }()

  private let limits = RowDraws.limits

  init(seed: Seed) {
    key = SIMD2(
      UInt32(truncatingIfNeeded: seed.value), UInt32(truncatingIfNeeded: seed.value >> 32))
  }

  mutating func times(_ row: Int) -> Double {
    let block = UInt64(truncatingIfNeeded: row) / 4
    if block != self.block { draw(block) }
    return Double(counts[row & 3])
  }

  private mutating func draw(_ block: UInt64) {
    self.block = block
    let words = RandomSource.philox(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32), 0, 0), key: key)
    counts = SIMD4()
    for limit in limits {
      counts.replace(with: counts &+ 1, where: words .>= limit)
    }
  }
}
