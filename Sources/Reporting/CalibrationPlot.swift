internal import Evaluation
internal import Experiments

/// Whether predicted probabilities happen as often as they say.
struct CalibrationPlot {
  let evidence: ClassificationEvidence
  let brier: MetricRecord?

  /// A line of the picture.
  struct Series {
    let name: String
    let color: String
    let curve: CalibrationCurve
  }

  /// Nil without scores in bins.
  init?(_ evidence: ClassificationEvidence, of trial: TrialRecord) {
    guard !evidence.calibration.bins.isEmpty else { return nil }
    self.evidence = evidence
    brier = trial[metric: "brier"]
  }

  /// The scores before calibration, where there is one, and after.
  var series: [Series] {
    let final = Series(
      name: evidence.isCalibrated ? "calibrated" : "as the model scores", color: Palette.scores,
      curve: evidence.calibration)
    guard evidence.isCalibrated, !evidence.rawCalibration.bins.isEmpty else { return [final] }
    return [
      Series(name: "before calibration", color: Palette.positives, curve: evidence.rawCalibration),
      final,
    ]
  }

  var sentence: String {
    let errors = series.map { series in
      "\(NumberFormat.significant(series.curve.expectedError, digits: 3)) \(series.name)"
    }
    let brier = brier.map { ", brier \($0.textWithInterval)" } ?? ""
    return "Expected calibration error: \(errors.joined(separator: ", "))\(brier)."
  }

  func figure(id: String) -> Figure {
    Figure(
      heading: "Calibration",
      statement: [evidence.sample, evidence.calibrationWords, sentence].joined(separator: " "),
      reading:
        "On the dashed line probabilities happen as often as they say. Bars are 95% intervals "
        + "(Wilson), larger dots have more rows.",
      isWide: false, charts: [chart(id: id)], tables: series.map(table))
  }

  /// Rare events have all their scores near zero: the picture ends where they end.
  private var end: Double {
    let bins = series.flatMap(\.curve.bins)
    let greatest = bins.map { max($0.meanScore, $0.rate) }.max() ?? 1
    return min(1, max(0.05, (greatest * 1.15 * 20).rounded(.up) / 20))
  }

  private func chart(id: String) -> Chart {
    let end = end
    return Chart(
      id: id, label: "Calibration: the observed share of positives against the mean score, by bin.",
      height: 300, rows: series.flatMap(rows),
      body: [
        (
          "encoding",
          [
            "x": shareAxis("x", "mean predicted probability", domain: 0...end),
            "color": seriesColor("m", series.map { ($0.name, $0.color) }),
          ]
        ),
        ("layer", [diagonal(end), intervals, lines, points(end)]),
      ])
  }

  /// A weight is no row: figures tell of rows whatever the weights add up to.
  private func rowsPerWeight(_ series: Series) -> Double {
    let weight = series.curve.bins.reduce(0) { $0 + $1.weight }
    return weight > 0 ? Double(evidence.rowCount) / weight : 1
  }

  private func rows(_ series: Series) -> [JSONValue] {
    let rowsPerWeight = rowsPerWeight(series)
    return series.curve.bins.map { bin in
      let interval = bin.interval(rowsPerWeight)
      return [
        "m": .name(series.name), "x": .short(bin.meanScore), "y": .short(bin.rate),
        "a": .short(interval?.lower ?? bin.rate), "b": .short(interval?.upper ?? bin.rate),
        "n": .number((bin.weight * rowsPerWeight).rounded()),
      ]
    }
  }

  private func diagonal(_ end: Double) -> JSONValue {
    [
      "data": ["values": .array(curveRows([(0, 0), (end, end)]))],
      "mark": ["type": "line", "strokeDash": [4, 4], "opacity": 0.55],
      "encoding": [
        "y": channel("y", "quantitative"), "color": ["value": "currentColor"],
        "order": channel("i", "quantitative"),
      ],
    ]
  }

  private var intervals: JSONValue {
    [
      "mark": ["type": "rule", "clip": true, "opacity": 0.7],
      "encoding": ["y": channel("a", "quantitative"), "y2": ["field": "b"]],
    ]
  }

  private var lines: JSONValue {
    [
      "mark": ["type": "line", "strokeWidth": 1.5],
      "encoding": ["y": channel("y", "quantitative")],
    ]
  }

  private func points(_ end: Double) -> JSONValue {
    [
      "mark": ["type": "point", "filled": true, "opacity": 1],
      "encoding": [
        "y": shareAxis("y", "observed share of positives", domain: 0...end),
        "size": channel("n", "quantitative", [("legend", nil), ("scale", ["range": [25, 160]])]),
        "tooltip": [
          channel("m", "nominal", [("title", "scores")]),
          channel("n", "quantitative", [("title", "rows"), ("format", ",")]),
          channel("x", "quantitative", [("title", "mean predicted"), ("format", ".1%")]),
          channel("y", "quantitative", [("title", "observed"), ("format", ".1%")]),
        ],
      ],
    ]
  }

  private static func bounds(_ bin: CalibrationCurve.Bin) -> String {
    let ends = [bin.lowestScore, bin.highestScore].map { NumberFormat.significant($0, digits: 2) }
    return ends[0] == ends[1] ? ends[0] : ends.joined(separator: " to ")
  }

  private func table(_ series: Series) -> TableView {
    let rowsPerWeight = rowsPerWeight(series)
    return TableView(
      caption: series.name.capitalizedFirst,
      columns: [
        .text("score"), .number("rows"), .number("predicted"), .number("observed"),
        .number("95% interval"),
      ],
      rows: series.curve.bins.map { bin in
        let ends = bin.interval(rowsPerWeight).map {
          "\(NumberFormat.percent($0.lower)) to \(NumberFormat.percent($0.upper))"
        }
        return [
          Self.bounds(bin), NumberFormat.significant((bin.weight * rowsPerWeight).rounded()),
          NumberFormat.percent(bin.meanScore), NumberFormat.percent(bin.rate), ends ?? "–",
        ]
      })
  }
}

extension CalibrationCurve.Bin {
  /// Nil only for a bin without rows, which no curve keeps.
  fileprivate func interval(_ rowsPerWeight: Double) -> Interval? {
    weight > 0 ? try? rateInterval(rowsPerWeight: rowsPerWeight) : nil
  }
}
