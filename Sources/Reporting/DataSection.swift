internal import Experiments
internal import Tabular

/// The table a run was computed from, as the page describes it.
struct DataSection {
  /// Columns listed; wide tables have the rest in `data.json`.
  static let listedColumns = 200

  let source: String
  let fingerprint: String
  let size: String
  let roles: TableView
  let columns: TableView
  let omission: String

  init(_ data: DataRecord) {
    source = SourceAddress.withoutPassword(data.source)
    fingerprint = data.fingerprint
    let columnCount = data.columns.count
    let filters = (data.filters ?? []).map { "; \($0.sentence)" }.joined()
    let unread = data.unreadColumns.map { "; not read: \($0.joined(separator: ", "))" } ?? ""
    size =
      "\(NumberFormat.count(data.rowCount)) \(data.rowCount == 1 ? "row" : "rows"), "
      + "\(NumberFormat.count(columnCount)) \(columnCount == 1 ? "column" : "columns")"
      + filters + unread
    roles = Self.roles(of: data)
    columns = TableView(
      columns: [.text("column"), .text("kind"), .text("role"), .number("missing")],
      rows: data.columns.prefix(Self.listedColumns).map { column in
        [column.name, column.kind.rawValue, column.role, Self.missing(column.missing, of: data)]
      })
    omission =
      columnCount > Self.listedColumns
      ? "The first \(Self.listedColumns) columns; data.json has all of them." : ""
  }

  private static func missing(_ count: Int, of data: DataRecord) -> String {
    guard count > 0, data.rowCount > 0 else { return NumberFormat.count(count) }
    let share = NumberFormat.percent(Double(count) / Double(data.rowCount))
    return "\(NumberFormat.count(count)) (\(share))"
  }

  private static func roles(of data: DataRecord) -> TableView {
    var order: [String] = []
    for column in data.columns where !order.contains(column.role) { order.append(column.role) }
    return TableView(
      columns: [.text("role"), .number("columns"), .text("kinds")],
      rows: order.map { role in
        let own = data.columns.filter { $0.role == role }
        let kinds = ColumnKind.allCases.compactMap { kind -> String? in
          let count = own.count { $0.kind == kind }
          return count > 0 ? "\(NumberFormat.count(count)) \(kind.rawValue)" : nil
        }
        return [role, NumberFormat.count(own.count), kinds.joined(separator: ", ")]
      })
  }
}
