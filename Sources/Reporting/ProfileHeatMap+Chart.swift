internal import Experiments

extension ProfileHeatMap {
  private var drawn: ArraySlice<ClusteringEvidence.FeatureProfile> {
    features.prefix(Self.drawnFeatures)
  }

  func chart(id: String) -> Chart {
    let names = uniqueNames
    return Chart(
      id: id, label: "Heat map of features by segments, coloured by the difference from overall.",
      minimumWidth: 200 + 58 * segments.shown.count,
      height: .count(24 * max(1, names.count)), rows: rows,
      body: [
        ("encoding", ["x": x, "y": y(names), "tooltip": tooltip]),
        (
          "layer",
          [
            ["mark": ["type": "rect"], "encoding": ["color": color]],
            [
              "mark": ["type": "text", "fontSize": 11.5],
              "encoding": ["text": channel("t", "nominal"), "color": ink],
            ],
          ]
        ),
      ])
  }

  private var rows: [JSONValue] {
    drawn.enumerated().flatMap { index, feature in
      segments.shown.map { segment -> JSONValue in
        let difference = feature.difference(in: segment) ?? 0
        let value = feature.segments.indices.contains(segment) ? feature.segments[segment] : .nan
        let short = feature.isShare ? NumberFormat.percent(value) : NumberFormat.compact(value)
        return [
          "f": .name(feature.feature), "i": .count(index), "s": .count(segment),
          "z": .number(NumberFormat.rounded(difference, digits: 3)), "t": .text(short),
          "o": .text(feature.text(feature.overall)),
        ]
      }
    }
  }

  private var x: JSONValue {
    channel(
      "s", "ordinal",
      [("title", "segment"), ("axis", ["labelAngle": 0, "orient": "top", "ticks": false])])
  }

  private func y(_ names: [JSONValue]) -> JSONValue {
    channel(
      "f", "nominal", [("title", nil), ("sort", .array(names)), ("axis", ["ticks": false])])
  }

  private var color: JSONValue {
    let ends: (JSONValue, JSONValue) = (.number(-Self.limit), .number(Self.limit))
    return channel(
      "z", "quantitative",
      [
        // Two lines, because a phone cuts one off.
        ("title", ["difference from overall", "(standard deviations)"]),
        (
          "scale",
          [
            "domain": [ends.0, ends.1], "clamp": true,
            "range": .array(Palette.diverging.map { .text($0) }), "interpolate": "lab",
          ]
        ),
        ("legend", ["gradientLength": 180, "format": ".1f", "values": [ends.0, 0, ends.1]]),
      ])
  }

  /// White on the strongest colours.
  private var ink: JSONValue {
    ["condition": ["test": "abs(datum.z) > 1.2", "value": "white"], "value": "black"]
  }

  private var tooltip: JSONValue {
    [
      channel("f", "nominal", [("title", "feature")]),
      channel("s", "nominal", [("title", "segment")]),
      channel("t", "nominal", [("title", "segment's figure")]),
      channel("o", "nominal", [("title", "overall")]),
      channel("z", "quantitative", [("title", "standard deviations from overall")]),
    ]
  }

  private var uniqueNames: [JSONValue] {
    var seen: Set<String> = []
    return drawn.map(\.feature).filter { seen.insert($0).inserted }.map(JSONValue.name)
  }
}
