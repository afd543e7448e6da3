#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes rows of text as CSV, in bounded memory.
///
/// Format: RFC 4180 in UTF-8 with line feeds. A cell is quoted if it holds the delimiter, a quote or
/// a line break, or begins or ends with a blank; a row of one empty cell is written as `""`, for a
/// blank line would be lost. What `Table.read` reads back is what was written.
///
/// Spreadsheets run cells that begin with `=`, `+`, `-`, `@`, tab or carriage return as formulas. Such
/// text gets an apostrophe in front, as OWASP ("CSV Injection") advises, unless it is a number.
///
/// Rows are gathered and written 64 KiB at a time; `finish` writes the rest. A writer that is given
/// up without `finish` leaves an incomplete file, which is for the caller to remove.
public struct CSVWriter: ~Copyable {
  private let path: String
  private let descriptor: Int32
  private let ownsDescriptor: Bool
  private let delimiter: UInt8
  private let defusesFormulas: Bool
  private var buffer: [UInt8] = []

  private static let bufferSize = 1 << 16

  /// Creates a file, or empties the one that exists.
  public init(
    creating path: String, delimiter: UInt8 = UInt8(ascii: ","), defusesFormulas: Bool = true
  ) throws(TableError) {
    guard CSVHeader.canSeparate(delimiter) else { throw .unusableDelimiter(byte: delimiter) }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw .unwritable(path: path, code: errno) }
    self.path = path
    self.descriptor = descriptor
    self.delimiter = delimiter
    self.defusesFormulas = defusesFormulas
    ownsDescriptor = true
  }

  /// Writes to an open file, which stays open; `name` stands for the path in errors.
  public init(
    descriptor: Int32, name: String, delimiter: UInt8 = UInt8(ascii: ","),
    defusesFormulas: Bool = true
  ) throws(TableError) {
    guard CSVHeader.canSeparate(delimiter) else { throw .unusableDelimiter(byte: delimiter) }
    path = name
    self.descriptor = descriptor
    self.delimiter = delimiter
    self.defusesFormulas = defusesFormulas
    ownsDescriptor = false
  }

  deinit {
    if ownsDescriptor { close(descriptor) }
  }

  /// Adds a row; nil is an empty cell.
  public mutating func append(_ cells: [String?]) throws(TableError) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { buffer.append(delimiter) }
      var text = cell ?? ""
      appendCell(&text, isText: true, isOnly: cells.count == 1)
    }
    try endRow()
  }

  /// Adds the names and then the rows of a table.
  public mutating func append(_ table: Table) throws(TableError) {
    try append(table.columnNames)
    try append(rowsOf: table)
  }

  /// Adds the rows of a table without its names; only text and categories are defused.
  public mutating func append(rowsOf table: Table) throws(TableError) {
    let columns = table.columns.map {
      (column: $0, isText: $0.kind == .text || $0.kind == .category)
    }
    for row in 0..<table.rowCount {
      for (index, entry) in columns.enumerated() {
        if index > 0 { buffer.append(delimiter) }
        var text = entry.column.text(at: row) ?? ""
        appendCell(&text, isText: entry.isText, isOnly: columns.count == 1)
      }
      try endRow()
    }
  }

  /// Writes what is left, without syncing the file to disk.
  public mutating func finish() throws(TableError) { try flush() }

  private mutating func endRow() throws(TableError) {
    buffer.append(Byte.lineFeed)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  private mutating func appendCell(_ text: inout String, isText: Bool, isOnly: Bool) {
    text.withUTF8 { cell in
      let isFormula = isText && defusesFormulas && Self.mayBeFormula(cell)
      if isFormula || needsQuotes(cell) || isOnly && cell.isEmpty {
        appendQuoted(cell, prefix: isFormula ? [UInt8(ascii: "'")] : [])
      } else {
        buffer.append(contentsOf: cell)
      }
    }
  }

  private mutating func appendQuoted(_ cell: UnsafeBufferPointer<UInt8>, prefix: [UInt8]) {
    buffer.append(Byte.quote)
    buffer.append(contentsOf: prefix)
    for byte in cell {
      if byte == Byte.quote { buffer.append(Byte.quote) }
      buffer.append(byte)
    }
    buffer.append(Byte.quote)
  }

  private func needsQuotes(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = cell.first, let last = cell.last else { return false }
    return [first, last].contains { $0 == Byte.space || $0 == Byte.tab }
      || cell.contains {
        $0 == delimiter || $0 == Byte.quote || $0 == Byte.lineFeed || $0 == Byte.carriageReturn
      }
  }

  private static func mayBeFormula(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    switch cell.first {
    case UInt8(ascii: "="), UInt8(ascii: "@"), Byte.tab, Byte.carriageReturn: true
    case UInt8(ascii: "+"), UInt8(ascii: "-"): DecimalText(cell) == nil
    default: false
    }
  }

  private mutating func flush() throws(TableError) {
    var done = 0
    while done < buffer.count {
      let rest = buffer.count - done
      let written = buffer.withUnsafeBytes {
        write(descriptor, $0.baseAddress.map { $0 + done }, rest)
      }
      if written < 0 {
        if errno == EINTR { continue }
        throw .unwritable(path: path, code: errno)
      }
      done += written
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
