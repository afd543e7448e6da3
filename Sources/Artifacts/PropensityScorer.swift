import Learning
public import Numerical
public import Tabular

/// Gives customers their probabilities and what follows from them.
///
/// - Complexity: O(rows · (features + work of the model)) time, O(rows · features) memory; reasons take
///   bounded memory beside it.
public struct PropensityScorer: TableScorer {
  /// Who is contacted.
  public enum Cut: Hashable, Sendable {
    /// As the artifact has it.
    case stored
    /// Calibrated probabilities from this one on.
    case threshold(Double)
    /// The most promising share of the rows, 0…1; rows that cannot be told apart are contacted together.
    case top(Double)
  }

  public let artifact: PropensityArtifact
  public let cut: Cut
  /// How many reasons each row gets.
  public let reasonCount: Int

  /// - Parameter reasonCount: the reasons per row; a row has no more of them than columns that matter.
  public init(_ artifact: PropensityArtifact, cut: Cut = .stored, reasonCount: Int = 0) {
    self.artifact = artifact
    self.cut = cut
    self.reasonCount = min(max(reasonCount, 0), artifact.pipeline.encoder.inputs.count)
  }

  public var inputs: InputSchema { artifact.inputs }

  public var answerColumns: [String] {
    let reasons = (0..<reasonCount).map { PropensityReason.columnName($0 + 1) }
    return artifact.outputs.columns.flatMap { column in
      (column.meaning == .status ? reasons : []) + [column.name]
    }
  }

  public func score(_ table: Table, on pool: WorkerPool) throws(ScoringError) -> PropensityScores {
    try requirePassthrough(in: table)
    guard let permitted = try inputs.permittedRows(of: table) else {
      return try scoreAll(table, on: pool)
    }
    return try scoreAll(permitted.table, on: pool).spread(over: permitted)
  }

  private func scoreAll(
    _ table: Table, on pool: WorkerPool
  ) throws(ScoringError) -> PropensityScores {
    let pipeline = artifact.pipeline
    let prepared = try pipeline.features(of: table, on: pool)
    let (raw, calibrated) = try pipeline.probabilities(of: prepared.features, on: pool)
    let contacts = contacts(raw: raw, calibrated: calibrated)
    let bands = calibrated.map(artifact.decision.band)
    let statuses = RowStatus.all(of: table, readBy: pipeline.encoder, on: pool)
    return PropensityScores(
      raw: raw, calibrated: calibrated, bands: bands, contacts: contacts,
      reasons: try reasons(for: table, on: pool), statuses: statuses,
      summary: ScoringSummary(
        statuses: statuses, missing: prepared.missingCounts, unseen: prepared.unseenCounts,
        encoder: pipeline.encoder, ignoredColumns: ignoredColumnCount(in: table),
        decision: decision(contacts: contacts, calibrated: calibrated, bands: bands)))
  }

  /// The reasons for the scores, a list per row; empty unless asked for.
  ///
  /// Worked on piece by piece: contributions of all rows at once would take as much memory as the table.
  private func reasons(
    for table: Table, on pool: WorkerPool
  ) throws(ScoringError) -> [[PropensityReason]] {
    guard reasonCount > 0 else { return [] }
    let pipeline = artifact.pipeline
    let columns = Table(columns: pipeline.encoder.inputs.compactMap { table[$0.name] })
    let piece = 16_384
    var reasons: [[PropensityReason]] = []
    for start in stride(from: 0, to: table.rowCount, by: piece) {
      let rows = Array(start..<min(start + piece, table.rowCount))
      let added = try pipeline.contributions(to: columns.selectingRows(rows), on: pool).values
      reasons += pool.map(count: added.rowCount) { row in
        PropensityReason.strongest(
          reasonCount, of: (0..<added.columnCount).map { added[row, $0] })
      }
    }
    return reasons
  }

  public func text(
    of scores: PropensityScores, in table: Table
  ) -> @Sendable (_ row: Int) -> [String] {
    let columns = artifact.pipeline.encoder.inputs.map { ($0, table[$0.name]) }
    let count = reasonCount
    let blanks = [String](repeating: "", count: answerColumns.count - 1)
    return { row in
      if scores.statuses[row] == .suppressed { return blanks + [RowStatus.suppressed.rawValue] }
      var cells = [
        scoredText(scores.raw[row]), scoredText(scores.calibrated[row]),
        scores.bands[row].rawValue, scores.contacts[row] ? "yes" : "no",
      ]
      for rank in 0..<count {
        guard rank < scores.reasons[row].count else {
          cells.append("")
          continue
        }
        let reason = scores.reasons[row][rank]
        let (input, column) = columns[reason.input]
        let value = input.shownValue(column?.text(at: row))
        cells.append("\(input.name) = \(value) \(reason.raises ? "raises" : "lowers")")
      }
      cells.append(scores.statuses[row].rawValue)
      return cells
    }
  }
}

/// The answers to a table, row by row.
public struct PropensityScores: RowScores {
  /// The probability of the event, before calibration and after it.
  public let raw: [Double]
  public let calibrated: [Double]
  public let bands: [PropensityBand]
  public let contacts: [Bool]
  /// Empty unless asked for.
  public let reasons: [[PropensityReason]]
  public let statuses: [RowStatus]
  public let summary: ScoringSummary
}
