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
  /// What the customers of the sample say to being scored, in turn; the first two agree.
  private static let answers = ["yes", " YES\t", "no", nil, ""]

  /// Customers of the sample in a table of SQLite.
  ///
  /// - Parameter asText: Whether every cell is a text, the empty one where there is no value, as the import of a
  ///   CSV file leaves them.
  private static func database(asText: Bool = false) throws -> DatabaseQueue {
    let queue = try DatabaseQueue()
    try queue.write { database in
      try database.execute(
        sql: asText
          ? "CREATE TABLE crm (id TEXT, age TEXT, balance TEXT, news TEXT, contact TEXT, ok TEXT)"
          : "CREATE TABLE crm (id TEXT, age REAL, balance REAL, news BOOLEAN, contact TEXT, ok TEXT)"
      )
      let columns = ExportSample.table.columns
      for row in 0..<ExportSample.table.rowCount {
        let cells: [DatabaseValue] = columns.map { column in
          if asText { return (column.text(at: row) ?? "").databaseValue }
          guard let text = column.text(at: row) else { return .null }
          guard let numbers = column.numbers else { return text.databaseValue }
          return numbers[row].databaseValue
        }
        let answer = answers[row % answers.count]?.databaseValue ?? .null
        try database.execute(
          sql: "INSERT INTO crm VALUES (?, ?, ?, ?, ?, ?)",
          arguments: StatementArguments(cells + [answer]))
      }
    }
    return queue
  }

  private static func query(_ artifact: some ArtifactContent) throws -> String {
    try ExportSample.withExport(of: artifact) { export in
      guard case .file(let data) = try export.product(.sql, dialect: .sqlite, table: "crm") else {
        throw CocoaError(.fileReadCorruptFile)
      }
      return String(decoding: data, as: UTF8.self)
    }
  }

  private static func rows(
    _ artifact: some ArtifactContent, asText: Bool = false
  ) throws -> [Row] {
    let sql = try query(artifact)
    return try database(asText: asText).read { try Row.fetchAll($0, sql: sql) }
  }

  /// Beyond the bits of trees, sums and logarithms round in another order.
  private static let tolerance = 1e-12

  @Test func `probabilities are those of the model`() throws {
    for artifact in [
      try ExportSample.boosted(ExportSample.calibration(.isotonic)),
      try ExportSample.linear(ExportSample.calibration(.beta)),
      try ExportSample.trees(
        "random-forest", try RandomForest(Parameters([("n_estimators", .integer(12))]))),
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

  @Test func `a table of texts has the same answers`() throws {
    let artifact = try ExportSample.boosted()
    let expected = try PropensityScorer(artifact).score(ExportSample.table, on: .serial)
    for (row, answer) in try Self.rows(artifact, asText: true).enumerated() {
      #expect(abs(answer["raw"] - expected.raw[row]) <= Self.tolerance)
    }
  }

  @Test func `rows without consent keep their id and have no answers`() throws {
    let expected = try PropensityScorer(ExportSample.boosted()).score(
      ExportSample.table, on: .serial)
    let rows = try Self.rows(ExportSample.boosted(consent: ConsentRule(column: "ok")))
    #expect(rows.count == 600)
    for (row, answer) in rows.enumerated() {
      let raw: Double? = answer["raw"]
      let band: String? = answer["band"]
      let contact: String? = answer["contact"]
      #expect(answer["id"] == "c\(row)")
      if row % 5 < 2 {
        #expect(abs((raw ?? .nan) - expected.raw[row]) <= Self.tolerance)
        #expect(band == expected.bands[row].rawValue && contact != nil)
      } else {
        #expect(raw == nil && band == nil && contact == nil)
      }
    }
  }

  @Test func `a row that has no logarithm has no answers`() throws {
    let artifact = try ExportSample.segments(
      "k-means", try KMeans(Parameters([("k", .integer(2))])),
      after: [ExportSample.Logarithm()], of: ["age"])
    let sql = try Self.query(artifact)
    let queue = try Self.database()
    let rows = try queue.write { database in
      try database.execute(sql: "UPDATE crm SET age = -1 WHERE id = 'c0'")
      return try Row.fetchAll(database, sql: sql)
    }
    let segment: Int? = rows[0]["segment"]
    let name: String? = rows[0]["segment_name"]
    #expect(segment == nil && name == nil)
    let expected = try SegmentScorer(artifact).score(ExportSample.table, on: .serial).assignments
    for row in 1..<600 { #expect(rows[row]["segment"] == expected.labels[row]) }
  }

  @Test func `a table without a column of the model is refused`() throws {
    let sql = try Self.query(ExportSample.boosted())
    let queue = try Self.database()
    #expect(throws: DatabaseError.self) {
      try queue.write { database in
        try database.execute(sql: "ALTER TABLE crm DROP COLUMN age")
        _ = try Row.fetchAll(database, sql: sql)
      }
    }
  }
}
