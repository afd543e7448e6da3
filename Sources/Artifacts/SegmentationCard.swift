import Tabular

extension SegmentationArtifact {
  /// The model card (`card.md`): what the artifact is, for people.
  var card: String {
    let steps = pipeline.transformers.map(\.algorithm) + [pipeline.clusterer.algorithm]
    return """
      # Segmentation by \(pipeline.clusterer.algorithm)

      Assigns each customer to one of \(segments.count) segments: \(steps.joined(separator: " → ")).

      ## Segments

      | number | name | order by size | training rows | share |
      |---:|---|---:|---:|---:|
      \(rows(segments.map { "\($0.id) | \($0.name) | \($0.order) | \($0.size) | \(percent($0.share))" }))

      ## Inputs

      | column | kind | role | missing values | unknown levels |
      |---|---|---|---|---|
      \(rows(inputs.fields.map(row)))

      ## Evidence

      | metric | value | better | split | rows |
      |---|---:|---|---|---:|
      \(rows(metrics.map { "\($0.name) | \($0.value) | \($0.goal) | \($0.split) | \($0.rowCount)" }))

      ## Origin

      Data `\(lineage.dataFingerprint)` (\(lineage.rowCount) rows),\(lineage.run.map { " run `\($0)`," } ?? "")
      trial `\(lineage.trial)`, seed \(lineage.seed), cohort \(lineage.engineVersion).

      Use: `cohort score <this directory> <table>`. Ids pass through and never enter the model.

      """
  }

  private func row(_ field: InputSchema.Field) -> String {
    [
      escaped(field.name), field.kind.rawValue, field.role.rawValue,
      field.role == .id ? "–" : field.missing.rawValue, field.unseen?.rawValue ?? "–",
    ].joined(separator: " | ")
  }

  private func rows(_ rows: [String]) -> String {
    rows.map { "| \($0) |" }.joined(separator: "\n")
  }

  /// A column's name inside a table cell.
  private func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("|", with: "\\|").replacing("\n", with: " ")
  }

  private func percent(_ share: Double) -> String {
    let tenths = (share * 1000).rounded()
    return "\(tenths / 10) %"
  }
}
