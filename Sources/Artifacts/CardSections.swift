import Tabular

/// The parts of a model card that every kind of model has.
extension PipelineArtifact {
  var inputsSection: String {
    """
    ## Inputs

    | column | kind | role | missing values | unknown levels |
    |---|---|---|---|---|
    \(CardText.rows(inputs.fields.map(row)))
    """
  }

  /// With a column for intervals if any metric has one.
  var evidenceSection: String {
    let hasIntervals = metrics.contains { $0.interval != nil }
    let heading = hasIntervals ? " interval | better" : " better"
    return """
      ## Evidence

      | metric | value |\(heading) | split | rows |
      |---|---:|---|\(hasIntervals ? "---|" : "")---|---:|
      \(CardText.rows(metrics.map { row($0, withInterval: hasIntervals) }))
      """
  }

  var originSection: String {
    """
    ## Origin

    Data `\(lineage.dataFingerprint)` (\(lineage.rowCount) rows),\(lineage.run.map { " run `\($0)`," } ?? "")
    trial `\(lineage.trial)`, seed \(lineage.seed), cohort \(lineage.engineVersion).

    Use: `cohort score <this directory> <table>`. Ids pass through and never enter the model.

    """
  }

  private func row(_ field: InputSchema.Field) -> String {
    [
      CardText.escaped(field.name), field.kind.rawValue, field.role.rawValue,
      field.role == .id ? "–" : field.missing.rawValue, field.unseen?.rawValue ?? "–",
    ].joined(separator: " | ")
  }

  private func row(_ metric: EvidenceMetric, withInterval: Bool) -> String {
    let interval = metric.interval.map { "\($0.lower) – \($0.upper)" } ?? "–"
    return
      ([metric.name, "\(metric.value)"] + (withInterval ? [interval] : [])
      + [metric.goal, metric.split, "\(metric.rowCount)"]).joined(separator: " | ")
  }
}

/// Text inside the Markdown of a card.
enum CardText {
  static func rows(_ rows: [String]) -> String {
    rows.map { "| \($0) |" }.joined(separator: "\n")
  }

  /// A column's name inside a table cell.
  static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("|", with: "\\|").replacing("\n", with: " ")
  }

  static func percent(_ share: Double) -> String {
    let tenths = (share * 1000).rounded()
    return "\(tenths / 10) %"
  }
}
