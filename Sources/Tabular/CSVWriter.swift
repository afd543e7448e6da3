/// Text of a CSV file, built row by row or from columns.
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
      text.withUTF8 { cell in
        if cells.count == 1, cell.isEmpty { return bytes.append(contentsOf: CSVCellText.blank) }
        CSVCellText.append(cell, defused: defusesFormulas, to: &bytes)
      }
    }
    bytes.append(Byte.lineFeed)
  }

  /// Adds the names and then the rows of a table; only text and categories are defused.
  public mutating func append(_ table: Table) {
    append(table.columnNames)
    append(table.columns.map { ($0, defusesFormulas) })
  }

  /// Adds the rows of columns of equal length, defusing the text and the categories of those that ask for it.
  ///
  /// Columns are turned into text one after the other, which keeps the kinds of values out of the innermost
  /// loop; then the cells are put in the order of the rows. Shortest digits are costly to find: columns of the same
  /// numbers, such as a probability before and after no calibration, share them.
  public mutating func append(_ columns: [(column: Column, isDefused: Bool)]) {
    guard let rowCount = columns.first?.column.rowCount, rowCount > 0 else { return }
    precondition(columns.allSatisfy { $0.column.rowCount == rowCount }, "columns differ in length")
    var cells = CSVCellText(rowCount: rowCount, columnCount: columns.count)
    for (place, (column, isDefused)) in columns.enumerated() {
      if let twin = columns[..<place].firstIndex(where: { $0.column.hasNumbers(of: column) }) {
        cells.appendAgain(twin)
      } else {
        cells.append(column, defused: isDefused)
      }
    }
    cells.append(to: &bytes)
  }
}

extension Column {
  /// Whether both hold real numbers, the same to the bit.
  fileprivate func hasNumbers(of other: Column) -> Bool {
    guard case .real(let numbers) = values, case .real(let others) = other.values,
      missingRows == other.missingRows
    else { return false }
    return numbers.elementsEqual(others) { $0.bitPattern == $1.bitPattern }
  }
}

/// The cells of some columns as text, one column after the other.
private struct CSVCellText {
  private let rowCount: Int
  private let columnCount: Int
  private var bytes: [UInt8] = []
  /// Where each cell ends in `bytes`, column by column.
  private var ends: [Int] = []

  static let blank = [Byte.quote, Byte.quote]

  init(rowCount: Int, columnCount: Int) {
    self.rowCount = rowCount
    self.columnCount = columnCount
    bytes.reserveCapacity(16 * rowCount * columnCount)
    ends.reserveCapacity(rowCount * columnCount)
  }

  mutating func append(_ column: Column, defused: Bool) {
    switch column.values {
    case .category(let codes, let levels):
      appendLevels(codes, levels, missing: column.missingRows, defused: defused)
    case .text(let texts):
      append(missing: column.missingRows) { row, bytes in
        var text = texts[row]
        text.withUTF8 { Self.append($0, defused: defused, to: &bytes) }
      }
    case .real(let values):
      append(missing: column.missingRows) { $1.append(contentsOf: values[$0].description.utf8) }
    case .integer(let values):
      append(missing: column.missingRows) { $1.append(contentsOf: values[$0].description.utf8) }
    case .boolean, .date:
      append(missing: column.missingRows) { row, bytes in
        if let text = column.text(at: row) { bytes.append(contentsOf: text.utf8) }
      }
    }
  }

  /// Adds the cells of an earlier column once more; there is at least one row.
  mutating func appendAgain(_ column: Int) {
    let first = column * rowCount
    let start = first == 0 ? 0 : ends[first - 1]
    let text = Array(bytes[start..<ends[first + rowCount - 1]])
    let shift = bytes.count - start
    bytes += text
    for index in first..<first + rowCount { ends.append(ends[index] + shift) }
  }

  /// Adds a cell per row, of which the missing ones are empty.
  @inline(__always)
  private mutating func append(missing: [Int], _ cell: (Int, inout [UInt8]) -> Void) {
    var next = missing[...]
    for row in 0..<rowCount {
      if next.first == row { next.removeFirst() } else { cell(row, &bytes) }
      ends.append(bytes.count)
    }
  }

  private mutating func appendLevels(
    _ codes: [Int32], _ levels: [String], missing: [Int], defused: Bool
  ) {
    var written: [UInt8] = []
    var starts = [0]
    for var level in levels {
      level.withUTF8 { Self.append($0, defused: defused, to: &written) }
      starts.append(written.count)
    }
    // A slice of the array would be retained and released for every row.
    written.withUnsafeBufferPointer { written in
      append(missing: missing) { row, bytes in
        let level = Int(codes[row])
        bytes.append(
          contentsOf: UnsafeBufferPointer(rebasing: written[starts[level]..<starts[level + 1]]))
      }
    }
  }

  /// Adds the cells row by row, with commas between them and a line feed behind each row.
  func append(to target: inout [UInt8]) {
    let size = bytes.count + ends.count + (columnCount == 1 ? 2 * rowCount : 0)
    target.reserveCapacity(target.count + size)
    target += [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      guard var place = buffer.baseAddress else { return }
      let start = place
      bytes.withUnsafeBufferPointer { bytes in
        ends.withUnsafeBufferPointer { ends in
          for row in 0..<rowCount {
            for column in 0..<columnCount {
              let index = column &* rowCount &+ row
              let from = index == 0 ? 0 : ends[index &- 1]
              let length = ends[index] &- from
              if let source = bytes.baseAddress, length > 0 {
                place.update(from: source + from, count: length)
                place += length
              } else if columnCount == 1 {
                place.update(repeating: Byte.quote, count: 2)
                place += 2
              }
              place.pointee = column &+ 1 == columnCount ? Byte.lineFeed : Byte.comma
              place += 1
            }
          }
        }
      }
      count = place - start
    }
  }
}

// MARK: - One cell

extension CSVCellText {
  static func append(
    _ cell: UnsafeBufferPointer<UInt8>, defused: Bool, to bytes: inout [UInt8]
  ) {
    let isFormula = defused && mayBeFormula(cell)
    guard isFormula || needsQuotes(cell) else { return bytes.append(contentsOf: cell) }
    bytes.append(Byte.quote)
    if isFormula { bytes.append(UInt8(ascii: "'")) }
    for byte in cell {
      if byte == Byte.quote { bytes.append(Byte.quote) }
      bytes.append(byte)
    }
    bytes.append(Byte.quote)
  }

  private static func needsQuotes(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = cell.first, let last = cell.last else { return false }
    return isBlank(first) || isBlank(last)
      || cell.contains {
        $0 == Byte.comma || $0 == Byte.quote || $0 == Byte.lineFeed || $0 == Byte.carriageReturn
      }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == Byte.space || byte == Byte.tab }

  private static func mayBeFormula(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    switch cell.first {
    case UInt8(ascii: "="), UInt8(ascii: "@"), Byte.tab, Byte.carriageReturn: true
    case UInt8(ascii: "+"), UInt8(ascii: "-"): DecimalText(cell) == nil
    default: false
    }
  }
}
