import Foundation
import Numerical
import Tabular
import Testing

struct CSVReaderTests {
  private func read(_ text: String, _ options: CSVOptions = CSVOptions()) throws -> Table {
    try Table.read(csvText: Array(text.utf8), options: options, chunkSize: 16, on: .serial)
  }

  /// One column named x, read from one value per line.
  private func column(_ values: [String], _ options: CSVOptions = CSVOptions()) throws -> Column {
    try #require(read("x\n" + values.joined(separator: "\n") + "\n", options)["x"])
  }

  private func texts(_ column: Column) -> [String?] {
    (0..<column.rowCount).map { column.text(at: $0) }
  }

  // MARK: Kinds

  @Test(arguments: [
    (["1", "-2", "30"], ColumnKind.integer), (["0", "1", "1"], .integer), (["-0", "5"], .integer),
    (["1", "2.5"], .real), (["1e3", "2"], .real), ([".5", "5."], .real),
    (["1", "9223372036854775808"], .real), (["9223372036854775807"], .integer),
    (["true", "FALSE", "True"], .boolean), (["2024-02-29", "2023-01-01 10:00"], .date),
    (["yes", "no", "yes", "no"], .category), (["a", "b", "c"], .text),
    (["007", "010"], .text), (["00.5", "1.5"], .text), (["+31612345678", "5"], .text),
    (["true", "1"], .text), (["2024-01-01", "20240102"], .text), (["2024-02-30"], .text),
    (["1", "x"], .text), (["1", "nan", "x"], .text), (["1,5"], .text), (["0x10"], .text),
    (["tRue"], .text), (["", "NA"], .text),
  ])
  func `the kind of a column follows from its values`(values: [String], kind: ColumnKind) throws {
    #expect(try column(values.map { $0.contains(",") ? "\"\($0)\"" : $0 }).kind == kind)
  }

  @Test(arguments: [
    ("1.5", ColumnKind.real), ("word", .text), ("9223372036854775808", .real),
    ("2024-01-01", .text),
  ])
  func `one value decides, wherever it stands among many`(value: String, kind: ColumnKind) throws {
    for position in [0, 1, 777, 1500, 2998, 2999] {
      var values = (0..<3000).map(String.init)
      values[position] = value
      let column = try column(values)
      #expect(column.kind == kind)
      #expect(column.text(at: position == 5 ? 6 : 5) == (kind == .real ? "5.0" : "5"))
    }
  }

  /// Two values of each level, so two rows per level on average, and then one row too few.
  @Test func `text is a category if levels are few and stand twice on average`() throws {
    #expect(try column(["a", "b", "b", "a"]).kind == .category)
    #expect(try column(["a", "b", "b", "a", "c"]).kind == .text)
    #expect(try column(["a", "b", "b", "a", "c", "", "NA"]).kind == .text)
    let thousand = (0..<1000).map { "v\($0)" }
    #expect(try column(thousand + thousand).kind == .category)
    let more = thousand + ["v1000"]
    #expect(try column(more + more + more).kind == .text)
  }

  @Test func `levels are in the order of their bytes and missing rows have no code`() throws {
    let column = try column(["b", "é", "B", "", "b", "é", "B", "a", "a", "Z", "Z"])
    guard case .category(let codes, let levels) = column.values else {
      Issue.record("not a category")
      return
    }
    #expect(levels == ["B", "Z", "a", "b", "é"])
    #expect(codes == [3, 4, 0, -1, 3, 4, 0, 2, 2, 1, 1])
    #expect(column.missingRows == [3])
  }

  // MARK: Declared kinds

  @Test func `a declared kind is kept and reads what inference would not`() throws {
    let kinds: [String: ColumnKind] = [
      "i": .integer, "r": .real, "b": .boolean, "c": .category, "d": .date, "t": .text,
    ]
    let table = try read(
      "i,r,b,c,d,t\n007,+1,Yes,1,2024-01-01,1\n+5,2,0,2,1999-12-31T10:00,2\n,,,,,\n",
      CSVOptions(kinds: kinds))
    #expect(table.columns.map { kinds[$0.name] } == table.columns.map(\.kind))
    #expect(table.columns.map { $0.text(at: 0) } == ["7", "1.0", "true", "1", "2024-01-01", "1"])
    #expect(table.columns.map { $0.text(at: 1) } == ["5", "2.0", "false", "2", "1999-12-31", "2"])
    #expect(table.columns.allSatisfy { $0.missingRows == [2] })
  }

  @Test func `a declared category may have any number of levels`() throws {
    let values = (0..<5000).map { "v\($0)" }
    let column = try column(values, CSVOptions(kinds: ["x": .category]))
    #expect(column.kind == .category)
    #expect(texts(column) == values)
  }

  // MARK: Missing values

  @Test func `null tokens are missing, quoted or not, with or without blanks`() throws {
    let column = try column(["1", "", "NA", " N/A ", "\"null\"", "NULL", "\"\"", "  ", "2"])
    #expect(column.kind == .integer)
    #expect(column.missingRows == [1, 2, 3, 4, 5, 6, 7])
    #expect(column.numbers?.filter { !$0.isNaN } == [1, 2])
  }

