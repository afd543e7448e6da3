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
  private static func half(
    _ columns: [Column], ids: [String] = ["id"], consent: ConsentRule? = nil
  ) throws -> PropensityArtifact {
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
      passthrough: ids, nullTokens: [""], consent: consent,
      decision: PropensityDecision(
        cut: CutRule(rule: "a fixed threshold", threshold: 0.5), bandLimits: [0.75, 0.5, 0.25]),
      training: PropensityTraining(
        target: "bought", positive: "yes", rowCount: 4, eventCount: 2), metrics: [],
      lineage: ExportSample.lineage)
  }

  private static func text(
    _ columns: [Column], _ dialect: SQLDialect, table: String = "crm.customers",
    consent: ConsentRule? = nil
  ) throws -> String {
    try ExportSample.withExport(of: half(columns, consent: consent)) { export in
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
          cohort_source."id" AS "id",
          CAST(NULLIF(cohort_source."age", '') AS REAL) AS c1
        FROM "crm"."customers" AS cohort_source
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
      "NULLIF(CAST(cohort_source.\"a \"\"b\"\"\" AS double precision), float8 'NaN') AS c1",
      "CASE WHEN cohort_source.\"news\" THEN float8 '1.0' WHEN NOT cohort_source.\"news\" "
        + "THEN float8 '0.0' END AS c2",
      "CAST(cohort_source.\"since\" - DATE '1970-01-01' AS double precision) AS c3",
      "WHEN CAST(cohort_source.\"plan\" AS TEXT) IN ('it''s') THEN float8 '0.0'",
    ] { #expect(postgres.contains(words), "\(words)") }
    let sqlite = try Self.text(columns, .sqlite)
    for words in [
      "CAST(NULLIF(cohort_source.\"a \"\"b\"\"\", '') AS REAL) AS c1",
      "CASE WHEN lower(cohort_source.\"news\") IN ('1', '1.0', 'true', 't', 'yes', 'y') THEN 1.0 "
        + "WHEN lower(cohort_source.\"news\") IN ('0', '0.0', 'false', 'f', 'no', 'n') THEN 0.0 END AS c2",
      "(julianday(cohort_source.\"since\") - 2440587.5) AS c3",
      "WHEN CAST(cohort_source.\"plan\" AS TEXT) COLLATE BINARY IN ('it''s') THEN 0.0",
    ] { #expect(sqlite.contains(words), "\(words)") }
    let ansi = try Self.text(columns.filter { $0.name != "since" }, .ansi)
    #expect(
      ansi.contains(
        "CASE WHEN cohort_source.\"news\" THEN 1.0E0 WHEN NOT cohort_source.\"news\" THEN 0.0E0 END AS c2"
      ))
    #expect(ansi.contains("cohort_cells AS ("))
    #expect(throws: ExportError.unsupported(form: .sql, .dateColumn("since"))) {
      try Self.text(columns, .ansi)
    }
  }

  @Test func `consent is asked in the first stage and decides on every answer`() throws {
    let age = Column(name: "age", values: .integer([30, 40, 50, 60]))
    let text = try Self.text(
      [age], .sqlite, consent: ConsentRule(column: "ok", allow: [" Yes", "it's"], missing: .allow))
    #expect(
      text.contains(
        "CASE WHEN ((CAST(cohort_source.\"ok\" AS TEXT) COLLATE BINARY IS NULL OR CAST(cohort_source.\"ok\" "
          + "AS TEXT) COLLATE BINARY IN ('')) OR lower(trim(CAST(cohort_source.\"ok\" AS TEXT), ' ' || char(9))) "
          + "IN ('yes', 'it''s')) THEN 1.0 ELSE 0.0 END AS answered1"))
    #expect(text.contains("c1 AS x1,\n  answered1 AS answered1\n"))
    for answer in ["raw", "calibrated", "band", "contact"] {
      #expect(text.contains(" END AS \"\(answer)\""))
    }
    #expect(text.components(separatedBy: "CASE WHEN answered1 = 1.0 THEN ").count == 5)
    let postgres = try Self.text([age], .postgresql, consent: ConsentRule(column: "ok"))
    #expect(
      postgres.contains(
        "CASE WHEN translate(btrim(CAST(cohort_source.\"ok\" AS TEXT), E' \\t'), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', "
          + "'abcdefghijklmnopqrstuvwxyz') IN ('true', 'yes', 'y', '1') THEN"))
  }

  @Test func `a query that the database would not take is refused`() throws {
    let age = Column(name: "age", values: .integer([30, 40, 50, 60]))
    let ids = (0..<1700).map { "id \($0)" }
    try ExportSample.withExport(of: Self.half([age], ids: ids)) { export in
      // The last stage has the ids and four answers.
      let error = ExportError.unsupported(
        form: .sql, .beyondDialect(.columns, count: 1704, limit: 1664))
      #expect(throws: error) { try export.product(.sql, dialect: .postgresql) }
    }
  }
}
