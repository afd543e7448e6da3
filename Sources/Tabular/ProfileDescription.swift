/// Text of a profile for a terminal. Control characters of names and levels are shown as `·`.
extension TableProfile: CustomStringConvertible {
  public var description: String {
    var lines = [
      "\(rowCount) rows, \(columns.count) columns, \(duplicateRowCount) duplicate rows", "",
    ]
    lines +=
      TextTable(
        header: ["column", "kind", "role", "missing", "distinct", "notes"],
        alignment: [.left, .left, .left, .right, .right, .left],
        rows: columns.map {
          [
            $0.name, $0.kind.rawValue, $0.role ?? "", Self.percent($0.missingShare),
            String($0.distinctCount), $0.flags.map(\.rawValue).joined(separator: ", "),
          ]
        }
      ).lines
    lines += numberLines + dateLines + levelLines + duplicateLines
    return lines.joined(separator: "\n") + "\n"
  }

  private var numberLines: [String] {
    let rows = columns.compactMap { column in
      column.numbers.map { numbers in
        [column.name]
          + [
            numbers.minimum, numbers.lowerQuartile, numbers.median, numbers.upperQuartile,
            numbers.maximum, numbers.mean, numbers.standardDeviation, numbers.skewness,
          ].map(Self.short) + [Self.percent(numbers.outlierShare)]
      }
    }
    guard !rows.isEmpty else { return [] }
    let header = [
      "numbers", "minimum", "25 %", "median", "75 %", "maximum", "mean", "sd", "skewness",
      "outliers",
    ]
    return [""]
      + TextTable(
        header: header, alignment: [.left] + header.dropFirst().map { _ in .right }, rows: rows
      ).lines
  }

  private var dateLines: [String] {
    let rows = columns.compactMap { column in
      column.dates.map { [column.name, $0.first, $0.last] }
    }
    guard !rows.isEmpty else { return [] }
    return [""]
      + TextTable(
        header: ["dates", "first", "last"], alignment: [.left, .left, .left], rows: rows
      ).lines
  }

  private var levelLines: [String] {
    let rows = columns.compactMap { column -> [String]? in
      guard !column.levels.isEmpty else { return nil }
      let present = max(rowCount - column.missingCount, 1)
      let shares = column.levels.map {
        "\($0.level) \(Self.percent(Double($0.count) / Double(present)))"
      }
      let others = column.distinctCount - column.levels.count
      return [
        column.name,
        (shares + (others > 0 ? ["and \(others) more"] : [])).joined(separator: ", "),
      ]
    }
    guard !rows.isEmpty else { return [] }
    return [""]
      + TextTable(header: ["levels", ""], alignment: [.left, .left], rows: rows).lines
  }

  private var duplicateLines: [String] {
    guard !duplicateColumns.isEmpty else { return [] }
    return [""]
      + duplicateColumns.map { TextTable.printable("\($0.name) repeats \($0.original)") }
  }

  private static func percent(_ share: Double) -> String {
    fixed(share * 100, decimals: 1) + " %"
  }

  /// Four significant digits or, for larger numbers, all digits before the point.
  private static func short(_ value: Double) -> String {
    let size = abs(value)
    if size == 0 { return "0" }
    if size >= 1e9 || size < 1e-3 { return scientific(value) }
    let decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4
    return value == value.rounded() ? fixed(value, decimals: 0) : fixed(value, decimals: decimals)
  }

  private static func scientific(_ value: Double) -> String {
    var exponent = 0
    var mantissa = abs(value)
    while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    return (value < 0 ? "-" : "") + fixed(mantissa, decimals: 2) + "e\(exponent)"
  }

  /// Rounded half away from zero; `value` is below 10¹² in magnitude.
  private static func fixed(_ value: Double, decimals: Int) -> String {
    let power = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
    let scaled = Int64((abs(value) * power).rounded())
    let digits = String(scaled)
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return sign + digits }
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }
}

/// Cells in aligned columns, two spaces apart.
private struct TextTable {
  enum Alignment { case left, right }

  let header: [String]
  let alignment: [Alignment]
  let rows: [[String]]

  var lines: [String] {
    let all = ([header] + rows).map { $0.map(Self.printable) }
    let widths = header.indices.map { index in all.map { $0[index].count }.max() ?? 0 }
    return all.map { cells in
      let line = cells.indices.map { index in
        let padding = String(repeating: " ", count: widths[index] - cells[index].count)
        return alignment[index] == .left ? cells[index] + padding : padding + cells[index]
      }.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  /// `text` without control characters, which a terminal would obey.
  static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator: "·"
          default: scalar
          }
        }))
  }
}
