public import Foundation

/// How a model treats groups of customers that nobody may treat differently (`evidence/fairness.json`).
///
/// Figures of groups of fewer than `Disclosure.leastRows` rows are not given; these groups are counted
/// together as `otherGroups`. Measured differences are evidence for people to judge, no verdict.
public struct FairnessEvidence: Hashable, Sendable, Codable {
  public static let file = "evidence/fairness.json"
  /// The name of all groups of few rows together.
  public static let otherGroups = "(other groups)"
  public static let missingGroup = "(missing)"
  /// The ratio of selection rates below which the four-fifths rule of thumb asks for a closer look.
  public static let fourFifths = 0.8

  /// A measured value with the range it lies in with 95 % confidence, where one was estimated.
  public struct Figure: Hashable, Sendable, Codable {
    public let measure: String
    public let value: Double
    public let lower: Double?
    public let upper: Double?

    public init(measure: String, value: Double, lower: Double? = nil, upper: Double? = nil) {
      self.measure = measure
      self.value = value
      self.lower = lower
      self.upper = upper
    }
  }

  public struct Group: Hashable, Sendable, Codable {
    public let name: String
    public let rowCount: Int
    public let figures: [Figure]

    private enum CodingKeys: String, CodingKey {
      case name, figures
      case rowCount = "rows"
    }

    public init(name: String, rowCount: Int, figures: [Figure]) {
      self.name = name
      self.rowCount = rowCount
      self.figures = figures
    }
  }

  /// How far groups lie apart by one measure.
  public struct Gap: Hashable, Sendable, Codable {
    public let measure: String
    /// The greatest value of a group less the least.
    public let difference: Figure
    /// The least value over the greatest; nil where the greatest is 0.
    public let ratio: Figure?

    public init(measure: String, difference: Figure, ratio: Figure?) {
      self.measure = measure
      self.difference = difference
      self.ratio = ratio
    }
  }

  /// What a propensity model says of the groups of one column.
  public struct Scored: Hashable, Sendable, Codable {
    public let column: String
    /// `folds` or `holdout`.
    public let split: String
    /// Calibrated probabilities from this one on are contacted.
    public let threshold: Double
    public let groups: [Group]
    public let gaps: [Gap]

    public init(
      column: String, split: String, threshold: Double, groups: [Group], gaps: [Gap]
    ) {
      self.column = column
      self.split = split
      self.threshold = threshold
      self.groups = groups
      self.gaps = gaps
    }

    /// The least selection rate over the greatest, a screening number.
    public var selectionRatio: Double? {
      gaps.first { $0.measure == "selection_rate" }?.ratio?.value
    }
  }

  /// Which groups the segments consist of.
  public struct Composed: Hashable, Sendable, Codable {
    public struct Segment: Hashable, Sendable, Codable {
      public let name: String
      public let rowCount: Int
      /// The share of each group, in the order of the groups; nil for a segment of too few rows.
      public let shares: [Double]?

      private enum CodingKeys: String, CodingKey {
        case name, shares
        case rowCount = "rows"
      }

      public init(name: String, rowCount: Int, shares: [Double]?) {
        self.name = name
        self.rowCount = rowCount
        self.shares = shares
      }
    }

    public let column: String
    public let split: String
    public let groups: [String]
    /// Of all rows.
    public let shares: [Double]
    public let segments: [Segment]

    public init(
      column: String, split: String, groups: [String], shares: [Double], segments: [Segment]
    ) {
      self.column = column
      self.split = split
      self.groups = groups
      self.shares = shares
      self.segments = segments
    }
  }

  public var scored: [Scored]
  public var composed: [Composed]

  public init(scored: [Scored] = [], composed: [Composed] = []) {
    self.scored = scored
    self.composed = composed
  }
}

extension FairnessEvidence {
  /// How long a report that somebody brings may be, in bytes.
  private static let sizeLimit = 1 << 20

  /// Reads a report that comes from elsewhere, in the form of `evidence/fairness.json`.
  ///
  /// - Throws: `ArtifactError.json`, `.content`.
  public init(report bytes: Data) throws(ArtifactError) {
    guard bytes.count <= Self.sizeLimit else {
      throw .json(file: Self.file, .tooLarge(bytes: bytes.count, limit: Self.sizeLimit))
    }
    self = try ArtifactFiles.decode(Self.self, from: bytes, file: Self.file)
  }

  /// Columns of which it tells two groups at least: one group alone is compared with nothing.
  public var coveredColumns: Set<String> {
    let scored = scored.filter { entry in entry.groups.count { !$0.figures.isEmpty } > 1 }
    let composed = composed.filter { entry in
      entry.groups.count > 1 && entry.shares.count == entry.groups.count && !entry.segments.isEmpty
    }
    return Set(scored.map(\.column) + composed.map(\.column))
  }
}
