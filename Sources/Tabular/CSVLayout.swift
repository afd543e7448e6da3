import Numerical

/// Rows cut into chunks that can be parsed apart from each other.
///
/// The file is cut every `chunkSize` bytes and the line feeds of each piece are counted twice, as if
/// the piece began outside and inside quotes. Once all pieces are counted, the number of quotes
/// before each says which count is true. A row belongs to the chunk with its line feed; a chunk
/// begins where the last row before it ended. Bounds depend on the file alone.
struct CSVLayout: Sendable {
  struct Chunk: Sendable {
    let bytes: Range<Int>
    let firstRow: Int
    let rowCount: Int
  }

  private(set) var chunks: [Chunk] = []
  private(set) var rowCount = 0
  /// The number of quotes is odd.
  private(set) var endsInsideQuotes = false

  init(
    _ text: CSVText, chunkSize: Int, scratches: ScratchShelf, on pool: WorkerPool
  ) throws(TableError) {
    let cuts = stride(from: text.rows.lowerBound, to: text.rows.upperBound, by: chunkSize)
    let pieces = cuts.map { $0..<min($0 + chunkSize, text.rows.upperBound) }
    let results = pool.map(count: pieces.count) { index in
      scratches.withScratch(capacity: chunkSize) { scratch in
        Result { () throws(TableError) in try PieceCount(text, pieces[index], scratch) }
      }
    }
    var begin = text.rows.lowerBound
    for (piece, result) in zip(pieces, results) {
      let count = try result.get()
      let lines = endsInsideQuotes ? count.ifInside : count.ifOutside
      if lines.count > 0 {
        let end = piece.lowerBound + lines.lastEnd
        chunks.append(Chunk(bytes: begin..<end, firstRow: rowCount, rowCount: lines.count))
        begin = end
        rowCount += lines.count
      }
      endsInsideQuotes = endsInsideQuotes != count.togglesQuotes
    }
  }

  /// What one piece of the file has to tell about its line ends.
  private struct PieceCount: Sendable {
    struct Lines: Sendable {
      var count = 0
      /// Behind the last line feed outside quotes, from the start of the piece.
      var lastEnd = 0

      @inline(__always)
      mutating func add(_ lineFeeds: UInt64, at offset: Int) {
        guard lineFeeds != 0 else { return }
        count += lineFeeds.nonzeroBitCount
        lastEnd = offset + 64 - lineFeeds.leadingZeroBitCount
      }
    }

    var ifOutside = Lines()
    var ifInside = Lines()
    var togglesQuotes = false

    init(_ text: CSVText, _ range: Range<Int>, _ scratch: ChunkScratch) throws(TableError) {
      try text.load(range, into: scratch.text)
      let bytes = UnsafePointer(scratch.text)
      var parity = QuoteParity(beginsInside: false)
      for offset in stride(from: 0, to: range.count, by: 64) {
        let inside = parity.inside(quotes: matches(bytes + offset, Byte.quote))
        let lineFeeds = matches(bytes + offset, Byte.lineFeed)
        ifOutside.add(lineFeeds & ~inside, at: offset)
        ifInside.add(lineFeeds & inside, at: offset)
      }
      togglesQuotes = parity.isInside
    }
  }
}
