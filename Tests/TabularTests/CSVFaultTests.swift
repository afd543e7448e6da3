import Foundation
import Numerical
import Tabular
import Testing

/// Text that is no proper table, and what is said about it.
///
/// Each is read in chunks of many sizes, so
/// that the fault falls on and beside their bounds.
struct CSVFaultTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let text: [UInt8]
    let error: TableError
    var testDescription: String {
      String(decoding: text.prefix(40), as: UTF8.self).debugDescription
    }

    init(_ text: String, _ error: TableError) {
      self.text = Array(text.utf8)
      self.error = error
    }

    init(_ text: [UInt8], _ error: TableError) {
      self.text = text
      self.error = error
    }

    init(_ text: String, line: Int, _ fault: CSVFault) {
      self.init(text, .malformed(path: path, line: line, fault: fault))
    }
  }

  static let path = "test.csv"

  static let malformed = [
    Example("a,b\n1,2\n3\n", line: 3, .raggedRow(expected: 2, found: 1)),
    Example("a,b\n1,2\n3,4,5\n6,7\n", line: 3, .raggedRow(expected: 2, found: 3)),
    Example("a,b\n1,2,3\n4\n", line: 2, .raggedRow(expected: 2, found: 3)),
    Example("a,b\n1,2\n\n3,4\n", line: 3, .raggedRow(expected: 2, found: 1)),
    Example("a,b\n\"x\ny\",2\n3,4\n5\n", line: 5, .raggedRow(expected: 2, found: 1)),
    Example("a,b\n1,2\n\"x\ny\"\n", line: 3, .raggedRow(expected: 2, found: 1)),
    Example("a,b\n1,5\" disc\n2,3\n", line: 2, .strayQuote),
    Example("a,b\n1,5\" disc\n2,7\" disc\n", line: 2, .strayQuote),
    Example("a,b\n1, \"x\"\n", line: 2, .strayQuote),
    Example("a,b\n1,x\"\"y\n", line: 2, .strayQuote),
    Example("a,b\n1,\"x\"y\n", line: 2, .textAfterQuote),
    Example("a,b\n1,\"x\" \n", line: 2, .textAfterQuote),
    Example("a,b\n1,\"x\" \"y\"\n", line: 2, .textAfterQuote),
    Example("a,b\n1,2\n3,\"x\n4,5\n", line: 3, .unterminatedQuote),
    Example("a,b\n1,\"x\"\"\n", line: 2, .unterminatedQuote),
    Example("a,b\n1,\"", line: 2, .unterminatedQuote),
    Example("a,\"b\n1,2\n", line: 1, .unterminatedQuote),
    Example("a,b\"\n1,2\n", line: 1, .strayQuote),
    Example("a,b\n1,2\r3,4\n", line: 2, .loneCarriageReturn),
    Example("a,b\r1,2\r3,4\r", line: 1, .loneCarriageReturn),
    Example("a,b\n1,2\r\r\n", line: 2, .loneCarriageReturn),
    Example("a,b\n1,2\r", line: 2, .loneCarriageReturn),
    Example("a,b\r\r\n1,2\n", line: 1, .loneCarriageReturn),
    Example("a,b\n1,\"2\"\r3\n", line: 2, .loneCarriageReturn),
    Example("a,b\n1,2\n3,\0\n", line: 3, .nulByte),
    Example("a,b\n1,\"\0\"\n", line: 2, .nulByte),
  ]

  static let encodings: [(tail: [UInt8], line: Int)] = [
    ([0xFF], 3), ([0xC3, 0x0A], 4), ([0xC0, 0x80], 3), ([0xED, 0xA0, 0x80], 3),
    ([0xF4, 0x90, 0x80, 0x80], 3), ([0xE0, 0x80, 0x80], 3), ([0x80], 3), ([0xE2, 0x82], 3),
  ]

  static let headers = [
    Example("", .empty(path: path)), Example("\n\r\n\n", .empty(path: path)),
    Example([0xEF, 0xBB, 0xBF], .empty(path: path)),
    Example("a,b", .noRows(path: path)), Example("a,b\n", .noRows(path: path)),
    Example("a,b\r\n\r\n\n", .noRows(path: path)),
    Example("a,,c\n1,2,3\n", .blankHeader(path: path, column: 1)),
    Example("a, \t,c\n1,2,3\n", .blankHeader(path: path, column: 1)),
    Example("a,\"\"\n1,2\n", .blankHeader(path: path, column: 1)),
    Example("a,b,c,b\n1,2,3,4\n", .duplicateHeader(path: path, first: 1, second: 3)),
    Example("a,\"a\"\n1,2\n", .duplicateHeader(path: path, first: 0, second: 1)),
    Example("a, a\n1,2\n", .duplicateHeader(path: path, first: 0, second: 1)),
  ]

  static let values = [
    Example("a,b\n1,2\n3,nan\n", .nonFinite(path: path, line: 3, column: "b")),
    Example("a,b\n1,2\n-Infinity,nan\n", .nonFinite(path: path, line: 3, column: "a")),
    Example("a,b\n1,2\n3,1e999\n", .nonFinite(path: path, line: 3, column: "b")),
    Example("a,b\n\"x\ny\",2\n\"z\",NaN\n", .nonFinite(path: path, line: 4, column: "b")),
    Example("a\ninf\n", .nonFinite(path: path, line: 2, column: "a")),
  ]

  @Test(arguments: malformed + headers + values)
  func `a broken table is refused with the place of its first fault`(example: Example) {
    for chunkSize in [1, 2, 3, 5, 8, 64, 4096] {
      for threads in [1, 3] {
        let pool = WorkerPool(threadCount: threads)
        #expect(throws: example.error, "chunks of \(chunkSize)") {
          try Table.read(csvText: example.text, chunkSize: chunkSize, on: pool)
        }
      }
    }
  }

  @Test(arguments: encodings.indices)
  func `text that is not UTF-8 is refused with its line`(index: Int) {
    let (tail, line) = Self.encodings[index]
    // The second of these is cut off by a line feed, which is where it becomes wrong.
    let text = Array("a,b\n\u{20AC},\u{1F600}\n1,".utf8) + tail + Array("\n5,6\n".utf8)
    let expected = TableError.malformed(
      path: Self.path, line: tail.last == 0x0A ? line - 1 : line, fault: .invalidUTF8)
    #expect(throws: expected) { try Table.read(csvText: text, chunkSize: 7, on: .serial) }
  }

  @Test func `a cell of one mebibyte is read and a longer one refused`() throws {
    let limit = 1 << 20
    func text(_ length: Int) -> [UInt8] {
      Array("a,b\n1,".utf8) + [UInt8](repeating: 120, count: length) + Array("\r\n2,3\n".utf8)
    }
    let table = try Table.read(csvText: text(limit), chunkSize: 1 << 16, on: .serial)
    #expect(table["b"]?.text(at: 0)?.utf8.count == limit)
    let error = TableError.malformed(path: Self.path, line: 2, fault: .cellTooLong(limit: limit))
    #expect(throws: error) {
      try Table.read(csvText: text(limit + 1), chunkSize: 1 << 16, on: .serial)
    }
  }

  @Test func `a quote that never ends is found however long the file`() {
    var text = Array("a,b\n1,2\n3,\"4\n".utf8)
    for _ in 0..<300_000 { text += Array("5,6\n".utf8) }
    // The open cell outgrows its limit before the file ends: 1 MiB of lines of 4 bytes behind line 3.
    let error = TableError.malformed(
      path: Self.path, line: 3 + (1 << 20) / 4, fault: .cellTooLong(limit: 1 << 20))
    #expect(throws: error) { try Table.read(csvText: text, chunkSize: 4096, on: .serial) }
  }

  @Test func `a value that does not fit its declared kind is refused with line and column`() {
    let text = Array("id,n\n\"a\nb\",1\nc,2.5\nd,x\n".utf8)
    let options = CSVOptions(kinds: ["n": .integer])
    #expect(throws: TableError.unfit(path: Self.path, line: 4, column: "n", kind: .integer)) {
      try Table.read(csvText: text, options: options, chunkSize: 3, on: .serial)
    }
  }

  @Test func `a declared kind of an unknown column names the nearest`() {
    let options = CSVOptions(kinds: ["incme": .real])
    let error = TableError.unknownColumn(
      name: "incme", nearest: "income", place: "declared kinds")
    #expect(throws: error) {
      try Table.read(
        csvText: Array("age,income\n1,2\n".utf8), options: options, chunkSize: 64, on: .serial)
    }
  }

  @Test(arguments: [UInt8(ascii: "\""), 10, 13, 0, 200])
  func `a delimiter that cannot separate is refused`(byte: UInt8) {
    #expect(throws: TableError.unusableDelimiter(byte: byte)) {
      try Table.read(
        csvText: Array("a\n1\n".utf8), options: CSVOptions(delimiter: byte), chunkSize: 64,
        on: .serial)
    }
  }

  @Test func `a missing file and a folder are refused by name`() {
    let folder = FileManager.default.temporaryDirectory.path
    #expect(throws: TableError.unreadable(path: folder, code: EISDIR)) {
      try Table.read(csv: folder, on: .serial)
    }
    let missing = folder + "/no-such-table-\(UInt64.random(in: 0 ... .max)).csv"
    #expect(throws: TableError.unreadable(path: missing, code: ENOENT)) {
      try Table.read(csv: missing, on: .serial)
    }
  }

  @Test(arguments: values)
  func `no message holds a value`(example: Example) {
    let message = example.error.description.lowercased()
    for value in ["nan", "inf", "1e999"] {
      #expect(!message.contains(": \(value)") && !message.contains("'\(value)'"))
    }
    #expect(message.contains("test.csv, line"))
  }
}
