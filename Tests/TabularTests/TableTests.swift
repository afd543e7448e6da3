import Tabular
import Testing

struct TableTests {
  private let table = Table(columns: [
    Column(name: "i", values: .integer([5, 0, -7]), missingRows: [1]),
    Column(name: "r", values: .real([0.1, 2, 0]), missingRows: [2]),
    Column(name: "b", values: .boolean([true, false, true])),
    Column(name: "c", values: .category(codes: [1, -1, 0], levels: ["u", "v"]), missingRows: [1]),
    Column(name: "d", values: .date([0, 1, 365])),
    Column(name: "t", values: .text(["x", "", "z"]), missingRows: [1]),
  ])

  @Test func `cells have one canonical text`() {
    func row(_ row: Int) -> [String?] { table.columns.map { $0.text(at: row) } }
    #expect(row(0) == ["5", "0.1", "true", "v", "1970-01-01", "x"])
    #expect(row(1) == [nil, "2.0", "false", nil, "1970-01-02", nil])
    #expect(row(2) == ["-7", nil, "true", "u", "1971-01-01", "z"])
  }

  @Test func `numbers are NaN where missing and absent for words`() {
    let numbers = table.columns.map { $0.numbers?.map { $0.isNaN ? -1e9 : $0 } }
    #expect(
      numbers == [[5, -1e9, -7], [0.1, 2, -1e9], [1, 0, 1], nil, [0, 1, 365], nil])
  }

  @Test func `rows are selected in any order and more than once`() {
    let selected = table.selectingRows([2, 1, 1])
    #expect(selected.rowCount == 3)
    #expect(selected.columns.map { $0.text(at: 0) } == table.columns.map { $0.text(at: 2) })
    #expect(selected.columns.map { $0.text(at: 2) } == table.columns.map { $0.text(at: 1) })
    #expect(selected.columns.map(\.missingRows) == [[1, 2], [0], [], [1, 2], [], [1, 2]])
    #expect(table.selectingRows([]).rowCount == 0)
  }

  @Test func `columns are found by name`() {
    #expect(table["d"]?.kind == .date)
    #expect(table["none"]?.name == nil)
  }
}
