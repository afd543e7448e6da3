internal import Experiments

extension SegmentMap {
  /// Cells of the density picture along each axis.
  private static let cells = 36

  private func axis(_ field: String, _ index: Int) -> JSONValue {
    let range = index == 0 ? frame.x : frame.y
    let domain: JSONValue = [.short(range.lowerBound), .short(range.upperBound)]
    return channel(
      field, "quantitative",
      [
        ("title", .text(title(index))), ("scale", ["domain": domain, "nice": false]),
        ("axis", ["tickCount": 6, "grid": false]),
      ])
  }

  func scatter(id: String) -> Chart {
    let segments = centers.map(\.segment)
    let color = channel(
      "s", "nominal", [("legend", nil), ("scale", segmentColors(segments))])
    let rows = points.map { point -> JSONValue in
      [
        "x": .number(NumberFormat.rounded(point.x, digits: 3)),
        "y": .number(NumberFormat.rounded(point.y, digits: 3)), "s": .count(point.segment),
      ]
    }
    let opacity = max(0.25, min(0.8, 600 / Double(points.count)))
    let cloud: JSONValue = [
      "mark": ["type": "circle", "size": 18, "opacity": .number(opacity), "clip": true],
      "encoding": ["x": axis("x", 0), "y": axis("y", 1), "color": color],
    ]
    let middle = centers.filter { frame.x.contains($0.x) && frame.y.contains($0.y) }
    let marks: JSONValue = .array(
      middle.map { center in
        [
          "x": .short(center.x), "y": .short(center.y), "s": .count(center.segment),
          "t": .text(center.segment < 0 ? "–" : "\(center.segment)"),
        ]
      })
    let discs: JSONValue = [
      "data": ["values": marks],
      "mark": ["type": "circle", "size": 420, "opacity": 1, "stroke": "white", "strokeWidth": 1.5],
      "encoding": ["x": axis("x", 0), "y": axis("y", 1), "color": color],
    ]
    let numbers: JSONValue = [
      "data": ["values": marks],
      "mark": ["type": "text", "color": "black", "fontWeight": 700, "fontSize": 13],
      "encoding": ["x": axis("x", 0), "y": axis("y", 1), "text": channel("t", "nominal")],
    ]
    return Chart(
      id: id, label: "Scatter map of sampled rows, coloured by segment, with loadings.",
      minimumWidth: 320, height: 440, rows: rows,
      body: [("layer", .array([cloud] + arrows + [discs, numbers]))])
  }

  /// A line from the origin per loading, scaled so that the longest reaches most of the frame, and its name.
  private var arrows: [JSONValue] {
    let names = loadings
    let holdsOrigin =
      frame.x.lowerBound < 0 && 0 < frame.x.upperBound && frame.y.lowerBound < 0
      && 0 < frame.y.upperBound
    guard holdsOrigin else { return [] }
    let reach = names.reduce(0.0) { reach, loading in
      let x = loading.x < 0 ? frame.x.lowerBound : frame.x.upperBound
      let y = loading.y < 0 ? frame.y.lowerBound : frame.y.upperBound
      return max(reach, max(loading.x / x, loading.y / y))
    }
    guard reach > 0 else { return [] }
    let scale = 0.8 / reach
    let tips = names.map { (name: $0.feature, x: $0.x * scale, y: $0.y * scale) }
    let heights = spread(tips.map(\.y))
    let rows = zip(tips, heights).map { tip, height -> JSONValue in
      [
        "x0": 0, "y0": 0, "x": .short(tip.x), "y": .short(tip.y), "h": .short(height),
        "f": .text(tip.name), "left": .flag(tip.x < 0),
      ]
    }
    let data: JSONValue = ["values": .array(rows)]
    let line: JSONValue = [
      "data": data, "mark": ["type": "rule", "strokeWidth": 1.4, "opacity": 0.85],
      "encoding": [
        "x": axis("x0", 0), "y": axis("y0", 1), "x2": ["field": "x"], "y2": ["field": "y"],
      ],
    ]
    let tip: JSONValue = [
      "data": data, "mark": ["type": "circle", "size": 26, "opacity": 1, "color": "currentColor"],
      "encoding": ["x": axis("x", 0), "y": axis("y", 1)],
    ]
    return [line, tip, label(data, isLeft: true), label(data, isLeft: false)]
  }

  private func label(_ data: JSONValue, isLeft: Bool) -> JSONValue {
    [
      "data": data, "transform": [["filter": .text(isLeft ? "datum.left" : "!datum.left")]],
      "mark": [
        "type": "text", "align": .text(isLeft ? "right" : "left"), "dx": isLeft ? -7 : 7,
        "limit": 150, "fontSize": 11.5,
      ],
      "encoding": ["x": axis("x", 0), "y": axis("h", 1), "text": channel("f", "nominal")],
    ]
  }

  /// The given heights moved apart, in order, until labels of one line's height do not touch.
  private func spread(_ heights: [Double]) -> [Double] {
    let gap = (frame.y.upperBound - frame.y.lowerBound) / 28
    let order = heights.indices.sorted { (heights[$0], $0) < (heights[$1], $1) }
    var result = heights
    for (below, above) in zip(order, order.dropFirst()) {
      result[above] = max(result[above], result[below] + gap)
    }
    let shift = order.map { heights[$0] - result[$0] }.reduce(0, +) / Double(max(1, order.count))
    return result.map { $0 + shift }
  }

  /// Counts of the drawn rows in a grid of cells over the frame.
  func density(id: String) -> Chart {
    let size = Self.cells
    var counts = [Int](repeating: 0, count: size * size)
    let width = (frame.x.upperBound - frame.x.lowerBound) / Double(size)
    let height = (frame.y.upperBound - frame.y.lowerBound) / Double(size)
    for point in points where frame.x.contains(point.x) && frame.y.contains(point.y) {
      let column = min(size - 1, Int((point.x - frame.x.lowerBound) / width))
      let row = min(size - 1, Int((point.y - frame.y.lowerBound) / height))
      counts[row * size + column] += 1
    }
    let rows = counts.enumerated().compactMap { index, count -> JSONValue? in
      guard count > 0 else { return nil }
      let x = frame.x.lowerBound + Double(index % size) * width
      let y = frame.y.lowerBound + Double(index / size) * height
      return [
        "x": .short(x), "y": .short(y), "x2": .short(x + width), "y2": .short(y + height),
        "n": .count(count),
      ]
    }
    let color = channel(
      "n", "quantitative",
      [
        ("title", "rows drawn per cell"), ("legend", ["gradientLength": 160, "tickCount": 3]),
        ("scale", ["type": "log", "range": .array(Palette.density.map { .text($0) })]),
      ])
    return Chart(
      id: id, label: "Heat map of how many of the drawn rows fall in each cell of the map.",
      minimumWidth: 320, height: 440, rows: rows,
      body: [
        ("mark", ["type": "rect", "tooltip": false]),
        (
          "encoding",
          [
            "x": axis("x", 0), "x2": ["field": "x2"], "y": axis("y", 1), "y2": ["field": "y2"],
            "color": color,
            "tooltip": [channel("n", "quantitative", [("title", "rows drawn")])],
          ]
        ),
      ])
  }
}
