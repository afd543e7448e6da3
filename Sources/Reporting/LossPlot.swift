internal import Experiments

/// How the loss of the watched rows fell while the model learned.
struct LossPlot {
  let losses: [Double]
  let limit: Int

  /// Nil for fewer than two losses.
  init?(_ evidence: ClassificationEvidence, limit: Int) {
    losses = evidence.losses
    guard losses.count > 1, losses.contains(where: \.isFinite) else { return nil }
    self.limit = limit
  }

  /// The first step with the least loss, from 1.
  var best: (step: Int, loss: Double) {
    var best = (step: 0, loss: Double.infinity)
    for (index, loss) in losses.enumerated() where loss < best.loss { best = (index + 1, loss) }
    return best
  }

  var sentence: String {
    let steps = NumberFormat.count(losses.count)
    let loss = NumberFormat.significant(best.loss)
    if best.step == losses.count {
      return "The loss was still falling at the last of \(steps) steps, where it was \(loss): more "
        + "may lower it."
    }
    return "The loss is least, \(loss), after step \(NumberFormat.count(best.step)) of \(steps)."
  }

  func figure(id: String) -> Figure {
    Figure(
      heading: "Learning curve",
      statement: "The loss of the rows that the fit watched, after each tree or step. \(sentence)",
      reading: "The dashed line marks the least loss: a curve that rises after it has begun to "
        + "learn by heart.",
      isWide: false, charts: [chart(id: id)], tables: [table])
  }

  private var points: [(step: Int, loss: Double)] {
    losses.enumerated().filter(\.element.isFinite).map { ($0.offset + 1, $0.element) }
      .thinned(to: limit)
  }

  private func chart(id: String) -> Chart {
    let rows = curveRows(points.map { (x: Double($0.step), y: $0.loss) })
    return Chart(
      id: id, label: "Line chart of the loss against the tree or step.", height: 240, rows: rows,
      body: [
        (
          "encoding",
          [
            "x": channel(
              "x", "quantitative",
              [
                ("title", "tree or step"), ("scale", ["zero": false, "nice": false]),
                ("axis", ["tickMinStep": 1, "tickCount": 5, "format": "d", "grid": false]),
              ]),
            "y": numberAxis("y", "loss"),
          ]
        ),
        (
          "layer",
          [
            [
              "mark": ["type": "line", "color": .text(Palette.scores), "strokeWidth": 2],
              "encoding": ["order": channel("i", "quantitative")],
            ],
            dashedRule(x: Double(best.step)),
          ]
        ),
      ])
  }

  private var table: TableView {
    TableView(
      columns: [.number("step"), .number("loss")],
      rows: points.thinned(to: ROCPlot.listed).map {
        [NumberFormat.count($0.step), NumberFormat.significant($0.loss)]
      })
  }
}
