public import Experiments

/// A comparison as text for a terminal, as Markdown for a pull request and as one self-contained page.
///
/// Pure functions of the comparison: equal comparisons give equal bytes.
public enum ComparisonReport {
  private static let listedOnTerminals = 12

  public static func text(_ comparison: Comparison) -> String {
    let view = ComparisonView(comparison)
    var lines = [view.summary] + view.verdict
    for part in view.parts {
      lines += ["", part.heading] + part.sentences.map { "  \($0)" }
      for block in part.blocks {
        if !block.heading.isEmpty { lines.append("  \(block.heading)") }
        lines += block.sentences.map { "  \($0)" }
        for table in block.tables + block.drawnTables where !table.rows.isEmpty {
          if !table.caption.isEmpty { lines.append("  \(table.caption)") }
          var leading = table
          leading.rows = Array(table.rows.prefix(listedOnTerminals))
          lines += TerminalReport.columns(leading)
          let left = table.rows.count - leading.rows.count
          if left > 0 { lines.append("  … and \(NumberFormat.count(left)) more") }
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// GitHub-flavoured; every name from the data is escaped.
  public static func markdown(_ comparison: Comparison) -> String {
    let view = ComparisonView(comparison)
    let verdict = view.verdict.enumerated().map { index, sentence in
      let text = MarkdownText.escaped(sentence)
      return index == 0 ? "**\(text)**" : "- \(text)"
    }
    var lines = ["# \(MarkdownText.escaped(view.title))", "", MarkdownText.escaped(view.summary)]
    for (index, line) in verdict.enumerated() { lines += index < 2 ? ["", line] : [line] }
    for part in view.parts {
      lines += ["", "## \(MarkdownText.escaped(part.heading))"]
      if !part.sentences.isEmpty {
        lines += ["", part.sentences.map(MarkdownText.escaped).joined(separator: " ")]
      }
      for block in part.blocks {
        if !block.heading.isEmpty { lines += ["", "### \(MarkdownText.escaped(block.heading))"] }
        if !block.sentences.isEmpty {
          lines += ["", block.sentences.map(MarkdownText.escaped).joined(separator: " ")]
        }
        for table in block.tables + block.drawnTables where !table.rows.isEmpty {
          if !table.caption.isEmpty { lines += ["", MarkdownText.escaped(table.caption) + ":"] }
          lines += [""] + MarkdownText.table(table)
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The page loads nothing and sends nothing; without `charts` it has the tables alone.
  public static func html(_ comparison: Comparison, charts library: ChartLibrary?) -> String {
    let view = ComparisonView(comparison)
    let charts = view.parts.flatMap(\.blocks).flatMap(\.figures).flatMap(\.charts)
    let drawing = library.flatMap { library in
      charts.isEmpty
        ? nil
        : Page.Drawing(library: library.script, payload: Chart.payload(charts).scriptText)
    }
    let page = ComparisonPage(
      title: view.title, summary: view.summary, isComplete: drawing == nil, isGood: view.isGood,
      verdict: view.verdict, parts: view.parts, version: comparison.sides.b.version,
      needsDrawing: library == nil && !charts.isEmpty, drawing: drawing.map { [$0] } ?? [])
    return Templates.render(page)
  }
}

/// What the template of the page reads.
struct ComparisonPage {
  let title: String
  let summary: String
  let isComplete: Bool
  let isGood: Bool
  let verdict: [String]
  let parts: [ComparisonView.Part]
  let version: String
  /// Whether pictures are missing for want of the library that draws them.
  let needsDrawing: Bool
  /// One element when pictures can be drawn, else none.
  let drawing: [Page.Drawing]
}
