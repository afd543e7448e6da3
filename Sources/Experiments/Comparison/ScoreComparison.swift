public import Evaluation
internal import Numerical

/// How the probabilities that B gives differ from those that A gives to the same rows.
///
/// Counts and means only; the fewest rows behind a figure stand beside it.
public struct ScoreComparison: Hashable, Sendable, Encodable {
  /// Who is contacted: by both, by one alone, by neither; with the events among them.
  ///
  /// Where rows of equal score lie at the edge, each counts by its chance to be contacted; sums are rounded to rows.
  public struct Contacts: Hashable, Sendable, Encodable {
    public struct Group: Hashable, Sendable, Encodable {
      public var rowCount = 0
      public var eventCount = 0

      private enum CodingKeys: String, CodingKey {
        case rowCount = "rows"
        case eventCount = "events"
      }
    }

    /// The share of rows with the best scores; nil for each side's own cut.
    public let share: Double?
    public var both = Group()
    public var onlyA = Group()
    public var onlyB = Group()
    public var neither = Group()

    private enum CodingKeys: String, CodingKey {
      case share, both, neither
      case onlyA = "only_a"
      case onlyB = "only_b"
    }

    /// Of the rows that A contacts, the share that B contacts too; nil if A contacts none.
    public var overlap: Double? {
      let contacted = both.rowCount + onlyA.rowCount
      return contacted > 0 ? Double(both.rowCount) / Double(contacted) : nil
    }
  }

  /// Rows that went up or down the ranking by so much of it.
  public struct MoverBand: Hashable, Sendable, Encodable {
    /// Bounds of (rank by A − rank by B) / rows: above 0 for rows that B ranks higher.
    public let lower: Double
    public let upper: Double
    public var rowCount = 0
    public var eventCount = 0
    /// Mean probability by A and by B; nil for so few rows that it would show single customers.
    public var meanOfA: Double?
    public var meanOfB: Double?

    private enum CodingKeys: String, CodingKey {
      case lower, upper
      case rowCount = "rows"
      case eventCount = "events"
      case meanOfA = "mean_a"
      case meanOfB = "mean_b"
    }
  }

  public let rowCount: Int
  public let eventCount: Int
  /// Rows to which the two give different probabilities.
  public let changedRowCount: Int
  /// Where the squares begin and end, on both axes, and how many there are on each.
  public let axis: ClosedRange<Double>
  public let squares: Int
  /// Squares with rows, by A and then by B.
  public let cells: [RowPairing]
  /// Spearman's correlation of the two rankings; nil where one has a single score.
  public let rankCorrelation: Double?
  /// The best 1, 5, 10 and 20 % of rows, and the rows above each side's own cut where both have one.
  public let contacts: [Contacts]
  /// From the greatest fall to the greatest rise.
  public let movers: [MoverBand]
  public let meanProbability: Pair<Double>
  /// B − A of a row's probability: the 5th, 25th, 50th, 75th and 95th percentile.
  public let shifts: [Double]
  /// Nil where probabilities cannot be put into bins.
  public let calibration: Pair<CalibrationCurve>?

  private enum CodingKeys: String, CodingKey {
    case axis, squares, cells, contacts, movers, shifts
    case rowCount = "rows"
    case eventCount = "events"
    case changedRowCount = "changed_rows"
    case rankCorrelation = "rank_correlation"
    case meanProbability = "mean_probability"
    case calibration
  }

  /// The share whose overlap is the headline.
  public static let decile = 0.1

  /// Compares scores of the same rows in the same order.
  package init(_ a: RowScores, _ b: RowScores, cuts: Pair<Double?>) {
    precondition(a.rows == b.rows, "scores of the same rows are compared")
    let positions = (a: ScoreRanks(a.raw), b: ScoreRanks(b.raw))
    rowCount = a.rows.count
    eventCount = a.outcomes.count { $0 == 1 }
    changedRowCount = zip(a.calibrated, b.calibrated).count { $0 != $1 }
    let all = a.calibrated + b.calibrated
    let (low, high) = (all.min() ?? 0, all.max() ?? 1)
    axis = low < high ? low...high : max(low - 0.05, 0)...min(high + 0.05, 1)
    squares = Self.squareCount
    cells = Self.cells(a.calibrated, b.calibrated, axis: axis)
    rankCorrelation = ScoreRanks.correlation(positions.a, positions.b)
    contacts = Self.contacts(a, b, positions.a, positions.b, cuts: cuts)
    movers = Self.movers(a, b, positions.a, positions.b)
    let count = Double(max(a.rows.count, 1))
    meanProbability = Pair(
      a.calibrated.reduce(0, +) / count, b.calibrated.reduce(0, +) / count)
    shifts =
      a.rows.isEmpty
      ? []
      : Quantiles.of(
        zip(b.calibrated, a.calibrated).map { $0 - $1 }, at: [0.05, 0.25, 0.5, 0.75, 0.95])
    calibration = Self.calibration(a, b)
  }

  private static let squareCount = 30

  private static func cells(
    _ a: [Double], _ b: [Double], axis: ClosedRange<Double>
  ) -> [RowPairing] {
    var counts = [Int](repeating: 0, count: squareCount * squareCount)
    let width = axis.upperBound - axis.lowerBound
    func place(_ score: Double) -> Int {
      let share = width > 0 ? (score - axis.lowerBound) / width : 0
      return min(Int(exactly: (share * Double(squareCount)).rounded(.down)) ?? 0, squareCount - 1)
    }
    for (a, b) in zip(a, b) { counts[place(a) * squareCount + place(b)] += 1 }
    return counts.indices.filter { counts[$0] > 0 }.map { index in
      RowPairing(a: index / squareCount, b: index % squareCount, rowCount: counts[index])
    }
  }

