public import Numerical
public import Tabular

/// Scores a table part by part, in memory that does not grow with the table.
///
/// A round of parts is read, scored and prepared by all threads while one of them stores the round before, so
/// that neither waits for the other. The bounds of parts depend on the table alone and answers are stored in
/// its order: one and eight threads store the same.
public struct BatchScoring<Scorer: TableScorer, Source: TablePartSource> {
  public var scorer: Scorer
  public let source: Source
  /// Whether a column counts for every row the numbers outside the range of training.
  public var flagsOutside = false
  let pool: WorkerPool
  let isStopped: @Sendable () -> Bool

  /// Parts that are scored while those before are stored.
  let roundParts = 64

  /// - Parameter isStopped: Asked between rounds whether to stop.
  public init(
    _ scorer: Scorer, _ source: Source, on pool: WorkerPool,
    isStopped: @escaping @Sendable () -> Bool = { false }
  ) {
    self.scorer = scorer
    self.source = source
    self.pool = pool
    self.isStopped = isStopped
  }

  /// Scores the parts behind `progress` into `sink`.
  ///
  /// - Returns: What is to be said of all rows.
  /// - Throws: `ScoringError.table` at the first part that is no proper table, or if the table changed
  ///   meanwhile; `BatchError.stopped` with everything stored that was scored, `BatchError.noneScored`;
  ///   whatever `sink` throws.
  public func run<Sink: ScoredPartSink>(
    into sink: inout Sink, from progress: ScoringProgress = ScoringProgress()
  ) throws -> ScoringSummary {
    var progress = progress
    var scored: [Outcome<Sink.Prepared>] = []
    let prepare = sink.preparation
    while progress.partCount + scored.count < source.partCount || !scored.isEmpty {
      let first = progress.partCount + scored.count
      let stops = isStopped()
      let count = stops ? 0 : min(roundParts, source.partCount - first)
      let reached = advance(progress, by: scored)
      let waiting = scored.map(\.prepared)
      // Piece 0 stores what the round before has scored.
      let results = pool.map(count: count + 1) { piece in
        Result { () throws -> Outcome<Sink.Prepared>? in
          if piece > 0 { return try outcome(of: first + piece - 1, prepare) }
          if !waiting.isEmpty { try sink.append(waiting, reaching: reached) }
          return nil
        }
      }
      scored = try results.compactMap { try $0.get() }
      progress = reached
      if stops { throw BatchError.stopped }
    }
    do throws(TableError) { try source.requireUnchanged() } catch {
      throw ScoringError.table(error)
    }
    return try summary(progress)
  }

  private struct Outcome<Prepared: Sendable>: Sendable {
    let prepared: Prepared
    let summary: ScoringSummary
  }

  private func outcome<Prepared: Sendable>(
    of index: Int, _ prepare: (ScoredPart) -> Prepared
  ) throws(ScoringError) -> Outcome<Prepared> {
    let (part, summary) = try scoredPart(try part(index))
    return Outcome(prepared: prepare(part), summary: summary)
  }

  func part(_ index: Int) throws(ScoringError) -> TablePart {
    do throws(TableError) { return try source.part(index) } catch { throw .table(error) }
  }

  private func advance<Prepared>(
    _ progress: ScoringProgress, by outcomes: [Outcome<Prepared>]
  ) -> ScoringProgress {
    let columns = scorer.encoder.inputs.map(\.name)
    var reached = progress
    for outcome in outcomes {
      reached.partCount += 1
      if reached.summary == nil {
        reached.summary = outcome.summary
      } else {
        reached.summary?.add(outcome.summary, columns: columns)
      }
    }
    return reached
  }

  private func summary(_ progress: ScoringProgress) throws -> ScoringSummary {
    var summary: ScoringSummary
    if let reached = progress.summary {
      summary = reached
    } else {
      summary = try scorer.scores(of: emptyTable, on: .serial).summary
    }
    if summary.scoredRowCount == 0, let cells = summary.rejectedCells.first {
      throw BatchError.noneScored(rowCount: summary.rowCount, cells)
    }
    return summary
  }

  /// No rows, as the model reads them.
  private var emptyTable: Table {
    Table(columns: scorer.encoder.inputs.map { Column(name: $0.name, values: .empty($0.kind)) })
  }
}

