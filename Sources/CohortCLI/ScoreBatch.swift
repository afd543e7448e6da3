import Artifacts
import Experiments
import Numerical
import Registry
import ScoreHistory
import Tabular

/// One run of `cohort score`: a table, a model, a file or a stream, a history.
struct ScoreBatch {
  let command: ScoreCommand
  /// Nil for standard output, or for a history alone.
  let file: ScoredFile?
  let pool: WorkerPool
  let model: ScoredModel

  private var isRaw: Bool { command.scored.rawCsv }
  private var kept: [String] { command.scored.kept }

  /// - Parameter settling: Completes a scorer that has to know all rows before it can answer one.
  func run<Scorer: TableScorer>(
    _ scorer: Scorer,
    settling: (BatchScoring<Scorer, CSVParts>, inout ScoringProgress) throws -> Scorer
  ) throws {
    let columns = try outputColumns(of: scorer)
    let history = try openHistory(passing: columns.passthrough)
    let source = try open(for: scorer, passing: columns.passthrough)
    try requireKnownColumns(of: source)
    var batch = BatchScoring(scorer, source, on: pool, isStopped: { Interrupts.isRequested })
    batch.flagsOutside = command.scored.flagOutside
    let header = ScoredText.header(columns.passthrough + columns.answers, isRaw: isRaw)
    var progress = try begin(header, source, hasHistory: history != nil)
    let summary: ScoringSummary
    do {
      batch.scorer = try settling(batch, &progress)
      summary = try store(batch, from: progress, into: history)
    } catch BatchError.stopped {
      try file?.keep()
      throw BatchError.stopped
    }
    let added = try finish(history)
    try report(summary, source, added)
  }

  /// The columns of the output: those that pass through, then the answers.
  private func outputColumns(
    of scorer: some TableScorer
  ) throws -> (passthrough: [String], answers: [String]) {
    let passthrough = scorer.inputs.passthrough + kept
    let answers = scorer.answerColumns(flaggingOutside: command.scored.flagOutside)
    var names: Set<String> = []
    for name in passthrough + answers where !names.insert(name).inserted {
      throw CommandError(
        .usage, "the output would have two columns \(name); leave it out of --keep")
    }
    return (passthrough, answers)
  }

  private func openHistory(passing columns: [String]) throws -> ScoreHistoryBatch? {
    guard let to = command.history.to else { return nil }
    return try ScoreHistoryBatch(
      ScoreHistoryPlace(to),
      ScoreHistoryKey(model: model.name, version: model.number, day: command.history.day),
      columns: columns, customer: command.history.customer)
  }

  private func open(for scorer: some TableScorer, passing columns: [String]) throws -> CSVParts {
    do throws(TableError) {
      return try CSVParts(
        path: command.table, columns: scorer.features, passthrough: columns,
        nullTokens: scorer.inputs.nullTokens, on: pool)
    } catch .missingColumn(let name, let nearest) where kept.contains(name) {
      throw CommandError(
        .usage,
        "there is no column \(name) to --keep; \(command.table)"
          + (nearest.map { "; did you mean \($0)?" } ?? ""))
    } catch {
      throw ScoringError.table(error)
    }
  }

  /// Columns of the table that neither the model nor the output takes.
  private func extraColumns(of source: CSVParts) -> [String] {
    let used = Set(source.usedColumns)
    return source.columnNames.filter { !used.contains($0) }
  }

  private func requireKnownColumns(of source: CSVParts) throws {
    guard command.scored.extraColumns == .error else { return }
    let extra = extraColumns(of: source)
    if extra.isEmpty { return }
    let more = extra.count > 10 ? " and \(extra.count - 10) more" : ""
    throw CommandError(
      .data,
      "the table has columns that the model does not need; \(command.table), "
        + extra.prefix(10).joined(separator: ", ") + more
        + "; leave them out, pass them through with --keep, or take --extra-columns ignore")
  }

  /// Where to go on in the file; scores for a history or a stream are not kept in parts.
  private func begin(
    _ header: [UInt8], _ source: CSVParts, hasHistory: Bool
  ) throws -> ScoringProgress {
    guard let file else {
      if !hasHistory { try Console.write(bytes: header) }
      return ScoringProgress()
    }
    let job = hasHistory ? nil : source.fingerprint.map { scoringJob(on: $0, header: header) }
    switch try file.begin(job, header: header, partCount: source.partCount) {
    case .nothing: return ScoringProgress()
    case .other:
      command.output.say(
        "what an earlier command left unfinished is begun anew: it had another model, table, request or"
          + " version, or had not come far")
      return ScoringProgress()
    case .same(let progress):
      let rows = progress.summary?.rowCount ?? 0
      command.output.say("going on behind the first \(rows) rows, which were done before")
      return progress
    }
  }

  private func scoringJob(on table: String, header: [UInt8]) -> ScoringJob {
    ScoringJob(
      program: "cohort \(Engine.version)", model: model.digest, table: table,
      options: [String(decoding: header, as: UTF8.self), "raw=\(isRaw)"]
        + command.propensity.request)
  }

  private func store<Scorer: TableScorer>(
    _ batch: BatchScoring<Scorer, CSVParts>, from progress: ScoringProgress,
    into history: ScoreHistoryBatch?
  ) throws -> ScoringSummary {
    let file = file
    var text = ScoredText(isRaw: isRaw) { parts, progress in
      if let file { return try file.append(parts, reaching: progress) }
      for part in parts { try Console.write(bytes: part) }
    }
    guard var history else { return try batch.run(into: &text, from: progress) }
    guard file != nil else { return try batch.run(into: &history, from: progress) }
    var both = ScoredPartPair(text, history)
    return try batch.run(into: &both, from: progress)
  }

  /// The history first: if it refuses the scores, there is no file of them either, and the same command
  /// mends what a kill between the two has left, since scores that are there already are not added again.
  private func finish(_ history: ScoreHistoryBatch?) throws -> ScoreHistoryOutcome? {
    guard let history else {
      try file?.publish()
      return nil
    }
    // A full device shows while there is nothing in the history yet.
    try file?.synchronize()
    let added = try history.commit()
    try file?.publish()
    return added
  }

  private func report(
    _ summary: ScoringSummary, _ source: CSVParts, _ added: ScoreHistoryOutcome?
  ) throws {
    let report = ScoreReport(
      summary: summary,
      ignoredColumnCount: extraColumns(of: source).count, model: model,
      table: command.table, file: command.file, history: added)
    try command.sidecar?.write(report)
    if command.output.json {
      try JSONOutput.write(report)
    } else {
      for line in report.lines { command.output.say(line) }
    }
    try requireFewRejected(summary)
  }

  private func requireFewRejected(_ summary: ScoringSummary) throws {
    let rejected = summary.rejectedRowCount
    let isAllowed = command.scored.allowRejected?.covers(rejected, of: summary.rowCount) ?? false
    guard rejected > 0, !isAllowed, let first = summary.rejectedCells.first else { return }
    throw CommandError(
      .data,
      "\(rejected) of \(summary.rowCount) rows were rejected and have no score; \(first); the others"
        + " were written; correct the data, or accept a share with --allow-rejected")
  }
}
