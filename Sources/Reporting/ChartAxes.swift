/// An axis of shares, in percent.
func shareAxis(
  _ field: String, _ title: String, domain: ClosedRange<Double>? = 0...1
) -> JSONValue {
  let scale: JSONValue =
    domain.map {
      ["domain": [.short($0.lowerBound), .short($0.upperBound)], "nice": false]
    } ?? ["zero": true]
  return channel(
    field, "quantitative",
    [
      ("title", .text(title)), ("scale", scale), ("axis", ["format": "~%", "tickCount": 5]),
    ])
}

/// An axis of numbers.
func numberAxis(_ field: String, _ title: JSONValue, includesZero: Bool = false) -> JSONValue {
  channel(
    field, "quantitative",
    [
      ("title", title),
      // Points at the ends stay clear of the frame; bars stand on it.
      ("scale", includesZero ? ["zero": true] : ["zero": false, "padding": 8]),
      ("axis", ["tickCount": 5, "grid": true]),
    ])
}

/// Colours for named series, in the order of the legend.
func seriesColor(_ field: String, _ series: [(name: String, color: String)]) -> JSONValue {
  channel(
    field, "nominal",
    [
      ("title", nil),
      (
        "scale",
        [
          "domain": .array(series.map { .name($0.name) }),
          "range": .array(series.map { .text($0.color) }),
        ]
      ),
      // One below the other on a phone, where entries side by side are cut off.
      ("legend", ["columns": ["expr": "width < 420 ? 1 : 3"], "labelLimit": 260]),
    ])
}

/// Points of a line, numbered because pictures would otherwise order them by x alone.
func curveRows(_ points: [(x: Double, y: Double)], series: String? = nil) -> [JSONValue] {
  points.enumerated().map { index, point in
    let place: [(String, JSONValue)] = [
      ("i", .count(index)), ("x", .short(point.x)), ("y", .short(point.y)),
    ]
    let name = series.map { [("m", JSONValue.name($0))] } ?? []
    return .object((place + name).map { JSONValue.Member(name: $0.0, value: $0.1) })
  }
}

/// A dashed line to compare with, in a picture whose axes read `x` and `y`.
func guide(_ points: [(x: Double, y: Double)]) -> JSONValue {
  [
    "data": ["values": .array(curveRows(points))],
    "mark": ["type": "line", "strokeDash": [4, 4], "color": "currentColor", "opacity": 0.55],
    "encoding": ["order": channel("i", "quantitative")],
  ]
}

extension Array {
  /// At most `limit` elements, evenly taken, the first and last among them.
  func thinned(to limit: Int) -> [Element] {
    guard limit >= 2, count > limit else { return self }
    return (0..<limit).map { self[$0 * (count - 1) / (limit - 1)] }
  }
}

/// A dashed line through the whole picture at `x`.
func dashedRule(x: Double) -> JSONValue {
  [
    "mark": ["type": "rule", "strokeDash": [4, 4], "opacity": 0.7],
    "encoding": ["x": ["datum": .short(x)], "y": nil],
  ]
}

/// A dashed line through the whole picture at `y`.
func dashedRule(y: Double) -> JSONValue {
  [
    "mark": ["type": "rule", "strokeDash": [4, 4], "opacity": 0.7],
    "encoding": ["x": nil, "y": ["datum": .short(y)]],
  ]
}

/// A ring around points of a picture whose axes read `x` and `y`.
func ring(_ points: [(x: Double, y: Double)], tooltip: [JSONValue]? = nil) -> JSONValue {
  [
    "data": ["values": .array(curveRows(points))],
    "mark": [
      "type": "point", "filled": false, "size": 130, "strokeWidth": 2, "color": "currentColor",
    ],
    "encoding": ["tooltip": tooltip.map(JSONValue.array) ?? .null],
  ]
}

/// An axis of names from the data in the order of `k`, one a line.
func nameAxis(_ field: String, labelLimit: Int = 150, grid: Bool = false) -> JSONValue {
  channel(
    field, "nominal",
    [
      ("title", nil), ("sort", ["field": "k", "op": "min"]),
      ("axis", ["ticks": false, "labelLimit": .count(labelLimit), "grid": .flag(grid)]),
    ])
}
