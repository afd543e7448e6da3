import Tabular

/// What a scoring run did, without any customer in it.
public struct ScoringSummary: Hashable, Sendable, Codable {
  public struct Segment: Hashable, Sendable, Codable {
    public let id: Int
    public let name: String
    public internal(set) var rowCount: Int

    private enum CodingKeys: String, CodingKey {
      case id, name
      case rowCount = "rows"
    }
  }

  /// What a propensity model says of the rows together.
  public struct Decision: Hashable, Sendable, Codable {
    public struct Band: Hashable, Sendable, Codable {
      public let name: String
      public internal(set) var rowCount: Int

      private enum CodingKeys: String, CodingKey {
        case name
        case rowCount = "rows"
      }
    }

    /// How the cut was chosen, in words.
    public let rule: String
    /// Calibrated probabilities from this one on are contacted; nil where ranks decide.
    public let threshold: Double?
    public internal(set) var contactCount: Int
    /// The sum of the calibrated probabilities.
    public internal(set) var expectedEvents: Double
    /// From the most promising one.
    public internal(set) var bands: [Band]

    private enum CodingKeys: String, CodingKey {
      case rule, threshold, bands
      case contactCount = "contacts"
      case expectedEvents = "expected_events"
    }
  }

  /// Cells of one column.
  public struct Cells: Hashable, Sendable, Codable {
    public let column: String
    public let count: Int
  }

  /// Rows that came in, each of which went out: those with an answer, rejected ones and suppressed ones.
  public internal(set) var rowCount: Int
  public internal(set) var scoredRowCount: Int
  public internal(set) var rejectedRowCount = 0
  public internal(set) var suppressedRowCount = 0
  /// Why rows were rejected, in the order of the model's inputs.
  public internal(set) var rejectedCells: [RefusedCells] = []
  /// Of a segmentation: every segment by number, then the rows in none if there are any.
  public internal(set) var segments: [Segment]?
  /// Of a propensity model.
  public internal(set) var decision: Decision?
  public internal(set) var imputedRowCount: Int
  public internal(set) var unseenRowCount: Int
  /// Columns with cells that were filled in or unknown, in the order of the model's inputs.
  public internal(set) var imputedCells: [Cells]
  public internal(set) var unseenCells: [Cells]
  /// Rows and columns with missing cells that the model takes as they are; nil where all are filled in.
  public internal(set) var missingRowCount: Int?
  public internal(set) var missingCells: [Cells]?
  /// Numbers outside the range of training; they are scored like others.
  public internal(set) var outsideCells: [Cells]
  public internal(set) var ignoredColumnCount: Int

  private enum CodingKeys: String, CodingKey {
    case segments, decision
    case rowCount = "rows"
    case scoredRowCount = "scored_rows"
    case rejectedRowCount = "rejected_rows"
    case suppressedRowCount = "suppressed_rows"
    case rejectedCells = "rejected_cells"
    case imputedRowCount = "imputed_rows"
    case unseenRowCount = "unseen_rows"
    case imputedCells = "imputed_cells"
    case unseenCells = "unseen_cells"
    case missingRowCount = "missing_rows"
    case missingCells = "missing_cells"
    case outsideCells = "outside_cells"
    case ignoredColumnCount = "ignored_columns"
  }

  /// - Parameters:
  ///   - missing: missing cells by column.
  ///   - unseen: cells of unknown levels by column.
  ///   - outside: cells outside the range of training by column.
  init(
    statuses: [RowStatus], missing: [String: Int], unseen: [String: Int], outside: [String: Int],
    encoder: TableEncoder, ignoredColumns: Int, segments: [Segment]? = nil,
    decision: Decision? = nil
  ) {
    rowCount = statuses.count
    scoredRowCount = statuses.count
    self.segments = segments
    self.decision = decision
    let order = encoder.inputs.map(\.name)
    let missingRows = statuses.count(where: \.hasMissing)
    let missingCells = Self.cells(missing, order)
    let keeps = encoder.keepsMissing
    imputedRowCount = keeps ? 0 : missingRows
    imputedCells = keeps ? [] : missingCells
    missingRowCount = keeps ? missingRows : nil
    self.missingCells = keeps ? missingCells : nil
    unseenRowCount = statuses.count(where: \.isUnseen)
    unseenCells = Self.cells(unseen, order)
    outsideCells = Self.cells(outside, order)
    ignoredColumnCount = ignoredColumns
  }

  /// With rows that were not scored for want of consent.
  func suppressing(_ count: Int) -> ScoringSummary {
    var summary = self
    summary.rowCount += count
    summary.suppressedRowCount += count
    return summary
  }

  private static func cells(_ counts: [String: Int], _ order: [String]) -> [Cells] {
    order.compactMap { name in counts[name].map { Cells(column: name, count: $0) } }
  }
}

extension ScoringSummary.Segment {
  /// The rows of each segment by number, then those in none if there are any.
  static func counted(_ segments: [SegmentDefinition], _ labels: [Int]) -> [Self] {
    var counts = [Int](repeating: 0, count: segments.count)
    var unassigned = 0
    for label in labels {
      if counts.indices.contains(label) { counts[label] += 1 } else { unassigned += 1 }
    }
    let none = Self(
      id: SegmentDefinition.unassigned, name: SegmentDefinition.unassignedName,
      rowCount: unassigned)
    return zip(segments, counts).map { Self(id: $0.id, name: $0.name, rowCount: $1) }
      + (unassigned > 0 ? [none] : [])
  }
}
