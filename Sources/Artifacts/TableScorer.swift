public import Foundation
import Learning
public import Numerical
public import Tabular

/// Gives every row of a table an answer, in the order of the rows.
///
/// Columns are found by name, others are ignored. Rows are worked on in pieces whose bounds depend on the
/// row count only, so that answers are the same at every thread count.
public protocol TableScorer: Sendable {
  associatedtype Scores: RowScores

  var inputs: InputSchema { get }
  /// Names of the columns it answers with.
  var answerColumns: [String] { get }

  /// Scores every row of `table`; no rows give no answers.
  ///
  /// - Throws: `.table` with the column that is missing (and the nearest name), of another kind, or
  ///   holds what the model refuses; `.model` if a row cannot be transformed.
  func score(_ table: Table, on pool: WorkerPool) throws(ScoringError) -> Scores

  /// How the answer to a row is written, a text per answer column.
  func text(of scores: Scores, in table: Table) -> @Sendable (_ row: Int) -> [String]
}

/// The answers to a table.
public protocol RowScores: Sendable {
  var summary: ScoringSummary { get }
}

extension TableScorer {
  /// How to read a text file that is to be scored.
  ///
  /// The kinds and the spellings of missing values are those of training: what a column of few rows
  /// looks like says little.
  public var readingOptions: CSVOptions {
    CSVOptions(nullTokens: inputs.nullTokens, kinds: inputs.kinds)
  }

  /// Reads a text file that is to be scored.
  ///
  /// - Throws: `.table`, with `.missingColumn` where the file lacks a column of the training.
  public func read(csv path: String, on pool: WorkerPool) throws(ScoringError) -> Table {
    do throws(TableError) {
      return try Table.read(csv: path, options: readingOptions, on: pool)
    } catch .unknownColumn(let name, let nearest, _) {
      throw .table(.missingColumn(name: name, nearest: nearest))
    } catch {
      throw .table(error)
    }
  }

  func requirePassthrough(in table: Table) throws(ScoringError) {
    for name in inputs.passthrough where table[name] == nil {
      throw .table(
        .missingColumn(
          name: name, nearest: NearestName.nearest(to: name, among: table.columnNames)))
    }
  }

  func ignoredColumnCount(in table: Table) -> Int {
    let used = Set(inputs.fields.map(\.name))
    return table.columnNames.filter { !used.contains($0) }.count
  }
}

extension TableScorer {
  /// The header of a scored file: the columns that pass through, then the outputs.
  public var header: [String] { inputs.passthrough + answerColumns }

  /// Writes `scores` of `table` as CSV to `path`, complete or not at all.
  ///
  /// One line per row in the order of the rows, under `header`. A number that is not finite is left
  /// blank.
  ///
  /// - Throws: `.output`, and then a file that was there before is untouched.
  public func write(
    _ scores: Scores, of table: Table, to path: String, on pool: WorkerPool
  ) throws(ScoringError) {
    do throws(ArtifactError) {
      let file = try DurableFile(path: path)
      try forEachPart(of: scores, table, on: pool) { (part) throws(ArtifactError) in
        try file.append(part)
      }
      try file.publish()
    } catch {
      throw .output(error)
    }
  }

  /// Hands the text of the scored file to `body`, part by part.
  public func forEachPart<Failure: Error>(
    of scores: Scores, _ table: Table, on pool: WorkerPool,
    _ body: (Data) throws(Failure) -> Void
  ) throws(Failure) {
    let passed = inputs.passthrough.compactMap { table[$0] }
    let answers = text(of: scores, in: table)
    var first = CSVWriter()
    first.append(header)
    try body(Data(first.bytes))
    let piece = 4096
    let rowCount = scores.summary.rowCount
    // A round of pieces bounds the memory that text takes.
    let round = 64 * piece
    for start in stride(from: 0, to: rowCount, by: round) {
      let end = min(start + round, rowCount)
      let texts = pool.map(count: (end - start + piece - 1) / piece) { index in
        let from = start + index * piece
        var writer = CSVWriter()
        for row in from..<min(from + piece, end) {
          writer.append(passed.map { $0.text(at: row) ?? "" } + answers(row))
        }
        return writer.bytes
      }
      for text in texts { try body(Data(text)) }
    }
  }
}

/// A number as a scored file holds it.
func scoredText(_ value: Double) -> String { value.isFinite ? "\(value)" : "" }
