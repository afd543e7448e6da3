import Foundation
import Numerical
import Tabular
import Testing

struct CSVWriterTests {
  private func written(
    defusesFormulas: Bool = true, _ body: (inout CSVWriter) -> Void
  ) -> String {
    var writer = CSVWriter(defusesFormulas: defusesFormulas)
    body(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test func `cells are quoted where RFC 4180 asks for it and nowhere else`() throws {
    let text = written { writer in
      writer.append(["plain", "a,b", "say \"hi\"", "two\nlines", "cr\rhere", " blank", nil])
    }
    #expect(text == "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\"cr\rhere\",\" blank\",\n")
  }

  @Test(arguments: [
    ("=1+1", "\"'=1+1\""), ("@x", "\"'@x\""), ("+cmd", "\"'+cmd\""), ("-2+3", "\"'-2+3\""),
    ("\tx", "\"'\tx\""), ("\rx", "\"'\rx\""), ("-", "\"'-\""), ("-5", "-5"), ("-1.5e-7", "-1.5e-7"),
    ("+5", "+5"), ("a=b", "a=b"), ("", "\"\""),
  ])
  func `text that a spreadsheet would run is defused and numbers are not`(
    cell: String, expected: String
  ) throws {
    #expect(written { $0.append([cell]) } == expected + "\n")
  }

  @Test func `defusing can be declined`() throws {
    #expect(written(defusesFormulas: false) { $0.append(["=1"]) } == "=1\n")
  }

  @Test func `columns of the same numbers are written alike, others by their own bits`() {
    let columns = [[0.0, 1.5], [-0.0, 1.5], [0.0, 1.5], [-0.0, 1.5]].enumerated().map {
      Column(name: "x\($0)", values: .real($1), missingRows: $0 == 3 ? [1] : [])
    }
    let text = written { $0.append(columns.map { (column: $0, isDefused: true) }) }
    #expect(text == "0.0,-0.0,0.0,-0.0\n1.5,1.5,1.5,\n")
  }

  @Test func `a table is read back as it was written`() throws {
    let table = Table(columns: [
      Column(name: "id", values: .integer([-3, .max, 0]), missingRows: [2]),
      Column(name: "x", values: .real([0.1, 1e300, -0.0])),
      Column(name: "ok", values: .boolean([true, false, true])),
      Column(name: "day", values: .date([0, -1, 19_000])),
      Column(
        name: "level, of \"it\"", values: .category(codes: [0, 0, -1], levels: ["a\nb"]),
        missingRows: [2]),
      Column(name: "note", values: .text(["x,y", " z ", "é\r\n"])),
    ])
    let text = written { $0.append(table) }
    let back = try Table.read(csvText: Array(text.utf8), name: "written", on: .serial)
    #expect(back.fingerprint == table.fingerprint)
  }

  @Test func `one empty cell per row survives`() throws {
    let column = Column(name: "x", values: .integer([1, 0, 0]), missingRows: [1, 2])
    let text = written { $0.append(Table(columns: [column])) }
    #expect(text == "x\n1\n\"\"\n\"\"\n")
    let back = try Table.read(csvText: Array(text.utf8), name: "written", on: .serial)
    #expect(back["x"]?.missingRows == [1, 2])
  }
}
