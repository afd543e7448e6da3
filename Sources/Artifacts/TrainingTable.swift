public import Tabular

/// The table a model was trained on, so that another can be told from it column by column (in `lineage.json`).
///
/// Digests and counts only: no cell, no path, no name of a file.
public struct TrainingTable: Hashable, Sendable, Codable {
  /// A column that was read.
  public struct Column: Hashable, Sendable, Codable {
    public let name: String
    public let kind: ColumnKind
    /// `feature`, a role of the study, or `ignore`.
    public let role: String
    public let missingCount: Int
    /// SHA-256 over name, kind and cells, in hexadecimal.
    public let digest: String

    private enum CodingKeys: String, CodingKey {
      case name, kind, role
      case missingCount = "missing"
      case digest = "sha256"
    }

    public init(name: String, kind: ColumnKind, role: String, missingCount: Int, digest: String) {
      self.name = name
      self.kind = kind
      self.role = role
      self.missingCount = missingCount
      self.digest = digest
    }
  }

  /// The rows of one side of a split.
  public struct Part: Hashable, Sendable, Codable {
    /// `train`, `holdout`, or `all` without a holdout.
    public let name: String
    public let rowCount: Int
    /// SHA-256 over the numbers of the rows in the source, in hexadecimal.
    public let digest: String

    private enum CodingKeys: String, CodingKey {
      case name
      case rowCount = "rows"
      case digest = "sha256"
    }

    public init(name: String, rowCount: Int, digest: String) {
      self.name = name
      self.rowCount = rowCount
      self.digest = digest
    }
  }

  /// Rows of the source, before any filter.
  public let rowCount: Int
  public let columns: [Column]
  /// Columns of the source that were not read.
  public let unreadColumns: [String]
  /// What took rows away, in order.
  public let filters: [RowFilter]
  public let parts: [Part]

  private enum CodingKeys: String, CodingKey {
    case columns, filters
    case rowCount = "rows"
    case unreadColumns = "unread_columns"
    case parts = "split"
  }

  public init(
    rowCount: Int, columns: [Column], unreadColumns: [String], filters: [RowFilter],
    parts: [Part]
  ) {
    self.rowCount = rowCount
    self.columns = columns
    self.unreadColumns = unreadColumns
    self.filters = filters
    self.parts = parts
  }

  /// Names of columns that differ between this table and `other`: in content, kind, or by being there in
  /// one alone; in the order of this table, then of the other.
  public func differences(from other: TrainingTable) -> [String] {
    let theirs = Dictionary(other.columns.map { ($0.name, $0.digest) }) { first, _ in first }
    let own = Set(columns.map(\.name))
    return columns.filter { theirs[$0.name] != $0.digest }.map(\.name)
      + other.columns.map(\.name).filter { !own.contains($0) }
  }
}
