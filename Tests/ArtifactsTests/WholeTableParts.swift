import Tabular

/// A table in memory as a source of parts.
struct WholeTableParts: TablePartSource {
  private static let partRows = 4096

  private let table: Table
  private let passthrough: [Column]

  /// - Parameter passthrough: names of columns that pass through.
  /// - Throws: `.missingColumn`.
  init(_ table: Table, passthrough: [String]) throws(TableError) {
    self.table = table
    var columns: [Column] = []
    for name in passthrough {
      guard let column = table[name] else {
        throw .missingColumn(
          name: name, nearest: nil)
      }
      columns.append(column)
    }
    self.passthrough = columns
  }

  var columnNames: [String] { table.columnNames }
  var rowCount: Int { table.rowCount }
  var partCount: Int { (table.rowCount + Self.partRows - 1) / Self.partRows }
  var fingerprint: String? { nil }

  func part(_ index: Int) throws(TableError) -> TablePart {
    let start = index * Self.partRows
    let rows = Array(start..<min(start + Self.partRows, table.rowCount))
    return TablePart(
      firstRow: start, table: table.selectingRows(rows),
      passthrough: passthrough.map { $0.selectingRows(rows) })
  }

  func requireUnchanged() throws(TableError) {}
}
