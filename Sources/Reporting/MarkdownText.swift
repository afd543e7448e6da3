/// Text as Markdown: whatever a name contains, it stays text and inside its cell.
enum MarkdownText {
  /// Escapes what Markdown or HTML would read; line breaks become spaces.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      // A mention would call somebody, an issue number would link.
      case "@": result += "&#64;\u{200B}"
      case "#": result += "\\#"
      case "\\", "`", "*", "_", "[", "]", "|", "~", "!":
        result += "\\"
        result.unicodeScalars.append(scalar)
      default:
        if scalar.properties.isWhitespace || scalar.properties.generalCategory == .control {
          result += " "
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }

  /// A table; numbers are set right.
  static func table(_ table: TableView) -> [String] {
    let heads = table.columns.map { column in
      escaped(column.hint.isEmpty ? column.heading : "\(column.heading) (\(column.hint))")
    }
    let rules = table.columns.map { $0.isNumber ? "---:" : "---" }
    let rows = table.rows.map { row in
      row.cells.map { cell in
        cell.isBest ? "**\(escaped(cell.text))**" : escaped(cell.text)
      }
    }
    return ([heads, rules] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
  }
}
