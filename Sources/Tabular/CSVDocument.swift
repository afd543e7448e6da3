import Numerical
import Synchronization

/// A CSV file whose rows have been counted and cut into chunks that can be parsed apart from each other.
///
/// Nothing of the rows is kept: memory is a few words per chunk.
struct CSVDocument: Sendable {
  /// Large enough to make the cost per chunk small, small enough for the second-level cache.
  static let chunkSize = 1 << 18

  let source: CSVSource
  let header: CSVHeader
  let layout: CSVLayout
  private let text: CSVText
  private let scratches: ScratchShelf
  private let knownFault = KnownFault()

  /// A file without rows has no chunks.
  init(
    _ source: CSVSource, delimiter: UInt8?, chunkSize: Int, on pool: WorkerPool
  ) throws(TableError) {
    self.source = source
    header = try CSVHeader(of: source, delimiter: delimiter)
    let end = try source.endWithoutLineBreaks(header.end..<max(source.count, header.end))
    let hasRows = end > header.end
    text = CSVText(
      source: source, delimiter: header.delimiter, columnCount: header.names.count,
      rows: header.end..<(hasRows ? end + 1 : header.end))
    scratches = ScratchShelf(usualCapacity: chunkSize + 1 << 16)
    layout = try CSVLayout(text, chunkSize: chunkSize, scratches: scratches, on: pool)
    guard hasRows else { return }
    let mostBytes = layout.chunks.map(\.bytes.count).max() ?? .max
    let endsInReturn = try source.bytes(end - 1..<end) == [Byte.carriageReturn]
    if layout.endsInsideQuotes || endsInReturn || mostBytes > CSVText.rowLimit + chunkSize {
      throw fault()
    }
  }

  /// Hands the cells of a chunk to `body`.
  func parse<Value>(
    _ chunk: CSVLayout.Chunk, _ body: (CSVCells, ChunkScratch) -> Value
  ) throws(TableError) -> Value {
    let result = scratches.withScratch(capacity: chunk.bytes.count) { scratch in
      Result { () throws(TableError) in body(try cells(of: chunk, scratch), scratch) }
    }
    return try result.get()
  }

  private func cells(
    of chunk: CSVLayout.Chunk, _ scratch: ChunkScratch
  ) throws(TableError) -> CSVCells {
    try text.load(chunk.bytes, into: scratch.text)
    let cells = CSVCellFinder.find(
      in: scratch, byteCount: chunk.bytes.count, delimiter: text.delimiter,
      rowCount: chunk.rowCount, columnCount: text.columnCount)
    guard let cells else { throw fault() }
    return cells
  }

  /// The line on which a row begins; rows count from 0 below the header.
  func line(ofRow row: Int) throws(TableError) -> Int {
    try CSVInspection.line(
      ofRow: row + 1, in: source, header.textStart..<text.rows.upperBound - 1,
      delimiter: text.delimiter, columnCount: text.columnCount)
  }

  /// What is wrong with a text that is not well-formed.
  private func fault() -> TableError { knownFault.found(inspected) }

  private func inspected() -> TableError {
    do throws(TableError) {
      let finding = try CSVInspection.firstFault(
        in: source, header.textStart..<text.rows.upperBound - 1, delimiter: text.delimiter,
        columnCount: text.columnCount)
      guard let finding else { return .changedWhileReading(path: source.path) }
      return .malformed(path: source.path, line: finding.line, fault: finding.fault)
    } catch {
      return error
    }
  }
}

/// A fault that is looked for once, however many chunks ask: looking reads the file from its start.
private final class KnownFault: Sendable {
  private let fault = Mutex<TableError?>(nil)

  func found(_ find: () -> TableError) -> TableError {
    fault.withLock { fault in
      if let fault { return fault }
      let found = find()
      fault = found
      return found
    }
  }
}
