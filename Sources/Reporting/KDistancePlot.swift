internal import Experiments
internal import Learning

/// How far the k-th nearest row is, row by row: where the curve bends, a radius parts dense rows from
/// thin ones.
struct KDistancePlot {
  let curve: KDistanceCurve
  /// Rows of the trial, of which the curve may have a sample.
  private let total: Int
  /// The share of rows within the radius of enough others; nil if the trial does not say.
  private let coreShare: Double?
  /// What is drawn: a few far rows would flatten the rest.
  let ceiling: Double

  /// Nil without a curve.
  init?(_ evidence: ClusteringEvidence, of trial: TrialRecord) {
    guard let curve = evidence.diagnostics.kDistances, curve.distances.count > 1,
      curve.distances.allSatisfy(\.isFinite),
      curve.chosen.isFinite
    else { return nil }
    self.curve = curve
    total = evidence.rowCount
    coreShare = trial[metric: FitMeasure.coreShare.rawValue]?.value
    ceiling = Self.ceiling(of: curve)
  }

  /// The greatest distance, or 1.15 times that of the farthest hundredth where this is less than half
  /// of it; never below the radius or the bend.
  private static func ceiling(of curve: KDistanceCurve) -> Double {
    let greatest = curve.distances[0]
    let typical = 1.15 * curve.distances[(curve.distances.count - 1) / 100]
    let marked = 1.15 * max(curve.chosen, curve.knee ?? 0)
    let top = max(typical < greatest / 2 ? typical : greatest, marked)
    return top > 0 ? top : 1
  }

  /// The rows that the point at `index` stands for, counted from the farthest.
  func rank(_ index: Int) -> Int {
    let share = Double(index) / Double(curve.distances.count - 1)
    return 1 + Int((share * Double(max(0, curve.rowCount - 1))).rounded())
  }

  /// The radius and the bend in words.
  var sentences: [String] {
    let radius = NumberFormat.significant(curve.chosen, digits: 3)
    let first =
      switch curve.knee.map({ NumberFormat.significant($0, digits: 3) }) {
      case nil: "The radius \(radius) was chosen; the curve has no clear bend."
      case radius: "The radius \(radius) was chosen, where the curve bends most."
      case let knee?: "The radius \(radius) was chosen; the curve bends most at \(knee)."
      }
    guard let coreShare, coreShare.isFinite else { return [first] }
    return [first, "\(NumberFormat.percent(coreShare)) of the rows are core rows."]
  }

  private var neighbor: String { NumberFormat.ordinal(curve.neighbor) }

  func figure(id: String) -> Figure {
    let count = curve.distances.count
    let above = curve.distances.count { $0 > ceiling }
    let share = NumberFormat.percent(Double(above) / Double(count))
    let cut = above > 0 ? " About \(share) of the rows lie above the frame." : ""
    return Figure(
      heading: "Distances to the \(neighbor) nearest row",
      statement: "\(sample). \(sentences.joined(separator: " "))",
      reading:
        "Rows in dense places are on the right, far ones on the left; the dashed line is the "
        + "radius. A row counts as its own first neighbour.\(cut)",
      isWide: false, charts: [chart(id: id)], tables: [markTable, table])
  }

  /// The rows behind the curve.
  private var sample: String {
    let rows = NumberFormat.count(curve.rowCount)
    let source =
      curve.rowCount < total
      ? "a sample of \(rows) of \(NumberFormat.count(total)) rows" : "all \(rows) rows"
    let count = curve.distances.count
    return count < curve.rowCount
      ? "\(NumberFormat.count(count)) evenly spaced ranks of \(source)" : source.capitalizedFirst
  }

  private var markTable: TableView {
    TableView(
      columns: [.text("mark"), .number("distance")],
      rows: [
        ["chosen radius", NumberFormat.significant(curve.chosen)],
        ["sharpest bend", curve.knee.map { NumberFormat.significant($0) } ?? "–"],
      ])
  }

  /// The distance at round shares of the rows.
  private var table: TableView {
    let last = curve.distances.count - 1
    return TableView(
      caption: "Rows by distance, the farthest first",
      columns: [.number("share of rows"), .number("at least this far")],
      rows: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 1].map { share in
        let index = Int((share * Double(last)).rounded())
        return [
          NumberFormat.percent(share), NumberFormat.significant(curve.distances[index]),
        ]
      })
  }

  private func chart(id: String) -> Chart {
    let rows = curve.distances.enumerated().map { index, distance -> JSONValue in
      ["r": .count(rank(index)), "d": .short(distance)]
    }
    let line: JSONValue = [
      "mark": [
        "type": "line", "color": .text(Palette.density), "strokeWidth": 2.2, "clip": true,
      ],
      "encoding": [
        "x": x, "y": y,
        "tooltip": [
          channel("r", "quantitative", [("title", "rows at least as far"), ("format", ",d")]),
          channel("d", "quantitative", [("title", "distance")]),
        ],
      ],
    ]
    return Chart(
      id: id, label: "Descending curve of the distance from each row to its k-th nearest row.",
      height: 300, rows: rows, body: [("layer", .array([line] + marks))])
  }

  private var x: JSONValue {
    channel(
      "r", "quantitative",
      [
        ("title", "rows, the farthest first"),
        ("scale", ["domain": [1, .count(max(2, curve.rowCount))], "nice": false]),
        ("axis", ["tickCount": 5, "format": ",d", "grid": false]),
      ])
  }

  private var y: JSONValue {
    channel(
      "d", "quantitative",
      [
        ("title", .text("distance to the \(neighbor) nearest row")),
        ("scale", ["domain": [0, .short(ceiling)], "nice": false]), ("axis", ["tickCount": 6]),
      ])
  }

  /// The radius, and the bend unless it is the same; names stand above their lines, that of the lower
  /// one below where the two are close.
  private var marks: [JSONValue] {
    let radius = NumberFormat.significant(curve.chosen, digits: 3)
    let knee = curve.knee.map { NumberFormat.significant($0, digits: 3) }
    guard let bend = curve.knee, let knee, knee != radius else {
      let name = knee == nil ? "radius \(radius)" : "radius \(radius), the bend"
      return mark(curve.chosen, name, dash: [5, 4], isAbove: true)
    }
    let isClose = abs(curve.chosen - bend) < ceiling / 12
    return mark(
      curve.chosen, "radius \(radius)", dash: [5, 4], isAbove: !isClose || curve.chosen > bend)
      + mark(bend, "bend \(knee)", dash: [1, 3], isAbove: !isClose || bend > curve.chosen)
  }

  private func mark(
    _ value: Double, _ name: String, dash: JSONValue, isAbove: Bool
  ) -> [JSONValue] {
    let data: JSONValue = ["values": [["d": .short(value), "t": .text(name)]]]
    return [
      [
        "data": data, "mark": ["type": "rule", "strokeDash": dash, "strokeWidth": 1.5],
        "encoding": ["y": y],
      ],
      [
        "data": data,
        "mark": [
          "type": "text", "align": "right", "dx": -4, "baseline": isAbove ? "bottom" : "top",
          "dy": isAbove ? -4 : 5,
        ],
        "encoding": ["x": ["value": "width"], "y": y, "text": channel("t", "nominal")],
      ],
    ]
  }
}
