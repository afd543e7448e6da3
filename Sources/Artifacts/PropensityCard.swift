import Learning

extension PropensityArtifact {
  var card: ModelCardDocument {
    let steps = pipeline.transformers.map(\.algorithm) + [pipeline.classifier.algorithm]
    return assembledCard(
      title: "Propensity by \(pipeline.classifier.algorithm)",
      summary: "Gives each customer the probability that \(training.target) is "
        + "\(training.positive): \(steps.joined(separator: " → ")).",
      details: [decisionSection],
      training: [
        .init(
          "target", "Target",
          [
            "\(training.rowCount) rows, \(training.eventCount) of them with the event: base rate "
              + "\(CardText.percent(training.baseRate)).",
            calibrationSentence,
          ]), leakSection,
      ],
      caveats: [
        "Probabilities hold for customers like those of the training table, at a time like theirs.",
        "Reasons say what the score rests on, not what causes the event.",
        "Rows with filled-in or unknown values say so in their status.",
      ])
  }

  private var calibrationSentence: String {
    pipeline.calibration == .none
      ? "Scores are not calibrated: raw and calibrated are equal."
      : "Calibrated by \(pipeline.calibration.method.rawValue) on scores out of fold; raw is the score before."
  }

  private var decisionSection: ModelCardDocument.Section {
    let bands = zip(PropensityBand.allCases, decision.bandLimits.map { "\($0)" } + ["0"])
    return .init(
      "decision", "Decision",
      [
        "Contacted are calibrated probabilities from \(decision.cut.threshold) on: \(decision.cut.rule)."
      ],
      [
        .init(
          columns: ["band", "calibrated probability from"],
          rows: bands.map { [$0.rawValue, $1] })
      ])
  }

  private var leakSection: ModelCardDocument.Section {
    let rows = training.leaks.map { [$0.column, $0.finding, $0.isExcluded ? "no" : "yes"] }
    return rows.isEmpty
      ? .init("leak_probes", "Leak probes", ["No column was found to know the outcome."])
      : .init(
        "leak_probes", "Leak probes", [],
        [.init(columns: ["column", "finding", "in the model"], rows: rows)])
  }
}
