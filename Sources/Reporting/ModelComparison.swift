internal import Evaluation
internal import Experiments

/// The best trial of every model on the same axes.
struct ModelComparison {
  /// Models that are drawn.
  static let drawn = 8

  private let entries: [(row: LeaderboardRow, evidence: ClassificationEvidence)]
  private let limit: Int

  /// Nil for fewer than two models with evidence.
  init?(_ board: Leaderboard, limit: Int) {
    var models: [String] = []
    var entries: [(row: LeaderboardRow, evidence: ClassificationEvidence)] = []
    for row in board.eligible + board.unmet {
      guard !models.contains(row.trial.model),
        let evidence = board.experiment.classification[row.trial.id]
      else { continue }
      models.append(row.trial.model)
      entries.append((row, evidence))
    }
    guard entries.count > 1 else { return nil }
    self.entries = Array(entries.prefix(Self.drawn))
    self.limit = limit
  }

  private var series: [(name: String, color: String)] {
    entries.enumerated().map {
      ($1.row.trial.model, Palette.color(ofSegment: $0))
    }
  }

  private var sample: String { entries.first?.evidence.sample ?? "" }

  func figures(id: String) -> [Figure] {
    [
      Figure(
        heading: "ROC curves of the models", statement: sample,
        reading: "The best trial of each model. Higher and further left is better.",
        isWide: false,
        charts: [
          chart(
            id: id + "-roc", label: "ROC curves of the best trial of each model.",
            axes: ROCPlot.axes
          ) { $0.roc.points.map { ($0.falsePositiveRate, $0.truePositiveRate) } }
        ],
        tables: [table]),
      Figure(
        heading: "Gains of the models", statement: sample,
        reading: "What each model finds when the best scores are contacted first. Rows of "
          + "equal score are taken evenly: who knows nothing finds as many positives as rows contacted.",
        isWide: false,
        charts: [
          chart(
            id: id + "-gains", label: "Cumulative gains of the best trial of each model.",
            axes: [
              "x": shareAxis("x", "rows contacted, best scores first"),
              "y": shareAxis("y", "positives found"),
            ]
          ) { [(0, 0)] + $0.gains.rows.map { ($0.cumulative.share, $0.cumulative.capture) } }
        ],
        tables: [gainsTable]),
    ]
  }

  private func chart(
    id: String, label: String, axes: JSONValue,
    _ points: (ClassificationEvidence) -> [(x: Double, y: Double)]
  ) -> Chart {
    let rows = entries.flatMap { entry in
      curveRows(points(entry.evidence).thinned(to: limit), series: entry.row.trial.model)
    }
    return Chart(
      id: id, label: label, height: 320, rows: rows,
      body: [
        ("encoding", axes),
        (
          "layer",
          [
            guide([(0, 0), (1, 1)]),
            [
              "mark": ["type": "line", "strokeWidth": 1.8],
              "encoding": [
                "color": seriesColor("m", series), "order": channel("i", "quantitative"),
              ],
            ],
          ]
        ),
      ])
  }

  private var table: TableView {
    TableView(
      columns: [.text("model"), .number("ROC AUC"), .number("average precision")]
        + [0.05, 0.1, 0.2].map {
          .number("found", hint: "of positives, \(NumberFormat.percent($0)) of negatives contacted")
        },
      rows: entries.map { row, evidence in
        [row.trial.model]
          + ["roc_auc", "pr_auc"].map { row.trial[metric: $0]?.text ?? "–" }
          + [0.05, 0.1, 0.2].map { share in
            let within = evidence.roc.points.last { $0.falsePositiveRate <= share }
            return within.map { NumberFormat.percent($0.truePositiveRate) } ?? "–"
          }
      })
  }

  /// Bins hold unequal shares of the rows where scores tie, so models are read at the same shares.
  private var gainsTable: TableView {
    let shares = (1...9).map { (name: "\($0 * 10)%", share: Double($0) / 10) }
    return TableView(
      caption: "Positives found, by the share of rows contacted",
      columns: [.text("model")] + shares.map { .number($0.name) },
      rows: entries.map { row, evidence in
        [row.trial.model]
          + shares.map { NumberFormat.percent(evidence.gains.capture(inBest: $0.share)) }
      })
  }
}
