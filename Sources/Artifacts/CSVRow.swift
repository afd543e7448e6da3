/// Lines of CSV as RFC 4180 has them, ended by a line feed, safe to open in a spreadsheet.
enum CSVRow {
  /// Appends one line of fields, numbers and text alike.
  static func append(_ fields: [String], to bytes: inout [UInt8]) {
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      append(field, to: &bytes)
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  private static func append(_ field: String, to bytes: inout [UInt8]) {
    // A spreadsheet runs text that begins like a formula; an apostrophe keeps it text.
    let prefix = startsLikeFormula(field) ? "'" : ""
    guard needsQuotes(field) else {
      bytes += prefix.utf8
      bytes += field.utf8
      return
    }
    bytes.append(UInt8(ascii: "\""))
    bytes += prefix.utf8
    for byte in field.utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func startsLikeFormula(_ field: String) -> Bool {
    guard let first = field.utf8.first, "=+-@\t\r".utf8.contains(first) else { return false }
    return Double(field) == nil
  }

  private static func needsQuotes(_ field: String) -> Bool {
    field.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
      || field.utf8.first == 0x20 || field.utf8.last == 0x20
  }
}
