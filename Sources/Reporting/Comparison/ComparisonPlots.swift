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

  private var hasFolds: Bool { metrics.contains { $0.metric.foldTest != nil } }

  func figure(id: String) -> Figure {
    Figure(
      heading: "How far the metrics moved",
      statement: "Bars are 95% intervals of the difference."
        + (hasFolds ? " Colours take the folds into account." : ""),
      reading:
        "To the right of the dashed line B is better, for every metric; in percent of A’s value.",
      isWide: true, charts: [chart(id: id)], tables: [table])
  }

  private func chart(id: String) -> Chart {
    let rows: [JSONValue] = metrics.enumerated().map { index, entry in
      [
        "k": .count(index), "f": .name(entry.metric.label), "x": .short(entry.change),
        "a": .short(entry.low), "b": .short(entry.high), "m": .text(entry.metric.verdictText),
        "t": .text("\(entry.metric.differenceText) (\(entry.metric.intervalText))"),
      ]
    }
    let bars: JSONValue = [
      "mark": ["type": "rule", "strokeWidth": 2, "opacity": 0.8],
      "encoding": ["x": axis, "x2": ["field": "b"]],
    ]
    return Chart(
      id: id, label: "The change of every metric from A to B, with its interval.",
      height: .count(60 + 30 * metrics.count), rows: rows,
      body: [
        ("encoding", ["y": nameAxis("f")]), ("layer", [dashedRule(x: 0), bars, points]),
      ])
  }

  private var points: JSONValue {
    [
      "mark": ["type": "point", "filled": true, "size": 90, "opacity": 1],
      "encoding": [
        "x": channel("x", "quantitative"),
        "color": seriesColor(
          "m",
          [("better", "#228833"), ("worse", "#EE6677"), ("within noise", Palette.neutral)]),
        "tooltip": [
          channel("f", "nominal", [("title", "metric")]),
          channel("t", "nominal", [("title", "B − A")]),
          channel("m", "nominal", [("title", "verdict")]),
        ],
      ],
    ]
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
    Figure(
      heading: heading, statement: "Those that differ, the greatest first.", reading: "",
      isWide: false, charts: [chart(id: id)], tables: [table])
  }

  private func chart(id: String) -> Chart {
    let data: [JSONValue] = rows.enumerated().flatMap { index, row -> [JSONValue] in
      [("A", row.a), ("B", row.b)].compactMap { side, value in
        value.map {
          ["k": .count(index), "f": .name(row.name), "m": .text(side), "x": .short($0)]
        }
      }
    }
    return Chart(
      id: id, label: "\(heading) by A and by B.", height: .count(60 + 24 * max(rows.count, 1)),
      rows: data,
      body: [("encoding", ["y": nameAxis("f", grid: true)]), ("layer", [lines, dots])])
  }

  private var lines: JSONValue {
    [
      "mark": ["type": "line", "strokeWidth": 2, "opacity": 0.4, "color": "currentColor"],
      "encoding": [
        "x": channel(
          "x", "quantitative",
          [("title", .text(axis)), ("axis", ["tickCount": 5]), ("scale", ["zero": true])]),
        "detail": channel("f", "nominal"),
      ],
    ]
  }

  private var dots: JSONValue {
    [
      "mark": ["type": "point", "filled": true, "size": 80, "opacity": 0.9],
      "encoding": [
        "x": channel("x", "quantitative"),
        "color": seriesColor("m", [("A", Palette.ofA), ("B", Palette.ofB)]),
        "tooltip": [
          channel("f", "nominal", [("title", "name")]),
          channel("m", "nominal", [("title", "side")]),
          channel("x", "quantitative", [("title", .text(axis))]),
        ],
      ],
    ]
  }
}
