internal import Evaluation
internal import Experiments

/// How scores of positives and of negatives are spread.
struct ScoreHistogramPlot {
  let evidence: ClassificationEvidence
  /// From the first to the last bin with rows.
  let bins: ArraySlice<ScoreHistogram.Bin>

  /// Nil without a row.
  init?(_ evidence: ClassificationEvidence) {
    let all = evidence.histogram.bins
    guard let first = all.firstIndex(where: { $0.positives + $0.negatives > 0 }),
      let last = all.lastIndex(where: { $0.positives + $0.negatives > 0 })
    else { return nil }
    self.evidence = evidence
    bins = all[first...last]
  }

  private var positives: Double { bins.reduce(0) { $0 + $1.positives } }
  private var negatives: Double { bins.reduce(0) { $0 + $1.negatives } }

  func figure(id: String) -> Figure {
    Figure(
      heading: "Scores by outcome", statement: evidence.sample,
      reading:
        "Each colour adds up to 100% of its outcome: the less the two overlap, the better the "
        + "scores part them.",
      isWide: false, charts: [chart(id: id)], tables: [table])
  }

  private func chart(id: String) -> Chart {
    Chart(
      id: id, label: "Histogram of scores, positives and negatives apart.", height: 300,
      rows: bins.flatMap { bin in
        [
          row(bin, "negative", bin.negatives, of: negatives),
          row(bin, "positive", bin.positives, of: positives),
        ]
      },
      body: [
        ("mark", ["type": "bar", "opacity": 0.6, "binSpacing": 1]),
        (
          "encoding",
          [
            "x": channel(
              "a", "quantitative",
              [
                ("title", "score"), ("bin", "binned"), ("scale", ["zero": false, "nice": false]),
                ("axis", ["tickCount": 6, "grid": false]),
              ]),
            "x2": ["field": "b"],
            "y": channel(
              "v", "quantitative",
              [
                ("title", "share of rows with this outcome"), ("stack", nil),
                ("axis", ["format": "~%", "tickCount": 5]),
              ]),
            "color": seriesColor(
              "m", [("negative", Palette.negatives), ("positive", Palette.positives)]),
            "tooltip": [
              channel("m", "nominal", [("title", "outcome")]),
              channel("l", "nominal", [("title", "score")]),
              channel("n", "quantitative", [("title", "rows"), ("format", ",")]),
              channel("v", "quantitative", [("title", "share"), ("format", ".1%")]),
            ],
          ]
        ),
      ])
  }

  private func row(
    _ bin: ScoreHistogram.Bin, _ outcome: String, _ weight: Double, of total: Double
  ) -> JSONValue {
    [
      "a": .short(bin.lower), "b": .short(bin.upper), "m": .text(outcome), "n": .short(weight),
      "v": .short(total > 0 ? weight / total : 0), "l": .text(Self.bounds(bin)),
    ]
  }

  private static func bounds(_ bin: ScoreHistogram.Bin) -> String {
    [bin.lower, bin.upper].map { NumberFormat.significant($0, digits: 2) }
      .joined(separator: " to ")
  }

  private var table: TableView {
    TableView(
      columns: [.text("score"), .number("negatives"), .number("positives")],
      rows: bins.map { bin in
        [
          Self.bounds(bin), NumberFormat.significant(bin.negatives),
          NumberFormat.significant(bin.positives),
        ]
      })
  }
}
