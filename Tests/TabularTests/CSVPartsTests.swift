import Foundation
import Numerical
import Tabular
import Testing

struct CSVPartsTests {
  private static let text = """
    id,age,plan,note
    007,20,a,"x,y"
    NA,,b,=1+1
    " p ",30.5,new,
    c-4,x,a,"say ""hi""\"
    c-5,40,NA,last

    """

  private static let columns: [(name: String, kind: ColumnKind)] = [
    ("plan", .category), ("age", .integer),
  ]

  private func parts(
    _ text: String = text, passthrough: [String] = ["note", "id"], chunkSize: Int = 1 << 18,
    threads: Int = 1
  ) throws -> CSVParts {
    try CSVParts(
      csvText: Array(text.utf8), columns: Self.columns, passthrough: passthrough,
      chunkSize: chunkSize, on: WorkerPool(threadCount: threads))
  }

  @Test(arguments: [1, 7, 16, 40, 64, 1 << 18])
  func `parts joined are the table, wherever they begin`(chunkSize: Int) throws {
    let source = try parts(chunkSize: chunkSize)
    #expect(source.rowCount == 5)
    var (next, ages, missing, ids, notes, plans) = (
      0, [Int64](), [Int](), [String](), [String](), [String?]()
    )
    for index in 0..<source.partCount {
      let part = try source.part(index)
      #expect(part.firstRow == next)
      let age = try #require(part.table["age"])
      guard case .integer(let values) = age.values else { throw CocoaError(.fileReadCorruptFile) }
      ages += values
      missing += age.missingRows.map { $0 + next }
      for row in 0..<part.table.rowCount {
        plans.append(part.table["plan"]?.text(at: row))
        notes.append(part.passthrough[0].text(at: row) ?? "missing")
        ids.append(part.passthrough[1].text(at: row) ?? "missing")
      }
      next += part.table.rowCount
    }
    // 30.5 is no whole number and x no number at all; both count as missing.
    #expect(ages == [20, 0, 0, 0, 40] && missing == [1, 2, 3])
    #expect(plans == ["a", "b", "new", "a", nil])
    #expect(ids == ["007", "NA", " p ", "c-4", "c-5"])
    #expect(notes == ["x,y", "=1+1", "", "say \"hi\"", "last"])
  }

  @Test func `cells of another kind are told by their rows`() throws {
    let part = try parts().part(0)
    #expect(part.misfits == [.init(column: "age", rows: [2, 3])])
  }

  @Test func `a header without rows has no parts`() throws {
    let source = try parts("id,age,plan,note\r\n\r\n")
    #expect(source.rowCount == 0 && source.partCount == 0)
    #expect(source.columnNames == ["id", "age", "plan", "note"])
  }

  @Test func `a missing column is named with the nearest, by its very spelling`() {
    #expect(throws: TableError.missingColumn(name: "age", nearest: "Age")) {
      try parts("id,Age,plan,note\n1,2,a,\n")
    }
    #expect(throws: TableError.missingColumn(name: "ids", nearest: "id")) {
      try parts(passthrough: ["ids"])
    }
  }

  @Test func `a row of another length is refused with its line by whichever part is asked`() throws
  {
    let lines = (0..<200).map { "\($0),1,a,n\n" }.joined()
    let source = try parts(
      "id,age,plan,note\n" + lines + "1,2\n" + lines, chunkSize: 64, threads: 2)
    let expected = TableError.malformed(
      path: "test.csv", line: 202, fault: .raggedRow(expected: 4, found: 2))
    var refusals = 0
    for index in 0..<source.partCount {
      do throws(TableError) { _ = try source.part(index) } catch {
        refusals += 1
        #expect(error == expected)
      }
    }
    #expect(refusals == 1)
  }

  @Test func `a file that is written to, cut or replaced is no longer the same`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "parts-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "t.csv")
    let changes: [(URL) throws -> Void] = [
      { url in
        let handle = try FileHandle(forWritingTo: url)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("6,1,a,n\n".utf8))
      },
      { url in try FileHandle(forWritingTo: url).truncate(atOffset: 40) },
      { url in try Data(Self.text.utf8).write(to: url, options: .atomic) },
    ]
    for change in changes {
      try Data(Self.text.utf8).write(to: file)
      let source = try CSVParts(
        path: file.path, columns: Self.columns, passthrough: [], nullTokens: [""], on: .serial)
      try source.requireUnchanged()
      let before = source.fingerprint
      try change(file)
      #expect(throws: TableError.changedWhileReading(path: file.path)) {
        try source.requireUnchanged()
      }
      let after = try? CSVParts(
        path: file.path, columns: Self.columns, passthrough: [], nullTokens: [""], on: .serial)
      #expect(after?.fingerprint != before)
    }
  }

  @Test(arguments: [10, 1 << 20])
  func `a pipe is read to its end, into memory or beyond it`(memoryLimit: Int) throws {
    let pipe = Pipe()
    let text = String(repeating: Self.text, count: 400)
    Thread.detachNewThread {
      try? pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
      try? pipe.fileHandleForWriting.close()
    }
    let source = try CSVSource(
      path: "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)", memoryLimit: memoryLimit)
    #expect(source.count == text.utf8.count)
    var bytes = [UInt8](repeating: 0, count: source.count)
    try bytes.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      try source.read(0..<buffer.count, into: start)
    }
    #expect(String(decoding: bytes, as: UTF8.self) == text)
  }
}
