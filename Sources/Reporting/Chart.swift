/// A Vega-Lite picture with its data inside.
struct Chart: Sendable {
  /// Names the picture's element; made by us, never from data.
  let id: String
  /// What the picture shows, for readers who cannot see it.
  let label: String
  /// Pixels below which the picture scrolls in its box instead of shrinking.
  let minimumWidth: Int
  /// Whether it needs most of a page on paper to be read.
  let isTall: Bool
  let spec: JSONValue

  /// Completes `body` (marks and encodings) with size, schema and `rows` as inline data.
  init(
    id: String, label: String, minimumWidth: Int = 280, height: JSONValue,
    rows: [JSONValue], body: [(String, JSONValue)]
  ) {
    self.id = id
    self.label = label
    self.minimumWidth = minimumWidth
    isTall = if case .number(let pixels) = height { pixels > 600 } else { false }
    let frame: [(String, JSONValue)] = [
      ("$schema", "https://vega.github.io/schema/vega-lite/v6.json"),
      ("width", "container"), ("height", height),
      ("autosize", ["type": "fit-x", "contains": "padding"]),
      ("data", ["values": .array(rows)]),
    ]
    spec = .object((frame + body).map { JSONValue.Member(name: $0.0, value: $0.1) })
  }

  /// Fonts and colours for every picture.
  ///
  /// `currentColor` follows the page from light to dark and paper.
  static let theme: JSONValue = [
    "background": nil,
    "font": "system-ui, sans-serif",
    "padding": 4,
    "view": ["stroke": nil],
    "axis": [
      "labelColor": "currentColor", "titleColor": "currentColor", "domainColor": "currentColor",
      "tickColor": "currentColor", "gridColor": "currentColor", "gridOpacity": 0.12,
      "domainOpacity": 0.5, "tickOpacity": 0.5, "labelFontSize": 12, "titleFontSize": 12,
      "titleFontWeight": 500, "labelLimit": 190, "labelSeparation": 6,
    ],
    "legend": [
      "labelColor": "currentColor", "titleColor": "currentColor", "labelFontSize": 12,
      "titleFontSize": 12, "titleFontWeight": 500, "orient": "bottom", "titleLimit": 400,
    ],
    "text": ["color": "currentColor", "fontSize": 12],
    "rule": ["color": "currentColor"],
  ]

  /// Labels of an axis: 0.2, 2,020, 15,000, and with a suffix from a million up.
  static let shortLabels: JSONValue =
    "abs(datum.value) < 1e6 ? datum.label : format(datum.value, '~s')"

  /// The document the page's script reads: the theme and every chart.
  static func payload(_ charts: [Chart]) -> JSONValue {
    [
      "config": theme,
      "charts": .array(charts.map { ["id": .text($0.id), "spec": $0.spec] }),
    ]
  }
}

/// An encoding channel that reads `field`.
func channel(_ field: String, _ type: String, _ rest: [(String, JSONValue)] = []) -> JSONValue {
  let start: [(String, JSONValue)] = [("field", .text(field)), ("type", .text(type))]
  return .object((start + rest).map { JSONValue.Member(name: $0.0, value: $0.1) })
}

/// A colour scale that gives every segment its own colour; `segments` in the order of a legend.
func segmentColors(_ segments: [Int]) -> JSONValue {
  [
    "domain": .array(segments.map(JSONValue.count)),
    "range": .array(segments.map { .text(Palette.color(ofSegment: $0)) }),
  ]
}
