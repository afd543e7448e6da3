import Learning
public import Numerical
public import Tabular

/// Gives customers their segments.
///
/// - Complexity: O(rows · (features + work of the model)) time, O(rows · features) memory.
public struct SegmentScorer: TableScorer {
  public let artifact: SegmentationArtifact

  private static let piece = 8192

  public init(_ artifact: SegmentationArtifact) { self.artifact = artifact }

  public var inputs: InputSchema { artifact.inputs }
  public var answerColumns: [String] { artifact.outputs.columns.map(\.name) }

  public func score(
    _ table: Table, on pool: WorkerPool
  ) throws(ScoringError) -> SegmentScores {
    try requirePassthrough(in: table)
    guard let permitted = try inputs.permittedRows(of: table) else {
      return try scoreAll(table, on: pool)
    }
    return try scoreAll(permitted.table, on: pool).spread(over: permitted)
  }

  private func scoreAll(
    _ table: Table, on pool: WorkerPool
  ) throws(ScoringError) -> SegmentScores {
    let encoded: EncodedTable
    do throws(TableError) {
      encoded = try artifact.pipeline.encoder.encode(table, on: pool)
    } catch {
      throw .table(error)
    }
    let (assignments, errors) = try assign(encoded.matrix, on: pool)
    let encoder = artifact.pipeline.encoder
    let statuses = RowStatus.all(of: table, readBy: encoder, on: pool)
    return SegmentScores(
      assignments: assignments, reconstructionErrors: errors, statuses: statuses,
      summary: ScoringSummary(
        statuses: statuses, missing: encoded.imputedCounts, unseen: encoded.unseenCounts,
        encoder: encoder, ignoredColumns: ignoredColumnCount(in: table),
        segments: ScoringSummary.Segment.counted(artifact.segments, assignments.labels)))
  }

  private func assign(
    _ x: Matrix, on pool: WorkerPool
  ) throws(ScoringError) -> (Assignments, [Double]?) {
    let pieces = (x.rowCount + Self.piece - 1) / Self.piece
    let results = pool.map(count: pieces) { index in
      let rows = index * Self.piece..<min((index + 1) * Self.piece, x.rowCount)
      let slice = x.values[rows.lowerBound * x.columnCount..<rows.upperBound * x.columnCount]
      let part = Matrix(rowCount: rows.count, columnCount: x.columnCount, values: Array(slice))
      return Result { () throws(LearningError) in
        (
          try artifact.pipeline.assign(part, on: pool),
          try artifact.pipeline.reconstructionErrors(of: part, on: pool)
        )
      }
    }
    var parts: [(Assignments, [Double]?)] = []
    for (index, result) in results.enumerated() {
      switch result {
      case .success(let part): parts.append(part)
      case .failure(let error): throw .model(error.movingRows(by: index * Self.piece))
      }
    }
    let errors = artifact.pipeline.components.map { _ in parts.flatMap { $0.1 ?? [] } }
    return (Assignments(joining: parts.map(\.0)), errors)
  }

  public func text(
    of scores: SegmentScores, in table: Table
  ) -> @Sendable (_ row: Int) -> [String] {
    { row in
      let isSuppressed = scores.statuses[row] == .suppressed
      return artifact.outputs.columns.map {
        isSuppressed && $0.meaning != .status ? "" : field($0.meaning, of: scores, row: row)
      }
    }
  }

  private func field(_ meaning: OutputSchema.Meaning, of scores: SegmentScores, row: Int) -> String
  {
    let assignments = scores.assignments
    let label = assignments.labels[row]
    switch meaning {
    case .segment: return "\(label)"
    case .segmentName:
      let isSegment = artifact.segments.indices.contains(label)
      return isSegment ? artifact.segments[label].name : SegmentDefinition.unassignedName
    case .distance: return scoredText(assignments.distances[row])
    case .strength: return scoredText(assignments.strengths[row])
    case .anomaly: return scoredText(assignments.anomalies[row])
    case .reconstructionError: return scoredText(scores.reconstructionErrors?[row] ?? .nan)
    case .status: return scores.statuses[row].rawValue
    case .raw, .calibrated, .band, .contact:
      preconditionFailure("a segmentation has no column \(meaning.rawValue)")
    }
  }
}

extension LearningError {
  /// The same error of a matrix with `count` rows above.
  fileprivate func movingRows(by count: Int) -> LearningError {
    switch self {
    case .nonFinite(let row, let column): .nonFinite(row: row + count, column: column)
    case .outsideLogDomain(let row, let column):
      .outsideLogDomain(row: row + count, column: column)
    default: self
    }
  }
}
