internal import Evaluation
internal import Experiments

extension StabilityPlot {
  func chart(id: String) -> Chart {
    let rows = drawn.enumerated().map { index, segment -> JSONValue in
      [
        "s": .text(segmentName(segment.label)), "k": .count(index), "v": .short(segment.mean),
        "r": .text(segment.reading.legend), "d": .count(segment.dissolved),
        "f": .count(segment.recovered),
        "t": .text(NumberFormat.significant(segment.mean, digits: 3)),
      ]
    }
    let lines = ClusterStability.Reading.bounds.map { dashedRule(x: $0) }
    return Chart(
      id: id, label: "Bar chart of the stability of every segment with the bounds of its reading.",
      height: .count(50 + 26 * rows.count), rows: rows,
      body: [
        ("encoding", ["y": nameAxis("s")]),
        ("layer", .array([bars] + lines + [values])),
      ])
  }

  private var x: JSONValue {
    channel(
      "v", "quantitative",
      [
        ("title", "mean similarity with the replicates"),
        ("scale", ["domain": [0, 1], "nice": false]),
        (
          "axis",
          [
            "values": .array(
              ([0, 0.25, 0.5] + ClusterStability.Reading.bounds + [1]).map(JSONValue.short)),
            "format": ".2f", "grid": false, "labelOverlap": "greedy",
          ]
        ),
      ])
  }

  private var bars: JSONValue {
    let readings = ClusterStability.Reading.allCases
    return [
      "mark": ["type": "bar", "height": ["band": 0.62]],
      "encoding": [
        "x": x,
        "color": channel(
          "r", "nominal",
          [
            ("title", nil),
            (
              "scale",
              [
                "domain": .array(readings.map { .text($0.legend) }),
                "range": .array(readings.map { .text($0.color) }),
              ]
            ),
            ("legend", ["columns": ["expr": "width < 420 ? 1 : 2"], "labelLimit": 260]),
          ]),
        "tooltip": [
          channel("s", "nominal", [("title", "segment")]),
          channel("v", "quantitative", [("title", "mean similarity"), ("format", ".3f")]),
          channel("d", "quantitative", [("title", "dissolved")]),
          channel("f", "quantitative", [("title", "recovered")]),
        ],
      ],
    ]
  }

  /// The means at the foot of the bars, where no line crosses them.
  private var values: JSONValue {
    [
      "mark": ["type": "text", "align": "left", "dx": 5, "fontWeight": 600],
      "encoding": [
        "x": ["datum": 0], "text": channel("t", "nominal"),
        // Black where white would fade into the bar.
        "color": [
          "condition": ["test": "datum.v >= 0.6 && datum.v < 0.75", "value": "black"],
          "value": "white",
        ],
      ],
    ]
  }

  /// How firmly pairs of rows stay together or apart; nil where consensus was not counted.
  func consensus(id: String) -> Figure? {
    guard let consensus = evidence.consensus else { return nil }
    let points = consensus.distribution.enumerated().map { (x: Double($0) / 100, y: $1) }
    let count = evidence.consensusRowCount ?? evidence.rowCount
    let all = evidence.sampledFrom ?? evidence.rowCount
    let rows =
      count < all
      ? "a sample of \(NumberFormat.count(count)) of \(NumberFormat.count(all)) rows"
      : "all \(NumberFormat.count(count)) rows"
    return Figure(
      heading: "Consensus of pairs",
      statement: "\(NumberFormat.count(consensus.pairCount)) pairs of \(rows) over "
        + "\(NumberFormat.count(consensus.runCount)) replicates; "
        + "\(NumberFormat.percent(consensus.ambiguousShare)) are ambiguous, the area below the curve "
        + "is \(NumberFormat.significant(consensus.area, digits: 3)).",
      reading: "The share of pairs that are together in at most so many of their replicates. Clear "
        + "segments rise at 0 and at 1 and are flat between the lines at 0.1 and 0.9.",
      isWide: false, charts: [consensusChart(points, id: id)], tables: consensusTables(consensus))
  }

  private func consensusChart(_ points: [(x: Double, y: Double)], id: String) -> Chart {
    let bounds = [Consensus.ambiguity.low, Consensus.ambiguity.high].map { dashedRule(x: $0) }
    let line: JSONValue = [
      "mark": [
        "type": "line", "interpolate": "step-after", "strokeWidth": 2,
        "color": .text(Palette.scores),
      ],
      "encoding": ["order": channel("i", "quantitative")],
    ]
    return Chart(
      id: id, label: "Distribution of the consensus of pairs of rows.", height: 240,
      rows: curveRows(points),
      body: [
        (
          "encoding",
          [
            "x": numberAxis(
              "x", "share of replicates that put a pair together", includesZero: true),
            "y": shareAxis("y", "share of pairs"),
          ]
        ),
        ("layer", .array(bounds + [line])),
      ])
  }

  private func consensusTables(_ consensus: Consensus) -> [TableView] {
    let shown = stride(from: 0, through: 100, by: 10)
    return [
      TableView(
        columns: [.number("consensus of at most"), .number("share of pairs")],
        rows: shown.map { percent in
          [
            NumberFormat.significant(Double(percent) / 100),
            NumberFormat.percent(consensus.distribution[percent]),
          ]
        }),
      TableView(
        columns: [.text("segment"), .number("mean consensus of its pairs")],
        rows: consensus.segments.map { segment in
          [
            segmentName(segment.label),
            segment.mean.map { NumberFormat.significant($0, digits: 3) } ?? "–",
          ]
        }),
    ]
  }
}
