internal import Evaluation
internal import Experiments

/// Every metric against the number of segments, a line per pipeline setting.
struct SelectionCurves {
  /// A setting and its trials by ascending k.
  private struct Line {
    let label: String
    let points: [(k: Int, row: LeaderboardRow)]
    let isChosen: Bool
  }

  /// More lines than this cannot be told apart; the rest is drawn in grey.
  static let namedLines = 5
  /// Beyond this the weakest settings are left out, and the page says so.
  static let drawnLines = 40

  private let board: Leaderboard
  private let named: [Line]
  private let others: [Line]
  private let omitted: Int

  init?(_ board: Leaderboard) {
    self.board = board
    let lines = Self.lines(of: board)
    guard lines.contains(where: { $0.points.count > 1 }) else { return nil }
    named = Array(lines.prefix(Self.namedLines))
    others = Array(lines.dropFirst(Self.namedLines).prefix(Self.drawnLines - Self.namedLines))
    omitted = max(0, lines.count - Self.drawnLines)
  }

  /// Settings by their best trial: the leaderboard is sorted, so by first appearance.
  private static func lines(of board: Leaderboard) -> [Line] {
    var order: [String] = []
    var points: [String: [(k: Int, row: LeaderboardRow)]] = [:]
    for row in board.eligible + board.unmet {
      guard let k = row.trial.k else { continue }
      let label = board.varying.setting(of: row.trial)
      if points[label] == nil { order.append(label) }
      points[label, default: []].append((k, row))
    }
    let lines = order.map { label in
      let line = (points[label] ?? []).sorted { $0.k < $1.k }
      return Line(label: label, points: line, isChosen: line.contains { $0.row.isChosen })
    }
    return lines.filter(\.isChosen) + lines.filter { !$0.isChosen }
  }

  func section(anchor: String) -> CurveSection {
    let figures = board.metrics.enumerated().map { index, metric in
      figure(metric, id: "\(anchor)-curve-\(index)")
    }
    return CurveSection(legend: legend, remarks: remarks, figures: figures)
  }

  private var legend: [CurveSection.Entry] {
    let entries = named.enumerated().map { index, line in
      CurveSection.Entry(
        glyph: Palette.shapes[index].glyph, color: Palette.segments[index],
        text: line.isChosen ? "\(line.label) (chosen)" : line.label)
    }
    guard !others.isEmpty else { return entries }
    let count = others.count == 1 ? "one other setting" : "\(others.count) other settings"
    return entries + [.init(glyph: "—", color: Palette.neutral, text: count)]
  }

  private var remarks: [String] {
    var remarks: [String] = []
    if let k = board.experiment.chosen?.trial.k {
      remarks.append("The dashed line marks the chosen k = \(NumberFormat.count(k)).")
    }
    if !board.unmet.isEmpty {
      remarks.append("Hollow marks miss a requirement of the study.")
    }
    if omitted > 0 {
      remarks.append("The \(NumberFormat.count(omitted)) weakest settings are not drawn.")
    }
    return remarks
  }

  private func figure(_ metric: String, id: String) -> Figure {
    let direction = board.direction(of: metric)
    let records = (named + others).flatMap(\.points).compactMap { $0.row.trial[metric: metric] }
    let samples = records.map(\.sample)
    let isUniform = samples.allSatisfy { $0 == samples.first }
    let sample = isUniform ? samples.first ?? "no rows" : "rows that differ by trial"
    return Figure(
      heading: metric, statement: "\(direction.arrow) \(direction.phrase) · measured on \(sample)",
      isWide: false, charts: [chart(metric, id: id)], tables: [table(metric)])
  }

  private func table(_ metric: String) -> TableView {
    let ks = Set((named + others).flatMap(\.points).map(\.k)).sorted()
    let rows = (named + others).map { line in
      [line.label]
        + ks.map { k in
          let point = line.points.first { $0.k == k }
          return point?.row.trial[metric: metric]?.text ?? "–"
        }
    }
    return TableView(
      columns: [.text("setting")] + ks.map { .number("k = \($0)") }, rows: rows)
  }
}

extension SelectionCurves {
  private func rows(_ metric: String) -> [JSONValue] {
    (named + others).enumerated().flatMap { index, line in
      line.points.compactMap { point -> JSONValue? in
        guard let record = point.row.trial[metric: metric], record.value.isFinite else {
          return nil
        }
        return [
          "k": .count(point.k), "v": .short(record.value), "l": .text(line.label),
          "n": .count(min(index, Self.namedLines)), "g": .count(index),
          "u": .flag(point.row.rank == nil), "c": .flag(point.row.isChosen),
        ]
      }
    }
  }

  private func chart(_ metric: String, id: String) -> Chart {
    let domain = JSONValue.array((0...Self.namedLines).map(JSONValue.count))
    let colors = Palette.segments.prefix(Self.namedLines) + [Palette.neutral]
    let shapes = Palette.shapes.prefix(Self.namedLines + 1).map(\.name)
    let color = channel(
      "n", "nominal",
      [
        ("legend", nil),
        ("scale", ["domain": domain, "range": .array(colors.map { .text($0) })]),
      ])
    let shape = channel(
      "n", "nominal",
      [
        ("legend", nil),
        ("scale", ["domain": domain, "range": .array(shapes.map { .text($0) })]),
      ])
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
              [
                ("title", .text(metric)), ("scale", ["zero": false]),
                ("axis", ["tickCount": 5]),
              ]),
            "color": color, "detail": channel("g", "nominal"),
          ]
        ),
        ("layer", .array(layers(metric, shape: shape))),
      ])
  }

  private func layers(_ metric: String, shape: JSONValue) -> [JSONValue] {
    let isOther: JSONValue = .text("datum.n === \(Self.namedLines)")
    let line: JSONValue = [
      "mark": ["type": "line", "strokeJoin": "round"],
      "encoding": [
        "opacity": ["condition": ["test": isOther, "value": 0.35], "value": 1],
        "strokeWidth": [
          "condition": [["test": isOther, "value": 1], ["test": "datum.n === 0", "value": 3]],
          "value": 1.5,
        ],
      ],
    ]
    let tooltip: JSONValue = [
      channel("l", "nominal", [("title", "setting")]),
      channel("k", "quantitative", [("title", "k")]),
      channel("v", "quantitative", [("title", .text(metric))]),
    ]
    let points: JSONValue = [
      "mark": ["type": "point", "filled": true, "size": 42, "strokeWidth": 1.5],
      "encoding": [
        "shape": shape, "tooltip": tooltip, "stroke": channel("n", "nominal", [("legend", nil)]),
        "fillOpacity": ["condition": ["test": "datum.u", "value": 0], "value": 1],
        "opacity": ["condition": ["test": isOther, "value": 0.35], "value": 1],
      ],
    ]
    let ring: JSONValue = [
      "transform": [["filter": "datum.c"]],
      "mark": ["type": "point", "shape": "circle", "filled": false, "size": 190, "strokeWidth": 2],
    ]
    guard let k = board.experiment.chosen?.trial.k else { return [line, points] }
    let rule: JSONValue = [
      "data": ["values": [["k": .count(k)]]],
      "mark": ["type": "rule", "strokeDash": [4, 4], "opacity": 0.6],
      "encoding": ["x": channel("k", "quantitative"), "color": nil, "detail": nil],
    ]
    return [rule, line, points, ring]
  }
}
