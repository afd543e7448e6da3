/// How scores are spread, positives and negatives apart.
public struct ScoreHistogram: Hashable, Sendable, Codable {
  public struct Bin: Hashable, Sendable, Codable {
    public let lower: Double
    public let upper: Double
    /// Sums of weights: numbers of rows without weights.
    public let positives: Double
    public let negatives: Double
  }

  /// Bins of equal width, ascending; a score on an edge belongs to the bin above it, the greatest to the last.
  public let bins: [Bin]

  /// Bins over 0…1 where all scores are probabilities, otherwise from the least to the greatest score.
  ///
  /// - Throws: `.count` without a bin.
  /// - Complexity: O(distinct scores + bins).
  public init(_ groups: ScoreGroups, bins count: Int = 20) throws(EvaluationError) {
    guard count >= 1 else { throw .count(.bins, needed: 1, found: count) }
    let isProbability = groups.improbableRow == nil
    let low = isProbability ? 0 : groups.scores[groups.scores.count - 1]
    let high = isProbability ? 1 : groups.scores[0]
    var positives = [Double](repeating: 0, count: count)
    var negatives = positives
    for group in groups.scores.indices {
      // Halves, because the range itself may leave that of a double.
      let share = (groups.scores[group] / 2 - low / 2) / (high / 2 - low / 2)
      let bin =
        share > 0 ? min(Int(clamping: (share * Double(count)).rounded(.down)), count - 1) : 0
      positives[bin] += groups.positives[group]
      negatives[bin] += groups.negatives[group]
    }
    bins = (0..<count).map { bin in
      func edge(_ number: Int) -> Double {
        let share = Double(number) / Double(count)
        return low * (1 - share) + high * share
      }
      return Bin(
        lower: edge(bin), upper: edge(bin + 1), positives: positives[bin],
        negatives: negatives[bin])
    }
  }
}
