/// A table that is read in parts of consecutive rows, so that it need not fit into memory.
///
/// Where parts begin and end depends on the table alone. Parts may be asked for in any order, from several
/// threads, and more than once.
public protocol TablePartSource: Sendable {
  /// Every column of the table, also those that parts leave out.
  var columnNames: [String] { get }
  var rowCount: Int { get }
  var partCount: Int { get }
  /// Tells this table from another and from itself after a change; nil where that cannot be told.
  var fingerprint: String? { get }

  func part(_ index: Int) throws(TableError) -> TablePart

  /// - Throws: `.changedWhileReading` if the table is no longer the one that was opened.
  func requireUnchanged() throws(TableError)
}

/// Some consecutive rows of a table.
public struct TablePart: Sendable {
  /// Cells that are not of the kind their column was asked for; in the column they count as missing.
  public struct Misfits: Hashable, Sendable {
    public let column: String
    /// Rows of the part, ascending, at least one.
    public let rows: [Int]

    public init(column: String, rows: [Int]) {
      self.column = column
      self.rows = rows
    }
  }

  /// The row of the table with which the part begins.
  public let firstRow: Int
  /// The columns that were asked for by kind; at least one.
  public let table: Table
  /// Columns that pass through as the texts they are.
  public let passthrough: [Column]
  public let misfits: [Misfits]

  public init(firstRow: Int, table: Table, passthrough: [Column], misfits: [Misfits] = []) {
    self.firstRow = firstRow
    self.table = table
    self.passthrough = passthrough
    self.misfits = misfits
  }
}
