internal import Experiments

/// The silhouette of every segment as a blade: its rows from the best placed to the worst.
struct SilhouetteKnives {
  /// Blades beyond this many are too thin to read; the largest segments are drawn.
  static let drawnBlades = 40

  let evidence: ClusteringEvidence
  /// The silhouette metric of the trial, for the mean over all rows and its sample.
  let metric: MetricRecord?
  /// Points of all blades together.
  private let limit: Int

  /// Nil when no silhouettes were recorded.
  init?(_ evidence: ClusteringEvidence, metric: MetricRecord?, limit: Int) {
    guard evidence.silhouettes.contains(where: { !$0.values.isEmpty }) else { return nil }
    self.evidence = evidence
    self.metric = metric
    self.limit = limit
  }

  func figure(id: String) -> Figure {
    let sample = metric.map { metric in
      "Computed on \(metric.sample); the mean is \(NumberFormat.significant(metric.value))."
    }
    let omitted = evidence.silhouettes.count - drawn.count
    let rest =
      omitted > 0
      ? " The \(NumberFormat.count(omitted)) smallest segments are in the table only." : ""
    return Figure(
      heading: "Silhouette by segment", statement: sample ?? "",
      reading: "A blade is a segment, thicker the more rows it has, named by its number and its "
        + "mean; the dashed line is the mean of all rows. 1 is well placed, below 0 is nearer to "
        + "another segment.\(rest)",
      isWide: false, charts: [chart(id: id)], tables: [table])
  }

  private var table: TableView {
    TableView(
      columns: [
        .text("segment"), .number("rows"), .number("mean silhouette"), .number("best"),
        .number("median"), .number("worst"),
      ],
      rows: evidence.silhouettes.map { blade in
        let middle = blade.values.isEmpty ? nil : blade.values[blade.values.count / 2]
        let figures: [Double?] = [blade.mean, blade.values.first, middle, blade.values.last]
        return ["\(blade.segment)", NumberFormat.count(blade.rowCount)]
          + figures.map { $0.map { NumberFormat.significant($0, digits: 3) } ?? "–" }
      })
  }

  /// The blades that are drawn, by segment number.
  private var drawn: [ClusteringEvidence.SilhouetteProfile] {
    let blades = evidence.silhouettes.filter { !$0.values.isEmpty }
    guard blades.count > Self.drawnBlades else { return blades }
    let bySize = blades.sorted { ($1.rowCount, $0.segment) < ($0.rowCount, $1.segment) }
    return bySize.prefix(Self.drawnBlades).sorted { $0.segment < $1.segment }
  }

  private var height: Double { Double(max(220, drawn.count * (drawn.count > 12 ? 22 : 44))) }

  /// Ranks of every blade on one vertical axis from 0 to 1.
  ///
  /// Every blade has room for its label; what is left of the height is shared out by rows.
  private func rows() -> (points: [JSONValue], labels: [JSONValue]) {
    let blades = drawn
    let total = Double(max(1, blades.map(\.rowCount).reduce(0, +)))
    let floor = 13 / height
    let gap = 3 / height
    let shared = max(0, 1 - Double(blades.count) * (floor + gap))
    let perBlade = max(2, limit / blades.count)
    var start = 0.0
    var points: [JSONValue] = []
    var labels: [JSONValue] = []
    for blade in blades {
      let thickness = floor + shared * Double(blade.rowCount) / total
      let values = Self.thinned(blade.values, to: perBlade)
      for (rank, value) in values.enumerated() {
        let share = values.count == 1 ? 0.5 : Double(rank) / Double(values.count - 1)
        points.append([
          "y": .short(start + share * thickness),
          "v": .number(NumberFormat.rounded(value, digits: 3)),
          "s": .count(blade.segment),
        ])
      }
      labels.append([
        "y": .short(start + thickness / 2), "s": .count(blade.segment),
        "t": .text("\(blade.segment) (\(NumberFormat.significant(blade.mean, digits: 2)))"),
        "r": .text(NumberFormat.count(blade.rowCount)), "m": .short(blade.mean),
      ])
      start += thickness + gap
    }
    return (points, labels)
  }

  /// At most `count` values at evenly spaced ranks, the first and last among them.
  private static func thinned(_ values: [Double], to count: Int) -> [Double] {
    guard values.count > count, count > 1 else { return values }
    return (0..<count).map { values[$0 * (values.count - 1) / (count - 1)] }
  }
}

extension SilhouetteKnives {
  private func chart(id: String) -> Chart {
    let (points, labels) = rows()
    return Chart(
      id: id, label: "Silhouette plot: one blade per segment, with the mean over all rows.",
      height: .number(height), rows: points,
      body: [("layer", .array([blades, names(labels), line(at: 0, ["opacity": 0.6])] + mean))])
  }

  private var y: JSONValue {
    channel(
      "y", "quantitative",
      [("axis", nil), ("scale", ["domain": [0, 1], "reverse": true, "nice": false])])
  }

  private var blades: JSONValue {
    let x = channel(
      "v", "quantitative", [("title", "silhouette"), ("axis", ["tickCount": 6, "format": ".1f"])])
    let color = channel(
      "s", "nominal", [("legend", nil), ("scale", segmentColors(drawn.map(\.segment)))])
    return [
      "mark": ["type": "area", "orient": "horizontal", "line": false, "tooltip": false],
      "encoding": ["x": x, "x2": ["datum": 0], "y": y, "color": color],
    ]
  }

  private func names(_ labels: [JSONValue]) -> JSONValue {
    [
      "data": ["values": .array(labels)],
      "mark": ["type": "text", "align": "right", "dx": -6],
      "encoding": [
        "x": ["value": 0], "y": y, "text": channel("t", "nominal"),
        "tooltip": [
          channel("s", "nominal", [("title", "segment")]),
          channel("r", "nominal", [("title", "rows")]),
          channel("m", "quantitative", [("title", "mean silhouette")]),
        ],
      ],
    ]
  }

  private var mean: [JSONValue] {
    guard let metric, metric.value.isFinite else { return [] }
    return [line(at: metric.value, ["strokeDash": [5, 4], "strokeWidth": 1.5])]
  }

  private func line(at value: Double, _ style: KeyValuePairs<String, JSONValue>) -> JSONValue {
    let mark = [("type", "rule")] + style.map { ($0.key, $0.value) }
    return [
      "data": ["values": [["v": .short(value)]]],
      "mark": .object(mark.map { JSONValue.Member(name: $0.0, value: $0.1) }),
      "encoding": ["x": channel("v", "quantitative")],
    ]
  }
}
