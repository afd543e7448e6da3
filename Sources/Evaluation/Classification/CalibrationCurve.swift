/// How scores are put into bins to compare them with what happened.
public enum CalibrationBins: Hashable, Sendable, Codable {
  /// Bins of equal width from 0 to 1; a score on an edge belongs below it, as in scikit-learn.
  case equalWidth(Int)
  /// Bins of about equal weight. Rows of equal score stay together, in the bin in which their middle
  /// falls, so bins may differ in weight or be absent.
  case equalMass(Int)

  /// Ten bins of equal width.
  public static let standard = CalibrationBins.equalWidth(10)

  var count: Int {
    switch self {
    case .equalWidth(let count), .equalMass(let count): count
    }
  }
}

/// Observed rates against mean scores, bin by bin: on the diagonal where probabilities mean what they say.
public struct CalibrationCurve: Hashable, Sendable, Codable {
  public struct Bin: Hashable, Sendable, Codable {
    /// The least and greatest score in the bin.
    public let lowestScore: Double
    public let highestScore: Double
    /// The sum of weights: the number of rows without weights.
    public let weight: Double
    public let positiveWeight: Double
    public let meanScore: Double
    /// The share of positives.
    public var rate: Double { positiveWeight / weight }
    /// Σ w (score − mean score)².
    let scoreDeviations: Double
    /// Σ w (score − mean score)(outcome − rate).
    let scoreOutcomeProducts: Double
  }

  /// Bins with rows, the lowest scores first.
  public let bins: [Bin]

  /// Σ over bins of (share of weight) · |rate − mean score|.
  public var expectedError: Double { weightedGap / bins.reduce(0) { $0 + $1.weight } }

  /// The greatest |rate − mean score| of a bin.
  public var maximumError: Double { bins.reduce(0) { max($0, abs($1.rate - $1.meanScore)) } }

  private var weightedGap: Double {
    bins.reduce(0) { $0 + $1.weight * abs($1.rate - $1.meanScore) }
  }

  /// - Throws: `.notProbability`, `.count` without a bin.
  /// - Complexity: O(distinct scores).
  public init(_ groups: ScoreGroups, bins: CalibrationBins = .standard) throws(EvaluationError) {
    try groups.requireProbabilities()
    guard bins.count >= 1 else { throw .count(.bins, needed: 1, found: bins.count) }
    var found: [Bin] = []
    var above = 0.0
    var (start, current) = (0, -1)
    for group in groups.scores.indices {
      let weight = groups.positives[group] + groups.negatives[group]
      let bin = bins.bin(
        ofScore: groups.scores[group], massBelow: 1 - (above + weight / 2) / groups.weight)
      if bin != current, group > start {
        found.append(Bin(groups, start..<group))
        start = group
      }
      current = bin
      above += weight
    }
    found.append(Bin(groups, start..<groups.scores.count))
    self.bins = found.filter { $0.weight > 0 }.reversed()
  }
}

extension CalibrationBins {
  /// The bin of a score, from 0 up.
  fileprivate func bin(ofScore score: Double, massBelow: Double) -> Int {
    let position: Double
    switch self {
    case .equalMass(let count): position = (massBelow * Double(count)).rounded(.down)
    case .equalWidth(let count):
      // The product may round past an edge; the edges themselves decide.
      var edge = (score * Double(count)).rounded(.up)
      if (edge - 1) / Double(count) >= score { edge -= 1 }
      if edge / Double(count) < score { edge += 1 }
      position = edge - 1
    }
    return Int(clamping: min(max(position, 0), Double(count - 1)))
  }
}

extension CalibrationCurve.Bin {
  fileprivate init(_ groups: ScoreGroups, _ range: Range<Int>) {
    lowestScore = groups.scores[range.upperBound - 1]
    highestScore = groups.scores[range.lowerBound]
    var (positive, weight, excess) = (0.0, 0.0, 0.0)
    for group in range {
      let size = groups.positives[group] + groups.negatives[group]
      positive += groups.positives[group]
      weight += size
      excess += size * (groups.scores[group] - lowestScore)
    }
    positiveWeight = positive
    self.weight = weight
    meanScore = lowestScore + excess / weight
    let rate = positive / weight
    var (deviations, products) = (0.0, 0.0)
    for group in range {
      let size = groups.positives[group] + groups.negatives[group]
      let deviation = groups.scores[group] - meanScore
      deviations += size * deviation * deviation
      products += deviation * (groups.positives[group] - size * rate)
    }
    scoreDeviations = deviations
    scoreOutcomeProducts = products
  }
}
