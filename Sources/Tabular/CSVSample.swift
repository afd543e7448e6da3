/// The beginning of a CSV file, read leniently to learn its shape.
struct CSVSample {
  let bytes: [UInt8]
  let isWholeFile: Bool

  var isBlank: Bool {
    bytes.allSatisfy { $0 == Byte.lineFeed || $0 == Byte.carriageReturn }
  }

  /// The cells of the record at `start` and where the next one begins; nil if it is cut off.
  func record(at start: Int, delimiter: UInt8) -> (cells: [Range<Int>], end: Int)? {
    var cells: [Range<Int>] = []
    var cellStart = start
    var isQuoted = false
    var closing = -2
    for index in start..<bytes.count {
      let byte = bytes[index]
      if byte == Byte.quote {
        if isQuoted { closing = index }
        isQuoted = !isQuoted && (index == cellStart || index == closing + 1)
      } else if !isQuoted, byte == delimiter || byte == Byte.lineFeed {
        cells.append(cellStart..<index)
        cellStart = index + 1
        if byte == Byte.lineFeed { return (cells, index + 1) }
      }
    }
    guard isWholeFile, start < bytes.count else { return nil }
    cells.append(cellStart..<bytes.count)
    return (cells, bytes.count)
  }

  /// The text of a cell without quotes and without spaces or a carriage return around it.
  func text(_ cell: Range<Int>) -> String {
    var content = trimmed(bytes[cell])
    if content.count >= 2, content.first == Byte.quote, content.last == Byte.quote {
      var single: [UInt8] = []
      var afterQuote = false
      for byte in content.dropFirst().dropLast() {
        afterQuote = byte == Byte.quote && !afterQuote
        if !afterQuote { single.append(byte) }
      }
      content = trimmed(single[...])
    }
    return String(decoding: content, as: UTF8.self)
  }

  private func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool {
      byte == Byte.space || byte == Byte.tab || byte == Byte.carriageReturn
    }
    let start = text.drop(while: isBlank)
    guard let last = start.lastIndex(where: { !isBlank($0) }) else { return [] }
    return start[...last]
  }

  /// The delimiter under which the first records agree best.
  ///
  /// Among comma, semicolon, tab and bar, in this order: those under which all of the first 200
  /// records have as many cells as the first, and more than one; of these the one with most cells.
  /// If there is none, the one under which most records agree with a first of several cells, so that
  /// one bad row does not change the delimiter; and a comma if nothing separates anything.
  var likeliestDelimiter: UInt8 {
    var best = (byte: UInt8(ascii: ","), agreeing: 0.0, cells: 1)
    for byte in [",", ";", "\t", "|"].compactMap(\.utf8.first) {
      let counts = cellCounts(delimiter: byte)
      guard let first = counts.first, first > 1 else { continue }
      let agreeing = Double(counts.filter { $0 == first }.count) / Double(counts.count)
      if agreeing > best.agreeing || agreeing == best.agreeing && first > best.cells {
        best = (byte, agreeing, first)
      }
    }
    return best.byte
  }

  private func cellCounts(delimiter: UInt8) -> [Int] {
    var counts: [Int] = []
    var start = 0
    while counts.count < 200, let record = record(at: start, delimiter: delimiter) {
      let isBlankLine =
        record.cells.count == 1
        && bytes[record.cells[0]].allSatisfy {
          $0 == Byte.carriageReturn
        }
      if !isBlankLine { counts.append(record.cells.count) }
      start = record.end
    }
    return counts
  }
}
