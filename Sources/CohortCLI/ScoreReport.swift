import Artifacts
import Registry
import ScoreHistory

/// The model of a batch: resolved once, whatever happens to its alias meanwhile.
struct ScoredModel {
  let version: ModelVersion?
  /// `sha256:…` of the manifest.
  let digest: String

  /// What a history calls it; a model without a name goes by its digest.
  var name: String { version?.name ?? digest }
  var number: Int { version?.version ?? 0 }
}

/// What is said of a batch once it is done.
struct ScoreReport: Encodable {
  let summary: ScoringSummary
  let ignoredColumnCount: Int
  let model: ScoredModel
  let table: String
  let file: String?
  let history: ScoreHistoryOutcome?

  private enum CodingKeys: String, CodingKey {
    case model, digest, table, file, history
    case ignoredColumnCount = "ignored_columns"
  }

  func encode(to encoder: any Encoder) throws {
    try summary.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(model.version?.reference, forKey: .model)
    try container.encode(model.digest, forKey: .digest)
    try container.encode(table, forKey: .table)
    try container.encodeIfPresent(file, forKey: .file)
    try container.encodeIfPresent(history, forKey: .history)
    try container.encode(ignoredColumnCount, forKey: .ignoredColumnCount)
  }

  var lines: [String] {
    var lines = (summary.segments ?? []).map { rows($0.name, $0.rowCount) }
    if let decision = summary.decision {
      let threshold = decision.threshold.map { ", threshold \($0)" } ?? ""
      lines.append(
        "contact \(decision.contactCount) of \(summary.rowCount) rows (\(decision.rule)\(threshold))"
      )
      lines += decision.bands.map { rows($0.name, $0.rowCount) }
    }
    lines += cells(summary.imputedCells, "missing values filled in")
    lines += cells(summary.missingCells ?? [], "missing values")
    lines += cells(summary.unseenCells, "values unseen in training")
    lines += cells(summary.outsideCells, "values outside the range of training")
    lines += summary.rejectedCells.map { "rejected \($0.count): \($0)" }
    if summary.suppressedRowCount > 0 {
      lines.append(rows("suppressed", summary.suppressedRowCount))
    }
    if ignoredColumnCount > 0 {
      lines.append("\(ignoredColumnCount) columns that the model does not need were ignored")
    }
    if let history {
      lines.append("history: \(history.added) scores added, \(history.present) were there already")
    }
    if let file { lines.append("scores: \(file)") }
    return lines
  }

  private func rows(_ name: String, _ count: Int) -> String {
    "\(name): \(count) of \(summary.rowCount) rows"
  }

  private func cells(_ cells: [ScoringSummary.Cells], _ what: String) -> [String] {
    cells.map { "\($0.column): \($0.count) \(what)" }
  }
}
