internal import Evaluation
internal import Experiments

/// How many of the contacted are positives, for how many positives found.
struct PrecisionRecallPlot {
  let evidence: ClassificationEvidence
  let area: MetricRecord?
  let limit: Int

  /// Nil for a curve without points.
  init?(_ evidence: ClassificationEvidence, of trial: TrialRecord, limit: Int) {
    guard !evidence.precisionRecall.points.isEmpty else { return nil }
    self.evidence = evidence
    area = trial[metric: "pr_auc"]
    self.limit = limit
  }

  private var curve: PrecisionRecallCurve { evidence.precisionRecall }

  func figure(id: String) -> Figure {
    let area = area.map { " Average precision, pr_auc, is \($0.textWithInterval)." } ?? ""
    return Figure(
      heading: "Precision and recall", statement: evidence.sample + area,
      reading: "The dashed line is the base rate, \(NumberFormat.percent(curve.baseRate)): the "
        + "precision of contacting everyone, or anyone at random. The ring is the chosen cut."
        + evidence.outline(points.count, of: curve.fullCount),
      isWide: false, charts: [chart(id: id)], tables: [table])
  }

  private var points: [PrecisionRecallCurve.Point] { curve.points.thinned(to: limit) }

  private func chart(id: String) -> Chart {
    // A cut finds its recall at its own precision, so every cut is a step; an outline of many cuts is
    // a polygon that steps would miss.
    let isWhole = points.count == curve.fullCount
    let start = points.prefix(1).map { (x: 0.0, y: $0.precision) }
    return Chart(
      id: id, label: "Precision against recall, with the base rate.", height: 300,
      rows: curveRows(start + points.map { (x: $0.recall, y: $0.precision) }),
      body: [
        (
          "encoding",
          [
            "x": shareAxis("x", "positives found (recall)"),
            "y": shareAxis("y", "positives among the contacted (precision)"),
          ]
        ),
        (
          "layer",
          [
            guide([(0, curve.baseRate), (1, curve.baseRate)]),
            [
              "mark": [
                "type": "line", "color": .text(Palette.scores), "strokeWidth": 2,
                "interpolate": isWhole ? "step-before" : "linear",
              ],
              "encoding": ["order": channel("i", "quantitative")],
            ],
            cut,
          ]
        ),
      ])
  }

  private var cut: JSONValue {
    let confusion = evidence.cut.confusion
    let place =
      confusion.predictedPositives > 0
      ? [(x: confusion.recall, y: confusion.precision)] : []
    return ring(
      place,
      tooltip: [
        channel("x", "quantitative", [("title", "recall"), ("format", ".1%")]),
        channel("y", "quantitative", [("title", "precision"), ("format", ".1%")]),
      ])
  }

  private var table: TableView {
    TableView(
      columns: [.number("contact from score"), .number("recall"), .number("precision")],
      rows: curve.points.thinned(to: ROCPlot.listed).map { point in
        [
          NumberFormat.significant(point.threshold, digits: 3), NumberFormat.percent(point.recall),
          NumberFormat.percent(point.precision),
        ]
      })
  }
}
