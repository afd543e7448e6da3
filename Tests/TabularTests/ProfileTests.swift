import Foundation
import Numerical
import Tabular
import TestSupport
import Testing

struct ProfileTests {
  private func profile(_ columns: Column..., roles: Roles = Roles()) -> TableProfile {
    TableProfile(of: Table(columns: columns), roles: roles, on: .serial)
  }

  @Test func `numbers are summarised over the values present`() throws {
    // 1, 2, 3, 4, 10: quartiles at places 1, 2, 3; mean 4; squared deviations 9 + 4 + 1 + 0 + 36 = 50;
    // cubed −27 − 8 − 1 + 0 + 216 = 180; fences 2 − 3 and 4 + 3, so 10 lies outside.
    let column = profile(
      Column(name: "x", values: .real([4, 0, 2, 3, 10, 1]), missingRows: [1])
    ).columns[0]
    let numbers = try #require(column.numbers)
    #expect(column.missingCount == 1)
    #expect(column.missingShare == 1.0 / 6)
    #expect(column.distinctCount == 5)
    #expect([numbers.minimum, numbers.maximum] == [1, 10])
    #expect([numbers.lowerQuartile, numbers.median, numbers.upperQuartile] == [2, 3, 4])
    // Rounding of a handful of operations on values divided by 10.
    #expect(isClose(numbers.mean, 4, within: 1e-14))
    #expect(isClose(numbers.standardDeviation, 12.5.squareRoot(), within: 1e-14))
    #expect(isClose(numbers.skewness, 36 / (10 * 10.0.squareRoot()), within: 1e-13))
    #expect(numbers.outlierShare == 0.2)
    #expect(column.flags == [.outliers])
  }