extension BatchScoring {
  /// The answers to a part; rows that are not admitted keep their places without one.
  ///
  /// If the model fails on the part, the rows on which it fails alone are rejected: it answers the others as it
  /// would have in their company.
  func scoredPart(
    _ part: TablePart
  ) throws(ScoringError) -> (ScoredPart, ScoringSummary) {
    var admission = try RowAdmission(part, to: scorer.encoder, asking: scorer.inputs)
    do throws(ScoringError) {
      return try scoredPart(part, admission)
    } catch {
      guard case .model = error else { throw error }
      let bad = unscorable(admission.admitted ?? Array(0..<part.table.rowCount), of: part.table)
      if bad.isEmpty { throw error }
      admission.reject(bad)
      return try scoredPart(part, admission)
    }
  }

  /// Those of `rows` on which the model fails alone, in their order.
  ///
  /// Found by halves: where few of a part's rows fail, few scorings find them.
  private func unscorable(_ rows: [Int], of table: Table) -> [Int] {
    var pending = [rows[...]]
    var found: [Int] = []
    while let some = pending.popLast() {
      if some.isEmpty || canScore(table.selectingRows(Array(some))) { continue }
      if some.count == 1 {
        found += some
      } else {
        let middle = some.startIndex + some.count / 2
        pending.append(some[middle...])
        pending.append(some[..<middle])
      }
    }
    return found
  }

  private func canScore(_ features: Table) -> Bool {
    do throws(ScoringError) {
      _ = try scorer.scores(of: features, on: .serial)
      return true
    } catch {
      return false
    }
  }

  private func scoredPart(
    _ part: TablePart, _ admission: RowAdmission
  ) throws(ScoringError) -> (ScoredPart, ScoringSummary) {
    let admitted = admission.admitted
    let features = admitted.map { part.table.selectingRows($0) } ?? part.table
    let scores = try scorer.scores(of: features, on: .serial)
    var answers = scorer.answers(from: scores, to: features)
    if flagsOutside, let status = answers.popLast() {
      let counts = scorer.encoder.outsideCountsByRow(in: features)
      answers += [Column(name: OutputSchema.outsideColumn, values: .integer(counts)), status]
    }
    var summary = scores.summary
    let refusals = admission.refusals
    if let admitted {
      answers = answers.map { $0.spread(to: admitted, rowCount: part.table.rowCount) }
      if let status = answers.popLast() { answers.append(status.telling(refusals)) }
      summary.add(admission, columns: scorer.encoder.inputs.map(\.name))
    }
    return (
      ScoredPart(
        firstRow: part.firstRow, passthrough: part.passthrough, answers: answers,
        refused: refusals.map(\.row)),
      summary
    )
  }
}

extension Column {
  /// The values at other rows, those between them missing.
  fileprivate func spread(to rows: [Int], rowCount: Int) -> Column {
    func spread<Value>(_ values: [Value], _ placeholder: Value) -> [Value] {
      var spread = [Value](repeating: placeholder, count: rowCount)
      for (value, row) in zip(values, rows) { spread[row] = value }
      return spread
    }
    let values: Values =
      switch self.values {
      case .integer(let values): .integer(spread(values, 0))
      case .real(let values): .real(spread(values, 0))
      case .boolean(let values): .boolean(spread(values, false))
      case .category(let codes, let levels):
        .category(codes: spread(codes, -1), levels: levels)
      case .date(let values): .date(spread(values, 0))
      case .text(let values): .text(spread(values, ""))
      }
    var isPresent = [Bool](repeating: false, count: rowCount)
    for row in rows { isPresent[row] = true }
    for row in missingRows { isPresent[rows[row]] = false }
    return Column(
      name: name, values: values, missingRows: isPresent.indices.filter { !isPresent[$0] })
  }

  /// The statuses, with those of rows without an answer.
  fileprivate func telling(_ refusals: [(row: Int, why: RowRefusal)]) -> Column {
    var texts = (0..<rowCount).map { text(at: $0) ?? "" }
    for (row, why) in refusals { texts[row] = why.rawValue }
    return Column(name: name, values: .text(texts))
  }
}

extension Column.Values {
  fileprivate static func empty(_ kind: ColumnKind) -> Column.Values {
    switch kind {
    case .integer: .integer([])
    case .real: .real([])
    case .boolean: .boolean([])
    case .category: .category(codes: [], levels: [])
    case .date: .date([])
    case .text: .text([])
    }
  }
}
