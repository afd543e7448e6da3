public import Foundation
import Learning
public import Numerical
public import Tabular

extension SegmentScorer {
  /// The header of a scored file: the columns that pass through, then the outputs.
  public var header: [String] {
    artifact.inputs.passthrough + artifact.outputs.columns.map(\.name)
  }

  /// Writes `scores` of `table` as CSV to `path`, complete or not at all.
  ///
  /// One line per row in the order of the rows, under `header`. A number that is not finite is left
  /// blank.
  ///
  /// - Throws: `.output`, and then a file that was there before is untouched.
  public func write(
    _ scores: SegmentScores, of table: Table, to path: String, on pool: WorkerPool
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
    of scores: SegmentScores, _ table: Table, on pool: WorkerPool,
    _ body: (Data) throws(Failure) -> Void
  ) throws(Failure) {
    let passed = artifact.inputs.passthrough.compactMap { table[$0] }
    var first = CSVWriter()
    first.append(header)
    try body(Data(first.bytes))
    let piece = 4096
    let rowCount = scores.assignments.labels.count
    // A round of pieces bounds the memory that text takes.
    let round = 64 * piece
    for start in stride(from: 0, to: rowCount, by: round) {
      let end = min(start + round, rowCount)
      let texts = pool.map(count: (end - start + piece - 1) / piece) { index in
        let from = start + index * piece
        return text(of: scores, passed, rows: from..<min(from + piece, end))
      }
      for text in texts { try body(Data(text)) }
    }
  }

  private func text(of scores: SegmentScores, _ passed: [Column], rows: Range<Int>) -> [UInt8] {
    var writer = CSVWriter()
    for row in rows {
      let ids = passed.map { $0.text(at: row) ?? "" }
      let answers = artifact.outputs.columns.map { field($0.meaning, of: scores, row: row) }
      writer.append(ids + answers)
    }
    return writer.bytes
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
    case .distance: return number(assignments.distances[row])
    case .strength: return number(assignments.strengths[row])
    case .anomaly: return number(assignments.anomalies[row])
    case .reconstructionError: return number(scores.reconstructionErrors?[row] ?? .nan)
    case .status: return scores.statuses[row].rawValue
    case .raw, .calibrated, .band, .contact: return ""
    }
  }

  private func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "" }
}
