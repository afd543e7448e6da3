internal import Evaluation
internal import Experiments

/// What the chosen cut does: who is contacted, who is missed, and what it earns.
struct CutPlot {
  let evidence: ClassificationEvidence
  /// Points of the profit curve.
  let limit: Int

  private var cut: ClassificationEvidence.CutRecord { evidence.cut }
  private var confusion: ConfusionMatrix { cut.confusion }

  /// Nil without rows.
  init?(_ evidence: ClassificationEvidence, limit: Int) {
    guard evidence.cut.confusion.weight > 0 else { return nil }
    self.evidence = evidence
    self.limit = limit
  }

  var sentence: String {
    let threshold = NumberFormat.significant(cut.threshold, digits: 3)
    return
      "The cut is \(cut.rule): contact everyone who scores \(threshold) or more, "
      + "\(NumberFormat.percent(cut.contactShare)) of rows. \(yield)"
  }

  private var yield: String {
    guard confusion.predictedPositives > 0 else { return "Nobody is contacted." }
    return
      "Of those contacted \(NumberFormat.percent(confusion.precision)) are positive, which finds "
      + "\(NumberFormat.percent(confusion.recall)) of all positives."
  }

  func figure(id: String) -> Figure {
    Figure(
      heading: "The chosen cut", statement: evidence.sample + " " + sentence,
      reading:
        "Each field has the rows that were decided one way and turned out one way. The scores had not "
        + "seen these rows, but the cut was chosen on them; a holdout has no part in either.",
      isWide: false, charts: [tiles(id: id)], tables: [fieldTable, figureTable])
  }

  func profitFigure(id: String) -> Figure? {
    guard let profit = cut.profit, profit.points.count > 1 else { return nil }
    let (best, campaign) = (profit.best, profit.campaign)
    let value = NumberFormat.significant(campaign.valueOfHit)
    let cost = NumberFormat.significant(campaign.costOfContact)
    let earning =
      best.contacts > 0
      ? "It is greatest, \(NumberFormat.compact(best.profit)), for the best "
        + "\(NumberFormat.percent(best.share)) of rows." : "No contact pays."
    return Figure(
      heading: "Profit",
      statement:
        "\(evidence.sample) A contacted positive brings \(value), a contact costs \(cost); a "
        + "contact pays from a probability of "
        + "\(NumberFormat.percent(campaign.breakEven)). \(earning)",
      reading:
        "The line is the profit of contacting so many rows, best scores first; the ring is its "
        + "top, the dashed line the chosen cut.",
      isWide: false, charts: [profitChart(profit, id: id)], tables: [profitTable(profit)])
  }

  private struct Field {
    let decision: String
    let outcome: String
    let words: String
    let weight: Double
    let isRight: Bool
  }

  private var fields: [Field] {
    let c = confusion
    return [
      Field(
        decision: "contacted", outcome: "positive", words: "found", weight: c.truePositives,
        isRight: true),
      Field(
        decision: "contacted", outcome: "negative", words: "contacted in vain",
        weight: c.falsePositives, isRight: false),
      Field(
        decision: "not contacted", outcome: "positive", words: "missed", weight: c.falseNegatives,
        isRight: false),
      Field(
        decision: "not contacted", outcome: "negative", words: "rightly left alone",
        weight: c.trueNegatives, isRight: true),
    ]
  }