  @Test func `quartiles interpolate between order statistics`() throws {
    // Places 0.75, 1.5 and 2.25 of 1, 2, 4, 8.
    let numbers = try #require(
      profile(Column(name: "x", values: .integer([8, 1, 4, 2]))).columns[0].numbers)
    #expect([numbers.lowerQuartile, numbers.median, numbers.upperQuartile] == [1.75, 3, 5])
  }

  @Test func `whole numbers beyond the precision of doubles stay distinct`() {
    let column = profile(Column(name: "x", values: .integer([.max, .max - 1, .min]))).columns[0]
    #expect(column.distinctCount == 3)
  }

  @Test func `huge numbers overflow nothing and infinities are set aside`() throws {
    let huge = Double.greatestFiniteMagnitude
    let column = profile(
      Column(name: "x", values: .real([huge, -huge, huge, .infinity]))
    ).columns[0]
    let numbers = try #require(column.numbers)
    #expect(numbers.maximum == huge)
    #expect(isClose(numbers.mean / huge, 1.0 / 3, within: 1e-15))
    #expect(numbers.standardDeviation.isFinite)
    #expect(column.flags.contains(.infinite))
  }

  @Test func `levels are counted most frequent first, ties in their order`() {
    let codes = (0..<80).map { [2, 0, 2, 1][$0 % 4] as Int32 } + [3, -1]
    let column = profile(
      Column(
        name: "job",
        values: .category(codes: codes, levels: ["clerk", "cook", "nurse", "rare", "unused"]),
        missingRows: [81])
    ).columns[0]
    #expect(column.distinctCount == 4)
    #expect(column.levels.map(\.level) == ["nurse", "clerk", "cook"])
    #expect(column.levels.map(\.count) == [40, 20, 20])
  }

  @Test func `constant, near-constant, empty and mostly missing columns are flagged`() {
    let rows = 40
    let flags = profile(
      Column(name: "constant", values: .integer([Int64](repeating: 7, count: rows))),
      Column(name: "near", values: .integer([9, 8] + [Int64](repeating: 7, count: rows - 2))),
      Column(
        name: "empty", values: .real([Double](repeating: 0, count: rows)),
        missingRows: Array(0..<rows)),
      Column(
        name: "mostly", values: .boolean((0..<rows).map { $0 % 3 == 0 }), missingRows: Array(0..<20)
      )
    ).columns.map(\.flags)
    #expect(flags[0] == [.constant])
    #expect(flags[1].contains(.nearConstant))
    #expect(flags[2] == [.empty])
    #expect(flags[3] == [.mostlyMissing])
  }

  @Test func `identifiers are suspected and shown without values`() {
    let numbers = (0..<30).map { Int64(5_000 + ($0 * 7) % 30) }
    let codes = (0..<30).map { "AB-\($0 + 10)" }
    let spread = (0..<30).map { Int64($0 * $0 * 97 + 13) }
    let found = profile(
      Column(name: "dense", values: .integer(numbers)),
      Column(name: "code", values: .category(codes: (0..<30).map(Int32.init), levels: codes)),
      Column(name: "accountId", values: .integer(spread)),
      Column(name: "balance", values: .integer(spread))
    ).columns
    for column in found[..<3] {
      #expect(column.flags.contains(.suspectedIdentifier))
      #expect(column.numbers == nil && column.levels.isEmpty)
    }
    #expect(!found[3].flags.contains(.suspectedIdentifier))
    #expect(found[3].numbers != nil)
  }

  @Test func `e-mail and telephone columns are suspected by the share of matching values`() {
    let emails = (0..<20).map { $0 < 3 ? "p\($0)@example.org" : "none" }
    let phones = (0..<20).map { "+49 30 90\(1000 + $0)" }
    let areas = (0..<20).map { "1\($0 % 4)115-2\($0 % 3)00" }
    let dates = (0..<20).map { "2024-01-\(10 + $0 % 5)" }
    let found = profile(
      Column(name: "contact", values: .text(emails)),
      Column(name: "line", values: .text(phones)),
      Column(name: "zip", values: .text(areas)),
      Column(name: "day", values: .text(dates)),
      Column(
        name: "mobile", values: .integer((0..<20).map { 4_917_000_000 + ($0 * 7919) % 100_000 }))
    ).columns.map(\.flags)
    #expect(found[0].contains(.suspectedEmail))
    #expect(found[1].contains(.suspectedPhone))
    #expect(!found[2].contains(.suspectedPhone))
    #expect(!found[3].contains(.suspectedPhone))
    #expect(found[4].contains(.suspectedPhone))
  }

  @Test func `columns with a personal role show no values`() {
    var roles = Roles()
    roles.id = "number"
    roles.pii = ["city"]
    let found = profile(
      Column(name: "number", values: .integer([3, 9, 9])),
      Column(name: "city", values: .category(codes: [0, 0, 1], levels: ["Bonn", "Ulm"])),
      roles: roles)
    #expect(found.columns[0].numbers == nil && found.columns[0].role == "id")
    #expect(found.columns[1].levels.isEmpty && found.columns[1].role == "pii")
    #expect(!found.description.contains("Bonn"))
  }

  @Test func `duplicate rows are those that equal an earlier row in every column`() {
    // Rows 0, 2 and 4 agree; row 3 differs from row 1 only in what is missing.
    let found = profile(
      Column(name: "a", values: .integer([1, 0, 1, 0, 1]), missingRows: [3]),
      Column(name: "b", values: .text(["x", "y", "x", "y", "x"])))
    #expect(found.duplicateRowCount == 2)
  }

  @Test func `duplicate columns are named with their original`() {
    let found = profile(
      Column(name: "a", values: .integer([1, 2, 0]), missingRows: [2]),
      Column(name: "b", values: .integer([1, 2, 0])),
      Column(name: "c", values: .integer([1, 2, 0]), missingRows: [2]))
    #expect(found.duplicateColumns.map(\.name) == ["c"])
    #expect(found.duplicateColumns.map(\.original) == ["a"])
  }

  @Test func `a table without rows has a profile`() {
    let found = profile(Column(name: "a", values: .real([])))
    #expect(found.rowCount == 0)
    #expect(found.columns[0].missingShare == 0)
    #expect(found.description.contains("0 rows"))
  }

  @Test func `threads change nothing`() {
    let table = Table(
      columns: (0..<6).map { index in
        Column(
          name: "c\(index)",
          values: .integer((0..<40_000).map { Int64(($0 * (index + 3)) % 997) }))
      })
    #expect(
      TableProfile(of: table, on: .serial)
        == TableProfile(of: table, on: WorkerPool(threadCount: 4)))
  }

  @Test func `a stored profile reads back equal`() throws {
    let found = profile(
      Column(name: "x", values: .real([4, 2, 3])), Column(name: "d", values: .date([1, 2, 3])))
    let data = try JSONEncoder().encode(found)
    #expect(try JSONDecoder().decode(TableProfile.self, from: data) == found)
  }

  @Test func `the text is aligned and free of control characters`() {
    let lines = profile(
      Column(name: "x\u{1b}[2J", values: .integer([1, 2, 2])),
      Column(name: "longer name", values: .boolean([true, false, true]))
    ).description.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "3 rows, 2 columns, 0 duplicate rows")
    #expect(lines[2] == "column       kind     role  missing  distinct  notes")
    #expect(lines[3] == "x·[2J        integer          0.0 %         2")
    #expect(lines[4] == "longer name  boolean          0.0 %         2")
  }
}
