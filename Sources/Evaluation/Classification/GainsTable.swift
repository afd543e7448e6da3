/// The gains table of a campaign: rows from the best score down, in bins, each with what it yields.
///
/// What ranks rows and what predicts them may be two things: probabilities that are calibrated fold by fold
/// order rows otherwise than the scores behind them, and tie where those do not.
///
/// Columns as in H2O's gains/lift table, shares as fractions. Bin b of k ends with the first distinct score at
/// which at least b/k of the weight is reached: rows of equal score are never parted, so a bin may be larger
/// than its share and the next ones smaller or absent.
public struct GainsTable: Hashable, Sendable, Codable {
  public struct Row: Hashable, Sendable, Codable {
    /// From 1, the best bin; absent bins have no row.
    public let bin: Int
    public let rowCount: Int
    /// The sum of weights, and the positives' part of it.
    public let weight: Double
    public let positiveWeight: Double
    /// The least probability predicted in the bin.
    ///
    /// Where the same scores rank: contact everyone from here up to take this bin and all before.
    public let threshold: Double
    /// The mean probability predicted.
    public let predicted: Double
    /// The share of positives.
    public let actual: Double
    /// actual / base rate.
    public let lift: Double
    /// The share of all positives that are in the bin.
    public let capture: Double
    /// lift − 1.
    public let gain: Double
    /// The same of this bin and all before.
    public let cumulative: Cumulative
  }

  public struct Cumulative: Hashable, Sendable, Codable {
    public let rowCount: Int
    /// The share of all weight.
    public let share: Double
    public let predicted: Double
    public let actual: Double
    public let lift: Double
    public let capture: Double
    public let gain: Double
    /// The share of all positives less the share of all negatives, the distance of Kolmogorov and Smirnov
    /// at this cut.
    public let ks: Double
  }

  public let rows: [Row]
  public let rowCount: Int
  public let baseRate: Double
  /// The bins asked for.
  public let binCount: Int

  /// Bins where nobody asks for another number.
  public static let standardBinCount = 10

  /// A table of scores that rank and predict at once.
  ///
  /// - Throws: `.count` without a bin, `.oneClass`.
  /// - Complexity: O(distinct scores + bins).
  public init(
    _ scores: BinaryScores, bins: Int = GainsTable.standardBinCount
  ) throws(EvaluationError) {
    try self.init(scores, GroupPredictions(scores.groups), bins: bins)
  }

  /// A table of rows ranked by one score and predicted by another.
  ///
  /// Bins, lift, capture and KS follow from `ranks` alone, as metrics of the ranking do.
  ///
  /// - Parameters:
  ///   - ranks: by which rows are ordered and put into bins.
  ///   - predicted: of the same rows: what `threshold` and `predicted` tell of.
  /// - Throws: `.differentRows` where labels or weights differ between the two; `.count` without a bin,
  ///   `.oneClass`.
  /// - Complexity: O(n + bins).
  public init(
    _ ranks: BinaryScores, predicted: BinaryScores, bins: Int = GainsTable.standardBinCount
  ) throws(EvaluationError) {
    guard ranks.hasSameRows(as: predicted) else { throw .differentRows(candidate: 1) }
    try self.init(ranks, GroupPredictions(ranks, predicted), bins: bins)
  }

  private init(
    _ ranks: BinaryScores, _ predictions: GroupPredictions, bins: Int
  ) throws(EvaluationError) {
    guard bins >= 1 else { throw .count(.bins, needed: 1, found: bins) }
    let groups = ranks.groups
    try groups.requireBothClasses()
    var (total, current) = (GainSums(), GainSums())
    var rows: [Row] = []
    for group in groups.scores.indices {
      current.add(group, of: ranks, predictions)
      let reached = Double(bins) * (total.weight + current.weight) / groups.weight
      // Sums of weights may fall short of a share by rounding.
      let isLast = group == groups.scores.count - 1
      let filled = isLast ? bins : Int(clamping: (reached * (1 + 1e-12)).rounded(.down))
      guard filled > total.bin else { continue }
      total.merge(current)
      rows.append(Row(bin: total.bin + 1, current, total, of: groups))
      total.bin = min(filled, bins)
      current = GainSums()
    }
    self.rows = rows
    rowCount = ranks.rowCount
    baseRate = groups.baseRate
    binCount = bins
  }

