/// The gains table of a campaign: rows from the best score down, in bins, each with what it yields.
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
    /// The least score in the bin: contact everyone from here up to take this bin and all before.
    public let threshold: Double
    /// The mean score.
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

  /// - Throws: `.count` without a bin, `.oneClass`.
  /// - Complexity: O(distinct scores + bins).
  public init(_ scores: BinaryScores, bins: Int = 10) throws(EvaluationError) {
    guard bins >= 1 else { throw .count(.bins, needed: 1, found: bins) }
    let groups = scores.groups
    try groups.requireBothClasses()
    var (total, current) = (GainSums(), GainSums())
    var rows: [Row] = []
    for group in groups.scores.indices {
      current.add(group, of: scores)
      let reached = Double(bins) * (total.weight + current.weight) / groups.weight
      // Sums of weights may fall short of a share by rounding.
      let isLast = group == groups.scores.count - 1
      let filled = isLast ? bins : Int(clamping: (reached * (1 + 1e-12)).rounded(.down))
      guard filled > total.bin else { continue }
      total.merge(current)
      rows.append(
        Row(
          bin: total.bin + 1, current, total, threshold: groups.scores[group], of: groups))
      total.bin = min(filled, bins)
      current = GainSums()
    }
    self.rows = rows
    rowCount = scores.rowCount
    baseRate = groups.baseRate
    binCount = bins
  }
}

private struct GainSums {
  /// Bins filled so far.
  var bin = 0
  var rowCount = 0
  var weight = 0.0
  var positiveWeight = 0.0
  var scoreSum = 0.0

  mutating func add(_ group: Int, of scores: BinaryScores) {
    let groups = scores.groups
    let size = groups.positives[group] + groups.negatives[group]
    rowCount += scores.rowCounts[group]
    weight += size
    positiveWeight += groups.positives[group]
    scoreSum += size * groups.scores[group]
  }

  mutating func merge(_ other: GainSums) {
    rowCount += other.rowCount
    weight += other.weight
    positiveWeight += other.positiveWeight
    scoreSum += other.scoreSum
  }
}

extension GainsTable.Row {
  fileprivate init(
    bin: Int, _ own: GainSums, _ total: GainSums, threshold: Double, of groups: ScoreGroups
  ) {
    self.bin = bin
    rowCount = own.rowCount
    weight = own.weight
    positiveWeight = own.positiveWeight
    self.threshold = threshold
    predicted = own.scoreSum / own.weight
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
    predicted = total.scoreSum / total.weight
    actual = total.positiveWeight / total.weight
    lift = actual / groups.baseRate
    capture = min(total.positiveWeight / groups.positiveWeight, 1)
    gain = lift - 1
    let negatives = total.weight - total.positiveWeight
    ks = capture - min(negatives / groups.negativeWeight, 1)
  }
}
