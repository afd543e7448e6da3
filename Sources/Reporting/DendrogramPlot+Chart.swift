internal import Learning

extension DendrogramPlot {
  /// Pixels a leaf takes.
  private static let leafHeight = 15
  /// Stands for links above the segments.
  private static let joint = -2

  func chart(id: String) -> Chart {
    let count = tree.leaves.count
    return Chart(
      id: id, label: "Dendrogram: groups of rows, joined at the distance between them.",
      height: .count(Self.leafHeight * max(6, count)), rows: links,
      body: [("layer", .array(stems + [dots, names] + cutLine))])
  }

  /// A merge: its distance, and position and distance of the two nodes it joins.
  private var links: [JSONValue] {
    tree.merges.enumerated().map { index, merge -> JSONValue in
      let node = layout.nodes[tree.leaves.count + index]
      let (a, b) = (layout.nodes[merge.left], layout.nodes[merge.right])
      return [
        "h": .short(node.height), "a": .short(a.position), "b": .short(b.position),
        "g": .short(a.height), "i": .short(b.height), "s": .count(node.segment ?? Self.joint),
        "r": .text(NumberFormat.count(node.rowCount)),
      ]
    }
  }

  private var color: JSONValue {
    let segments = Set(tree.leaves.compactMap(\.segment)).sorted()
    let known = segments.map { JSONValue.text(Palette.color(ofSegment: $0)) }
    return channel(
      "s", "nominal",
      [
        ("legend", nil),
        (
          "scale",
          [
            "domain": .array((segments + [Self.joint]).map(JSONValue.count)),
            "range": .array(known + ["currentColor"]),
          ]
        ),
      ])
  }

  private func x(_ field: String) -> JSONValue {
    channel(
      field, "quantitative",
      [
        ("title", .text(axisTitle)), ("axis", ["tickCount": 5]),
        ("scale", ["zero": true, "nice": false, "domainMin": 0]),
      ])
  }

  private func y(_ field: String) -> JSONValue {
    let last = Double(tree.leaves.count) - 0.5
    return channel(
      field, "quantitative",
      [
        ("axis", nil),
        ("scale", ["domain": [-0.5, .number(last)], "reverse": true, "nice": false]),
      ])
  }

  /// The three sides of every link.
  private var stems: [JSONValue] {
    let mark: JSONValue = ["type": "rule", "strokeWidth": 1.6, "strokeCap": "square"]
    let tooltip: JSONValue = [
      channel("h", "quantitative", [("title", "distance")]),
      channel("r", "nominal", [("title", "rows joined")]),
    ]
    let sides: [[(String, JSONValue)]] = [
      [("x", x("h")), ("y", y("a")), ("y2", ["field": "b"])],
      [("x", x("g")), ("x2", ["field": "h"]), ("y", y("a"))],
      [("x", x("i")), ("x2", ["field": "h"]), ("y", y("b"))],
    ]
    return sides.map { side in
      let encoding = side + [("color", color), ("tooltip", tooltip)]
      return [
        "mark": mark,
        "encoding": .object(encoding.map { JSONValue.Member(name: $0.0, value: $0.1) }),
      ]
    }
  }

  private var leaves: JSONValue {
    let rows = layout.order.enumerated().map { slot, index -> JSONValue in
      let leaf = tree.leaves[index]
      return [
        "h": 0, "a": .count(slot), "s": .count(leaf.segment ?? Self.joint),
        "t": .text(label(leaf)),
      ]
    }
    return ["values": .array(rows)]
  }

  private var dots: JSONValue {
    [
      "data": leaves, "mark": ["type": "circle", "size": 52, "opacity": 1],
      "encoding": ["x": x("h"), "y": y("a"), "color": color],
    ]
  }

  private var names: JSONValue {
    [
      "data": leaves,
      "mark": ["type": "text", "align": "right", "dx": -8, "fontSize": 11],
      "encoding": ["x": ["value": 0], "y": y("a"), "text": channel("t", "nominal")],
    ]
  }

  private var cutLine: [JSONValue] {
    guard let cut = tree.cut, cut.isFinite else { return [] }
    let data: JSONValue = [
      "values": [
        ["h": .short(cut), "t": .text("cut \(NumberFormat.significant(cut, digits: 3))")]
      ]
    ]
    return [
      [
        "data": data, "mark": ["type": "rule", "strokeDash": [5, 4], "strokeWidth": 1.5],
        "encoding": ["x": x("h")],
      ],
      [
        "data": data, "mark": ["type": "text", "baseline": "bottom", "dy": -4],
        "encoding": ["x": x("h"), "y": ["value": 0], "text": channel("t", "nominal")],
      ],
    ]
  }
}