  @Test func `tokens are the declared ones only, and may look like numbers`() throws {
    let options = CSVOptions(nullTokens: ["-999", "nan"])
    let numbers = try column(["1", "-999", "nan", "-9990"], options)
    #expect(numbers.missingRows == [1, 2])
    #expect(texts(numbers) == ["1", nil, nil, "-9990"])
    let words = try column(["1", "NA"], options)
    #expect(words.kind == .text)
    #expect(words.missingRows.isEmpty)
  }

  @Test func `a token wins over the value that it spells`() throws {
    let flags = try column(["true", "FALSE", "false"], CSVOptions(nullTokens: ["FALSE"]))
    #expect(texts(flags) == ["true", nil, "false"])
    let days = try column(["1900-01-01", "2024-01-02"], CSVOptions(nullTokens: ["1900-01-01"]))
    #expect(texts(days) == [nil, "2024-01-02"])
  }

  @Test func `a column without values is text and missing throughout`() throws {
    let table = try read("a,b\n,1\nNA,2\n")
    #expect(table["a"]?.kind == .text)
    #expect(table["a"]?.missingRows == [0, 1])
  }

  // MARK: Format

  @Test func `quotes protect delimiters, line breaks and quotes`() throws {
    let table = try read("a,b\r\n\"x,y\",\"1\"\r\n\"say \"\"hi\"\"\",\"2\"\r\n\"\r\nz\n\",3\r\n")
    #expect(table["a"].map(texts) == ["x,y", "say \"hi\"", "\r\nz\n"])
    #expect(table["b"]?.kind == .integer)
  }

  @Test func `blanks around numbers do not count and blanks around text do`() throws {
    let table = try read("n,t, name \n 1 , x,true \n\t2,y ,false\n")
    #expect(table.columnNames == ["n", "t", "name"])
    #expect(table["n"]?.numbers == [1, 2])
    #expect(table["t"].map(texts) == [" x", "y "])
    #expect(table["name"]?.kind == .boolean)
  }

  @Test(arguments: ["", "\n", "\r\n", "\n\n\n", "\r\n\r\n", "\n\r\n"])
  func `a byte order mark and line breaks at the end leave no trace`(tail: String) throws {
    for mark in ["", "\u{FEFF}"] {
      let table = try read(mark + "a,b\n1,x\n2,y" + tail)
      #expect(table.columnNames == ["a", "b"])
      #expect(table.rowCount == 2)
      #expect(table["b"].map(texts) == ["x", "y"])
    }
  }

  @Test func `in a table of one column an empty line is a missing value`() throws {
    let column = try column(["1", "", "3", "\"\"", "", ""])
    #expect(column.rowCount == 4)
    #expect(column.missingRows == [1, 3])
  }

  // MARK: Delimiters

  @Test(arguments: [
    ("a,b\n1,2\n", ["a", "b"]), ("a;b\n1,5;2,5\n3,5;4,5\n", ["a", "b"]),
    ("a\tb\n1,2,3\t4\n", ["a", "b"]), ("a|b|c\n1|2;3|4\n", ["a", "b", "c"]),
    ("a;b\n\"x,y\";\"1,2\"\n", ["a", "b"]), ("a;b\n\"x\n,;y\";2\n", ["a", "b"]),
    ("a,b;c\n1,2;3\n", ["a", "b;c"]), ("one\n1\n2\n", ["one"]),
    ("a;b;c\n1,5;2;3\n4;5;6\n7,1;8;9\n", ["a", "b", "c"]),
  ])
  func `the delimiter is found`(text: String, names: [String]) throws {
    #expect(try read(text).columnNames == names)
  }

  @Test func `one ragged row does not change the delimiter`() {
    let rows = (0..<50).map { "\($0);x,y" }.joined(separator: "\n")
    #expect {
      try read("a;b\n" + rows + "\n1;2;3\n")
    } throws: { error in
      error as? TableError
        == .malformed(path: "test.csv", line: 52, fault: .raggedRow(expected: 2, found: 3))
    }
  }

  @Test func `a declared delimiter is used as it is`() throws {
    let table = try read("a:b,c\n1:2\n", CSVOptions(delimiter: UInt8(ascii: ":")))
    #expect(table.columnNames == ["a", "b,c"])
  }

  // MARK: Sources

  @Test func `a pipe is read like a file`() throws {
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data("a,b\n1,x\n2,y\n".utf8))
    try pipe.fileHandleForWriting.close()
    let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
    #expect(try Table.read(csv: path, on: .serial)["a"]?.numbers == [1, 2])
  }

  @Test func `a file that shrinks while it is read is refused`() throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "shrinking-\(UInt64.random(in: 0 ... .max)).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(repeating: 120, count: 10_000).write(to: URL(filePath: path))
    let source = try CSVSource(path: path)
    try Data(repeating: 120, count: 10).write(to: URL(filePath: path))
    let target = UnsafeMutablePointer<UInt8>.allocate(capacity: 10_000)
    defer { target.deallocate() }
    #expect(throws: TableError.changedWhileReading(path: path)) {
      try source.read(0..<10_000, into: target)
    }
  }
}
