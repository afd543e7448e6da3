internal import Artifacts
internal import Experiments

/// How the chosen trial treats the groups of sensitive columns.
struct FairnessSection {
  struct Group {
    let title: String
    let view: TableView
  }

  let sentences: [String]
  let tables: [Group]

  /// Nil where no column is sensitive.
  init?(_ experiment: ExperimentRecord) {
    guard let fairness = experiment.fairness else { return nil }
    let screened = fairness.scored.flatMap(Self.sentences)
    let isEmpty = fairness.scored.isEmpty && fairness.composed.isEmpty
    sentences =
      [
        isEmpty
          ? "A column is sensitive, and its groups are too small to be told of."
          : "Measured differences between groups are evidence to judge, no verdict. Groups of few rows are "
            + "counted together."
      ] + screened
    tables = fairness.scored.map(Self.table) + fairness.composed.map(Self.table)
  }

  private static let words = [
    "base_rate": "base rate", "selection_rate": "contacted",
    "true_positive_rate": "events contacted", "false_positive_rate": "others contacted",
    "precision": "precision", "mean_score": "mean probability", "ece": "calibration error",
    "roc_auc": "ROC AUC",
  ]

  private static func sentences(_ scored: FairnessEvidence.Scored) -> [String] {
    scored.gaps.compactMap { gap in
      guard let ratio = gap.ratio, ["selection_rate", "true_positive_rate"].contains(gap.measure)
      else { return nil }
      let isScreened = gap.measure == "selection_rate" && ratio.value < FairnessEvidence.fourFifths
      let screening = isScreened ? "; below four fifths, a number for screening" : ""
      return "\(scored.column) (\(scored.split)), \(words[gap.measure] ?? gap.measure): difference "
        + "\(text(gap.difference)), ratio \(text(ratio))\(screening)."
    }
  }

  private static func text(_ figure: FairnessEvidence.Figure) -> String {
    let value = NumberFormat.significant(figure.value, digits: 3)
    guard let lower = figure.lower, let upper = figure.upper else { return value }
    return value + " (\(NumberFormat.significant(lower, digits: 3)) to "
      + "\(NumberFormat.significant(upper, digits: 3)))"
  }

  private static func table(_ scored: FairnessEvidence.Scored) -> Group {
    var measures: [String] = []
    for figure in scored.groups.flatMap(\.figures) where !measures.contains(figure.measure) {
      measures.append(figure.measure)
    }
    return Group(
      title: "\(scored.column), \(scored.split)",
      view: TableView(
        columns: [.text("group"), .number("rows")]
          + measures.map { .number(words[$0] ?? $0) },
        rows: scored.groups.map { group in
          [group.name, NumberFormat.count(group.rowCount)]
            + measures.map { measure in
              group.figures.first { $0.measure == measure }.map(text) ?? "–"
            }
        }))
  }

  private static func table(_ composed: FairnessEvidence.Composed) -> Group {
    func cells(_ shares: [Double]?) -> [String] {
      shares?.map(NumberFormat.percent) ?? composed.groups.map { _ in "–" }
    }
    return Group(
      title: "\(composed.column) by segment",
      view: TableView(
        columns: [.text("segment"), .number("rows")] + composed.groups.map { .number($0) },
        rows: [
          ["all", NumberFormat.count(composed.segments.reduce(0) { $0 + $1.rowCount })]
            + cells(composed.shares)
        ]
          + composed.segments.map { segment in
            [segment.name, NumberFormat.count(segment.rowCount)] + cells(segment.shares)
          }))
  }
}
