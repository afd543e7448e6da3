internal import Experiments

/// Which columns the scores hang on, by up to three measures.
struct ImportancePlot {
  typealias Record = ClassificationEvidence.ColumnRecord

  /// Columns in the pictures.
  static let drawn = 20

  let evidence: ClassificationEvidence
  /// Columns in the table.
  let listed: Int

  /// Nil where no column was measured.
  init?(_ evidence: ClassificationEvidence, listing listed: Int) {
    guard !evidence.importance.isEmpty else { return nil }
    self.evidence = evidence
    self.listed = listed
  }

  private var shown: ArraySlice<Record> { evidence.importance.prefix(Self.drawn) }

  /// The columns that matter most, and how many do not at all.
  var sentence: String {
    let telling = evidence.importance.filter { $0.permutation > 2 * $0.permutationSpread }
    guard let first = telling.first else {
      return "Shuffling any one column hardly lowers the ROC AUC."
    }
    let next = telling.dropFirst().prefix(2).map(\.column)
    let others =
      next.isEmpty
      ? "" : "; next \(next.count == 1 ? "comes" : "come") \(next.joined(separator: " and "))"
    return "Shuffling \(first.column) lowers the ROC AUC most, by "
      + "\(NumberFormat.significant(first.permutation, digits: 3))\(others). "
      + "\(NumberFormat.count(telling.count)) of \(NumberFormat.count(evidence.importance.count)) "
      + "columns lower it by more than twice their spread."
  }

  func figure(id: String) -> Figure {
    let total = evidence.importance.count
    let left =
      total > Self.drawn
      ? " The pictures have the first \(Self.drawn) of \(NumberFormat.count(total)) columns, the table "
        + "\(NumberFormat.count(min(total, listed)))." : ""
    return Figure(
      heading: "Importance of columns", statement: sentence,
      reading:
        "The lines at the bars are one standard deviation over shuffles. Columns that tell the same "
        + "share their importance: shuffling one of them leaves the other.\(left)",
      isWide: true, charts: charts(id: id), tables: [table], isDense: true)
  }

  private func charts(id: String) -> [Chart] {
    let permutation = bars(
      id: id, ["fall of the ROC AUC", "when shuffled"],
      "Bar chart of the fall of the ROC AUC when a column is shuffled.", spread: true
    ) { $0.permutation }
    let contribution = bars(
      id: id + "-contribution", ["mean absolute", "contribution to a score"],
      "Bar chart of the mean absolute contribution of a column to a score."
    ) { $0.contribution }
    let fitted = bars(
      id: id + "-fitted", ["share in the fit"],
      "Bar chart of the share of each column in the fit.", format: "~%"
    ) { $0.fitted }
    return [permutation, contribution, fitted].compactMap { $0 }
  }

  /// Nil where no column has the figure.
  private func bars(
    id: String, _ title: [String], _ label: String, spread: Bool = false, format: String = "~g",
    _ figure: (Record) -> Double?
  ) -> Chart? {
    guard shown.contains(where: { figure($0) != nil }) else { return nil }
    let rows = shown.enumerated().compactMap { index, record -> JSONValue? in
      guard let value = figure(record), value.isFinite else { return nil }
      let half = spread && record.permutationSpread.isFinite ? record.permutationSpread : 0
      return [
        "c": .name(record.column), "k": .count(index), "v": .short(value),
        "a": .short(value - half), "b": .short(value + half),
      ]
    }
    let whiskers: [JSONValue] =
      spread
      ? [
        [
          "mark": ["type": "rule", "strokeWidth": 1.5],
          "encoding": ["x": channel("a", "quantitative"), "x2": ["field": "b"]],
        ]
      ] : []
    let bar: JSONValue = [
      "mark": ["type": "bar", "color": .text(Palette.scores), "opacity": 0.85],
      "encoding": [
        "x": channel(
          "v", "quantitative",
          [
            ("title", .array(title.map { .text($0) })),
            ("axis", ["tickCount": 3, "labelOverlap": true, "format": .text(format)]),
          ])
      ],
    ]
    return Chart(
      id: id, label: label, height: .count(60 + 22 * rows.count), rows: rows,
      body: [
        ("encoding", ["y": nameAxis("c"), "tooltip": Self.tooltip(title.joined(separator: " "))]),
        ("layer", .array([bar] + whiskers)),
      ])
  }

  private static func tooltip(_ title: String) -> JSONValue {
    [
      channel("c", "nominal", [("title", "column")]),
      channel("v", "quantitative", [("title", .text(title)), ("format", ".4~g")]),
    ]
  }

  /// Columns that no record has a figure for are left out.
  var table: TableView {
    let shown = evidence.importance.prefix(listed)
    let hasFitted = shown.contains { $0.fitted != nil }
    let hasContribution = shown.contains { $0.contribution != nil }
    let columns: [TableView.Column] =
      [.text("column"), .number("permutation", hint: "fall of the ROC AUC"), .number("±")]
      + (hasContribution ? [.number("contribution", hint: "mean absolute")] : [])
      + (hasFitted ? [.number("fitted", hint: "share")] : [])
    return TableView(
      columns: columns,
      rows: shown.map { record in
        let contribution = record.contribution.map { NumberFormat.significant($0, digits: 3) }
        return [
          record.column, NumberFormat.significant(record.permutation, digits: 3),
          NumberFormat.significant(record.permutationSpread, digits: 2),
        ] + (hasContribution ? [contribution ?? "–"] : [])
          + (hasFitted ? [record.fitted.map(NumberFormat.percent) ?? "–"] : [])
      })
  }
}
