extension ClusteringEvidence {
  /// What the segments are good for, and a card for each of them.
  public struct Usefulness: Hashable, Sendable, Codable {
    /// Nil for a study that names no value column.
    public var value: ValueRecord?
    /// Nil with fewer than two kinds of rows to tell apart, or too few rows.
    public var rules: RuleRecord?
    /// By segment number.
    public var cards: [SegmentCard]

    public init(value: ValueRecord?, rules: RuleRecord?, cards: [SegmentCard]) {
      self.value = value
      self.rules = rules
      self.cards = cards
    }
  }

  /// The value column of a study over the measured rows.
  public struct ValueRecord: Hashable, Sendable, Codable {
    public let column: String
    public let mean: Double
    /// Rows with a value.
    public let rowCount: Int
    public let missingCount: Int

    public init(column: String, mean: Double, rowCount: Int, missingCount: Int) {
      self.column = column
      self.mean = mean
      self.rowCount = rowCount
      self.missingCount = missingCount
    }
  }

  /// The tree that describes the segments.
  public struct RuleRecord: Hashable, Sendable, Codable {
    /// One expression that gives a row the segment the tree gives it.
    public let sql: String
    /// The mean over segments of the share of rows found out of fold; nil if it was not measured.
    public let balancedAccuracy: Double?
    /// The rows it was learnt from.
    public let rowCount: Int
    /// The rows of that split when these are a sample; nil when all.
    public let sampledFrom: Int?

    public init(sql: String, balancedAccuracy: Double?, rowCount: Int, sampledFrom: Int?) {
      self.sql = sql
      self.balancedAccuracy = balancedAccuracy
      self.rowCount = rowCount
      self.sampledFrom = sampledFrom
    }
  }

  /// One segment in words and aggregates.
  public struct SegmentCard: Hashable, Sendable, Codable {
    /// Figures of fewer rows than this would show single customers.
    public static let leastRows = 20

    public let segment: Int
    public let name: String
    /// The mean of the value column; nil without one, or with too few values.
    public let meanValue: Double?
    /// What the segment adds to the sum of all values; nil where shares mean nothing.
    public let valueShare: Double?
    public let rule: SegmentRule
    /// The median or the most common level of every feature; nil with too few rows.
    public let typical: [Trait]?
    /// The same of the rows farthest from the segment's reference; nil with too few rows.
    public let edge: Edge?

    public init(
      segment: Int, name: String, meanValue: Double? = nil, valueShare: Double? = nil,
      rule: SegmentRule, typical: [Trait]? = nil, edge: Edge? = nil
    ) {
      self.segment = segment
      self.name = name
      self.meanValue = meanValue
      self.valueShare = valueShare
      self.rule = rule
      self.typical = typical
      self.edge = edge
    }
  }

  public struct SegmentRule: Hashable, Sendable, Codable {
    /// Rows that meet any of these; empty where the tree has no room for the segment.
    public let alternatives: [String]
    /// Of rows the tree puts here, the share that belong here, out of fold.
    public let precision: Double?
    /// Of rows that belong here, the share the tree puts here, out of fold.
    public let recall: Double?

    public init(alternatives: [String], precision: Double?, recall: Double?) {
      self.alternatives = alternatives
      self.precision = precision
      self.recall = recall
    }
  }

  public struct Edge: Hashable, Sendable, Codable {
    public let rowCount: Int
    public let traits: [Trait]

    public init(rowCount: Int, traits: [Trait]) {
      self.rowCount = rowCount
      self.traits = traits
    }
  }

  /// What is common among rows: a median, or the most common level and its share of the rows.
  public struct Trait: Hashable, Sendable, Codable {
    public let feature: String
    public let median: Double?
    public let level: String?
    public let share: Double?

    public init(feature: String, median: Double? = nil, level: String? = nil, share: Double? = nil)
    {
      self.feature = feature
      self.median = median
      self.level = level
      self.share = share
    }
  }
}

extension ClusteringEvidence.FeatureProfile {
  /// How far the segment is from the overall value, in overall standard deviations; nil where the
  /// feature is constant or the segment has no figure.
  public func difference(in segment: Int) -> Double? {
    guard segments.indices.contains(segment), spread > 0 else { return nil }
    let difference = (segments[segment] - overall) / spread
    return difference.isFinite ? difference : nil
  }

  /// The column, without its level.
  public var column: String { parts.column }

  /// The level of a category; nil for numbers and truth values.
  public var level: String? { parts.level }

  private var parts: (column: String, level: String?) {
    guard isShare, let mark = feature.firstRange(of: " = ") else { return (feature, nil) }
    return (String(feature[..<mark.lowerBound]), String(feature[mark.upperBound...]))
  }
}

extension [ClusteringEvidence.FeatureProfile] {
  /// Features nearer to the overall value than this many standard deviations set nobody apart.
  public static var notable: Double { 0.3 }

  /// What sets a segment apart, strongest first: of every column the figure that differs most from the
  /// overall one in overall standard deviations (of a share p, √(p (1 − p))).
  ///
  /// Of equal ones, what there is more of comes first, then the earlier feature.
  public func drivers(of segment: Int) -> [Element] {
    let differences = enumerated().compactMap { offset, feature in
      feature.difference(in: segment).map { (offset: offset, feature: feature, value: $0) }
    }
    let ranked = differences.filter { abs($0.value) >= Self.notable }.sorted {
      (abs($1.value), $1.value, $0.offset) < (abs($0.value), $0.value, $1.offset)
    }
    var columns: Set<String> = []
    return ranked.map(\.feature).filter { columns.insert($0.column).inserted }
  }
}
