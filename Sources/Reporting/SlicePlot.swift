internal import Experiments

/// How the classifier does within the levels of a column.
struct SlicePlot {
  typealias Record = ClassificationEvidence.SliceRecord

  /// Levels in the picture.
  static let drawn = 24

  let evidence: ClassificationEvidence
  /// Of all rows.
  let overall: MetricRecord?
  let listed: Int

  /// Nil without slices.
  init?(_ evidence: ClassificationEvidence, of trial: TrialRecord, listing listed: Int) {
    guard !evidence.slices.isEmpty else { return nil }
    self.evidence = evidence
    overall = trial[metric: "roc_auc"]
    self.listed = listed
  }

  /// The level where rows are ranked worst.
  var sentence: String {
    let measured = evidence.slices.compactMap { slice in
      slice.rocAUC.flatMap { $0.isFinite ? (slice: slice, area: $0) : nil }
    }
    guard let worst = measured.min(by: { $0.area < $1.area }) else {
      return "No level has both outcomes, so none has a ROC AUC."
    }
    return
      "The ranking is weakest for \(worst.slice.column) \(worst.slice.level), with a ROC AUC of "
      + "\(NumberFormat.significant(worst.area, digits: 3)) on "
      + "\(NumberFormat.count(worst.slice.rowCount)) rows."
  }

  func figure(id: String) -> Figure {
    let total = evidence.slices.count
    let left =
      total > Self.drawn
      ? " The pictures have the first \(Self.drawn) of \(NumberFormat.count(total)) levels, the table "
        + "\(NumberFormat.count(min(total, listed)))." : ""
    return Figure(
      heading: "Slices", statement: evidence.sample + " " + sentence,
      reading:
        "The dashed line is the ROC AUC of all rows. In the second picture the dot is the observed share of positives and the bar across is "
        + "the mean score: apart, the scores are off for this level. Levels with few rows "
        + "scatter.\(left)",
      isWide: true, charts: [areas(id: id), rates(id: id + "-rates")], tables: [table])
  }

  private var rows: [JSONValue] {
    evidence.slices.prefix(Self.drawn).enumerated().map { index, slice in
      [
        "l": .name("\(slice.column): \(slice.level)"), "k": .count(index),
        "v": slice.rocAUC.map(JSONValue.short) ?? .null, "r": .short(slice.rate),
        "p": .short(slice.meanScore), "n": .count(slice.rowCount),
      ]
    }
  }

  private var height: JSONValue {
    .count(60 + 22 * min(Self.drawn, evidence.slices.count))
  }

  private var levels: JSONValue { nameAxis("l", labelLimit: 170, grid: true) }

  private var tooltip: JSONValue {
    [
      channel("l", "nominal", [("title", "level")]),
      channel("n", "quantitative", [("title", "rows"), ("format", ",")]),
      channel("v", "quantitative", [("title", "ROC AUC"), ("format", ".3f")]),
      channel("r", "quantitative", [("title", "positives"), ("format", ".1%")]),
      channel("p", "quantitative", [("title", "mean score"), ("format", ".1%")]),
    ]
  }

  private func areas(id: String) -> Chart {
    Chart(
      id: id, label: "The ROC AUC within the levels of columns.", height: height, rows: rows,
      body: [
        ("encoding", ["y": levels, "tooltip": tooltip]),
        (
          "layer",
          .array(
            (overall.map { [dashedRule(x: $0.value)] } ?? []) + [
              [
                "mark": [
                  "type": "point", "filled": true, "size": 70, "color": .text(Palette.scores),
                  "opacity": 1,
                ],
                "encoding": ["x": numberAxis("v", "ROC AUC within the level")],
              ]
            ])
        ),
      ])
  }

  private func rates(id: String) -> Chart {
    let axis: [(String, JSONValue)] = [
      ("title", "positives, and mean score"), ("axis", ["format": "~%", "tickCount": 5]),
      ("scale", ["padding": 8]),
    ]
    return Chart(
      id: id, label: "The share of positives and the mean score within the levels of columns.",
      height: height, rows: rows,
      body: [
        ("encoding", ["y": levels, "tooltip": tooltip]),
        (
          "layer",
          [
            [
              "mark": [
                "type": "tick", "thickness": 2.5, "size": 15, "color": .text(Palette.positives),
              ],
              "encoding": ["x": channel("p", "quantitative", axis)],
            ],
            [
              "mark": [
                "type": "point", "filled": true, "size": 60, "color": .text(Palette.scores),
                "opacity": 1,
              ],
              "encoding": ["x": channel("r", "quantitative", axis)],
            ],
          ]
        ),
      ])
  }

  private var table: TableView {
    TableView(
      columns: [
        .text("column"), .text("level"), .number("rows"), .number("positives"),
        .number("observed"), .number("mean score"), .number("ROC AUC"),
      ],
      rows: evidence.slices.prefix(listed).map { slice in
        [
          slice.column, slice.level, NumberFormat.count(slice.rowCount),
          NumberFormat.count(slice.eventCount), NumberFormat.percent(slice.rate),
          NumberFormat.percent(slice.meanScore),
          slice.rocAUC.map { NumberFormat.significant($0, digits: 3) } ?? "–",
        ]
      })
  }
}
