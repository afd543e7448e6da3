import Numerical
import Tabular
import TestSupport
import Testing

/// Tables written by pandas and Python's csv module, compared with what pandas reads in them.
struct CSVFixtureTests {
  struct Fixture: Decodable, Sendable {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
      let name: String
      let text: String
      /// Cells as text, by column.
      let cells: [String: [String?]]
      /// Bit patterns of doubles, by column.
      let bits: [String: [String?]]
      let flags: [Bool?]
      var testDescription: String { name }
    }
    let cases: [Case]
    let fingerprint: String
  }

  static let kinds: [(String, ColumnKind)] = [
    ("row", .integer), ("whole", .integer), ("small", .integer), ("real", .real), ("money", .real),
    ("flag", .boolean), ("day", .date), ("level", .category), ("text, quoted", .text),
  ]

  @Test(arguments: try TestSupport.Fixture.load("csv_tables", as: Fixture.self).cases)
  func `every cell is what pandas reads`(example: Fixture.Case) throws {
    for (chunkSize, threads) in [(7, 2), (500, 3), (1 << 18, 1)] {
      let table = try Table.read(
        csvText: Array(example.text.utf8), chunkSize: chunkSize,
        on: WorkerPool(threadCount: threads))
      #expect(table.columnNames == Self.kinds.map(\.0))
      #expect(table.columns.map(\.kind) == Self.kinds.map(\.1))
      for (name, expected) in example.cells {
        let column = try #require(table[name])
        #expect((0..<column.rowCount).map { column.text(at: $0) } == expected, "\(name)")
      }
      for (name, expected) in example.bits {
        let numbers = try #require(table[name]?.numbers)
        let bits = numbers.map { $0.isNaN ? nil : String($0.bitPattern) }
        #expect(bits == expected, "\(name)")
      }
      let flags = table["flag"]?.numbers?.map { $0.isNaN ? nil : $0 == 1 }
      #expect(flags == example.flags)
    }
  }

  @Test func `a fingerprint is what its definition says`() throws {
    let expected = try TestSupport.Fixture.load("csv_tables", as: Fixture.self).fingerprint
    let table = Table(columns: [
      Column(name: "i", values: .integer([-5, 0, 1 << 40]), missingRows: [1]),
      Column(name: "r", values: .real([0.1, -0.0, 1e300])),
      Column(name: "b", values: .boolean([true, false, false]), missingRows: [2]),
      Column(name: "d", values: .date([0, -1, 19_000]), missingRows: [0]),
      Column(
        name: "c", values: .category(codes: [1, -1, 0], levels: ["é", "z"]), missingRows: [1]),
      Column(name: "t", values: .text(["ab", "", ""]), missingRows: [1]),
    ])
    #expect(table.fingerprint == expected)
  }
}