  /// The share of positives found by contacting the best `share` of the rows, linear between the ends of
  /// bins: a bin in which rows tie yields evenly.
  ///
  /// Tables of different ties, whose bins hold unequal shares, are compared by it.
  public func capture(inBest share: Double) -> Double {
    var (lastShare, lastCapture) = (0.0, 0.0)
    for end in rows.lazy.map(\.cumulative) {
      if end.share == share { return end.capture }
      if end.share > share {
        let part = max(share - lastShare, 0) / (end.share - lastShare)
        return lastCapture + (end.capture - lastCapture) * part
      }
      (lastShare, lastCapture) = (end.share, end.capture)
    }
    return lastCapture
  }
}

/// What is predicted of the rows of each group.
private struct GroupPredictions {
  /// Σ weight · prediction.
  var sums: [Double]
  var least: [Double]

  /// Of scores that are their own predictions.
  init(_ groups: ScoreGroups) {
    sums = groups.scores.indices.map { group in
      (groups.positives[group] + groups.negatives[group]) * groups.scores[group]
    }
    least = groups.scores
  }

  /// Of the groups of `ranks`, from `predicted` for the same rows.
  init(_ ranks: BinaryScores, _ predicted: BinaryScores) {
    sums = [Double](repeating: 0, count: ranks.groups.scores.count)
    least = [Double](repeating: .infinity, count: ranks.groups.scores.count)
    for (own, other) in [
      (ranks.positives, predicted.positives), (ranks.negatives, predicted.negatives),
    ] {
      for row in own.groups.indices {
        let group = Int(own.groups[row])
        let value = predicted.groups.scores[Int(other.groups[row])]
        sums[group] += (own.weights?[row] ?? 1) * value
        least[group] = min(least[group], value)
      }
    }
  }
}

private struct GainSums {
  /// Bins filled so far.
  var bin = 0
  var rowCount = 0
  var weight = 0.0
  var positiveWeight = 0.0
  var predictionSum = 0.0
  var leastPrediction = Double.infinity

  mutating func add(_ group: Int, of scores: BinaryScores, _ predictions: GroupPredictions) {
    let groups = scores.groups
    rowCount += scores.rowCounts[group]
    weight += groups.positives[group] + groups.negatives[group]
    positiveWeight += groups.positives[group]
    predictionSum += predictions.sums[group]
    leastPrediction = min(leastPrediction, predictions.least[group])
  }

  mutating func merge(_ other: GainSums) {
    rowCount += other.rowCount
    weight += other.weight
    positiveWeight += other.positiveWeight
    predictionSum += other.predictionSum
    leastPrediction = min(leastPrediction, other.leastPrediction)
  }
}

extension GainsTable.Row {
  fileprivate init(bin: Int, _ own: GainSums, _ total: GainSums, of groups: ScoreGroups) {
    self.bin = bin
    rowCount = own.rowCount
    weight = own.weight
    positiveWeight = own.positiveWeight
    threshold = own.leastPrediction
    predicted = own.predictionSum / own.weight
    actual = own.positiveWeight / own.weight
    lift = actual / groups.baseRate
    capture = own.positiveWeight / groups.positiveWeight
    gain = lift - 1
    cumulative = GainsTable.Cumulative(total, of: groups)
  }
}

extension GainsTable.Cumulative {
  fileprivate init(_ total: GainSums, of groups: ScoreGroups) {
    rowCount = total.rowCount
    share = min(total.weight / groups.weight, 1)
    predicted = total.predictionSum / total.weight
    actual = total.positiveWeight / total.weight
    lift = actual / groups.baseRate
    capture = min(total.positiveWeight / groups.positiveWeight, 1)
    gain = lift - 1
    let negatives = total.weight - total.positiveWeight
    ks = capture - min(negatives / groups.negativeWeight, 1)
  }
}
