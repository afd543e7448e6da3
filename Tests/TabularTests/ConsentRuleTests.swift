import Foundation
import Numerical
import Tabular
import Testing

struct ConsentRuleTests {
  @Test func `whoever has not said yes has said no`() {
    let rule = ConsentRule(column: "ok")
    for yes in ["true", "TRUE", "yes", " Yes ", "y", "1"] { #expect(rule.permits(yes), "\(yes)") }
    for no in ["false", "no", "0", "", "maybe", "yess", "1.0", "unknown"] {
      #expect(!rule.permits(no), "\(no)")
    }
    #expect(!rule.permits(nil))
  }

  @Test func `a study may say which answers are consent and what silence means`() {
    let rule = ConsentRule(column: "ok", allow: ["Opted In"], missing: .allow)
    #expect(rule.permits("opted in") && rule.permits(nil))
    #expect(!rule.permits("yes"))
    #expect(rule.answer(nil) == .missing && rule.answer("yes") == .denied)
  }

  @Test func `rows are kept, denied and counted`() throws {
    let table = Table(columns: [
      Column(
        name: "ok", values: .category(codes: [1, 0, -1, 1, 2], levels: ["no", "yes", "YES"]),
        missingRows: [2])
    ])
    let decision = try ConsentRule(column: "ok").decide(table)
    #expect(decision.rows == [0, 3, 4])
    #expect(
      decision.filter
        == RowFilter(
          step: "consent", column: "ok", keptCount: 3, deniedCount: 1, missingCount: 1))
    let silent = try ConsentRule(column: "ok", missing: .allow).decide(table)
    #expect(silent.rows == [0, 2, 3, 4] && silent.filter.missingCount == 1)
  }

  @Test func `a table without the column is refused with the nearest name`() {
    let table = Table(columns: [Column(name: "consent", values: .boolean([true]))])
    #expect(throws: TableError.missingColumn(name: "consnt", nearest: "consent")) {
      try ConsentRule(column: "consnt").decide(table)
    }
  }

  @Test func `columns that are not read leave their names alone`() throws {
    let text = "id,mail,spend\na,x@example.org,1\nb,\"broken, still a cell\",2\n"
    let table = try Table.read(
      csvText: Array(text.utf8), name: "t", options: CSVOptions(unread: ["mail"]), on: .serial)
    #expect(table.columnNames == ["id", "spend"] && table.unreadColumns == ["mail"])
    #expect(table.rowCount == 2 && table["spend"]?.kind == .integer)
    #expect(table.selectingRows([1]).unreadColumns == ["mail"])
  }
}
