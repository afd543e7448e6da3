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
    /// The rows from this one on in the order of promise, which make up the share.
    case ranked(Double, from: RankCut)
  }

  public let artifact: PropensityArtifact
  public private(set) var cut: Cut
  /// How many reasons each row gets.
  public let reasonCount: Int
  /// Made once: a table in many parts asks it of every part.
  private let explainer: ScoreExplainer?

  /// - Parameter reasonCount: the reasons per row; a row has no more of them than columns that matter.
  public init(_ artifact: PropensityArtifact, cut: Cut = .stored, reasonCount: Int = 0) {
    self.artifact = artifact
    self.cut = cut
    self.reasonCount = min(max(reasonCount, 0), artifact.pipeline.encoder.inputs.count)
    explainer = reasonCount > 0 ? artifact.pipeline.classifier.model.explainer() : nil
  }

  /// The same with another cut.
  public func cutting(_ cut: Cut) -> PropensityScorer {
    var other = self
    other.cut = cut
    return other
  }

  public var inputs: InputSchema { artifact.inputs }

  public var encoder: TableEncoder { artifact.pipeline.encoder }

  public var answerColumns: [String] {
    let reasons = (0..<reasonCount).map { PropensityReason.columnName($0 + 1) }
    return artifact.outputs.columns.flatMap { column in
      (column.meaning == .status ? reasons : []) + [column.name]
    }
  }

  public func scores(
    of table: Table, on pool: WorkerPool
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
        outside: encoder.outsideCounts(in: table), encoder: pipeline.encoder,
        ignoredColumns: ignoredColumnCount(in: table),
        decision: decision(contacts: contacts, calibrated: calibrated, bands: bands)))
  }

  /// The reasons for the scores, a list per row; empty unless asked for.
  ///
  /// Worked on piece by piece: contributions of all rows at once would take as much memory as the table.
  private func reasons(
    for table: Table, on pool: WorkerPool
  ) throws(ScoringError) -> [[PropensityReason]] {
    guard let explainer else { return [] }
    let pipeline = artifact.pipeline
    let columns = Table(columns: encoder.ownColumns(in: table).compactMap(\.self))
    let piece = 16_384
    var reasons: [[PropensityReason]] = []
    for start in stride(from: 0, to: table.rowCount, by: piece) {
      let rows = start..<min(start + piece, table.rowCount)
      let part = rows.count == table.rowCount ? columns : columns.selectingRows(Array(rows))
      let added = try pipeline.contributions(to: part, by: explainer, on: pool).values
      reasons += pool.map(count: added.rowCount) { row in
        PropensityReason.strongest(
          reasonCount, of: (0..<added.columnCount).map { added[row, $0] })
      }
    }
    return reasons
  }

  public func answers(from scores: PropensityScores, to features: Table) -> [Column] {
    let bands = PropensityBand.allCases
    return artifact.outputs.columns.flatMap { column -> [Column] in
      let name = column.name
      switch column.meaning {
      case .raw: return [.answer(name, scores.raw)]
      case .calibrated: return [.answer(name, scores.calibrated)]
      case .band:
        return [
          .answer(
            name, bands.map(\.rawValue), at: scores.bands.map { bands.firstIndex(of: $0) ?? 0 })
        ]
      case .contact:
        return [.answer(name, ["no", "yes"], at: scores.contacts.map { $0 ? 1 : 0 })]
      case .status:
        return reasons(from: scores, to: features) + [.answer(name, scores.statuses)]
      default: preconditionFailure("a propensity model has no column \(name)")
      }
    }
  }

  /// A column per rank; what a row has no reason for is blank.
  private func reasons(from scores: PropensityScores, to features: Table) -> [Column] {
    guard reasonCount > 0 else { return [] }
    let columns = Array(zip(encoder.inputs, encoder.ownColumns(in: features)))
    return (0..<reasonCount).map { rank in
      let texts = scores.reasons.indices.map { row in
        guard rank < scores.reasons[row].count else { return "" }
        let reason = scores.reasons[row][rank]
        let (input, column) = columns[reason.input]
        let value = input.shownValue(column?.text(at: row))
        return "\(input.name) = \(value) \(reason.raises ? "raises" : "lowers")"
      }
      return Column(name: PropensityReason.columnName(rank + 1), values: .text(texts))
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