  private func tiles(id: String) -> Chart {
    let rows = fields.map { field -> JSONValue in
      let share = field.weight / confusion.weight
      return [
        "d": .text(field.decision), "o": .text(field.outcome), "w": .text(field.words),
        "n": .text(NumberFormat.significant(field.weight)), "s": .text(NumberFormat.percent(share)),
        "r": .flag(field.isRight), "v": .short(share),
      ]
    }
    let color: JSONValue = [
      "condition": ["test": "datum.r", "value": .text(Palette.scores)],
      "value": .text(Palette.positives),
    ]
    let shade = channel(
      "v", "quantitative",
      [("legend", nil), ("scale", ["domain": [0, 1], "range": [0.18, 0.5]])])
    return Chart(
      id: id, label: "Confusion matrix of the chosen cut.", height: 240, rows: rows,
      body: [
        (
          "encoding",
          [
            "x": axis("o", "outcome", ["positive", "negative"], orient: "top"),
            "y": axis("d", nil, ["contacted", "not contacted"], orient: "left"),
          ]
        ),
        (
          "layer",
          [
            ["mark": ["type": "rect"], "encoding": ["color": color, "opacity": shade]],
            line("n", dy: -14, size: 17, weight: 600), line("w", dy: 6, size: 12, weight: 400),
            line("s", dy: 23, size: 12, weight: 400),
          ]
        ),
      ])
  }

  private func axis(
    _ field: String, _ title: JSONValue, _ order: [JSONValue], orient: JSONValue
  ) -> JSONValue {
    channel(
      field, "nominal",
      [
        ("title", title), ("sort", .array(order)),
        ("axis", ["orient": orient, "labelAngle": 0, "ticks": false, "domain": false]),
      ])
  }

  private func line(_ field: String, dy: Int, size: Int, weight: Int) -> JSONValue {
    [
      "mark": [
        "type": "text", "dy": .count(dy), "fontSize": .count(size), "fontWeight": .count(weight),
      ],
      "encoding": ["text": channel(field, "nominal")],
    ]
  }

  var fieldTable: TableView {
    TableView(
      columns: [
        .text("decision"), .text("outcome"), .text("in words"), .number("rows"),
        .number("share"),
      ],
      rows: fields.map { field in
        [
          field.decision, field.outcome, field.words, NumberFormat.significant(field.weight),
          NumberFormat.percent(field.weight / confusion.weight),
        ]
      })
  }

  private var figureTable: TableView {
    let c = confusion
    let shares = [
      ("precision: positives among the contacted", c.precision),
      ("recall: positives that are contacted", c.recall),
      ("specificity: negatives left alone", c.specificity), ("accuracy", c.accuracy),
    ]
    let others = [("F1", c.f1), ("Matthews’ correlation", c.matthewsCorrelation)]
    return TableView(
      columns: [.text("at this cut"), .number("value")],
      rows: shares.map { [$0.0, NumberFormat.percent($0.1)] }
        + others.map { [$0.0, NumberFormat.significant($0.1, digits: 3)] })
  }

  private func profitChart(_ profit: ProfitCurve, id: String) -> Chart {
    Chart(
      id: id, label: "Profit against the share of rows contacted.", height: 240,
      rows: curveRows(profit.points.thinned(to: limit).map { ($0.share, $0.profit) }),
      body: [
        (
          "encoding",
          [
            "x": shareAxis("x", "rows contacted, best scores first"),
            "y": channel(
              "y", "quantitative",
              [("title", "profit"), ("axis", ["tickCount": 5, "labelExpr": Chart.shortLabels])]),
          ]
        ),
        (
          "layer",
          [
            [
              "mark": ["type": "rule", "opacity": 0.4],
              "encoding": ["x": nil, "y": ["datum": 0]],
            ],
            dashedRule(x: cut.contactShare),
            [
              "mark": ["type": "line", "color": .text(Palette.scores), "strokeWidth": 2],
              "encoding": ["order": channel("i", "quantitative")],
            ],
            ring([(profit.best.share, profit.best.profit)]),
          ]
        ),
      ])
  }

  private func profitTable(_ profit: ProfitCurve) -> TableView {
    TableView(
      columns: [
        .number("contacted"), .number("contacts"), .number("positives found"), .number("profit"),
      ],
      rows: profit.points.thinned(to: ROCPlot.listed).map { point in
        [
          NumberFormat.percent(point.share), NumberFormat.significant(point.contacts),
          NumberFormat.significant(point.hits), NumberFormat.significant(point.profit),
        ]
      })
  }
}
