internal import Evaluation
internal import Experiments

/// Where rows lie by the probability of A and of B.
struct ScoreSquares {
  private let scores: ScoreComparison

  init(_ scores: ScoreComparison) { self.scores = scores }

  private var width: Double {
    (scores.axis.upperBound - scores.axis.lowerBound) / Double(max(scores.squares, 1))
  }

  private func edge(_ place: Int) -> Double { scores.axis.lowerBound + Double(place) * width }

  func figure(id: String, sample: String) -> Figure {
    Figure(
      heading: "Probability by A and by B", statement: sample,
      reading:
        "Squares are darker the more rows they hold, on a logarithmic scale; on the dashed line "
        + "both give the same probability.",
      isWide: false, charts: [chart(id: id)], tables: [table])
  }

  private func chart(id: String) -> Chart {
    let rows: [JSONValue] = scores.cells.map { cell in
      [
        "a": .short(edge(cell.a)), "b": .short(edge(cell.a + 1)), "c": .short(edge(cell.b)),
        "d": .short(edge(cell.b + 1)), "n": .count(cell.rowCount),
      ]
    }
    return Chart(
      id: id, label: "Rows by their probability under A and under B.", height: 340, rows: rows,
      body: [
        (
          "encoding",
          [
            "x": shareAxis("a", "probability by A", domain: scores.axis),
            "y": shareAxis("c", "probability by B", domain: scores.axis),
          ]
        ),
        ("layer", [squares, diagonal]),
      ])
  }

  private var squares: JSONValue {
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
    ]
  }

  /// Where both probabilities are the same.
  private var diagonal: JSONValue {
    let ends = [scores.axis.lowerBound, scores.axis.upperBound]
    return [
      "data": ["values": .array(ends.map { ["a": .short($0), "c": .short($0)] })],
      "mark": ["type": "line", "strokeDash": [4, 4], "color": "currentColor", "opacity": 0.55],
    ]
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
    let errors = series.map {
      "\(NumberFormat.significant($0.curve.expectedError, digits: 3)) for \($0.name)"
    }
    return Figure(
      heading: "Calibration of both",
      statement: "\(sample) Expected calibration error: \(errors.joined(separator: ", ")).",
      reading: "On the dashed line probabilities happen as often as they say.", isWide: false,
      charts: [chart(id: id)], tables: series.map(table))
  }

  private func chart(id: String) -> Chart {
    let rows: [JSONValue] = series.flatMap { series in
      series.curve.bins.map { bin in
        [
          "m": .text(series.name), "x": .short(bin.meanScore), "y": .short(bin.rate),
          "n": .number(bin.weight),
        ]
      }
    }
    return Chart(
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
        ("layer", [guide([(0, 0), (end, end)]), lines]),
      ])
  }

  /// The next twentieth above all points, of both axes.
  private var end: Double {
    let greatest = series.flatMap(\.curve.bins).map { max($0.meanScore, $0.rate) }.max() ?? 1
    return min(1, max(0.05, (greatest * 1.05 * 20).rounded(.up) / 20))
  }

  private var lines: JSONValue {
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
    ]
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
