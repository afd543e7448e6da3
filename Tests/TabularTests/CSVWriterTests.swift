import Foundation
import Numerical
import Tabular
import Testing

struct CSVWriterTests {
  /// What a writer leaves in a file.
  private func written(
    defusesFormulas: Bool = true, delimiter: UInt8 = UInt8(ascii: ","),
    _ body: (inout CSVWriter) throws -> Void
  ) throws -> String {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "writer-\(UInt64.random(in: 0 ... .max)).csv")
    defer { try? FileManager.default.removeItem(at: file) }
    var writer = try CSVWriter(
      creating: file.path, delimiter: delimiter, defusesFormulas: defusesFormulas)
    try body(&writer)
    try writer.finish()
    return try String(decoding: Data(contentsOf: file), as: UTF8.self)
  }

  @Test func `cells are quoted where RFC 4180 asks for it and nowhere else`() throws {
    let text = try written { writer in
      try writer.append(["plain", "a,b", "say \"hi\"", "two\nlines", "cr\rhere", " blank", nil])
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
    #expect(try written { try $0.append([cell]) } == expected + "\n")
  }

  @Test func `defusing can be declined`() throws {
    #expect(try written(defusesFormulas: false) { try $0.append(["=1"]) } == "=1\n")
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
    let text = try written { try $0.append(table) }
    let back = try Table.read(csvText: Array(text.utf8), name: "written", on: .serial)
    #expect(back.fingerprint == table.fingerprint)
  }

  @Test func `one empty cell per row survives`() throws {
    let column = Column(name: "x", values: .integer([1, 0, 0]), missingRows: [1, 2])
    let text = try written { try $0.append(Table(columns: [column])) }
    #expect(text == "x\n1\n\"\"\n\"\"\n")
    let back = try Table.read(csvText: Array(text.utf8), name: "written", on: .serial)
    #expect(back["x"]?.missingRows == [1, 2])
  }

  @Test func `many rows pass through a small buffer`() throws {
    let text = try written { writer in
      for row in 0..<20_000 { try writer.append([String(row), "abcdefgh"]) }
    }
    #expect(text.utf8.count == 20_000 * 10 + 88_890)
    #expect(text.hasSuffix("19999,abcdefgh\n"))
  }

  @Test func `a full disk is reported`() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    #expect(
      throws: TableError.unwritable(path: "/dev/full", code: ENOSPC)
    ) {
      var writer = try CSVWriter(creating: "/dev/full")
      try writer.append(["a"])
      try writer.finish()
    }
  }

  @Test func `a path that cannot be written is reported`() {
    #expect(
      throws: TableError.unwritable(path: "/no/such/folder/x", code: ENOENT)
    ) {
      var writer = try CSVWriter(creating: "/no/such/folder/x")
      try writer.finish()
    }
  }

  @Test func `a delimiter that cannot separate is refused`() {
    #expect(throws: TableError.unusableDelimiter(byte: 34)) {
      var writer = try CSVWriter(creating: "/dev/null", delimiter: 34)
      try writer.finish()
    }
  }
}
