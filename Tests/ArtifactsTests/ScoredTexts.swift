import Artifacts
import Foundation
import Numerical
import Tabular

/// The text of a scored file, and what is said of it.
func scoredText(
  _ scorer: some TableScorer, _ source: some TablePartSource, passthrough: [String]? = nil,
  isRaw: Bool = false, flagsOutside: Bool = false, on pool: WorkerPool = .serial
) throws -> (text: String, summary: ScoringSummary) {
  let columns =
    (passthrough ?? scorer.inputs.passthrough)
    + scorer.answerColumns(flaggingOutside: flagsOutside)
  var bytes = ScoredText.header(columns, isRaw: isRaw)
  var sink = ScoredText(isRaw: isRaw) { parts, _ in for part in parts { bytes += part } }
  var batch = BatchScoring(scorer, source, on: pool)
  batch.flagsOutside = flagsOutside
  let summary = try batch.run(into: &sink)
  return (String(decoding: bytes, as: UTF8.self), summary)
}

/// The same of a table in memory.
func scoredText(
  _ scorer: some TableScorer, _ table: Table, on pool: WorkerPool = .serial
) throws -> String {
  let source = try WholeTableParts(table, passthrough: scorer.inputs.passthrough)
  return try scoredText(scorer, source, on: pool).text
}

/// The same of the text of a CSV file, in parts of about `chunkSize` bytes.
func scoredText(
  _ scorer: some TableScorer, csv: String, keep: [String] = [], isRaw: Bool = false,
  flagsOutside: Bool = false, chunkSize: Int = 1 << 18, threads: Int = 1
) throws -> (text: String, summary: ScoringSummary) {
  let pool = WorkerPool(threadCount: threads)
  let passthrough = scorer.inputs.passthrough + keep
  let source = try CSVParts(
    csvText: Array(csv.utf8), columns: scorer.features, passthrough: passthrough,
    nullTokens: scorer.inputs.nullTokens, chunkSize: chunkSize, on: pool)
  return try scoredText(
    scorer, source, passthrough: passthrough, isRaw: isRaw, flagsOutside: flagsOutside, on: pool)
}
