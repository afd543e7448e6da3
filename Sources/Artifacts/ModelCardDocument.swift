/// A model card after Mitchell et al., Model Cards for Model Reporting (2019), as values: `card.json` as it
/// is, `card.md` as text.
struct ModelCardDocument: Hashable, Sendable, Codable {
  struct Table: Hashable, Sendable, Codable {
    let columns: [String]
    let rows: [[String]]
  }

  struct Section: Hashable, Sendable, Codable {
    /// Which part of a card it is, such as `intended_use`.
    let id: String
    let heading: String
    let paragraphs: [String]
    let tables: [Table]

    init(_ id: String, _ heading: String, _ paragraphs: [String], _ tables: [Table] = []) {
      self.id = id
      self.heading = heading
      self.paragraphs = paragraphs
      self.tables = tables
    }
  }

  static let file = "card.json"

  let title: String
  let summary: String
  let notes: CardNotes
  let sensitiveColumns: [String]
  let allowedColumns: [String]
  let sections: [Section]

  private enum CodingKeys: String, CodingKey {
    case title, summary, notes, sections
    case sensitiveColumns = "sensitive_columns"
    case allowedColumns = "allowed_pii_columns"
  }

  /// The card as GitHub-flavoured Markdown; every name from the data is escaped.
  var markdown: String {
    let head = ["# \(CardText.escaped(title))", CardText.escaped(summary)]
    let body = sections.flatMap { section in
      ["## \(CardText.escaped(section.heading))"] + section.paragraphs.map(CardText.escaped)
        + section.tables.map(Self.markdown)
    }
    return (head + body).joined(separator: "\n\n") + "\n"
  }

  private static func markdown(_ table: Table) -> String {
    let rule = table.columns.map { _ in "---" }.joined(separator: " | ")
    let lines = [table.columns.map(CardText.escaped).joined(separator: " | "), rule]
    return CardText.rows(
      lines + table.rows.map { $0.map(CardText.escaped).joined(separator: " | ") })
  }
}

/// Text inside the Markdown of a card.
enum CardText {
  static func rows(_ rows: [String]) -> String {
    rows.map { "| \($0) |" }.joined(separator: "\n")
  }

  /// Text inside a cell or a paragraph: one line, no markup of a table, a heading or a tag.
  static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("|", with: "\\|").replacing("<", with: "&lt;")
      .split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  static func percent(_ share: Double) -> String {
    let tenths = (share * 1000).rounded()
    return "\(tenths / 10) %"
  }

  /// A figure to four digits behind the point.
  static func figure(_ value: Double) -> String {
    abs(value) < 1e9 ? "\((value * 1e4).rounded() / 1e4)" : "\(value)"
  }

  static func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}
