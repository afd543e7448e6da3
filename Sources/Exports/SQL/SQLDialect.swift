import Foundation
import Tabular

/// The SQL of a database.
public enum SQLDialect: String, Hashable, Sendable, CaseIterable {
  case postgresql, sqlite, ansi
}

extension SQLDialect {
  /// Between a stage and its query: both databases would otherwise write a stage into every place that
  /// reads it, and a long chain of stages would grow without bound.
  var fence: String {
    switch self {
    case .postgresql, .sqlite: "AS MATERIALIZED"
    case .ansi: "AS"
    }
  }

  /// - Throws: `.dateColumn` where the dialect does not tell days apart.
  func requireCells(of inputs: [EncoderInput]) throws(ModelExport.Obstacle) {
    guard self == .ansi else { return }
    if let date = inputs.first(where: { $0.kind == .date }) { throw .dateColumn(date.name) }
  }

  /// A name, whatever its letters.
  func name(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

  func text(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }

  /// A double that the database reads as exactly this one.
  func number(_ value: Double) -> String {
    switch self {
    // A bare literal would be a decimal number there, and constants would be added as such.
    case .postgresql: "float8 '\(value)'"
    case .sqlite: Self.digits(value)
    case .ansi: Self.mantissa(value)
    }
  }

  /// With 17 digits, which stay far enough from the midpoint of two doubles for SQLite's own reading of
  /// decimals, which does not always round correctly.
  private static func digits(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return "\(value)" }
    let text = String(format: "%.17g", value)
    return text.contains(where: { $0 == "." || $0 == "e" }) ? text : text + ".0"
  }

  /// The standard's approximate numbers have an exponent.
  private static func mantissa(_ value: Double) -> String {
    let text = "\(value)".uppercased()
    return text.contains("E") ? text : text + "E0"
  }

  /// What the table is called within the query: SQLite takes a name in quotation marks alone for a text where
  /// there is no such column, and would answer.
  static let source = "cohort_source"

  private func column(_ column: String) -> String { "\(Self.source).\(name(column))" }

  /// A column of the table as a number or a text.
  func cell(_ column: String, _ kind: ColumnKind) -> String {
    let name = self.column(column)
    switch (kind, self) {
    case (.category, .ansi), (.text, .ansi): return name
    // Columns may be compared without regard to case there.
    case (.category, .sqlite), (.text, .sqlite): return "CAST(\(name) AS TEXT) COLLATE BINARY"
    case (.category, .postgresql), (.text, .postgresql): return "CAST(\(name) AS TEXT)"
    // There are no truth values there: numbers and words stand for them.
    case (.boolean, .sqlite):
      let (yes, no) = ("'1', '1.0', 'true', 't', 'yes', 'y'", "'0', '0.0', 'false', 'f', 'no', 'n'")
      return "CASE WHEN lower(\(name)) IN (\(yes)) THEN \(number(1)) "
        + "WHEN lower(\(name)) IN (\(no)) THEN \(number(0)) END"
    case (.boolean, _):
      return "CASE WHEN \(name) THEN \(number(1)) WHEN NOT \(name) THEN \(number(0)) END"
    case (.date, .postgresql): return "CAST(\(name) - DATE '1970-01-01' AS double precision)"
    case (.date, .sqlite): return "(julianday(\(name)) - 2440587.5)"
    // NaN is a value there, greater than all others; to the model it is a missing one.
    case (_, .postgresql): return "NULLIF(CAST(\(name) AS double precision), float8 'NaN')"
    // Tables that were read from text have the empty one for a missing value, which would be a zero.
    case (_, .sqlite): return "CAST(NULLIF(\(name), '') AS REAL)"
    case (_, .ansi): return "CAST(\(name) AS DOUBLE PRECISION)"
    }
  }

  /// Whether a row consents: letters' case and blanks around an answer do not count.
  private func permits(_ rule: ConsentRule) -> String {
    let name = column(rule.column)
    let answer =
      switch self {
      // In some languages the lower case of a database covers more letters than the rule's.
      case .postgresql:
        "translate(btrim(CAST(\(name) AS TEXT), E' \\t'), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', "
          + "'abcdefghijklmnopqrstuvwxyz')"
      case .sqlite: "lower(trim(CAST(\(name) AS TEXT), ' ' || char(9)))"
      case .ansi: "LOWER(TRIM(CAST(\(name) AS VARCHAR(1000))))"
      }
    if rule.allow.isEmpty { return "1 = 0" }
    return "\(answer) IN (\(rule.allow.map { text(Self.folded($0)) }.joined(separator: ", ")))"
  }

