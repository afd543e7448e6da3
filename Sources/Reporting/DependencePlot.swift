internal import Experiments

/// How the mean prediction moves with one column, all else as it is.
struct DependencePlot {
  typealias Record = ClassificationEvidence.DependenceRecord

  let record: Record
  /// Points that can be drawn: the missing value of a numeric column is a level of its own.
  private let numbers: [(offset: Int, x: Double, point: Record.Point)]
  /// Positions in `record.rows` of the lines drawn.
  private let lines: [Int]

  /// Nil without a point to draw.
  ///
  /// - Parameter limit: the most single rows that are drawn.
  init?(_ record: Record, limit: Int) {
    guard !record.points.isEmpty else { return nil }
    self.record = record
    numbers = record.points.enumerated().compactMap { offset, point in
      point.number.flatMap { $0.isFinite ? (offset, $0, point) : nil }
    }
    let whole = record.rows.indices.filter { record.rows[$0].count == record.points.count }
    guard record.isCategorical || !numbers.isEmpty else { return nil }
    lines = record.isCategorical ? [] : whole.thinned(to: limit)
  }

  private var missing: Record.Point? {
    record.isCategorical ? nil : record.points.first { $0.number == nil }
  }

  func figure(id: String) -> Figure {
    let means = record.points.map(\.mean)
    let range = [means.min() ?? 0, means.max() ?? 0].map(NumberFormat.percent)
    let rows = NumberFormat.count(record.rowCount)
    let thin =
      lines.isEmpty ? "" : " Thin lines are \(NumberFormat.count(lines.count)) single rows."
    let missing = missing == nil ? "" : " The dashed line is the mean with the value missing."
    return Figure(
      heading: record.column.shortened(to: 60),
      statement: "Mean over \(rows) rows, from \(range[0]) to \(range[1]).",
      reading:
        "\(record.isCategorical ? "Bars hold" : "The band holds") eight rows in ten.\(thin)\(missing)",
      isWide: false, charts: [record.isCategorical ? levels(id: id) : curve(id: id)],
      tables: [table])
  }

  private var probability: [(String, JSONValue)] {
    [("title", "predicted probability"), ("axis", ["format": "~%", "tickCount": 5])]
  }

  private func curve(id: String) -> Chart {
    let rows = numbers.map { number -> JSONValue in
      [
        "x": .short(number.x), "y": .short(number.point.mean), "a": .short(number.point.low),
        "b": .short(number.point.high), "s": .short(number.point.share),
      ]
    }
    return Chart(
      id: id, label: "Partial dependence: the mean prediction against the values of a column.",
      height: 220, rows: rows,
      body: [
        (
          "encoding",
          [
            "x": channel(
              "x", "quantitative",
              [
                ("title", .name(record.column)), ("scale", ["zero": false, "nice": false]),
                ("axis", ["tickCount": 5, "grid": false, "labelExpr": Chart.shortLabels]),
              ])
          ]
        ),
        ("layer", .array([band] + single + missingRule + [mean])),
      ])
  }

  private var band: JSONValue {
    [
      "mark": ["type": "area", "color": .text(Palette.scores), "opacity": 0.18],
      "encoding": [
        "y": channel("a", "quantitative", probability), "y2": ["field": "b"],
      ],
    ]
  }

  private var mean: JSONValue {
    [
      "mark": [
        "type": "line", "color": .text(Palette.scores), "strokeWidth": 2.5,
        "point": ["filled": true, "size": 22, "color": .text(Palette.scores)],
      ],
      "encoding": [
        "y": channel("y", "quantitative", probability),
        "tooltip": [
          channel("x", "quantitative", [("title", "value")]),
          channel("y", "quantitative", [("title", "mean"), ("format", ".1%")]),
          channel("s", "quantitative", [("title", "share of rows"), ("format", ".1%")]),
        ],
      ],
    ]
  }

  /// Individual expectations, in one data set apart.
  private var single: [JSONValue] {
    guard !lines.isEmpty else { return [] }
    let rows = lines.flatMap { line in
      numbers.compactMap { number -> JSONValue? in
        let value = record.rows[line][number.offset]
        guard value.isFinite else { return nil }
        return [
          "g": .count(line), "x": .short(number.x),
          "y": .number(NumberFormat.rounded(value, digits: 3)),
        ]
      }
    }
    return [
      [
        "data": ["values": .array(rows)],
        "mark": [
          "type": "line", "color": .text(Palette.neutral), "strokeWidth": 0.7, "opacity": 0.55,
        ],
        "encoding": [
          "y": channel("y", "quantitative", probability), "detail": channel("g", "nominal"),
        ],
      ]
    ]
  }

  private var missingRule: [JSONValue] {
    guard let missing else { return [] }
    return [
      [
        "data": ["values": [["y": .short(missing.mean)]]],
        "mark": ["type": "rule", "strokeDash": [4, 4], "opacity": 0.7],
        "encoding": ["x": nil, "y": channel("y", "quantitative", probability)],
      ]
    ]
  }

  private func levels(id: String) -> Chart {
    let rows = record.points.enumerated().map { index, point -> JSONValue in
      [
        "k": .count(index), "l": .name(point.label), "y": .short(point.mean),
        "a": .short(point.low), "b": .short(point.high), "s": .short(point.share),
      ]
    }
    let axis = probability + [("scale", ["zero": true])]
    let bars: JSONValue = [
      "mark": ["type": "rule", "strokeWidth": 1.5, "color": .text(Palette.neutral)],
      "encoding": ["x": channel("a", "quantitative", axis), "x2": ["field": "b"]],
    ]
    let means: JSONValue = [
      "mark": [
        "type": "point", "filled": true, "size": 60, "color": .text(Palette.scores), "opacity": 1,
      ],
      "encoding": ["x": channel("y", "quantitative", axis)],
    ]
    let tooltip: JSONValue = [
      channel("l", "nominal", [("title", "level")]),
      channel("y", "quantitative", [("title", "mean"), ("format", ".1%")]),
      channel("s", "quantitative", [("title", "share of rows"), ("format", ".1%")]),
    ]
    return Chart(
      id: id, label: "Partial dependence: the mean prediction for the levels of a column.",
      height: .count(max(120, 50 + 22 * rows.count)), rows: rows,
      body: [
        ("encoding", ["y": nameAxis("l", labelLimit: 130), "tooltip": tooltip]),
        ("layer", [bars, means]),
      ])
  }

  private var table: TableView {
    TableView(
      columns: [
        .text("value"), .number("mean"), .number("lowest tenth below"),
        .number("highest tenth above"), .number("share of rows"),
      ],
      rows: record.points.map { point in
        [point.label] + [point.mean, point.low, point.high, point.share].map(NumberFormat.percent)
      })
  }
}
