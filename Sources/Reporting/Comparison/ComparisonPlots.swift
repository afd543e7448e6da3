internal import Evaluation
internal import Experiments

/// Every differing metric by how far it moved, relative to its own size.
struct ChangePlot {
  private let metrics: [(metric: MetricComparison, change: Double, low: Double, high: Double)]

  /// Nil where no metric has an interval and a size to measure it by.
  init?(_ all: [MetricComparison]) {
    metrics = all.compactMap { metric in
      guard let a = metric.a, a != 0, let difference = metric.difference,
        let interval = metric.interval
      else { return nil }
      let scale = (metric.direction == .higherIsBetter ? 1 : -1) / abs(a)
      let ends = [interval.lower * scale, interval.upper * scale]
      return (metric, difference * scale, min(ends[0], ends[1]), max(ends[0], ends[1]))
    }
    if metrics.isEmpty { return nil }
  }

  func figure(id: String) -> Figure {
    let rows: [JSONValue] = metrics.enumerated().map { index, entry in
      [
        "k": .count(index), "f": .name(entry.metric.label), "x": .short(entry.change),
        "a": .short(entry.low), "b": .short(entry.high), "m": .text(entry.metric.verdictText),
        "t": .text("\(entry.metric.differenceText) (\(entry.metric.intervalText))"),
      ]
    }
    let chart = Chart(
      id: id, label: "The change of every metric from A to B, with its interval.",
      height: .count(60 + 30 * metrics.count), rows: rows,
      body: [
        ("encoding", ["y": nameAxis("f")]),
        (
          "layer",
          [
            dashedRule(x: 0),
            [
              "mark": ["type": "rule", "strokeWidth": 2, "opacity": 0.8],
              "encoding": ["x": axis, "x2": ["field": "b"]],
            ],
            [
              "mark": ["type": "point", "filled": true, "size": 90, "opacity": 1],
              "encoding": [
                "x": channel("x", "quantitative"),
                "color": seriesColor(
                  "m",
                  [
                    ("better", "#228833"), ("worse", "#EE6677"), ("within noise", Palette.neutral),
                  ]),
                "tooltip": [
                  channel("f", "nominal", [("title", "metric")]),
                  channel("t", "nominal", [("title", "B − A")]),
                  channel("m", "nominal", [("title", "verdict")]),
                ],
              ],
            ],
          ]
        ),
      ])
    return Figure(
      heading: "How far the metrics moved", statement: "Bars are 95% intervals of the difference.",
      reading:
        "To the right of the dashed line B is better, for every metric; in percent of A’s value.",
      isWide: true, charts: [chart], tables: [table])
  }

  private var axis: JSONValue {
    channel(
      "a", "quantitative",
      [
        ("title", "better by, relative to A"), ("scale", ["zero": true, "padding": 8]),
        ("axis", ["format": "~%", "tickCount": 5]),
      ])
  }

  private var table: TableView {
    TableView(
      columns: [.text("metric"), .number("better by"), .number("from"), .number("to")],
      rows: metrics.map { entry in
        [entry.metric.label] + [entry.change, entry.low, entry.high].map(Self.percent)
      })
  }

  private static func percent(_ value: Double) -> String {
    let size = NumberFormat.significant(abs(value) * 100, digits: 2)
    return "\(value < 0 ? "-" : "+")\(size)%"
  }
}

/// Two values of everything named, as two dots on a line.
struct DumbbellPlot {
  let heading: String
  let axis: String
  let rows: [(name: String, a: Double?, b: Double?)]

  func figure(id: String, table: TableView) -> Figure {
    let data: [JSONValue] = rows.enumerated().flatMap { index, row -> [JSONValue] in
      [("A", row.a), ("B", row.b)].compactMap { side, value in
        value.map {
          ["k": .count(index), "f": .name(row.name), "m": .text(side), "x": .short($0)]
        }
      }
    }
    let chart = Chart(
      id: id, label: "\(heading) by A and by B.", height: .count(60 + 24 * max(rows.count, 1)),
      rows: data,
      body: [
        ("encoding", ["y": nameAxis("f", grid: true)]),
        (
          "layer",
          [
            [
              "mark": ["type": "line", "strokeWidth": 2, "opacity": 0.4, "color": "currentColor"],
              "encoding": [
                "x": channel(
                  "x", "quantitative",
                  [("title", .text(axis)), ("axis", ["tickCount": 5]), ("scale", ["zero": true])]),
                "detail": channel("f", "nominal"),
              ],
            ],
            [
              "mark": ["type": "point", "filled": true, "size": 80, "opacity": 0.9],
              "encoding": [
                "x": channel("x", "quantitative"),
                "color": seriesColor("m", [("A", Palette.ofA), ("B", Palette.ofB)]),
                "shape": channel("m", "nominal", [("legend", nil)]),
                "tooltip": [
                  channel("f", "nominal", [("title", "name")]),
                  channel("m", "nominal", [("title", "side")]),
                  channel("x", "quantitative", [("title", .text(axis))]),
                ],
              ],
            ],
          ]
        ),
      ])
    return Figure(
      heading: heading, statement: "Those that differ, the greatest first.", reading: "",
      isWide: false, charts: [chart], tables: [table])
  }
}

/// Where rows lie by the probability of A and of B.
struct ScoreSquares {
  private let scores: ScoreComparison

  init(_ scores: ScoreComparison) { self.scores = scores }

  private var width: Double {
    (scores.axis.upperBound - scores.axis.lowerBound) / Double(max(scores.squares, 1))
  }

  private func edge(_ place: Int) -> Double { scores.axis.lowerBound + Double(place) * width }

