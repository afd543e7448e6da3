internal import Evaluation
internal import Experiments

/// How the classifier does within the levels of a column.
struct SlicePlot {
  typealias Record = ClassificationEvidence.SliceRecord

  /// Levels in the picture.
  static let drawn = 24
  /// Metrics in the table beside the ROC AUC: what a phone has room for.
  private static let shown = 2

  let evidence: ClassificationEvidence
  /// Of all rows.
  let overall: MetricRecord?
  let listed: Int
  /// Every metric beside the ROC AUC, the ranking one first.
  let metrics: [String]

  /// Nil without slices.
  init?(
    _ evidence: ClassificationEvidence, of trial: TrialRecord, ranking: String,
    listing listed: Int
  ) {
    guard !evidence.slices.isEmpty else { return nil }
    self.evidence = evidence
    overall = trial[metric: "roc_auc"]
    self.listed = listed
    let names = (evidence.slices.lazy.compactMap(\.metrics).first ?? []).map(\.metric)
    metrics = names.filter { $0 == ranking } + names.filter { $0 != ranking }
  }

  /// The level where rows are ranked worst, if that is more than chance.
  var sentence: String {
    let measured = evidence.slices.compactMap { slice in
      slice.rocAUC.flatMap { $0.isFinite ? (slice: slice, area: $0) : nil }
    }
    guard let lowest = measured.min(by: { $0.area < $1.area }) else {
      return "No level has both outcomes, so none has a ROC AUC."
    }
    let least = "\(Self.text(lowest.slice, lowest.area)), for \(Self.name(lowest.slice))."
    guard let overall, measured.contains(where: { $0.slice.toldInterval != nil }) else {
      return "The lowest ROC AUC is \(least)"
    }
    let all = NumberFormat.significant(overall.value, digits: 3)
    let below = measured.filter { slice, _ in
      slice.toldInterval.map { $0.upper < overall.value } ?? false
    }
    guard let weakest = below.min(by: { $0.area < $1.area }) else {
      return "No level’s interval lies below the ROC AUC of all rows, \(all); the lowest ROC AUC "
        + "is \(least)"
    }
    return "The ranking is weakest for \(Self.name(weakest.slice)), with a ROC AUC of "
      + "\(Self.text(weakest.slice, weakest.area)), against \(all) for all rows."
  }

  private static func name(_ slice: Record) -> String {
    "\(slice.column) \(slice.level) on \(NumberFormat.count(slice.rowCount)) rows"
  }

  private static func text(_ slice: Record, _ area: Double) -> String {
    NumberFormat.significant(area, digits: 3)
      + (slice.range.map { " (95% interval \($0))" } ?? "")
  }

  func figure(id: String) -> Figure {
    let total = evidence.slices.count
    let left =
      total > Self.drawn
      ? " The pictures have the first \(Self.drawn) of \(NumberFormat.count(total)) levels, the table "
        + "\(NumberFormat.count(min(total, listed)))." : ""
    let rest =
      metrics.count > Self.shown
      ? " The trial’s curves/slices.csv has \(counted(metrics.count - Self.shown, "more metric"))."
      : ""
    return Figure(
      heading: "Slices", statement: evidence.sample + " " + sentence,
      reading:
        "The dashed line is the ROC AUC of all rows, bars are 95% intervals (DeLong); of many levels "
        + "a few miss the line by chance. In the second picture the dot is the observed share of "
        + "positives and the bar across is the mean score: apart, the scores are off for this "
        + "level. Levels with few rows scatter.\(left)\(rest)",
      isWide: true, charts: [areas(id: id), rates(id: id + "-rates")], tables: [table])
  }

  private var rows: [JSONValue] {
    evidence.slices.prefix(Self.drawn).enumerated().map { index, slice -> JSONValue in
      let ends = slice.toldInterval
      let (lower, upper) = (ends.map(\.lower), ends.map(\.upper))
      return [
        "l": .name("\(slice.column): \(slice.level)"), "k": .count(index),
        "v": Self.short(slice.rocAUC), "a": Self.short(lower), "h": Self.short(upper),
        "r": .short(slice.rate), "p": .short(slice.meanScore), "n": .count(slice.rowCount),
      ]
    }
  }

  private static func short(_ value: Double?) -> JSONValue {
    value.map(JSONValue.short) ?? .null
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
    let line = overall.map { [dashedRule(x: $0.value)] } ?? []
    return Chart(
      id: id, label: "The ROC AUC within the levels of columns.", height: height, rows: rows,
      body: [
        ("encoding", ["y": levels, "tooltip": tooltip]),
        ("layer", .array(line + [areaIntervals, areaPoints])),
      ])
  }

  private static var areaTitle: JSONValue { "ROC AUC within the level" }

  private var areaIntervals: JSONValue {
    [
      "mark": ["type": "rule", "strokeWidth": 1.5, "color": .text(Palette.scores)],
      "encoding": ["x": numberAxis("a", Self.areaTitle), "x2": ["field": "h"]],
    ]
  }

  private var areaPoints: JSONValue {
    [
      "mark": [
        "type": "point", "filled": true, "size": 70, "color": .text(Palette.scores), "opacity": 1,
      ],
      "encoding": ["x": numberAxis("v", Self.areaTitle)],
    ]
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
      ] + metrics.prefix(Self.shown).map { .number($0) },
      rows: evidence.slices.prefix(listed).map(row))
  }

  private func row(_ slice: Record) -> TableView.Row {
    let names = [slice.column, slice.level].map { TableView.Cell(content: $0) }
    let area = TableView.Cell(
      content: Self.text(slice.rocAUC), isNumber: true, detail: slice.range ?? "")
    let figures = metrics.prefix(Self.shown).map { name in
      Self.text(slice.metrics?.first { $0.metric == name }?.value)
    }
    func numbers(_ texts: [String]) -> [TableView.Cell] {
      texts.map { TableView.Cell(content: $0, isNumber: true) }
    }
    let shares = numbers([
      NumberFormat.count(slice.rowCount), NumberFormat.count(slice.eventCount),
      NumberFormat.percent(slice.rate), NumberFormat.percent(slice.meanScore),
    ])
    return TableView.Row(cells: names + shares + [area] + numbers(figures))
  }

  private static func text(_ value: Double?) -> String {
    value.map { NumberFormat.significant($0, digits: 3) } ?? "–"
  }
}

extension ClassificationEvidence.SliceRecord {
  /// The interval of the ROC AUC; nil without width, as where a level's rows are parted without a mistake.
  fileprivate var toldInterval: Interval? {
    rocAUCInterval.flatMap { $0.lower < $0.upper ? $0 : nil }
  }

  fileprivate var range: String? {
    toldInterval.map { interval in
      [interval.lower, interval.upper].map { NumberFormat.significant($0, digits: 3) }
        .joined(separator: " to ")
    }
  }
}
