/// The first record of a CSV file, which names its columns, and what it takes to read the rest.
struct CSVHeader: Sendable {
  let names: [String]
  let delimiter: UInt8
  /// Where the file's text begins, behind a byte order mark.
  let textStart: Int
  /// Behind the header's line end.
  let end: Int

  /// Longest header line, in bytes.
  static let limit = 1 << 22

  /// Reads the header of a file.
  ///
  /// Spaces around names are dropped. A missing delimiter is looked for in the first 64 KiB, more if
  /// the header itself is longer.
  init(of source: CSVSource, delimiter: UInt8?) throws(TableError) {
    if let byte = delimiter, !Self.canSeparate(byte) { throw .unusableDelimiter(byte: byte) }
    textStart = try Self.byteOrderMarkLength(source)
    var length = 1 << 16
    while true {
      let sampled = min(source.count, textStart + length)
      let sample = CSVSample(
        bytes: try source.bytes(textStart..<sampled), isWholeFile: sampled == source.count)
      if sample.isBlank, sample.isWholeFile { throw .empty(path: source.path) }
      let chosen = delimiter ?? sample.likeliestDelimiter
      if let record = sample.record(at: 0, delimiter: chosen) {
        self.delimiter = chosen
        end = textStart + record.end
        try Self.inspect(source, textStart..<end, delimiter: chosen, cells: record.cells.count)
        names = try Self.names(record.cells.map(sample.text), path: source.path)
        return
      }
      if length >= Self.limit {
        try Self.inspect(source, textStart..<sampled, delimiter: chosen, cells: nil)
        throw .malformed(path: source.path, line: 1, fault: .rowTooLong(limit: Self.limit))
      }
      length *= 4
    }
  }

  static func canSeparate(_ byte: UInt8) -> Bool {
    byte > 0 && byte < 128 && ![Byte.quote, Byte.lineFeed, Byte.carriageReturn].contains(byte)
  }

  private static func byteOrderMarkLength(_ source: CSVSource) throws(TableError) -> Int {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    return try source.bytes(0..<min(3, source.count)) == mark ? 3 : 0
  }

  /// Refuses a header that is not well-formed; `cells` is nil if its end is out of sight.
  private static func inspect(
    _ source: CSVSource, _ range: Range<Int>, delimiter: UInt8, cells: Int?
  ) throws(TableError) {
    let text = range.lowerBound..<(try source.endWithoutLineBreaks(range, atMost: 1))
    let finding = try CSVInspection.firstFault(
      in: source, text, delimiter: delimiter, columnCount: cells ?? 1)
    guard let finding else { return }
    if case .raggedRow = finding.fault, cells == nil { return }
    throw .malformed(path: source.path, line: finding.line, fault: finding.fault)
  }

  private static func names(_ cells: [String], path: String) throws(TableError) -> [String] {
    var positions: [String: Int] = [:]
    for (position, name) in cells.enumerated() {
      if name.isEmpty { throw .blankHeader(path: path, column: position) }
      if let first = positions.updateValue(position, forKey: name) {
        throw .duplicateHeader(path: path, first: first, second: position)
      }
    }
    return cells
  }
}

extension CSVSource {
  func bytes(_ range: Range<Int>) throws(TableError) -> [UInt8] {
    let target = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(range.count, 1))
    defer { target.deallocate() }
    if let base = target.baseAddress { try read(range, into: base) }
    return Array(target[..<range.count])
  }

  /// The end of `range` with line breaks taken off, all of them or the last few.
  func endWithoutLineBreaks(
    _ range: Range<Int>, atMost limit: Int = .max
  ) throws(TableError) -> Int {
    var end = range.upperBound
    var removed = 0
    while true {
      let start = max(range.lowerBound, end - 4096)
      var tail = try bytes(start..<end)[...]
      while removed < limit, tail.last == Byte.lineFeed {
        tail.removeLast()
        if tail.last == Byte.carriageReturn { tail.removeLast() }
        removed += 1
      }
      end = start + tail.endIndex
      if removed == limit || !tail.isEmpty || start == range.lowerBound { return end }
    }
  }
}
