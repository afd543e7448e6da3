public import Numerical

/// Resampling of rows to see how far a metric would have come out differently.
///
/// A replicate draws as many positives from the positives and as many negatives from the negatives as there
/// are, with replacement; a row drawn twice counts twice with its weight. Draws are a function of the
/// seed, the number of the replicate and the number of rows of each class: the first 50 of 100 replicates
/// are those of 50, and two models on the same rows get the same draws, which pairs them.
///
/// Sorted once: a replicate is a count per distinct score, and every metric is read off the counts.
///
/// - Complexity: O(n) time per replicate and metric; per thread 20 bytes of memory per row.
/// - Source: Efron and Tibshirani (1993), chapters 8 and 14.
public struct Bootstrap: Hashable, Sendable, Codable {
  public let replicateCount: Int
  public let seed: Seed

  /// Parts of the rows left out in turn to learn how skewed a metric is.
  static let jackknifeParts = 100

  public init(replicateCount: Int = 1000, seed: Seed) {
    self.replicateCount = replicateCount
    self.seed = seed
  }

  /// Evaluates `metrics` on the rows and on every replicate.
  ///
  /// - Parameter threshold: rows at or above it are predicted positive, in every replicate.
  /// - Throws: `.count` for fewer than 2 replicates, `.oneClass`, and what the metrics throw on the rows.
  public func replicates(
    of scores: BinaryScores, metrics: [ClassificationMetric], threshold: Double,
    on pool: WorkerPool = .serial
  ) throws(EvaluationError) -> BootstrapReplicates {
    guard replicateCount >= 2 else {
      throw .count(.replicates, needed: 2, found: replicateCount)
    }
    try scores.groups.requireBothClasses()
    let evaluate: @Sendable (ScoreGroups) throws(EvaluationError) -> [Double] = {
      (groups) throws(EvaluationError) in
      var values: [Double] = []
      for metric in metrics { values.append(try metric.value(groups, threshold: threshold)) }
      return values
    }
    let estimates = try evaluate(scores.groups)
    let resampler = Resampler(scores)
    let drawn = pool.map(count: replicateCount) { replicate in
      let groups = resampler.groups(seed: seed.derived("bootstrap", replicate))
      return Result { () throws(EvaluationError) in try evaluate(groups) }
    }
    let parts = min(Self.jackknifeParts, max(scores.positiveCount, scores.negativeCount))
    let reduced = pool.map(count: parts) { part in
      let groups = resampler.groups(withoutPart: part, of: parts)
      return Result { () throws(EvaluationError) in try evaluate(groups) }
    }
    return BootstrapReplicates(
      estimates: estimates, replicates: try Self.matrix(drawn, width: metrics.count),
      reduced: try Self.matrix(reduced, width: metrics.count), bootstrap: self,
      positiveCount: scores.positiveCount, negativeCount: scores.negativeCount)
  }

  private static func matrix(_ rows: [Result<[Double], EvaluationError>], width: Int)
    throws(EvaluationError) -> Matrix
  {
    var values: [Double] = []
    for row in rows { values += try row.get() }
    return Matrix(rowCount: rows.count, columnCount: width, values: values)
  }
}

/// Draws rows anew as counts per distinct score.
private struct Resampler: Sendable {
  let scores: BinaryScores

  init(_ scores: BinaryScores) { self.scores = scores }

  func groups(seed: Seed) -> ScoreGroups {
    let count = scores.groups.scores.count
    return scores.groups.replacing(
      positives: Self.drawn(scores.positives, seed: seed.derived("positives"), groupCount: count),
      negatives: Self.drawn(scores.negatives, seed: seed.derived("negatives"), groupCount: count))
  }

  /// The rows without every `parts`-th one of each class, counted from `part`; a class of a single row
  /// keeps it.
  func groups(withoutPart part: Int, of parts: Int) -> ScoreGroups {
    func remaining(_ rows: BinaryScores.ClassRows) -> [Double] {
      var amounts = [Double](repeating: 0, count: scores.groups.scores.count)
      for row in rows.groups.indices where row % parts != part || rows.groups.count == 1 {
        amounts[Int(rows.groups[row])] += rows.weights?[row] ?? 1
      }
      return amounts
    }
    return scores.groups.replacing(
      positives: remaining(scores.positives), negatives: remaining(scores.negatives))
  }

  private static func drawn(_ rows: BinaryScores.ClassRows, seed: Seed, groupCount: Int)
    -> [Double]
  {
    var amounts = [Double](repeating: 0, count: groupCount)
    amounts.withUnsafeMutableBufferPointer { amounts in
      rows.groups.withUnsafeBufferPointer { groups in
        if let weights = rows.weights {
          weights.withUnsafeBufferPointer { weights in
            forEachDraw(of: groups.count, seed: seed) { row in
              amounts[Int(groups[row])] += weights[row]
            }
          }
        } else {
          forEachDraw(of: groups.count, seed: seed) { row in amounts[Int(groups[row])] += 1 }
        }
      }
    }
    return amounts
  }

  /// As many draws below `count` as `count`, without bias (Lemire, 2019).
  @inline(__always)
  private static func forEachDraw(of count: Int, seed: Seed, _ body: (Int) -> Void) {
    let bound = UInt64(count)
    let threshold = (UInt64(1) << 32) % bound
    let wordCount = 512
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: wordCount) { words in
      var (left, step) = (count, 0)
      while left > 0 {
        RandomSource.words(into: words, seed: seed, from: step)
        step &+= wordCount / RandomSource.wordsPerStep
        for word in words {
          let product = UInt64(word) &* bound
          guard product & 0xffff_ffff >= threshold else { continue }
          body(Int(truncatingIfNeeded: product >> 32))
          left &-= 1
          if left == 0 { break }
        }
      }
    }
  }
}
