import Artifacts
import Tabular

/// What callers of one model would notice of another in its place.
enum SchemaChange {
  /// What they could no longer do, in sentences; a new column, however its gaps are filled, is one they do not send.
  static func breaks(from before: StoredArtifact, to after: StoredArtifact) -> [String] {
    after.inputs.fields.compactMap { fault($0, before.inputs.fields) }
      + consentFault(before.inputs, after.inputs)
      + before.outputs.columns.compactMap { fault($0, after.outputs.columns) }
  }

  private static func consentFault(_ before: InputSchema, _ after: InputSchema) -> [String] {
    guard let column = after.consent?.column, column != before.consent?.column else { return [] }
    return ["it needs the column \(column) for consent, which is new"]
  }

  private static func fault(
    _ field: InputSchema.Field, _ before: [InputSchema.Field]
  ) -> String? {
    guard let known = before.first(where: { $0.name == field.name }) else {
      return "it needs the column \(field.name), which is new"
    }
    if known.kind != field.kind {
      return "the column \(field.name) is \(field.kind.rawValue) instead of \(known.kind.rawValue)"
    }
    if field.role == .feature, field.missing == .refuse, known.missing != .refuse {
      return "the column \(field.name) may no longer have missing values"
    }
    if field.unseen == .refuse, known.unseen != .refuse {
      return "the column \(field.name) may no longer have unknown levels"
    }
    return nil
  }

  private static func fault(
    _ column: OutputSchema.Column, _ after: [OutputSchema.Column]
  ) -> String? {
    guard let known = after.first(where: { $0.name == column.name }) else {
      return "it does not answer \(column.name)"
    }
    return known.kind == column.kind
      ? nil : "its \(column.name) is \(known.kind.rawValue) instead of \(column.kind.rawValue)"
  }
}
