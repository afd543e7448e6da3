import Learning

extension PropensityArtifact {
  var card: String {
    let steps = pipeline.transformers.map(\.algorithm) + [pipeline.classifier.algorithm]
    let target = CardText.escaped(training.target)
    let positive = CardText.escaped(training.positive)
    return """
      # Propensity by \(pipeline.classifier.algorithm)

      Gives each customer the probability that `\(target)` is `\(positive)`: \(steps.joined(separator: " → ")).

      ## Training

      \(training.rowCount) rows, \(training.eventCount) of them with the event: base rate \
      \(CardText.percent(training.baseRate)).
      \(calibrationSentence)

      ## Decision

      Contacted are calibrated probabilities from \(decision.cut.threshold) on: \(CardText.escaped(decision.cut.rule)).

      | band | calibrated probability from |
      |---|---:|
      \(CardText.rows(bandRows))

      \(inputsSection)

      \(evidenceSection)

      ## Leak probes

      \(leakSection)

      ## Limits

      Probabilities hold for customers like those of the training table, at a time like theirs. Reasons
      say what the score rests on, not what causes the event. Rows with filled-in or unknown values say
      so in their status.

      \(originSection)
      """
  }

  private var calibrationSentence: String {
    pipeline.calibration == .none
      ? "Scores are not calibrated: `raw` and `calibrated` are equal."
      : "Calibrated by \(pipeline.calibration.method.rawValue) on scores out of fold; `raw` is the score before."
  }

  private var bandRows: [String] {
    zip(PropensityBand.allCases, decision.bandLimits.map { "\($0)" } + ["0"])
      .map { "\($0.rawValue) | \($1)" }
  }

  private var leakSection: String {
    if training.leaks.isEmpty { return "No column was found to know the outcome." }
    let rows = training.leaks.map {
      "\(CardText.escaped($0.column)) | \($0.finding) | \($0.isExcluded ? "no" : "yes")"
    }
    return """
      | column | finding | in the model |
      |---|---|---|
      \(CardText.rows(rows))
      """
  }
}
