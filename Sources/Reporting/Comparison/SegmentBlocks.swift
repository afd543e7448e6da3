internal import Evaluation
internal import Experiments

/// Which segment became which.
struct SegmentBlocks {
  /// Segments of each side that the picture shows.
  private static let drawn = 30

  private let segments: SegmentComparison
  private let anchor: String

  init(_ segments: SegmentComparison, anchor: String) {
    self.segments = segments
    self.anchor = anchor
  }

  var block: ComparisonView.Block {
    .init(
      heading: "Which segment became which", sentences: sentences,
      tables: [fates], figures: [figure], drawnTables: [flows])
  }

  private var sentences: [String] {
    let kept = segments.ofA.count { $0.fate == .kept }
    let dissolved = segments.ofA.count { $0.fate == .dissolved }
    return [
      "On the same \(counted(segments.rowCount, "row")) the two agree with an adjusted Rand index of "
        + "\(NumberFormat.significant(segments.adjustedRandIndex, digits: 3)) (1 is the same, 0 is "
        + "chance) and a mutual information of "
        + "\(NumberFormat.significant(segments.mutualInformation, digits: 3)).",
      "Of \(counted(segments.ofA.count, "segment")) of A \(NumberFormat.count(kept)) \(kept == 1 ? "is" : "are") "
        + "kept (Jaccard above 0.75), \(NumberFormat.count(dissolved)) dissolved (0.5 or less).",
    ]
  }

  /// The number, and the name where it says more.
  private static func name(_ segment: Int, _ names: [String]) -> String {
    guard segment >= 0 else { return "none" }
    guard names.indices.contains(segment), names[segment] != "Segment \(segment)" else {
      return "segment \(segment)"
    }
    return "\(segment) \(names[segment])"
  }

  private func nameInA(_ segment: Int) -> String { Self.name(segment, segments.names.a) }
  private func nameInB(_ segment: Int) -> String { Self.name(segment, segments.names.b) }

  private var fates: TableView {
    TableView(
      caption: ComparisonView.omission(segments.ofA.count, "segments"),
      columns: [
        .text("of A"), .number("rows"), .text("nearest in B"), .number("Jaccard"), .text("is"),
      ],
      rows: segments.ofA.prefix(ComparisonView.listed).map { match in
        [
          nameInA(match.segment), NumberFormat.count(match.rowCount), nameInB(match.nearest),
          NumberFormat.significant(match.jaccard, digits: 3), match.fate.rawValue,
        ]
      })
  }

  private var flows: TableView {
    let sizes = Dictionary(segments.ofA.map { ($0.segment, $0.rowCount) }) { first, _ in first }
    let sizesOfB = Dictionary(segments.ofB.map { ($0.segment, $0.rowCount) }) { first, _ in first }
    let ranked = segments.flows.enumerated().sorted {
      (-$0.element.rowCount, $0.offset) < (-$1.element.rowCount, $1.offset)
    }.map(\.element)
    func share(_ rows: Int, of size: Int?) -> String {
      guard let size, size > 0 else { return "–" }
      return NumberFormat.percent(Double(rows) / Double(size))
    }
    return TableView(
      caption: "Crosswalk, the largest flows first"
        + (ranked.count > ComparisonView.listed
          ? ". \(ComparisonView.omission(ranked.count, "flows"))" : ""),
      columns: [
        .text("from A"), .text("to B"), .number("rows"), .number("of A’s segment"),
        .number("of B’s segment"),
      ],
      rows: ranked.prefix(ComparisonView.listed).map { flow in
        [
          nameInA(flow.a), nameInB(flow.b), NumberFormat.count(flow.rowCount),
          share(flow.rowCount, of: sizes[flow.a]), share(flow.rowCount, of: sizesOfB[flow.b]),
        ]
      })
  }

  private var figure: Figure {
    let sizes = Dictionary(segments.ofA.map { ($0.segment, $0.rowCount) }) { first, _ in first }
    let namesOfA = segments.ofA.prefix(Self.drawn).map(\.segment)
    let namesOfB = segments.ofB.prefix(Self.drawn).map(\.segment)
    let shown = segments.flows.filter { namesOfA.contains($0.a) && namesOfB.contains($0.b) }
    let rows: [JSONValue] = shown.map { flow in
      let share = Double(flow.rowCount) / Double(max(sizes[flow.a] ?? 1, 1))
      return [
        "a": .text(flow.a < 0 ? "none" : "\(flow.a)"),
        "b": .text(flow.b < 0 ? "none" : "\(flow.b)"),
        "n": .count(flow.rowCount), "s": .short(share), "t": .text(NumberFormat.percent(share)),
      ]
    }
    func axis(_ field: String, _ title: String, _ names: [Int], _ orient: String) -> JSONValue {
      channel(
        field, "nominal",
        [
          ("title", .text(title)),
          ("sort", .array(names.map { .text($0 < 0 ? "none" : "\($0)") })),
          ("axis", ["labelAngle": 0, "ticks": false, "orient": .text(orient)]),
        ])
    }
    let chart = Chart(
      id: anchor + "-crosswalk",
      label: "Heat map: the share of each segment of A that is in each segment of B.",
      minimumWidth: 90 + 52 * namesOfB.count, height: .count(30 * max(2, namesOfA.count)),
      rows: rows,
      body: [
        (
          "encoding",
          [
            "x": axis("b", "segment of B", Array(namesOfB), "top"),
            "y": axis("a", "segment of A", Array(namesOfA), "left"),
            "tooltip": [
              channel("a", "nominal", [("title", "segment of A")]),
              channel("b", "nominal", [("title", "segment of B")]),
              channel("n", "quantitative", [("title", "rows"), ("format", ",")]),
              channel("t", "nominal", [("title", "share of A’s segment")]),
            ],
          ]
        ),
        (
          "layer",
          [
            [
              "mark": ["type": "rect", "color": .text(Palette.density)],
              "encoding": [
                "opacity": channel(
                  "s", "quantitative",
                  [("legend", nil), ("scale", ["domain": [0, 1], "range": [0.05, 0.95]])])
              ],
            ],
            [
              "mark": ["type": "text", "fontSize": 11.5],
              "encoding": ["text": channel("t", "nominal")],
            ],
          ]
        ),
      ])
    return Figure(
      heading: "Crosswalk", statement: "All \(counted(segments.rowCount, "row")) that both placed.",
      reading: "A row of the picture is a segment of A: where its customers are in B.",
      isWide: namesOfB.count > 8, charts: [chart], tables: [flows])
  }
}
