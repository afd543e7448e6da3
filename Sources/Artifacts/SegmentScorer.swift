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
  public var encoder: TableEncoder { artifact.pipeline.encoder }
  public var answerColumns: [String] { artifact.outputs.columns.map(\.name) }

  public func scores(
    of table: Table, on pool: WorkerPool
  ) throws(ScoringError) -> SegmentScores {
    let encoded: EncodedTable
    do throws(TableError) {
      encoded = try artifact.pipeline.encoder.encode(table, on: pool)
    } catch {
      throw .table(error)
    }
    let (assignments, errors) = try assign(encoded.matrix, on: pool)
    let statuses = RowStatus.all(of: table, readBy: encoder, on: pool)
    return SegmentScores(
      assignments: assignments, reconstructionErrors: errors, statuses: statuses,
      summary: ScoringSummary(
        statuses: statuses, missing: encoded.imputedCounts, unseen: encoded.unseenCounts,
        outside: encoder.outsideCounts(in: table), encoder: encoder,
        ignoredColumns: ignoredColumnCount(in: table),
        segments: ScoringSummary.Segment.counted(artifact.segments, assignments.labels)))
  }

  private func assign(
    _ x: Matrix, on pool: WorkerPool
  ) throws(ScoringError) -> (Assignments, [Double]?) {
    let pieces = (x.rowCount + Self.piece - 1) / Self.piece
    let results = pool.map(count: pieces) { index in
      let rows = index * Self.piece..<min((index + 1) * Self.piece, x.rowCount)
      let slice = x.values[rows.lowerBound * x.columnCount..<rows.upperBound * x.columnCount]
      let part =
        pieces == 1
        ? x : Matrix(rowCount: rows.count, columnCount: x.columnCount, values: Array(slice))
      return Result { () throws(LearningError) in
        try artifact.pipeline.place(part, on: pool)
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

  public func answers(from scores: SegmentScores, to features: Table) -> [Column] {
    artifact.outputs.columns.map { answer($0, scores) }
  }

  private func answer(_ column: OutputSchema.Column, _ scores: SegmentScores) -> Column {
    let assignments = scores.assignments
    let name = column.name
    switch column.meaning {
    case .segment:
      return Column(name: name, values: .integer(assignments.labels.map { Int64($0) }))
    case .segmentName:
      let names = artifact.segments.map(\.name) + [SegmentDefinition.unassignedName]
      let unassigned = names.count - 1
      return .answer(
        name, names,
        at: assignments.labels.map { artifact.segments.indices.contains($0) ? $0 : unassigned })
    case .distance: return .answer(name, assignments.distances)
    case .strength: return .answer(name, assignments.strengths)
    case .anomaly: return .answer(name, assignments.anomalies)
    case .reconstructionError:
      return .answer(
        name, scores.reconstructionErrors ?? assignments.labels.map { _ in .nan })
    case .status: return .answer(name, scores.statuses)
    case .raw, .calibrated, .band, .contact:
      preconditionFailure("a segmentation has no column \(name)")
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
