internal import Experiments

/// The metrics of every fold: how much a value owes to the rows it was measured on.
struct FoldPlot {
  typealias Record = ClassificationEvidence.FoldRecord

  let records: [Record]
  /// The ranking metric, which is drawn.
  let ranking: Record?
  let overall: MetricRecord?

  /// Nil without two folds.
  init?(_ evidence: ClassificationEvidence, of trial: TrialRecord, ranking name: String) {
    records = evidence.folds.filter { $0.values.count > 1 }
    guard let first = records.first else { return nil }
    ranking = records.first { $0.metric == name } ?? first
    overall = trial.metrics.first { [metric = ranking?.metric] in $0.name == metric }
  }

  /// Folds in the table.
  private static let listed = 20

  private var foldCount: Int { records.map(\.values.count).max() ?? 0 }

  func figure(id: String) -> Figure {
    let spread = ranking.flatMap { record -> String? in
      let values = record.finite
      guard let low = values.min(), let high = values.max() else { return nil }
      return "\(record.metric) lies between \(NumberFormat.significant(low)) and "
        + "\(NumberFormat.significant(high))."
    }
    return Figure(
      heading: "Fold by fold",
      statement: "\(NumberFormat.count(foldCount)) folds, each scored by a pipeline fitted to the "
        + "others. \(spread ?? "")",
      reading: "The dashed line is the value over all folds together."
        + (foldCount > Self.listed ? " The table has the first \(Self.listed) folds." : ""),
      isWide: false, charts: ranking.map { [chart($0, id: id)] } ?? [], tables: [table])
  }

  private func chart(_ record: Record, id: String) -> Chart {
    let rows = record.values.enumerated().compactMap { index, value -> JSONValue? in
      value.map { ["f": .count(index + 1), "v": .short($0)] }
    }
    let line = overall.map { [dashedRule(y: $0.value)] } ?? []
    let points: JSONValue = [
      "mark": [
        "type": "point", "filled": true, "size": 90, "color": .text(Palette.scores), "opacity": 1,
      ],
      "encoding": [
        "y": numberAxis("v", .name(record.metric)),
        "tooltip": [
          channel("f", "ordinal", [("title", "fold")]),
          channel("v", "quantitative", [("title", .name(record.metric))]),
        ],
      ],
    ]
    return Chart(
      id: id, label: "The ranking metric of every fold.", height: 220, rows: rows,
      body: [
        (
          "encoding",
          ["x": channel("f", "ordinal", [("title", "fold"), ("axis", ["labelAngle": 0])])]
        ),
        ("layer", .array(line + [points])),
      ])
  }

  private var table: TableView {
    let listed = min(foldCount, Self.listed)
    return TableView(
      columns: [.text("metric")]
        + (0..<listed).map { .number("fold \(NumberFormat.count($0 + 1))") }
        + [.number("mean"), .number("standard deviation")],
      rows: records.map { record in
        let cells = (0..<listed).map { fold in
          record.values.indices.contains(fold)
            ? record.values[fold].map { NumberFormat.significant($0) } ?? "–" : "–"
        }
        let moments = record.moments.map { moments in
          [moments.mean, moments.deviation].map { NumberFormat.significant($0, digits: 3) }
        }
        return [record.metric] + cells + (moments ?? ["–", "–"])
      })
  }
}

extension ClassificationEvidence.FoldRecord {
  fileprivate var finite: [Double] { values.compactMap { $0 }.filter(\.isFinite) }

  /// Mean and sample standard deviation; nil for fewer than two values.
  fileprivate var moments: (mean: Double, deviation: Double)? {
    let values = finite
    guard values.count > 1 else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (squares / Double(values.count - 1)).squareRoot())
  }
}
