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
    let opacity = max(0.35, min(0.85, 1200 / Double(points.count)))
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
    let heights = spread(tips)
    let rows = zip(tips, heights).map { tip, height -> JSONValue in
      [
        "x0": 0, "y0": 0, "x": .short(tip.x), "y": .short(tip.y), "h": .short(height),
        "f": .name(tip.name), "left": .flag(tip.x < 0),
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
    let labels = [true, false].flatMap { isLeft in
      [true, false].map { label(data, isLeft: isLeft, isHalo: $0) }
    }
    return [line, tip] + labels
  }

  /// The names on one side of their tips; a halo in the page's colour keeps them readable over points.
  private func label(_ data: JSONValue, isLeft: Bool, isHalo: Bool) -> JSONValue {
    let ink: JSONValue = isHalo ? "var(--paper)" : "currentColor"
    return [
      "data": data, "transform": [["filter": .text(isLeft ? "datum.left" : "!datum.left")]],
      "mark": [
        "type": "text", "align": .text(isLeft ? "right" : "left"), "dx": isLeft ? -7 : 7,
        "limit": 150, "fontSize": 12, "color": ink, "stroke": isHalo ? ink : nil,
        "strokeWidth": 3, "strokeJoin": "round",
      ],
      "encoding": ["x": axis("x", 0), "y": axis("h", 1), "text": channel("f", "nominal")],
    ]
  }

  /// The heights of labels moved apart until none that overlap sideways touch, or nearly so.
  private func spread(_ tips: [(name: String, x: Double, y: Double)]) -> [Double] {
    let gap = (frame.y.upperBound - frame.y.lowerBound) / 26
    let reach = (frame.x.upperBound - frame.x.lowerBound) / 4
    var heights = tips.map(\.y)
    for _ in 0..<60 {
      for a in tips.indices {
        for b in tips.indices.dropFirst(a + 1) where abs(tips[a].x - tips[b].x) < reach {
          let overlap = gap - abs(heights[a] - heights[b])
          guard overlap > 0 else { continue }
          let step = heights[a] < heights[b] ? overlap / 2 : -overlap / 2
          heights[a] -= step
          heights[b] += step
        }
      }
    }
    return heights
  }

  /// Counts of the drawn rows in a grid of cells over the frame.
  func density(id: String) -> Chart {
    let counts = cellCounts
    return Chart(
      id: id, label: "Heat map of how many of the drawn rows fall in each cell of the map.",
      minimumWidth: 320, height: 440, rows: cells(counts),
      body: [
        ("mark", ["type": "rect", "color": .text(Palette.density)]),
        (
          "encoding",
          [
            "x": axis("x", 0), "x2": ["field": "x2"], "y": axis("y", 1), "y2": ["field": "y2"],
            "opacity": shade(upTo: Double(max(2, counts.max() ?? 0))),
            "tooltip": [channel("n", "quantitative", [("title", "rows drawn")])],
          ]
        ),
      ])
  }

  private var cellSize: (width: Double, height: Double) {
    let size = Double(Self.cells)
    return (
      (frame.x.upperBound - frame.x.lowerBound) / size,
      (frame.y.upperBound - frame.y.lowerBound) / size
    )
  }

  /// Drawn rows by cell, row after row of the grid.
  private var cellCounts: [Int] {
    let size = Self.cells
    let cell = cellSize
    var counts = [Int](repeating: 0, count: size * size)
    for point in points where frame.x.contains(point.x) && frame.y.contains(point.y) {
      let column = min(size - 1, Int((point.x - frame.x.lowerBound) / cell.width))
      let row = min(size - 1, Int((point.y - frame.y.lowerBound) / cell.height))
      counts[row * size + column] += 1
    }
    return counts
  }

  private func cells(_ counts: [Int]) -> [JSONValue] {
    let cell = cellSize
    return counts.enumerated().compactMap { index, count -> JSONValue? in
      guard count > 0 else { return nil }
      let x = frame.x.lowerBound + Double(index % Self.cells) * cell.width
      let y = frame.y.lowerBound + Double(index / Self.cells) * cell.height
      return [
        "x": .short(x), "y": .short(y), "x2": .short(x + cell.width),
        "y2": .short(y + cell.height), "n": .count(count),
      ]
    }
  }

  private func shade(upTo most: Double) -> JSONValue {
    channel(
      "n", "quantitative",
      [
        ("title", "rows drawn in a cell"),
        ("legend", ["values": Self.legendValues(upTo: most), "symbolType": "square"]),
        ("scale", ["type": "log", "domain": [1, .number(most)], "range": [0.18, 1]]),
      ])
  }

  /// 1, 3, 10, 30, … below `most`, and `most` itself.
  private static func legendValues(upTo most: Double) -> JSONValue {
    var values: [Double] = []
    var step = 1.0
    while values.count < 8, step < most * 0.7 {
      values += [step, 3 * step].filter { $0 < most * 0.7 }
      step *= 10
    }
    return .array((values + [most]).map { .number($0) })
  }
}
