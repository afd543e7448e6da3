internal import Evaluation
internal import Experiments

extension SelectionCurves {
  private func rows(_ metric: String, where isShown: (LeaderboardRow) -> Bool = { _ in true })
    -> [JSONValue]
  {
    (named + others).enumerated().flatMap { index, line in
      line.points.compactMap { point -> JSONValue? in
        guard isShown(point.row), let record = point.row.trial.metric(labeled: metric),
          record.value.isFinite
        else { return nil }
        let label = index < Self.namedLines ? line.label : "another setting"
        return [
          "k": .count(point.k), "v": .short(record.value), "l": .name(label),
          "n": .count(min(index, Self.namedLines)), "g": .count(index),
          "u": .count(point.row.rank == nil ? 1 : 0),
          "a": .short(record.value - (record.standardError ?? 0)),
          "b": .short(record.value + (record.standardError ?? 0)),
        ]
      }
    }
  }

  func chart(_ metric: String, id: String) -> Chart {
    let share: [(String, JSONValue)] = isShare(metric) ? [("format", ".0%")] : []
    let axis = ([("tickCount", 5)] + share).map(JSONValue.Member.init)
    return Chart(
      id: id, label: "Line chart of a metric against the number of segments k.", height: 220,
      rows: rows(metric),
      body: [
        (
          "encoding",
          [
            "x": channel(
              "k", "quantitative",
              [
                ("title", "k (segments)"),
                ("scale", ["zero": false, "nice": false, "padding": 12]),
                ("axis", ["tickMinStep": 1, "format": "d", "grid": false]),
              ]),
            "y": channel(
              "v", "quantitative",
              [("title", .name(metric)), ("scale", ["zero": false]), ("axis", .object(axis))]),
          ]
        ),
        (
          "layer",
          .array(
            rule + bounds(metric) + errors(metric) + [lines, points(metric), ring(metric)]
              + least(metric))
        ),
      ])
  }

  /// Line numbers mapped to `range`: named lines in order, then all others.
  private func byLine(_ range: some Sequence<String>) -> JSONValue {
    channel(
      "n", "nominal",
      [
        ("legend", nil),
        (
          "scale",
          [
            "domain": .array((0...Self.namedLines).map(JSONValue.count)),
            "range": .array(range.map { .text($0) }),
          ]
        ),
      ])
  }

  private var color: JSONValue {
    byLine(Palette.segments.prefix(Self.namedLines) + [Palette.neutral])
  }

  private var isOther: JSONValue { .text("datum.n === \(Self.namedLines)") }
  private var faint: JSONValue { ["condition": ["test": isOther, "value": 0.45], "value": 1] }

  private var rule: [JSONValue] {
    guard let k = chosenK else { return [] }
    return [
      [
        "data": ["values": [["k": .count(k)]]],
        "mark": ["type": "rule", "strokeDash": [4, 4], "opacity": 0.6],
        "encoding": ["x": channel("k", "quantitative"), "y": nil],
      ]
    ]
  }

  private var lines: JSONValue {
    [
      "mark": ["type": "line", "strokeJoin": "round"],
      "encoding": [
        "color": color, "detail": channel("g", "nominal"), "opacity": faint,
        "strokeWidth": [
          "condition": [
            ["test": isOther, "value": 1],
            ["test": .text("datum.n === \(boldLine ?? -1)"), "value": 3],
          ],
          "value": 1.5,
        ],
      ],
    ]
  }

  private func points(_ metric: String) -> JSONValue {
    [
      "mark": ["type": "point", "filled": true, "size": 42, "strokeWidth": 1.5],
      "encoding": [
        "shape": byLine(Palette.shapes.prefix(Self.namedLines + 1).map(\.name)),
        "color": color, "stroke": color, "opacity": faint,
        "fillOpacity": ["condition": ["test": "datum.u === 1", "value": 0], "value": 1],
        "tooltip": [
          channel("l", "nominal", [("title", "setting")]),
          channel("k", "quantitative", [("title", "k")]),
          channel("v", "quantitative", [("title", .name(metric))]),
        ],
      ],
    ]
  }

  private func ring(_ metric: String) -> JSONValue {
    [
      "data": ["values": .array(rows(metric, where: \.isChosen))],
      "mark": [
        "type": "point", "shape": "circle", "filled": false, "size": 190, "strokeWidth": 2,
        "color": "currentColor",
      ],
    ]
  }

  /// Lines at the values that a criterion asks for.
  private func bounds(_ metric: String) -> [JSONValue] {
    let bounds: [Double] =
      switch metric {
      case "prediction_strength": [PredictionStrength.threshold]
      case "stability", "stability.min": ClusterStability.Reading.bounds
      case "min_share": [SegmentCountCriterion.usefulShare]
      default: []
      }
    return bounds.map { bound in
      [
        // One datum: a rule for every point would be as dark as an axis.
        "data": ["values": [["b": .short(bound)]]],
        "mark": ["type": "rule", "strokeDash": [4, 4], "opacity": 0.6],
        "encoding": ["x": nil, "y": channel("b", "quantitative")],
      ]
    }
  }

  /// One standard error to either side, where it is known.
  private func errors(_ metric: String) -> [JSONValue] {
    let hasErrors = (named + others).flatMap(\.points).contains { point in
      point.row.trial.metric(labeled: metric)?.standardError != nil
    }
    guard hasErrors else { return [] }
    return [
      [
        "mark": ["type": "rule", "strokeWidth": 1.5],
        "encoding": [
          "x": channel("k", "quantitative"), "y": channel("a", "quantitative"),
          "y2": ["field": "b"], "color": color, "opacity": faint,
        ],
      ]
    ]
  }

  /// Diamonds around the values a criterion chooses.
  private func least(_ metric: String) -> [JSONValue] {
    let chosen: [JSONValue]
    if let minima {
      chosen = rows(metric) { minima.isMinimum($0.trial, of: metric) }
    } else {
      let ids = votes.flatMap { votes in
        votes.votes.filter { $0.criterion.metric == metric }.compactMap(\.trial)
      }
      chosen = rows(metric) { ids.contains($0.trial.id) }
    }
    guard !chosen.isEmpty else { return [] }
    return [
      [
        "data": ["values": .array(chosen)],
        "mark": [
          "type": "point", "shape": "diamond", "filled": false, "size": 380, "strokeWidth": 2,
          "color": "currentColor",
        ],
      ]
    ]
  }
}
