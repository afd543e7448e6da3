public import Learning
public import Tabular

/// Why a table could not be scored.
public enum ScoringError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The table breaks the model's data contract.
  case table(TableError)
  /// A row cannot be transformed or assigned.
  case model(LearningError)
  /// The scores could not be written.
  case output(ArtifactError)

  public var description: String {
    switch self {
    case .table(let error): "\(error)"
    case .model(let error): "the model cannot score the table; \(error); correct the data"
    case .output(let error): "\(error)"
    }
  }
}

/// The answers to a table, row by row.
public struct SegmentScores: Sendable {
  /// The segment's number (−1 for none) and what goes with it.
  public let assignments: Assignments
  /// Nil unless the rows pass principal components.
  public let reconstructionErrors: [Double]?
  public let statuses: [RowStatus]
  public let summary: ScoringSummary
}

/// What a scoring run did, without any customer in it.
public struct ScoringSummary: Hashable, Sendable, Codable {
  public struct Segment: Hashable, Sendable, Codable {
    public let id: Int
    public let name: String
    public let rowCount: Int

    private enum CodingKeys: String, CodingKey {
      case id, name
      case rowCount = "rows"
    }
  }

  /// Cells of one column.
  public struct Cells: Hashable, Sendable, Codable {
    public let column: String
    public let count: Int
  }

  public let rowCount: Int
  /// Every segment by number, then the rows in none if there are any.
  public let segments: [Segment]
  public let imputedRowCount: Int
  public let unseenRowCount: Int
  /// Columns with cells that were filled in or unknown, in the order of the model's inputs.
  public let imputedCells: [Cells]
  public let unseenCells: [Cells]
  public let ignoredColumnCount: Int

  private enum CodingKeys: String, CodingKey {
    case segments
    case rowCount = "rows"
    case imputedRowCount = "imputed_rows"
    case unseenRowCount = "unseen_rows"
    case imputedCells = "imputed_cells"
    case unseenCells = "unseen_cells"
    case ignoredColumnCount = "ignored_columns"
  }

  init(
    segments: [SegmentDefinition], labels: [Int], statuses: [RowStatus], encoded: EncodedTable,
    inputs: [String], ignoredColumns: Int
  ) {
    rowCount = labels.count
    var counts = [Int](repeating: 0, count: segments.count)
    var unassigned = 0
    for label in labels {
      if counts.indices.contains(label) { counts[label] += 1 } else { unassigned += 1 }
    }
    let none = Segment(
      id: SegmentDefinition.unassigned, name: SegmentDefinition.unassignedName,
      rowCount: unassigned)
    self.segments =
      zip(segments, counts).map { Segment(id: $0.id, name: $0.name, rowCount: $1) }
      + (unassigned > 0 ? [none] : [])
    imputedRowCount = statuses.count(where: \.isImputed)
    unseenRowCount = statuses.count(where: \.isUnseen)
    imputedCells = Self.cells(encoded.imputedCounts, inputs)
    unseenCells = Self.cells(encoded.unseenCounts, inputs)
    ignoredColumnCount = ignoredColumns
  }

  private static func cells(_ counts: [String: Int], _ order: [String]) -> [Cells] {
    order.compactMap { name in counts[name].map { Cells(column: name, count: $0) } }
  }
}
