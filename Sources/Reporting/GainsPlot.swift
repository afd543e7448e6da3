internal import Evaluation
internal import Experiments

/// What a campaign reaches that contacts the best scores first, bin by bin.
struct GainsPlot {
  /// Bins in the table, evenly taken where there are more.
  private static let listed = 100

  let evidence: ClassificationEvidence

  /// Nil for a table without rows.
  init?(_ evidence: ClassificationEvidence) {
    guard !evidence.gains.rows.isEmpty else { return nil }
    self.evidence = evidence
  }

  var gains: GainsTable { evidence.gains }

  /// What is found by contacting a tenth of the rows, or as few more as end a bin.
  ///
  /// Of many bins the first is a handful of rows that say little.
  var sentence: String {
    let tenth = 0.1 * (1 - 1e-12)
    guard let best = gains.rows.first(where: { $0.cumulative.share >= tenth }) else { return "" }
    let contacted = NumberFormat.percent(best.cumulative.share)
    return
      "The best \(contacted) of rows hold \(NumberFormat.percent(best.cumulative.capture)) of the "
      + "positives, \(NumberFormat.significant(best.cumulative.lift, digits: 3)) times their share."
  }

  /// The end of a bin at which positives and negatives lie farthest apart.
  private var distance: String {
    guard let apart = gains.rows.max(by: { $0.cumulative.ks < $1.cumulative.ks }) else { return "" }
    return " Of the ends of bins, positives and negatives lie farthest apart after bin "
      + "\(NumberFormat.count(apart.bin)): KS "
      + "\(NumberFormat.significant(apart.cumulative.ks, digits: 3))."
  }

  func figure(id: String) -> Figure {
    let absent = gains.binCount - gains.rows.count
    let bins = NumberFormat.count(gains.binCount)
    let cause =
      gains.binCount > gains.rowCount
      ? "There are fewer rows than bins" : "Rows of equal score stay together"
    let ties =
      absent > 0
      ? " \(cause), which leaves \(NumberFormat.count(absent)) of \(bins) bins empty." : ""
    let left =
      gains.rows.count > Self.listed
      ? " The table has \(Self.listed) of \(NumberFormat.count(gains.rows.count)) bins." : ""
    return Figure(
      heading: "Gains and lift", statement: evidence.sample + " " + sentence + distance,
      reading: "Dashed lines are chance and the best possible order. Bars above 1 yield more than "
        + "contacting at random, with their 95% intervals (Wilson); the line is the lift of "
        + "everyone so far. Rows are ranked by log-odds, as for the metrics; the threshold is the "
        + "least probability predicted in the bin.\(ties)\(left)",
      isWide: true, charts: [gainsChart(id: id), liftChart(id: id + "-lift")], tables: [table],
      hasOpenTable: true)
  }

  private func gainsChart(id: String) -> Chart {
    let steps = gains.rows.map { (x: $0.cumulative.share, y: $0.cumulative.capture) }
    let line: JSONValue = [
      "mark": [
        "type": "line", "color": .text(Palette.scores), "strokeWidth": 2,
        "point": ["filled": true, "size": 40, "color": .text(Palette.scores)],
      ],
      "encoding": [
        "order": channel("i", "quantitative"),
        "tooltip": [
          channel("x", "quantitative", [("title", "contacted"), ("format", ".1%")]),
          channel("y", "quantitative", [("title", "positives found"), ("format", ".1%")]),
        ],
      ],
    ]
    return Chart(
      id: id, label: "Cumulative gains: the share of positives found against the share contacted.",
      height: 280, rows: curveRows([(0, 0)] + steps),
      body: [
        (
          "encoding",
          [
            "x": shareAxis("x", "rows contacted, best scores first"),
            "y": shareAxis("y", "positives found"),
          ]
        ),
        (
          "layer",
          [guide([(0, 0), (1, 1)]), guide([(0, 0), (gains.baseRate, 1), (1, 1)]), line]
        ),
      ])
  }

