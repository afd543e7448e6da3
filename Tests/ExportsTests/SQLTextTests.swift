import Artifacts
import Exports
import Foundation
import Learning
import Numerical
import Tabular
import Testing

/// The SQL as text, where it can be derived by hand.
struct SQLTextTests {
  /// A prior of one half, so log-odds of 0, that looks at no column.
  private static func half(_ columns: [Column]) throws -> PropensityArtifact {
    let table = Table(columns: [Column(name: "id", values: .text(["a", "b", "c", "d"]))] + columns)
    var options = ColumnOptions()
    options.rareRows = 1
    let encoder = try TableEncoder.fit(
      table, features: columns.map(\.name), options: options)
    let x = FeatureTable(try encoder.columns(of: table, on: .serial))
    let labeled = Labeled(x, labels: [0, 1, 0, 1])
    let model = try Prior().fit(labeled, in: FitContext(seed: Seed(1))).model
    return try PropensityArtifact(
      pipeline: PropensityPipeline(
        encoder: encoder, transformers: [], classifier: .init(algorithm: "prior", model: model),
        calibration: .none),
      passthrough: ["id"], nullTokens: [""],
      decision: PropensityDecision(
        cut: CutRule(rule: "a fixed threshold", threshold: 0.5), bandLimits: [0.75, 0.5, 0.25]),
      training: PropensityTraining(
        target: "bought", positive: "yes", rowCount: 4, eventCount: 2), metrics: [],
      lineage: ExportSample.lineage)
  }

  private static func text(
    _ columns: [Column], _ dialect: SQLDialect, table: String = "crm.customers"
  ) throws -> String {
    try ExportSample.withExport(of: half(columns)) { export in
      guard case .file(let data) = try export.product(.sql, dialect: dialect, table: table) else {
        throw CocoaError(.fileReadCorruptFile)
      }
      return String(decoding: data, as: UTF8.self)
    }
  }

  @Test func `a query is stages that each read the one before`() throws {
    let lines = try Self.text([Column(name: "age", values: .integer([30, 40, 50, 60]))], .sqlite)
      .split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0].hasPrefix("-- prior, sha256:"))
    // 1 / (1 + e^−y), and −y kept from −708 to 708; numbers below zero in brackets.
    let power =
      "exp(CASE WHEN (0.0 - y1) < (-708.0) THEN (-708.0) WHEN (0.0 - y1) < 708.0 THEN (0.0 - y1) "
      + "ELSE 708.0 END)"
    #expect(
      lines.dropFirst().joined(separator: "\n") == """
        WITH cohort_cells AS MATERIALIZED (
        SELECT
          "id",
          CAST("age" AS REAL) AS c1
        FROM "crm"."customers"
        ),
        cohort_encoded AS MATERIALIZED (
        SELECT
          "id",
          c1 AS x1
        FROM cohort_cells
        ),
        cohort_log_odds AS MATERIALIZED (
        SELECT
          "id",
          0.0 AS y1
        FROM cohort_encoded
        ),
        cohort_raw AS MATERIALIZED (
        SELECT
          "id",
          y1 AS y1,
          (1.0 / (1.0 + \(power))) AS p1
        FROM cohort_log_odds
        ),
        cohort_calibrated AS MATERIALIZED (
        SELECT
          "id",
          p1 AS p1,
          p1 AS p2
        FROM cohort_raw
        )
        SELECT
          "id",
          p1 AS "raw",
          p2 AS "calibrated",
          CASE WHEN p2 >= 0.75 THEN 'Champions' WHEN p2 >= 0.5 THEN 'High' WHEN p2 >= 0.25 THEN 'Medium' ELSE \
        'Low Priority' END AS "band",
          CASE WHEN p2 >= 0.5 THEN 'yes' ELSE 'no' END AS "contact"
        FROM cohort_calibrated;

        """)
  }

  @Test func `every kind of column is read in the words of the database`() throws {
    let columns = [
      Column(name: "a \"b\"", values: .real([1, 2, 3, 4])),
      Column(name: "news", values: .boolean([true, false, true, true])),
      Column(name: "since", values: .date([0, 1, 2, 3])),
      Column(name: "plan", values: .category(codes: [0, 1, 0, 1], levels: ["it's", "x"])),
    ]
    let postgres = try Self.text(columns, .postgresql)
    for words in [
      "NULLIF(CAST(\"a \"\"b\"\"\" AS double precision), float8 'NaN') AS c1",
      "CASE WHEN \"news\" THEN float8 '1.0' WHEN NOT \"news\" THEN float8 '0.0' END AS c2",
      "CAST(\"since\" - DATE '1970-01-01' AS double precision) AS c3",
      "WHEN CAST(\"plan\" AS TEXT) IN ('it''s') THEN float8 '0.0'",
    ] { #expect(postgres.contains(words), "\(words)") }
    let sqlite = try Self.text(columns, .sqlite)
    for words in [
      "CAST(\"a \"\"b\"\"\" AS REAL) AS c1",
      "CASE WHEN \"news\" THEN 1.0 WHEN NOT \"news\" THEN 0.0 END AS c2",
      "(julianday(\"since\") - 2440587.5) AS c3",
    ] { #expect(sqlite.contains(words), "\(words)") }
    let ansi = try Self.text(columns.filter { $0.name != "since" }, .ansi)
    #expect(ansi.contains("CASE WHEN \"news\" THEN 1.0E0 WHEN NOT \"news\" THEN 0.0E0 END AS c2"))
    #expect(ansi.contains("cohort_cells AS ("))
    #expect(throws: ExportError.unsupported(form: .sql, .dateColumn("since"))) {
      try Self.text(columns, .ansi)
    }
  }
}
