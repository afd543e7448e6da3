internal import Experiments

/// The coefficients of a linear model, as they move the log-odds.
struct CoefficientPlot {
  typealias Record = ClassificationEvidence.CoefficientRecord

  /// Coefficients in the picture.
  static let drawn = 20

  /// Largest first by absolute value; equal ones as recorded.
  let records: [Record]
  let listed: Int
  private let title: String

  /// Of the best linear trial, be it chosen or not; nil without one.
  init?(_ board: Leaderboard, listing listed: Int) {
    let linear = board.experiment.leaderboard.lazy.compactMap { row in
      board.experiment.classification[row.trial.id].map { (row: row, evidence: $0) }
    }.first { !$0.evidence.coefficients.isEmpty }
    guard let (row, evidence) = linear else { return nil }
    title = board.varying.phrase(for: row.trial)
    let finite = evidence.coefficients.filter(\.coefficient.isFinite)
    guard !finite.isEmpty else { return nil }
    let order = finite.indices.sorted { a, b in
      (abs(finite[b].coefficient), a) < (abs(finite[a].coefficient), b)
    }
    records = order.map { finite[$0] }
    self.listed = listed
  }

  private var hasErrors: Bool { records.contains { $0.standardError != nil } }

  func figure(id: String) -> Figure {
    let total = records.count
    let left =
      total > Self.drawn
      ? " The picture has the \(Self.drawn) largest of \(NumberFormat.count(total)), the table "
        + "\(NumberFormat.count(min(total, listed)))." : ""
    let zeros = records.count { $0.coefficient == 0 }
    let dropped =
      zeros == 0
      ? ""
      : zeros == 1 ? " One of them is zero." : " \(NumberFormat.count(zeros)) of them are zero."
    return Figure(
      heading: "Coefficients of \(title)",
      statement:
        "\(NumberFormat.count(total)) coefficients of the log-odds, per unit of the prepared "
        + "column.\(dropped)",
      reading: (hasErrors
        ? "Lines are 95% intervals (1.96 standard errors)." : "The fit gives no standard errors.")
        + " The odds ratio is what one unit more multiplies the odds by.\(left)",
      isWide: false, charts: [chart(id: id)], tables: [table])
  }

  private func chart(id: String) -> Chart {
    let shown = records.prefix(Self.drawn)
    let rows = shown.enumerated().map { index, record -> JSONValue in
      let half = 1.96 * (record.standardError.flatMap { $0.isFinite ? $0 : nil } ?? 0)
      return [
        "f": .name(record.feature), "k": .count(index), "v": .short(record.coefficient),
        "a": .short(record.coefficient - half), "b": .short(record.coefficient + half),
        "o": .short(record.oddsRatio), "s": .count(record.coefficient < 0 ? 0 : 1),
      ]
    }
    let tooltip: JSONValue = [
      channel("f", "nominal", [("title", "column")]),
      channel("v", "quantitative", [("title", "coefficient"), ("format", ".4~g")]),
      channel("o", "quantitative", [("title", "odds ratio"), ("format", ".4~g")]),
    ]
    let intervals: JSONValue = [
      "mark": ["type": "rule", "strokeWidth": 1.5],
      "encoding": ["x": channel("a", "quantitative"), "x2": ["field": "b"]],
    ]
    return Chart(
      id: id, label: "Bar chart of the coefficients of the linear model.",
      height: .count(60 + 22 * rows.count), rows: rows,
      body: [
        ("encoding", ["y": nameAxis("f"), "tooltip": tooltip]), ("layer", [bars, intervals]),
      ])
  }

  private var bars: JSONValue {
    let color: JSONValue = [
      "condition": ["test": "datum.s === 0", "value": .text(Palette.positives)],
      "value": .text(Palette.scores),
    ]
    return [
      "mark": ["type": "bar", "opacity": 0.85],
      "encoding": [
        "x": channel(
          "v", "quantitative",
          [
            ("title", "coefficient (log-odds)"), ("axis", ["tickCount": 5]),
            ("scale", ["padding": 8]),
          ]),
        "color": color,
      ],
    ]
  }

  private var table: TableView {
    TableView(
      columns: [.text("column"), .number("coefficient"), .number("odds ratio")]
        + (hasErrors ? [.number("standard error")] : []),
      rows: records.prefix(listed).map { record in
        let error = record.standardError.map { NumberFormat.significant($0, digits: 3) }
        return [
          record.feature, NumberFormat.significant(record.coefficient, digits: 3),
          NumberFormat.significant(record.oddsRatio, digits: 3),
        ] + (hasErrors ? [error ?? "–"] : [])
      })
  }
}
