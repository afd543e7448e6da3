internal import Learning

extension MembershipPlots {
  /// Colours of rows that hardly, rather and clearly belong to their segment.
  private static let clarity = ["#EE7733", "#CCBB44", "#4477AA"]
  private static let clarityNames = ["below 0.6", "0.6 to 0.8", "0.8 and above"]

  func heatMap(id: String) -> Chart {
    let rows = shown.flatMap { segment in
      shown.compactMap { other -> JSONValue? in
        guard let value = overlap(segment, other) else { return nil }
        return [
          "i": .count(segment), "j": .count(other), "v": .short(value),
          "t": .text(value >= 0.005 ? "\(Int((min(value, 1) * 100).rounded()))" : ""),
        ]
      }
    }
    let shade = channel(
      "v", "quantitative",
      [("legend", nil), ("scale", ["domain": [0, 1], "range": [0.04, 1]])])
    let ink: JSONValue = [
      "condition": ["test": "datum.v > 0.55", "value": "black"], "value": "currentColor",
    ]
    return Chart(
      id: id, label: "Heat map of the mean responsibility of segments for rows of segments.",
      minimumWidth: max(280, 90 + 26 * shown.count), height: .count(max(240, 26 * shown.count)),
      rows: rows,
      body: [
        ("encoding", ["x": x, "y": y, "tooltip": tooltip]),
        (
          "layer",
          [
            [
              "mark": ["type": "rect", "color": .text(Palette.density)],
              "encoding": ["opacity": shade],
            ],
            [
              "mark": ["type": "text", "fontSize": 11.5],
              "encoding": ["text": channel("t", "nominal"), "color": ink],
            ],
          ]
        ),
      ])
  }

  private var x: JSONValue {
    channel(
      "j", "ordinal",
      [
        ("title", "responsibility of segment (%)"),
        ("axis", ["labelAngle": 0, "orient": "top", "ticks": false]),
      ])
  }

  private var y: JSONValue {
    channel("i", "ordinal", [("title", "rows assigned to segment"), ("axis", ["ticks": false])])
  }

  private var tooltip: JSONValue {
    [
      channel("i", "ordinal", [("title", "rows assigned to")]),
      channel("j", "ordinal", [("title", "responsibility of")]),
      channel("v", "quantitative", [("title", "mean"), ("format", ".1%")]),
    ]
  }

  func histogram(id: String) -> Chart {
    let count = overview.histogram.count
    let first = count - bins.count
    let rows = bins.enumerated().map { offset, bin -> JSONValue in
      let low = Double(first + offset) / Double(count)
      let kind = low < 0.6 - 1e-9 ? 0 : low < 0.8 - 1e-9 ? 1 : 2
      return [
        "a": .short(low), "b": .short(Double(first + offset + 1) / Double(count)),
        "v": .short(Double(bin.count) / Double(rowCount)), "n": .text(Self.clarityNames[kind]),
        "t": .text(NumberFormat.count(bin.count)), "l": .text("\(bin.low) to \(bin.high)"),
      ]
    }
    let color = channel(
      "n", "nominal",
      [
        ("title", nil),
        (
          "scale",
          [
            "domain": .array(Self.clarityNames.map { .text($0) }),
            "range": .array(Self.clarity.map { .text($0) }),
          ]
        ),
      ])
    return Chart(
      id: id, label: "Histogram of the greatest responsibility of each row.", height: 240,
      rows: rows,
      body: [
        ("mark", ["type": "bar", "binSpacing": 1]),
        ("encoding", histogramEncoding(color: color, from: Double(first) / Double(count))),
      ])
  }

  private func histogramEncoding(color: JSONValue, from low: Double) -> JSONValue {
    [
      "x": channel(
        "a", "quantitative",
        [
          ("title", "greatest responsibility of a row"), ("bin", "binned"),
          ("scale", ["domain": [.short(low), 1], "nice": false]),
          ("axis", ["tickCount": 6, "format": ".2~f", "grid": false]),
        ]),
      "x2": ["field": "b"],
      "y": channel(
        "v", "quantitative",
        [("title", "share of rows"), ("axis", ["format": ".0%", "tickCount": 5])]),
      "color": color,
      "tooltip": [
        channel("l", "nominal", [("title", "greatest responsibility")]),
        channel("t", "nominal", [("title", "rows")]),
        channel("v", "quantitative", [("title", "share"), ("format", ".1%")]),
      ],
    ]
  }
}
