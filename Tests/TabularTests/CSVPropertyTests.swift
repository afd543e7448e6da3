import Numerical
import Tabular
import Testing

/// Random tables, written by the plain writer below, come back as they were whatever the chunk size
/// and thread count.
struct CSVPropertyTests {
  /// A column's cells as text, nil where missing, and the kind they must be read as.
  struct Expected {
    let name: String
    let kind: ColumnKind
    let cells: [String?]
  }

  private static let awkward = [
    "", " ", "\"", "\"\"", ",", ";", "\t", "|", "\n", "\r\n", "\r", "é", "\u{1F600}", "a\u{301}",
    "x", "NA?", "-", "=1", "\u{FEFF}",
  ]

  static func table(_ random: inout RandomSource, rowCount: Int) -> [Expected] {
    func cells(_ value: (Int) -> String) -> [String?] {
      (0..<rowCount).map { row in
        // Row 0 has a value in every column, so that no column is blank.
        row > 0 && random.integer(below: 5) == 0 ? nil : value(row)
      }
    }
    let awkward = Self.awkward
    return [
      Expected(
        name: "whole", kind: .integer,
        cells: cells { _ in String(Int64(bitPattern: random.next64() >> random.next64() % 64)) }),
      Expected(
        name: "real, \"x\"", kind: .real,
        cells: cells { $0 == 0 ? "0.5" : String((random.uniform() - 0.5) * 1e5) }),
      Expected(
        name: "flag\nof two", kind: .boolean,
        cells: cells { _ in random.integer(below: 2) == 0 ? "true" : "false" }),
      Expected(
        name: "day", kind: .date,
        cells: cells { _ in
          CivilDate(daysSinceEpoch: random.integer(below: 60_000) - 20_000).description
        }),
      Expected(
        name: "level", kind: .category,
        // Every level stands at least twice in the rows 0…7.
        cells: (0..<rowCount).map {
          ["low", "a,b", "\"q\"", "é\n"][$0 < 8 ? $0 % 4 : Int(random.next32() % 4)]
        }),
      Expected(
        name: "text", kind: .text,
        cells: cells { row in
          let parts = (0..<random.integer(below: 6)).map { _ in
            awkward[random.integer(below: awkward.count)]
          }
          return "\(row)" + parts.joined() + "t"
        }),
    ]
  }

  /// RFC 4180; cells that need no quotes get them at random.
  static func write(
    _ columns: [Expected], _ random: inout RandomSource, delimiter: String, lineEnd: String
  ) -> [UInt8] {
    func cell(_ text: String?) -> String {
      guard let text else { return ["", "NA", "\"\"", "\"null\""][random.integer(below: 4)] }
      let isAwkward = text.utf8.contains { byte in
        [10, 13, 34].contains(byte) || delimiter.utf8.first == byte
      }
      if !isAwkward, random.integer(below: 4) > 0 { return text }
      return "\""
        + text.split(separator: "\"", omittingEmptySubsequences: false)
        .joined(separator: "\"\"") + "\""
    }
    func line(_ texts: [String?]) -> String { texts.map(cell).joined(separator: delimiter) }
    let rows = (0..<(columns.first?.cells.count ?? 0)).map { row in
      line(columns.map { $0.cells[row] })
    }
    let mark = random.integer(below: 2) == 0 ? "" : "\u{FEFF}"
    let tail = random.integer(below: 2) == 0 ? "" : lineEnd
    let header = line(columns.map(\.name))
    return Array((mark + ([header] + rows).joined(separator: lineEnd) + tail).utf8)
  }

  private func expectEqual(_ table: Table, _ columns: [Expected]) {
    #expect(table.columnNames == columns.map(\.name))
    for expected in columns {
      guard let column = table[expected.name] else { continue }
      #expect(column.kind == expected.kind, "\(expected.name)")
      let texts = (0..<column.rowCount).map { column.text(at: $0) }
      #expect(texts.count == expected.cells.count)
      // Compared by bytes: Swift holds composed and decomposed letters for equal.
      #expect(
        texts.map { $0.map { Array($0.utf8) } } == expected.cells.map { $0.map { Array($0.utf8) } })
      #expect(column.missingRows == expected.cells.indices.filter { expected.cells[$0] == nil })
    }
  }

  @Test(arguments: 0..<8)
  func `a written table is read back equal in chunks of every size`(seed: Int) throws {
    var random = RandomSource(seed: Seed(UInt64(seed)))
    let columns = Self.table(&random, rowCount: 8 + random.integer(below: 60))
    let delimiter = [",", ";", "\t", "|"][seed % 4]
    let text = Self.write(
      columns, &random, delimiter: delimiter, lineEnd: seed < 4 ? "\n" : "\r\n")
    let options = CSVOptions(delimiter: delimiter.utf8.first)
    let pools = [1, 2, 3, 8].map { WorkerPool(threadCount: $0) }
    var fingerprints: Set<String> = []
    for chunkSize in Array(1...17) + [31, 63, 64, 65, 100, 127, 128, 1000, 1 << 18] {
      let pool = pools[chunkSize % pools.count]
      let table = try Table.read(csvText: text, options: options, chunkSize: chunkSize, on: pool)
      expectEqual(table, columns)
      fingerprints.insert(table.fingerprint(on: pool))
    }
    #expect(fingerprints.count == 1)
  }

  @Test(arguments: [1, 2, 3, 8])
  func `a long table is read back equal on any number of threads`(threads: Int) throws {
    var random = RandomSource(seed: Seed(99))
    let columns = Self.table(&random, rowCount: 4000)
    let text = Self.write(columns, &random, delimiter: ",", lineEnd: "\n")
    let pool = WorkerPool(threadCount: threads)
    expectEqual(try Table.read(csvText: text, chunkSize: 2000, on: pool), columns)
    expectEqual(try Table.read(csvText: text, name: "long", on: pool), columns)
  }

  /// Any bytes either are a table or are refused; nothing traps, and chunks do not matter.
  @Test(arguments: 0..<40)
  func `random bytes get the same answer in chunks of every size`(seed: Int) {
    var random = RandomSource(seed: Seed(UInt64(1000 + seed)))
    let alphabet = Array("a1,,,\"\"\n\n\n\r\0.-e é".utf8) + [0xFF]
    for _ in 0..<60 {
      let body = (0..<random.integer(below: 40)).map { _ in
        alphabet[random.integer(below: random.integer(below: 2) == 0 ? 11 : alphabet.count)]
      }
      let text = Array("a,b\n".utf8) + body
      let answers = [1, 2, 7, 64, 1000].map { chunkSize in
        Result { () throws(TableError) in
          try Table.read(csvText: text, chunkSize: chunkSize, on: .serial).fingerprint
        }
      }
      #expect(Set(answers).count == 1)
    }
  }
}
