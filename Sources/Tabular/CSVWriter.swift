/// Text of a CSV file, built row by row.
///
/// Format: RFC 4180 in UTF-8 with commas and line feeds. A cell is quoted if it holds a comma, a quote
/// or a line break, or begins or ends with a blank; a row of one empty cell is written as `""`, for a
/// blank line would be lost. What `Table.read` reads back is what was written.
///
/// Spreadsheets run cells that begin with `=`, `+`, `-`, `@`, tab or carriage return as formulas. Such
/// text gets an apostrophe in front, as OWASP ("CSV Injection") advises, unless it is a number.
///
/// A large file is written piece by piece: take `bytes`, start a new writer.
public struct CSVWriter: Sendable {
  public private(set) var bytes: [UInt8] = []
  private let defusesFormulas: Bool

  public init(defusesFormulas: Bool = true) { self.defusesFormulas = defusesFormulas }

  /// Adds a row; nil is an empty cell.
  public mutating func append(_ cells: [String?]) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { bytes.append(Byte.comma) }
      var text = cell ?? ""
      append(&text, isText: true, isOnly: cells.count == 1)
    }
    bytes.append(Byte.lineFeed)
  }

  /// Adds the names and then the rows of a table; only text and categories are defused.
  public mutating func append(_ table: Table) {
    append(table.columnNames)
    let columns = table.columns.map {
      (column: $0, isText: $0.kind == .text || $0.kind == .category)
    }
    for row in 0..<table.rowCount {
      for (index, entry) in columns.enumerated() {
        if index > 0 { bytes.append(Byte.comma) }
        var text = entry.column.text(at: row) ?? ""
        append(&text, isText: entry.isText, isOnly: columns.count == 1)
      }
      bytes.append(Byte.lineFeed)
    }
  }

  private mutating func append(_ text: inout String, isText: Bool, isOnly: Bool) {
    text.withUTF8 { cell in
      let isFormula = isText && defusesFormulas && Self.mayBeFormula(cell)
      if isFormula || Self.needsQuotes(cell) || isOnly && cell.isEmpty {
        appendQuoted(cell, prefix: isFormula ? [UInt8(ascii: "'")] : [])
      } else {
        bytes.append(contentsOf: cell)
      }
    }
  }

  private mutating func appendQuoted(_ cell: UnsafeBufferPointer<UInt8>, prefix: [UInt8]) {
    bytes.append(Byte.quote)
    bytes.append(contentsOf: prefix)
    for byte in cell {
      if byte == Byte.quote { bytes.append(Byte.quote) }
      bytes.append(byte)
    }
    bytes.append(Byte.quote)
  }

  private static func needsQuotes(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = cell.first, let last = cell.last else { return false }
    return [first, last].contains { $0 == Byte.space || $0 == Byte.tab }
      || cell.contains {
        $0 == Byte.comma || $0 == Byte.quote || $0 == Byte.lineFeed || $0 == Byte.carriageReturn
      }
  }

  private static func mayBeFormula(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    switch cell.first {
    case UInt8(ascii: "="), UInt8(ascii: "@"), Byte.tab, Byte.carriageReturn: true
    case UInt8(ascii: "+"), UInt8(ascii: "-"): DecimalText(cell) == nil
    default: false
    }
  }
}
