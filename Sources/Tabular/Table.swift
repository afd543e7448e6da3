/// Named columns of equal length.
public struct Table: Sendable {
  public let columns: [Column]
  public let rowCount: Int
  /// Names of columns that the source has and that were not read on purpose.
  public let unreadColumns: [String]

  /// Names must be unique and lengths equal.
  public init(columns: [Column], unreadColumns: [String] = []) {
    self.unreadColumns = unreadColumns
    rowCount = columns.first?.rowCount ?? 0
    precondition(
      columns.allSatisfy { [rowCount] in $0.rowCount == rowCount }, "columns differ in length")
    self.columns = columns
  }

  public subscript(name: String) -> Column? { columns.first { $0.name == name } }

  public var columnNames: [String] { columns.map(\.name) }

  /// The table with `column` in the place of the one of its name; without such a column, the table.
  public func replacing(_ column: Column) -> Table {
    Table(
      columns: columns.map { $0.name == column.name ? column : $0 }, unreadColumns: unreadColumns)
  }

  /// The given rows in the given order; a row may be asked for more than once.
  ///
  /// Levels of categories are kept, also those that no selected row has.
  public func selectingRows(_ rows: [Int]) -> Table {
    Table(columns: columns.map { $0.selectingRows(rows) }, unreadColumns: unreadColumns)
  }
}
