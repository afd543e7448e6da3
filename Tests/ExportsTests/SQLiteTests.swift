import Artifacts
import Exports
import Foundation
import GRDB
import Learning
import Numerical
import Tabular
import Testing

/// The SQL as SQLite evaluates it, beside what the model says of the same customers.
struct SQLiteTests {
  /// Customers of the sample in a table of SQLite.
  private static func database() throws -> DatabaseQueue {
    let queue = try DatabaseQueue()
    try queue.write { database in
      try database.execute(
        sql: "CREATE TABLE crm (id TEXT, age REAL, balance REAL, news BOOLEAN, contact TEXT)")
      let columns = ExportSample.table.columns
      for row in 0..<ExportSample.table.rowCount {
        let cells: [DatabaseValue] = columns.map { column in
          guard let text = column.text(at: row) else { return .null }
          guard let numbers = column.numbers else { return text.databaseValue }
          return numbers[row].databaseValue
        }
        try database.execute(
          sql: "INSERT INTO crm VALUES (?, ?, ?, ?, ?)", arguments: StatementArguments(cells))
      }
    }
    return queue
  }

  private static func rows(_ artifact: some ArtifactContent) throws -> [Row] {
    let sql = try ExportSample.withExport(of: artifact) { export in
      guard case .file(let data) = try export.product(.sql, dialect: .sqlite, table: "crm") else {
        throw CocoaError(.fileReadCorruptFile)
      }
      return String(decoding: data, as: UTF8.self)
    }
    return try database().read { try Row.fetchAll($0, sql: sql) }
  }

  /// Beyond the bits of trees, sums and logarithms round in another order.
  private static let tolerance = 1e-12

  @Test func `probabilities are those of the model`() throws {
    for artifact in [
      try ExportSample.boosted(ExportSample.calibration(.isotonic)),
      try ExportSample.linear(ExportSample.calibration(.beta)),
    ] {
      let expected = try PropensityScorer(artifact).score(ExportSample.table, on: .serial)
      let rows = try Self.rows(artifact)
      #expect(rows.count == 600)
      for (row, answer) in rows.enumerated() {
        #expect(answer["id"] == "c\(row)")
        #expect(abs(answer["raw"] - expected.raw[row]) <= Self.tolerance)
        #expect(abs(answer["calibrated"] - expected.calibrated[row]) <= Self.tolerance)
        #expect(answer["band"] == expected.bands[row].rawValue)
        #expect(answer["contact"] == (expected.contacts[row] ? "yes" : "no"))
      }
    }
  }

  @Test func `segments are those of the model`() throws {
    let artifact = try ExportSample.segments(
      "k-means", try KMeans(Parameters([("k", .integer(4))])),
      after: [ExportSample.Power(), ExportSample.Scaling(), ExportSample.Components()])
    let expected = try SegmentScorer(artifact).score(ExportSample.table, on: .serial).assignments
    for (row, answer) in try Self.rows(artifact).enumerated() {
      #expect(answer["segment"] == expected.labels[row])
      #expect(answer["segment_name"] == artifact.segments[expected.labels[row]].name)
      #expect(abs(answer["distance"] - expected.distances[row]) <= Self.tolerance * 10)
    }
  }
}
