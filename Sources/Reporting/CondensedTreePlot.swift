internal import Experiments
internal import Learning

/// The clusters of a density tree as icicles: they part and melt as the demanded density rises.
struct CondensedTreePlot {
  /// Clusters in the table.
  private static let listed = 40

  let layout: CondensedTreeLayout
  /// Points of all outlines together.
  let limit: Int

  init?(_ tree: CondensedTreeOutline?, limit: Int) {
    guard let tree, let layout = CondensedTreeLayout(tree) else { return nil }
    self.layout = layout
    self.limit = limit
  }

  var sentence: String {
    let selected = layout.places.map(\.cluster).filter { $0.segment != nil }
    let count = layout.places.count
    let all = count == 1 ? "one cluster" : "\(NumberFormat.count(count)) clusters"
    guard !selected.isEmpty else { return "None of \(all) of the density tree is a segment." }
    let segments = selected.count == 1 ? "is a segment" : "are segments"
    return "Of \(all) of the density tree \(NumberFormat.count(selected.count)) \(segments)."
  }

  func figure(id: String) -> Figure {
    Figure(
      heading: "Condensed tree",
      statement: "All \(NumberFormat.count(layout.rowCount)) rows. \(sentence)",
      reading: "From top to bottom the demanded density λ = 1 / distance rises: clusters lose rows "
        + "and part. A cluster is as wide as it has rows. Those that became segments have the "
        + "segment’s colour and number; what they part into is fainter.",
      isWide: false, charts: [chart(id: id)], tables: [table])
  }

  private var table: TableView {
    let clusters = layout.places.map(\.cluster)
    let listed = clusters.filter { $0.segment != nil } + clusters.filter { $0.segment == nil }
    return TableView(
      caption: listed.count > Self.listed
        ? "Segments and the first of \(NumberFormat.count(listed.count)) clusters" : "Clusters",
      columns: [
        .text("segment"), .number("rows"), .number("λ from"), .number("to"),
        .number("stability"), .number("cluster"), .number("parent"),
      ],
      rows: listed.prefix(Self.listed).map { cluster in
        [
          cluster.segment.map(segmentName) ?? "–", NumberFormat.count(cluster.rowCount),
          NumberFormat.significant(cluster.birth), NumberFormat.significant(cluster.death),
          NumberFormat.significant(cluster.stability), "\(cluster.id)",
          cluster.parent.map { "\($0)" } ?? "–",
        ]
      })
  }

  private func chart(id: String) -> Chart {
    Chart(
      id: id, label: "Icicle plot: clusters of the density tree by density and rows.",
      height: 420, rows: outlines,
      body: [("layer", [areas, names])])
  }

  /// Left and right edge of every cluster at every density where it changes.
  private var outlines: [JSONValue] {
    let perCluster = max(4, limit / max(1, layout.places.count))
    return layout.places.enumerated().flatMap { index, place in
      outline(of: place, to: perCluster).map { point -> JSONValue in
        let half = Double(point.rowCount) / 2
        return [
          "c": .count(index), "y": .short(point.lambda), "a": .short(place.center - half),
          "b": .short(place.center + half), "s": .count(place.segment ?? -1),
          "o": .number(place.cluster.segment != nil ? 1 : place.segment != nil ? 0.5 : 0.35),
        ]
      }
    }
  }

  /// The cluster's widths from birth to death inside the drawn range, thinned.
  private func outline(
    of place: CondensedTreeLayout.Place, to count: Int
  ) -> [CondensedTreeOutline.Width] {
    let cluster = place.cluster
    let bottom = layout.range.upperBound
    let start = max(cluster.birth.isFinite ? cluster.birth : 0, layout.range.lowerBound)
    let finite = cluster.widths.filter(\.lambda.isFinite)
    let first = finite.last { $0.lambda < start }?.rowCount ?? cluster.rowCount
    let drawn = finite.filter { $0.lambda >= start && $0.lambda <= bottom }
    let last = drawn.last?.rowCount ?? first
    let end = min(cluster.death.isFinite ? cluster.death : bottom, bottom)
    let thinned =
      drawn.count > count
      ? (0..<count).map { drawn[$0 * (drawn.count - 1) / (count - 1)] } : drawn
    return [.init(lambda: start, rowCount: first)] + thinned
      + [.init(lambda: max(start, end), rowCount: last)]
  }

  private var color: JSONValue {
    let segments = Set(layout.places.map { $0.segment ?? -1 }).sorted()
    return channel("s", "nominal", [("legend", nil), ("scale", segmentColors(segments))])
  }

  private func x(_ field: String) -> JSONValue {
    channel(
      field, "quantitative",
      [
        ("title", "rows"), ("axis", ["tickCount": 5, "format": ",d", "grid": false]),
        ("scale", ["domain": [0, .count(layout.rowCount)], "nice": false]),
      ])
  }

  private var y: JSONValue {
    channel(
      "y", "quantitative",
      [
        ("title", "λ = 1 / distance"), ("axis", ["tickCount": 6]),
        (
          "scale",
          [
            "domain": [.short(layout.range.lowerBound), .short(layout.range.upperBound)],
            "reverse": true, "nice": false,
          ]
        ),
      ])
  }

  private var areas: JSONValue {
    [
      "mark": [
        "type": "area", "orient": "horizontal", "clip": true, "strokeWidth": 0.8,
      ],
      "encoding": [
        "y": y, "x": x("a"), "x2": ["field": "b"], "color": color, "stroke": color,
        "detail": channel("c", "nominal"),
        "opacity": ["field": "o", "type": "quantitative", "scale": nil, "legend": nil],
      ],
    ]
  }

  private var names: JSONValue {
    let rows = layout.places.compactMap { place -> JSONValue? in
      guard let segment = place.cluster.segment else { return nil }
      let start = max(
        place.cluster.birth.isFinite ? place.cluster.birth : 0, layout.range.lowerBound)
      return [
        "y": .short(start), "a": .short(place.center), "t": .text(segmentName(segment)),
        "r": .text(NumberFormat.count(place.cluster.rowCount)),
        "p": .text(NumberFormat.significant(place.cluster.stability)),
      ]
    }
    return [
      "data": ["values": .array(rows)],
      "mark": ["type": "text", "baseline": "bottom", "dy": -3, "fontWeight": 700, "fontSize": 13],
      "encoding": [
        "x": x("a"), "y": y, "text": channel("t", "nominal"),
        "tooltip": [
          channel("t", "nominal", [("title", "segment")]),
          channel("r", "nominal", [("title", "rows")]),
          channel("p", "nominal", [("title", "stability")]),
        ],
      ],
    ]
  }
}