  private func liftChart(id: String) -> Chart {
    let rows = gains.rows.map { row -> JSONValue in
      let ends = liftInterval(row)
      return [
        "b": .count(row.bin), "v": .short(row.lift), "c": .short(row.cumulative.lift),
        "r": .short(row.actual), "a": .short(ends?.lower ?? row.lift),
        "h": .short(ends?.upper ?? row.lift),
      ]
    }
    let tooltip: JSONValue = [
      channel("b", "ordinal", [("title", "bin")]),
      channel("v", "quantitative", [("title", "lift"), ("format", ".2f")]),
      channel("c", "quantitative", [("title", "cumulative lift"), ("format", ".2f")]),
      channel("r", "quantitative", [("title", "positives"), ("format", ".1%")]),
    ]
    let bin = channel(
      "b", "ordinal",
      [
        ("title", .text("bin of \(gains.binCount), best scores first")),
        ("axis", ["labelAngle": 0, "labelOverlap": true]),
      ])
    return Chart(
      id: id, label: "Bar chart of the lift of each bin, with the cumulative lift as a line.",
      height: 280, rows: rows,
      body: [
        ("encoding", ["x": bin, "tooltip": tooltip]),
        ("layer", [liftBars, liftIntervals, cumulativeLift, dashedRule(y: 1)]),
      ])
  }

  private var liftBars: JSONValue {
    [
      "mark": ["type": "bar", "color": .text(Palette.density)],
      "encoding": ["y": numberAxis("v", "lift", includesZero: true)],
    ]
  }

  private var liftIntervals: JSONValue {
    [
      "mark": ["type": "rule", "strokeWidth": 1.5],
      "encoding": ["y": numberAxis("a", "lift", includesZero: true), "y2": ["field": "h"]],
    ]
  }

  /// Wilson's interval of the bin's share of positives over the base rate; nil for a bin without rows,
  /// which no table has.
  private func liftInterval(_ row: GainsTable.Row) -> (lower: Double, upper: Double)? {
    let count = Double(row.rowCount)
    guard row.weight > 0, gains.baseRate > 0,
      let share = try? Interval.wilson(hits: row.actual * count, of: count)
    else { return nil }
    return (share.lower / gains.baseRate, share.upper / gains.baseRate)
  }

  private var cumulativeLift: JSONValue {
    let color = JSONValue.text(Palette.positives)
    return [
      "mark": [
        "type": "line", "color": color, "strokeWidth": 2,
        "point": ["filled": true, "color": color],
      ],
      "encoding": ["y": numberAxis("c", "lift", includesZero: true)],
    ]
  }

  /// The table as H2O prints it, shares in percent.
  var table: TableView {
    TableView(
      columns: [
        .number("bin"), .number("n"), .number("threshold", hint: "least predicted"),
        .number("predicted"), .number("actual"), .number("lift"), .number("capture"),
        .number("gain"), .number("n", hint: "cumulative"),
        .number("contacted", hint: "cumulative"),
        .number("actual", hint: "cumulative"), .number("lift", hint: "cumulative"),
        .number("capture", hint: "cumulative"), .number("KS"),
      ],
      rows: gains.rows.thinned(to: Self.listed).map { row in
        let total = row.cumulative
        return [
          NumberFormat.count(row.bin), NumberFormat.count(row.rowCount),
          NumberFormat.significant(row.threshold, digits: 3), NumberFormat.percent(row.predicted),
          NumberFormat.percent(row.actual), NumberFormat.significant(row.lift, digits: 3),
          NumberFormat.percent(row.capture), NumberFormat.percent(row.gain),
          NumberFormat.count(total.rowCount), NumberFormat.percent(total.share),
          NumberFormat.percent(total.actual), NumberFormat.significant(total.lift, digits: 3),
          NumberFormat.percent(total.capture), NumberFormat.significant(total.ks, digits: 3),
        ]
      })
  }
}
