import Tabular

/// What a self-test asks of one row.
public protocol GoldenAnswer: Codable, Hashable, Sendable {
  /// The first output that is another than `expected`, if any is.
  func difference(from expected: Self, within tolerance: GoldenTolerance) -> String?
}

/// Numbers agree to this, relative above 1 and absolute below.
///
/// On the machine that wrote them they are equal; other processors may round sums in another order.
public struct GoldenTolerance: Hashable, Sendable {
  let value: Double

  func agree(_ a: Double?, _ b: Double?) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return abs(a - b) <= value * max(1, abs(a), abs(b))
  }
}

/// Where a self-test is stored.
let goldenFile = "evidence/golden.json"

/// A model's self-test (`evidence/golden.json`): made-up rows and the answers they must get.
///
/// Rows are composed from the input schema alone, so none is a customer's.
public struct GoldenRows<Answer: GoldenAnswer>: Hashable, Sendable, Codable {
  public let columns: [GoldenColumn]
  public let answers: [Answer]
  /// See `GoldenTolerance`.
  public let tolerance: Double

  /// A self-test is asked at every load.
  private static var rowLimit: Int { 1024 }

  /// Composes rows for `pipeline` and records its answers.
  ///
  /// - Throws: `.encoding`, `.step` if the pipeline does not take them.
  init<Pipeline: StoredPipeline>(
    for pipeline: Pipeline
  ) throws(ArtifactError) where Pipeline.Answer == Answer {
    columns = pipeline.encoder.inputs.enumerated().map { GoldenColumn($1, place: $0) }
    tolerance = 1e-9
    answers = try pipeline.answers(to: try Self.table(columns))
  }

  /// Asks `pipeline` again.
  ///
  /// - Throws: `.golden` at the first answer that differs, `.content` for rows that are no table.
  func replay<Pipeline: StoredPipeline>(
    on pipeline: Pipeline
  ) throws(ArtifactError) where Pipeline.Answer == Answer {
    guard answers.count == columns.first?.values.count, answers.count <= Self.rowLimit,
      tolerance >= 0, tolerance < 1e-3
    else {
      throw .content(file: goldenFile, place: "answers", .value)
    }
    let found = try pipeline.answers(to: try Self.table(columns))
    let allowed = GoldenTolerance(value: tolerance)
    for (row, (found, expected)) in zip(found, answers).enumerated() {
      if let output = found.difference(from: expected, within: allowed) {
        throw .golden(row: row, output: output)
      }
    }
  }

  private static func table(_ columns: [GoldenColumn]) throws(ArtifactError) -> Table {
    var tableColumns: [Column] = []
    for column in columns { tableColumns.append(try column.tableColumn()) }
    guard Set(columns.map(\.name)).count == columns.count,
      Set(tableColumns.map(\.rowCount)).count <= 1
    else { throw .content(file: goldenFile, place: "columns", .value) }
    return Table(columns: tableColumns)
  }
}
