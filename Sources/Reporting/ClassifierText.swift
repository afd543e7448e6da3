internal import Experiments

/// The chosen classifier in a text: what it reaches, what its cut does, what its scores hang on.
struct ClassifierText {
  /// Columns listed by importance.
  private static let listedColumns = 10

  let board: Leaderboard

  /// Markdown lines; none without a winner and its evidence.
  var lines: [String] {
    guard let chosen = board.experiment.chosen,
      let evidence = board.experiment.classification[chosen.trial.id]
    else { return [] }
    return metrics(of: chosen.trial) + gains(evidence) + calibration(evidence, of: chosen.trial)
      + cut(evidence) + importance(evidence)
  }

  private func metrics(of trial: TrialRecord) -> [String] {
    MetricSummary(trial).map { part("The chosen trial", "", $0.table) } ?? []
  }

  private func gains(_ evidence: ClassificationEvidence) -> [String] {
    GainsPlot(evidence).map { part("Gains and lift", evidence.sample, $0.table) } ?? []
  }

  private func calibration(_ evidence: ClassificationEvidence, of trial: TrialRecord) -> [String] {
    guard let plot = CalibrationPlot(evidence, of: trial) else { return [] }
    let text = MarkdownText.escaped(evidence.calibrationWords + " " + plot.sentence)
    return ["### Calibration", "", text, ""]
  }

  private func cut(_ evidence: ClassificationEvidence) -> [String] {
    guard let plot = CutPlot(evidence, limit: 2) else { return [] }
    return part("The chosen cut", plot.sentence, plot.fieldTable)
  }

  private func importance(_ evidence: ClassificationEvidence) -> [String] {
    guard let plot = ImportancePlot(evidence, listing: Self.listedColumns) else { return [] }
    let total = evidence.importance.count
    let title =
      total > Self.listedColumns
      ? "Importance (the first \(Self.listedColumns) of \(NumberFormat.count(total)) columns)"
      : "Importance"
    return part(title, plot.sentence, plot.table)
  }

  private func part(_ title: String, _ sentence: String, _ table: TableView) -> [String] {
    ["### \(title)", ""] + (sentence.isEmpty ? [] : [MarkdownText.escaped(sentence), ""])
      + MarkdownText.table(table) + [""]
  }
}