  func figure(id: String, sample: String) -> Figure {
    let rows: [JSONValue] = scores.cells.map { cell in
      [
        "a": .short(edge(cell.a)), "b": .short(edge(cell.a + 1)), "c": .short(edge(cell.b)),
        "d": .short(edge(cell.b + 1)), "n": .count(cell.rowCount),
      ]
    }
    let ends = scores.axis
    let chart = Chart(
      id: id, label: "Rows by their probability under A and under B.", height: 340, rows: rows,
      body: [
        (
          "encoding",
          [
            "x": shareAxis("a", "probability by A", domain: ends),
            "y": shareAxis("c", "probability by B", domain: ends),
          ]
        ),
        (
          "layer",
          [
            [
              "mark": ["type": "rect", "color": .text(Palette.density)],
              "encoding": [
                "x2": ["field": "b"], "y2": ["field": "d"],
                "opacity": channel(
                  "n", "quantitative",
                  [("legend", nil), ("scale", ["type": "log", "range": [0.12, 1]])]),
                "tooltip": [
                  channel("n", "quantitative", [("title", "rows"), ("format", ",")]),
                  channel("a", "quantitative", [("title", "by A from"), ("format", ".1%")]),
                  channel("c", "quantitative", [("title", "by B from"), ("format", ".1%")]),
                ],
              ],
            ],
            [
              "data": [
                "values": [
                  ["a": .short(ends.lowerBound), "c": .short(ends.lowerBound)],
                  ["a": .short(ends.upperBound), "c": .short(ends.upperBound)],
                ]
              ],
              "mark": [
                "type": "line", "strokeDash": [4, 4], "color": "currentColor", "opacity": 0.55,
              ],
            ],
          ]
        ),
      ])
    return Figure(
      heading: "Probability by A and by B", statement: sample,
      reading:
        "Squares are darker the more rows they hold, on a logarithmic scale; on the dashed line "
        + "both give the same probability.",
      isWide: false, charts: [chart], tables: [table])
  }

  /// The squares put together to six on each side.
  private var table: TableView {
    let parts = 6
    var counts = [Int](repeating: 0, count: parts * parts)
    for cell in scores.cells {
      let (a, b) = (cell.a * parts / scores.squares, cell.b * parts / scores.squares)
      counts[min(a, parts - 1) * parts + min(b, parts - 1)] += cell.rowCount
    }
    let starts = (0..<parts).map { edge($0 * scores.squares / parts) }
    func name(_ index: Int) -> String { "from \(NumberFormat.percent(starts[index]))" }
    return TableView(
      caption: "Rows by probability: A down, B across",
      columns: [.text("by A")] + (0..<parts).map { .number("B \(name($0))") },
      rows: (0..<parts).map { a in
        [name(a)] + (0..<parts).map { NumberFormat.count(counts[a * parts + $0]) }
      })
  }
}

/// Whether either side's probabilities happen as often as they say.
struct CalibrationShift {
  private let curves: Pair<CalibrationCurve>

  init(_ curves: Pair<CalibrationCurve>) { self.curves = curves }

  private var series: [(name: String, color: String, curve: CalibrationCurve)] {
    [("A", Palette.ofA, curves.a), ("B", Palette.ofB, curves.b)]
  }

  func figure(id: String, sample: String) -> Figure {
    let bins = series.flatMap(\.curve.bins)
    let greatest = bins.map { max($0.meanScore, $0.rate) }.max() ?? 1
    let end = min(1, max(0.05, (greatest * 1.05 * 20).rounded(.up) / 20))
    let rows: [JSONValue] = series.flatMap { series in
      series.curve.bins.map { bin in
        [
          "m": .text(series.name), "x": .short(bin.meanScore), "y": .short(bin.rate),
          "n": .number(bin.weight),
        ]
      }
    }
    let chart = Chart(
      id: id, label: "Calibration of A and B: the observed share of events by mean probability.",
      height: 320, rows: rows,
      body: [
        (
          "encoding",
          [
            "x": shareAxis("x", "mean predicted probability", domain: 0...end),
            "y": shareAxis("y", "observed share of events", domain: 0...end),
          ]
        ),
        (
          "layer",
          [
            guide([(0, 0), (end, end)]),
            [
              "mark": ["type": "line", "strokeWidth": 1.8, "point": ["filled": true, "size": 55]],
              "encoding": [
                "color": seriesColor("m", series.map { ($0.name, $0.color) }),
                "tooltip": [
                  channel("m", "nominal", [("title", "side")]),
                  channel("n", "quantitative", [("title", "rows"), ("format", ",")]),
                  channel("x", "quantitative", [("title", "mean predicted"), ("format", ".1%")]),
                  channel("y", "quantitative", [("title", "observed"), ("format", ".1%")]),
                ],
              ],
            ],
          ]
        ),
      ])
    let errors = series.map {
      "\(NumberFormat.significant($0.curve.expectedError, digits: 3)) for \($0.name)"
    }
    return Figure(
      heading: "Calibration of both",
      statement: "\(sample) Expected calibration error: \(errors.joined(separator: ", ")).",
      reading: "On the dashed line probabilities happen as often as they say.", isWide: false,
      charts: [chart], tables: series.map(table))
  }

  private func table(_ series: (name: String, color: String, curve: CalibrationCurve))
    -> TableView
  {
    TableView(
      caption: series.name,
      columns: [.number("mean predicted"), .number("observed"), .number("rows")],
      rows: series.curve.bins.map { bin in
        [
          NumberFormat.percent(bin.meanScore), NumberFormat.percent(bin.rate),
          NumberFormat.significant(bin.weight),
        ]
      })
  }
}
