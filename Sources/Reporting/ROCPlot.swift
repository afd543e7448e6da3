internal import Evaluation
internal import Experiments

/// How many positives are found for how many negatives contacted by mistake.
struct ROCPlot {
  /// Cuts listed beside the picture.
  static let listed = 21

  let evidence: ClassificationEvidence
  let area: MetricRecord?
  /// Points drawn.
  let limit: Int

  /// Nil for a curve without a line.
  init?(_ evidence: ClassificationEvidence, of trial: TrialRecord, limit: Int) {
    guard evidence.roc.points.count > 1 else { return nil }
    self.evidence = evidence
    area = trial[metric: "roc_auc"]
    self.limit = limit
  }

  func figure(id: String) -> Figure {
    let area = area.map { " The area under the curve, roc_auc, is \($0.textWithInterval)." } ?? ""
    return Figure(
      heading: "ROC curve", statement: evidence.sample + area,
      reading: "Every point is a cut: contact everyone who scores as high. The dashed line is what "
        + "chance gives, the ring the chosen cut."
        + evidence.outline(points.count, of: evidence.roc.fullCount),
      isWide: false, charts: [chart(id: id)], tables: [table])
  }

  private var points: [ROCCurve.Point] { evidence.roc.points.thinned(to: limit) }

  private func chart(id: String) -> Chart {
    Chart(
      id: id,
      label: "ROC curve: the share of positives found against the share of negatives "
        + "contacted.",
      height: 300,
      rows: curveRows(points.map { ($0.falsePositiveRate, $0.truePositiveRate) }),
      body: [
        ("encoding", Self.axes),
        (
          "layer",
          [
            guide([(0, 0), (1, 1)]),
            [
              "mark": ["type": "line", "color": .text(Palette.scores), "strokeWidth": 2],
              "encoding": ["order": channel("i", "quantitative")],
            ],
            cut,
          ]
        ),
      ])
  }

  static var axes: JSONValue {
    [
      "x": shareAxis("x", "negatives contacted by mistake"),
      "y": shareAxis("y", "positives found"),
    ]
  }

  private var cut: JSONValue {
    let confusion = evidence.cut.confusion
    let place = [(x: 1 - confusion.specificity, y: confusion.recall)]
    return ring(
      place,
      tooltip: [
        channel("x", "quantitative", [("title", "negatives contacted"), ("format", ".1%")]),
        channel("y", "quantitative", [("title", "positives found"), ("format", ".1%")]),
      ])
  }

  private var table: TableView {
    TableView(
      columns: [
        .text("contact from score"), .number("negatives contacted"), .number("positives found"),
      ],
      rows: evidence.roc.points.thinned(to: Self.listed).map { point in
        [
          point.threshold.map { NumberFormat.significant($0, digits: 3) } ?? "nobody",
          NumberFormat.percent(point.falsePositiveRate),
          NumberFormat.percent(point.truePositiveRate),
        ]
      })
  }
}
