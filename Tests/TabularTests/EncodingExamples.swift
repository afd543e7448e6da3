import Numerical
import Tabular

/// Tables for the tests of encoding.
enum EncodingExamples {
  static func category(_ name: String, _ cells: [String?]) -> Column {
    let levels = Array(Set(cells.compactMap { $0.map { Array($0.utf8) } }))
      .sorted { $0.lexicographicallyPrecedes($1) }
    let codes = cells.map { cell in
      cell.flatMap { levels.firstIndex(of: Array($0.utf8)) }.map(Int32.init) ?? -1
    }
    return Column(
      name: name,
      values: .category(codes: codes, levels: levels.map { String(decoding: $0, as: UTF8.self) }),
      missingRows: cells.indices.filter { cells[$0] == nil })
  }

  /// Every kind that can be a feature, with holes, drawn from `seed`.
  static func table(rowCount: Int, seed: UInt64) -> Table {
    var random = RandomSource(seed: Seed(seed))
    func holes() -> [Int] { (0..<rowCount).filter { _ in random.uniform() < 0.1 } }
    func draw<Value>(_ placeholder: Value, _ missing: [Int], _ value: () -> Value) -> [Value] {
      var values = (0..<rowCount).map { _ in value() }
      for row in missing { values[row] = placeholder }
      return values
    }
    let missing = (0..<4).map { _ in holes() }
    let levels = (0..<30).map { "level \($0 + 10)" }
    let codes = draw(Int32(-1), missing[3]) { Int32(30 * random.uniform() * random.uniform()) }
    return Table(columns: [
      Column(
        name: "count", values: .integer(draw(0, missing[0]) { Int64(random.integer(below: 50)) }),
        missingRows: missing[0]),
      Column(
        name: "spend", values: .real(draw(0, missing[1]) { 100 * random.uniform() }),
        missingRows: missing[1]),
      Column(
        name: "member", values: .boolean(draw(false, missing[2]) { random.uniform() < 0.3 }),
        missingRows: missing[2]),
      Column(
        name: "region", values: .category(codes: codes, levels: levels), missingRows: missing[3]),
    ])
  }

  /// Rows of a table, without the accessors under test elsewhere.
  static func rows(_ rows: [Int], of table: Table) -> Table {
    Table(
      columns: table.columns.map { column in
        let values: Column.Values =
          switch column.values {
          case .integer(let values): .integer(rows.map { values[$0] })
          case .real(let values): .real(rows.map { values[$0] })
          case .boolean(let values): .boolean(rows.map { values[$0] })
          case .category(let codes, let levels):
            .category(codes: rows.map { codes[$0] }, levels: levels)
          case .date(let values): .date(rows.map { values[$0] })
          case .text(let values): .text(rows.map { values[$0] })
          }
        return Column(
          name: column.name, values: values,
          missingRows: rows.indices.filter { column.missingRows.contains(rows[$0]) })
      })
  }
}
