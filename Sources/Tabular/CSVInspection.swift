/// Reads a CSV file byte by byte to say where it is broken, or on which line a row begins.
///
/// The parser proper only notices that something is wrong. Memory is bounded and nothing of the
/// file is kept.
struct CSVInspection {
  /// A breach of the format and its line; that of a ragged or long row is where the row begins.
  struct Finding: Hashable {
    let line: Int
    let fault: CSVFault
  }

  private enum Place {
    case cellStart, unquoted, quoted, closed
    /// Behind a carriage return outside quotes.
    case returned
  }

  private let delimiter: UInt8
  private let columnCount: Int
  private var place = Place.cellStart
  private var encoding = UTF8State()
  private var line = 1
  private var quoteLine = 1
  private var rowLine = 1
  private var row = 0
  private var cellsBefore = 0
  private var cellBytes = 0
  private var rowBytes = 0

  private init(delimiter: UInt8, columnCount: Int) {
    self.delimiter = delimiter
    self.columnCount = columnCount
  }

  /// The first breach from `start` to `end`, which is taken for the end of a row.
  ///
  /// `start` is the beginning of the first line. Complexity: O(bytes), about 0.4 GB/s.
  static func firstFault(
    in source: CSVSource, _ range: Range<Int>, delimiter: UInt8, columnCount: Int
  ) throws(TableError) -> Finding? {
    var inspection = CSVInspection(delimiter: delimiter, columnCount: columnCount)
    var finding: Finding?
    try source.forEachPiece(of: range) { piece in
      for byte in piece {
        finding = inspection.accept(byte)
        if finding != nil { return false }
      }
      return true
    }
    return finding ?? inspection.finish()
  }

  /// The line on which a row of a well-formed file begins; row 0 is the header.
  static func line(
    ofRow row: Int, in source: CSVSource, _ range: Range<Int>, delimiter: UInt8, columnCount: Int
  ) throws(TableError) -> Int {
    var inspection = CSVInspection(delimiter: delimiter, columnCount: columnCount)
    if row == 0 { return 1 }
    try source.forEachPiece(of: range) { piece in
      for byte in piece {
        if inspection.accept(byte) != nil || inspection.row == row { return false }
      }
      return true
    }
    return inspection.line
  }

  private mutating func accept(_ byte: UInt8) -> Finding? {
    if byte == 0 { return Finding(line: line, fault: .nulByte) }
    if !encoding.accept(byte) { return Finding(line: line, fault: .invalidUTF8) }
    rowBytes += 1
    if rowBytes > CSVText.rowLimit {
      return Finding(line: rowLine, fault: .rowTooLong(limit: CSVText.rowLimit))
    }
    if place == .returned, byte != Byte.lineFeed {
      return Finding(line: line, fault: .loneCarriageReturn)
    }
    if place != .quoted, byte == delimiter { return endCell() }
    if place != .quoted, byte == Byte.lineFeed { return endRow() }
    if place != .quoted, byte == Byte.carriageReturn {
      place = .returned
      return nil
    }
    return acceptContent(byte)
  }

  private mutating func acceptContent(_ byte: UInt8) -> Finding? {
    cellBytes += 1
    if cellBytes > CSVText.cellLimit {
      return Finding(line: line, fault: .cellTooLong(limit: CSVText.cellLimit))
    }
    let isQuote = byte == Byte.quote
    switch place {
    case .cellStart:
      place = isQuote ? .quoted : .unquoted
      if isQuote { quoteLine = line }
    case .unquoted, .returned:
      if isQuote { return Finding(line: line, fault: .strayQuote) }
    case .quoted:
      if isQuote { place = .closed }
      if byte == Byte.lineFeed { line += 1 }
    case .closed:
      if !isQuote { return Finding(line: line, fault: .textAfterQuote) }
      place = .quoted
    }
    return nil
  }

  private mutating func endCell() -> Finding? {
    place = .cellStart
    cellsBefore += 1
    cellBytes = 0
    return nil
  }

  private mutating func endRow() -> Finding? {
    let found = cellsBefore + 1
    if found != columnCount {
      let fault = CSVFault.raggedRow(expected: columnCount, found: found)
      return Finding(line: rowLine, fault: fault)
    }
    _ = endCell()
    cellsBefore = 0
    rowBytes = 0
    row += 1
    line += 1
    rowLine = line
    return nil
  }

  /// The end of the text ends the last row, and must be able to.
  private mutating func finish() -> Finding? {
    if !encoding.isComplete { return Finding(line: line, fault: .invalidUTF8) }
    if place == .quoted { return Finding(line: quoteLine, fault: .unterminatedQuote) }
    if place == .returned { return Finding(line: line, fault: .loneCarriageReturn) }
    return endRow()
  }
}

extension CSVSource {
  /// Hands out the bytes of `range` in pieces until `body` returns false.
  func forEachPiece(
    of range: Range<Int>, _ body: (UnsafeBufferPointer<UInt8>) -> Bool
  ) throws(TableError) {
    let size = 1 << 18
    let piece = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
    defer { piece.deallocate() }
    var offset = range.lowerBound
    while offset < range.upperBound {
      let end = min(offset + size, range.upperBound)
      try read(offset..<end, into: piece)
      if !body(UnsafeBufferPointer(start: piece, count: end - offset)) { return }
      offset = end
    }
  }
}
