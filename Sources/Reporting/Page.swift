internal import Experiments

/// What the page's templates read.
///
/// Text from data stands in text nodes only, where the templates
/// escape it; attributes take identifiers and sentences of our own.
struct Page {
  let title: String
  let summary: String
  let isComplete: Bool
  /// One element for a run that has not come to its end.
  let partial: [PartialText]
  /// One element for a study with gates.
  let gates: [GateTable]
  let sections: [Section]
  let data: DataSection
  let reproduction: Reproduction
  /// One element when the pictures can be drawn, else none.
  let drawing: [Drawing]

  struct Drawing {
    let library: String
    let payload: String
  }

  struct Reproduction {
    let engineVersion: String
    let commands: [Command]

    struct Command {
      let purpose: String
      let line: String
    }
  }
}

/// One experiment on the page.
struct Section {
  let anchor: String
  let name: String
  let hasWinner: Bool
  let verdict: [String]
  let warnings: [String]
  /// One element where columns know the outcome too well.
  let leaks: [LeakBox]
  let leaderboard: LeaderboardSection
  let curves: [CurveSection]
  /// One element when the chosen trial left evidence.
  let portrait: [Portrait]
  /// One element when the chosen classifier left evidence.
  let classifier: [ClassifierPortrait]
  /// What each shown clustering adds of its own.
  let models: [ModelPortrait]
  /// One element where a column is sensitive.
  let fairness: [FairnessSection]
  let notes: [Note]

  struct Note {
    let term: String
    let text: String
  }
}

struct CurveSection {
  let heading: String
  let introduction: String
  let legend: [Entry]
  let remarks: [String]
  /// What stands beside the pictures without a click.
  let tables: [TableView]
  let figures: [Figure]

  struct Entry {
    let glyph: String
    let color: String
    let text: String
  }
}

/// The chosen trial's segments.
struct Portrait {
  let trial: String
  let cards: [SegmentCard]
  /// How to read the cards.
  let reading: String
  /// One element where a tree describes the segments.
  let rules: [RuleBox]
  let figures: [Figure]
}

/// A picture, its sample in words, and its figures as a table.
struct Figure {
  let heading: String
  /// Which rows the figures are from, and whether they are all.
  let statement: String
  /// How to read the picture; left out where there is none.
  let reading: String
  let isWide: Bool
  let charts: [Chart]
  let tables: [TableView]
  /// Three pictures in a row where two would be.
  var isDense = false
  /// Whether the table is part of the figure and not a click away.
  var hasOpenTable = false
}

/// A table as a page shows it.
struct TableView {
  var caption = ""
  let columns: [Column]
  var rows: [Row]

  struct Column: Sendable {
    let heading: String
    var hint = ""
    var isNumber = false
  }

  struct Row {
    let cells: [Cell]
    var isChosen = false
  }

  struct Cell {
    let content: String
    let isNumber: Bool
    let isBest: Bool
    /// What stands smaller beside the content, such as an interval.
    let detail: String
    /// Sentences wrap; short texts stay on a line.
    let isLong: Bool

    init(content: String, isNumber: Bool = false, isBest: Bool = false, detail: String = "") {
      self.content = content.shortened(to: 400)
      self.isNumber = isNumber
      self.isBest = isBest
      self.detail = detail
      isLong = self.content.count > 32
    }
  }

  /// Rows of plain text; cells take their alignment from the column.
  init(caption: String = "", columns: [Column], rows: [[String]]) {
    self.caption = caption
    self.columns = columns
    self.rows = rows.map { texts in
      Row(
        cells: zip(texts, columns).map { Cell(content: $0, isNumber: $1.isNumber) })
    }
  }

  init(caption: String = "", columns: [Column], rows: [Row]) {
    self.caption = caption
    self.columns = columns
    self.rows = rows
  }
}

extension String {
  /// At most `limit` characters; what is cut off leaves an ellipsis.
  func shortened(to limit: Int) -> String {
    guard let end = index(startIndex, offsetBy: limit, limitedBy: endIndex), end < endIndex else {
      return self
    }
    return self[..<index(before: end)] + "…"
  }
}

extension TableView.Column {
  static func text(_ heading: String) -> Self { Self(heading: heading) }
  static func number(_ heading: String, hint: String = "") -> Self {
    Self(heading: heading, hint: hint, isNumber: true)
  }
}