  private static func folded(_ answer: String) -> String {
    let bytes = answer.utf8.map { $0 >= 65 && $0 <= 90 ? $0 | 0x20 : $0 }
    return String(decoding: bytes, as: UTF8.self)
      .trimmingCharacters(in: CharacterSet(charactersIn: " \t"))
  }
}

extension SQLDialect {
  /// The text of a query on `table`, such as `customers` or `crm.customers`.
  func text(_ query: SQLQuery, table: String) -> String {
    let source = table.split(separator: ".").map { name(String($0)) }.joined(separator: ".")
    var text = ""
    var before: SQLStage?
    for (index, stage) in query.stages.enumerated() {
      let isLast = index == query.stages.count - 1
      let place = before?.name ?? "\(source) AS \(Self.source)"
      let ids = query.passthrough.map { id in
        before == nil ? "\(column(id)) AS \(name(id))" : name(id)
      }
      let columns = stage.columns.map { column in
        "\(self.text(column.value, before)) AS \(isLast ? name(column.name) : column.name)"
      }
      let query =
        "SELECT\n  " + (ids + columns).joined(separator: ",\n  ") + "\nFROM \(place)"
      if isLast {
        text += (before == nil ? "" : "\n") + query + ";\n"
      } else {
        text += (before == nil ? "WITH " : ",\n") + "\(stage.name) \(fence) (\n\(query)\n)"
      }
      before = stage
    }
    return text
  }

  private func text(_ value: SQLExpression, _ before: SQLStage?) -> String {
    func inner(_ value: SQLExpression) -> String { text(value, before) }
    switch value {
    case .null: return self == .postgresql ? "CAST(NULL AS double precision)" : "NULL"
    case .number(let number): return number < 0 ? "(\(self.number(number)))" : self.number(number)
    case .text(let value): return text(value)
    case .column(let place): return before?.columns[place].name ?? "NULL"
    case .cell(let name, let kind): return cell(name, kind)
    case .sum(let terms): return "(" + terms.map(inner).joined(separator: " + ") + ")"
    case .difference(let a, let b): return "(\(inner(a)) - \(inner(b)))"
    case .product(let a, let b): return "(\(inner(a)) * \(inner(b)))"
    case .quotient(let a, let b): return "(\(inner(a)) / \(inner(b)))"
    case .call(let function, let x): return "\(function.rawValue)(\(inner(x)))"
    case .whole(let x): return "CAST(\(inner(x)) AS INTEGER)"
    case .choice(let branches, let otherwise):
      let cases = branches.map { "WHEN \(text($0.when, before)) THEN \(inner($0.then))" }
      if case .null = otherwise { return "CASE \(cases.joined(separator: " ")) END" }
      return "CASE \(cases.joined(separator: " ")) ELSE \(inner(otherwise)) END"
    }
  }

  private func text(_ condition: SQLCondition, _ before: SQLStage?) -> String {
    switch condition {
    case .compare(let a, let comparison, let b):
      return "\(text(a, before)) \(comparison.rawValue) \(text(b, before))"
    case .isNull(let x): return "\(text(x, before)) IS NULL"
    case .isAmong(let x, let numbers):
      if numbers.isEmpty { return "1 = 0" }
      return "\(text(x, before)) IN (\(numbers.map { number(Double($0)) }.joined(separator: ", ")))"
    case .isNotAmong(let x, let numbers):
      if numbers.isEmpty { return "\(text(x, before)) IS NOT NULL" }
      let values = numbers.map { number(Double($0)) }.joined(separator: ", ")
      return "\(text(x, before)) NOT IN (\(values))"
    case .isText(let x, let texts):
      if texts.isEmpty { return "1 = 0" }
      return "\(text(x, before)) IN (\(texts.map(text).joined(separator: ", ")))"
    case .permits(let rule): return permits(rule)
    case .both(let conditions):
      if conditions.isEmpty { return "1 = 1" }
      return conditions.map { text($0, before) }.joined(separator: " AND ")
    case .either(let a, let b): return "(\(text(a, before)) OR \(text(b, before)))"
    }
  }
}
