import CIntrinsics

/// Where the cells of a chunk lie in its text.
///
/// `starts[r · columnCount + c]` is the start of cell c of row r; a cell ends one byte, its
/// separator, before the start of the next.
struct CSVCells {
  let text: UnsafePointer<UInt8>
  let starts: UnsafePointer<UInt32>
  let rowCount: Int
  let columnCount: Int

  /// A cell as it stands in the file, without its separator.
  @inline(__always)
  func cell(row: Int, column: Int) -> UnsafeBufferPointer<UInt8> {
    let index = row &* columnCount &+ column
    let start = Int(starts[index])
    var end = Int(starts[index &+ 1]) &- 1
    let isLast = column &+ 1 == columnCount
    if isLast, end > start, text[end &- 1] == Byte.carriageReturn { end &-= 1 }
    return UnsafeBufferPointer(start: text + start, count: end &- start)
  }
}

/// Finds the cells of a chunk that begins outside quotes and ends behind a line feed.
///
/// It notices every breach of the format but does not say which and where: that is the task of
/// `CSVInspection`, byte by byte, once something is known to be wrong.
struct CSVCellFinder {
  private let text: UnsafePointer<UInt8>
  private let byteCount: Int
  private let delimiter: UInt8
  private let starts: UnsafeMutablePointer<UInt32>

  private var cellCount = 0
  private var lineCount = 0
  private var parity = QuoteParity(beginsInside: false)
  /// Bits that mark a breach, of all blocks together.
  private var breaches: UInt64 = 0
  private var highBits: UInt64 = 0
  /// The last bits of the block before: a separator (set at the start), a quote that closes, a
  /// carriage return.
  private var previousSeparator: UInt64 = 1
  private var previousClosing: UInt64 = 0
  private var previousReturn: UInt64 = 0

  private init(_ scratch: ChunkScratch, byteCount: Int, delimiter: UInt8) {
    text = UnsafePointer(scratch.text)
    starts = scratch.starts
    self.byteCount = byteCount
    self.delimiter = delimiter
  }

  /// The cells of the text in `scratch`, or nil if the text is not well-formed or has another number
  /// of rows or columns.
  static func find(
    in scratch: ChunkScratch, byteCount: Int, delimiter: UInt8, rowCount: Int, columnCount: Int
  ) -> CSVCells? {
    var finder = CSVCellFinder(scratch, byteCount: byteCount, delimiter: delimiter)
    finder.scan()
    guard finder.breaches == 0, finder.lineCount == rowCount,
      finder.cellCount == rowCount * columnCount
    else { return nil }
    let cells = CSVCells(
      text: finder.text, starts: UnsafePointer(finder.starts), rowCount: rowCount,
      columnCount: columnCount)
    guard cells.rowsEndAtLineFeeds, byteCount <= CSVText.cellLimit || cells.areShort else {
      return nil
    }
    let bytes = UnsafeBufferPointer(start: finder.text, count: byteCount)
    return finder.highBits == 0 || isUTF8(bytes) ? cells : nil
  }

  private mutating func scan() {
    starts[0] = 0
    var offset = 0
    while offset < byteCount {
      scanBlock(at: offset, valid: byteCount - offset >= 64 ? .max : 1 << (byteCount - offset) - 1)
      offset += 64
    }
    if parity.isInside { breaches |= 1 }
  }

  @inline(__always)
  private mutating func scanBlock(at offset: Int, valid: UInt64) {
    let block = text + offset
    let quotes = matches(block, Byte.quote)
    let returns = matches(block, Byte.carriageReturn)
    let wasInside = parity.isInside
    let inside = parity.inside(quotes: quotes)
    let lineFeeds = matches(block, Byte.lineFeed) & ~inside
    let separators = lineFeeds | matches(block, delimiter) & ~inside
    breaches |= matches(block, 0) & valid
    highBits |= cohort_high_bits_u8x64(block)
    let outerReturns = returns & ~inside
    breaches |= (outerReturns &<< 1 | previousReturn) & ~lineFeeds
    previousReturn = outerReturns &>> 63
    if quotes != 0 || previousClosing != 0 || wasInside {
      checkQuotes(quotes, inside, separators, outerReturns)
    }
    previousSeparator = separators &>> 63
    lineCount &+= lineFeeds.nonzeroBitCount
    write(separators, at: offset)
  }

  /// A quote may open at the start of a cell or directly behind one that closes (the two being a
  /// doubled quote), and only a separator, a line end or a quote may follow one that closes.
  @inline(__always)
  private mutating func checkQuotes(
    _ quotes: UInt64, _ inside: UInt64, _ separators: UInt64, _ returns: UInt64
  ) {
    let closing = quotes & ~inside
    let opening = quotes & inside
    let behindClosing = closing &<< 1 | previousClosing
    let behindSeparator = separators &<< 1 | previousSeparator
    breaches |= opening & ~(behindSeparator | behindClosing)
    breaches |= behindClosing & ~(separators | quotes | returns)
    previousClosing = closing &>> 63
  }

  /// Writes the positions behind separators, eight at a time: most blocks of a table have five to
  /// fifteen, and a fixed number of steps is cheaper than a mispredicted end of a loop.
  @inline(__always)
  private mutating func write(_ separators: UInt64, at offset: Int) {
    guard separators != 0 else { return }
    var rest = separators
    let count = rest.nonzeroBitCount
    let base = UInt32(truncatingIfNeeded: offset &+ 1)
    var target = starts + cellCount + 1
    cellCount &+= count
    var written = 0
    repeat {
      for slot in 0..<8 {
        target[slot] = base &+ UInt32(truncatingIfNeeded: rest.trailingZeroBitCount)
        rest &= rest &- 1
      }
      target += 8
      written &+= 8
    } while written < count
  }
}

extension CSVCells {
  /// Whether every row has its line feed behind its last cell.
  fileprivate var rowsEndAtLineFeeds: Bool {
    (0..<rowCount).allSatisfy { row in
      text[Int(starts[(row + 1) * columnCount]) - 1] == Byte.lineFeed
    }
  }

  /// Whether no cell is longer than the limit.
  fileprivate var areShort: Bool {
    (0..<rowCount).allSatisfy { row in
      (0..<columnCount).allSatisfy { cell(row: row, column: $0).count <= CSVText.cellLimit }
    }
  }
}