  private static func contacts(
    _ a: RowScores, _ b: RowScores, _ ranksOfA: ScoreRanks, _ ranksOfB: ScoreRanks,
    cuts: Pair<Double?>
  ) -> [Contacts] {
    func split(
      _ share: Double?, _ shareInA: (Int) -> Double, _ shareInB: (Int) -> Double
    ) -> Contacts {
      var (rows, events) = (Contacts.Expected(), Contacts.Expected())
      for row in a.rows.indices {
        let (ofA, ofB) = (shareInA(row), shareInB(row))
        rows.add(ofA, ofB)
        if a.outcomes[row] == 1 { events.add(ofA, ofB) }
      }
      return Contacts(share: share, rows, events)
    }
    var found = [0.01, 0.05, decile, 0.2].map { share in
      let count = max(1, Int((share * Double(a.rows.count)).rounded()))
      return split(
        share, { ranksOfA.share(of: $0, amongBest: count) },
        { ranksOfB.share(of: $0, amongBest: count) })
    }
    if let cutOfA = cuts.a, let cutOfB = cuts.b {
      found.append(
        split(
          nil, { a.calibrated[$0] >= cutOfA ? 1 : 0 }, { b.calibrated[$0] >= cutOfB ? 1 : 0 }))
    }
    return found
  }

  private static func movers(
    _ a: RowScores, _ b: RowScores, _ ranksOfA: ScoreRanks, _ ranksOfB: ScoreRanks
  ) -> [MoverBand] {
    let edges = [-1, -0.5, -0.25, -0.1, -0.05, 0.05, 0.1, 0.25, 0.5, 1]
    var bands = zip(edges, edges.dropFirst()).map { MoverBand(lower: $0, upper: $1) }
    var sums = bands.map { _ in (a: 0.0, b: 0.0) }
    for row in a.rows.indices {
      let shift = (ranksOfA.ranks[row] - ranksOfB.ranks[row]) / Double(a.rows.count)
      let steps = edges[1...4].count { shift >= $0 } + edges[5...8].count { shift > $0 }
      bands[steps].rowCount += 1
      if a.outcomes[row] == 1 { bands[steps].eventCount += 1 }
      sums[steps].a += a.calibrated[row]
      sums[steps].b += b.calibrated[row]
    }
    for index in bands.indices
    where bands[index].rowCount >= ClusteringEvidence.SegmentCard.leastRows {
      bands[index].meanOfA = sums[index].a / Double(bands[index].rowCount)
      bands[index].meanOfB = sums[index].b / Double(bands[index].rowCount)
    }
    return bands
  }

  private static func calibration(_ a: RowScores, _ b: RowScores) -> Pair<CalibrationCurve>? {
    func curve(_ rows: RowScores) throws(EvaluationError) -> CalibrationCurve {
      let scores = try BinaryScores(
        scores: rows.calibrated, labels: rows.outcomes, weights: rows.weights)
      return try CalibrationCurve(scores.groups)
    }
    guard let ofA = try? curve(a), let ofB = try? curve(b) else { return nil }
    return Pair(ofA, ofB)
  }
}

extension ScoreComparison.Contacts {
  /// How many rows are contacted where a row's lot, the same for both sides, decides among equal scores at the edge.
  fileprivate struct Expected {
    var (both, onlyA, onlyB, neither) = (0.0, 0.0, 0.0, 0.0)

    mutating func add(_ a: Double, _ b: Double) {
      both += min(a, b)
      onlyA += max(a - b, 0)
      onlyB += max(b - a, 0)
      neither += 1 - max(a, b)
    }
  }

  fileprivate init(share: Double?, _ rows: Expected, _ events: Expected) {
    self.share = share
    func group(_ part: KeyPath<Expected, Double>) -> Group {
      Group(
        rowCount: Int(rows[keyPath: part].rounded()),
        eventCount: Int(events[keyPath: part].rounded()))
    }
    (both, onlyA, onlyB) = (group(\.both), group(\.onlyA), group(\.onlyB))
    neither = group(\.neither)
  }
}

/// Rows by falling score.
private struct ScoreRanks {
  /// By row its rank from 1; rows of equal score share the mean of theirs.
  let ranks: [Double]
  /// By row the places from 0 that its score has.
  private let places: [Range<Int32>]

  init(_ scores: [Double]) {
    let order = DescendingOrder.of(scores)
    var places = [Range<Int32>](repeating: 0..<0, count: scores.count)
    var ranks = [Double](repeating: 0, count: scores.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, scores[Int(order[end])] == scores[Int(order[start])] { end += 1 }
      for place in start..<end {
        places[Int(order[place])] = Int32(start)..<Int32(end)
        ranks[Int(order[place])] = Double(start + 1 + end) / 2
      }
      start = end
    }
    self.places = places
    self.ranks = ranks
  }

  /// The chance of a row to be among the best `count`, where lots are drawn among equal scores.
  func share(of row: Int, amongBest count: Int) -> Double {
    let own = places[row]
    let taken = min(max(count - Int(own.lowerBound), 0), own.count)
    return Double(taken) / Double(own.count)
  }

  /// The correlation of the ranks, −1 to 1.
  static func correlation(_ a: ScoreRanks, _ b: ScoreRanks) -> Double? {
    let mean = Double(a.ranks.count + 1) / 2
    var (products, ofA, ofB) = (0.0, 0.0, 0.0)
    for (a, b) in zip(a.ranks, b.ranks) {
      products += (a - mean) * (b - mean)
      ofA += (a - mean) * (a - mean)
      ofB += (b - mean) * (b - mean)
    }
    guard ofA > 0, ofB > 0 else { return nil }
    return min(1, max(-1, products / (ofA.squareRoot() * ofB.squareRoot())))
  }
}
