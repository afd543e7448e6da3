import Artifacts
import Exports
import Foundation
import Learning
import Numerical
import Tabular
import Testing

/// Every form of every model: what is handed out has been compared with the model on 10,000 rows.
struct ModelExportTests {
  private static let forms: [ModelExport.Form] = [.onnx, .onnxWide, .sql, .mlflow]

  private static func bytes(_ product: ModelExport.Product) -> Int {
    switch product {
    case .file(let data): data.count
    case .directory(let files): files.reduce(0) { $0 + $1.bytes.count }
    }
  }

  private static func expectEveryForm(_ artifact: some ArtifactContent) throws {
    try ExportSample.withExport(of: artifact) { export in
      for form in forms { try #expect(bytes(export.product(form)) > 500, "\(form)") }
    }
  }

  @Test(arguments: CalibrationMethod.allCases)
  func `boosted trees agree with every export under each calibration`(
    method: CalibrationMethod
  ) throws {
    try Self.expectEveryForm(ExportSample.boosted(ExportSample.calibration(method)))
  }

  @Test(arguments: CalibrationMethod.allCases)
  func `a linear model behind a power, a scale and components agrees with every export`(
    method: CalibrationMethod
  ) throws {
    try Self.expectEveryForm(ExportSample.linear(ExportSample.calibration(method)))
  }

  private static func forest(_ calibration: CalibrationMap = .none) throws -> PropensityArtifact {
    let given = Parameters([("n_estimators", .integer(12))])
    return try ExportSample.trees("random-forest", try RandomForest(given), calibration)
  }

  @Test(arguments: CalibrationMethod.allCases)
  func `forests and the prior agree with every export under each calibration`(
    method: CalibrationMethod
  ) throws {
    let calibration = try ExportSample.calibration(method)
    try Self.expectEveryForm(Self.forest(calibration))
    try Self.expectEveryForm(ExportSample.trees("prior", Prior(), calibration))
  }

  /// Their scores are shares of leaves, many of them equal but for a rounding.
  @Test func `forests agree with every export under a map of their own scores`() throws {
    let pipeline = try Self.forest().pipeline
    let rows = try pipeline.features(of: ExportSample.table, on: .serial)
    let exact = try pipeline.logOdds(rows.features, on: .serial)
    let scores = exact.indices.map { (row: Int) -> Double in
      [exact[row].nextDown, exact[row], exact[row].nextUp][row % 3]
    }
    // Some labels are turned round, so that the map rises in many steps.
    let labels = exact.indices.map { (row: Int) -> Double in
      row % 4 == 0 ? 1 - ExportSample.labels[row] : ExportSample.labels[row]
    }
    let map = try CalibrationMethod.isotonic.fit(scores: scores, labels: labels)
    try Self.expectEveryForm(Self.forest(map))
  }

  @Test func `a map that jumps between scores a rounding apart has no export`() throws {
    let text = #"""
      {"method":"isotonic","map":{"scores":{"shape":[3],"values":[-1,-0.9999999999999998,1]},
      "probabilities":{"shape":[3],"values":[0.25,0.5,0.75]}}}
      """#
    let map = try JSONDecoder().decode(CalibrationMap.self, from: Data(text.utf8))
    try ExportSample.withExport(of: Self.forest(map)) { export in
      for form in Self.forms {
        let error = try #require(throws: ExportError.self) { try export.product(form) }
        #expect(error == .unsupported(form: form, .steepCalibration))
        #expect(!error.description.contains("\n"))
      }
    }
  }

  @Test func `segments around centers agree with every export`() throws {
    let given = Parameters([("k", .integer(5))])
    try Self.expectEveryForm(
      ExportSample.segments(
        "k-means", try KMeans(given),
        after: [ExportSample.Power(), ExportSample.Scaling(), ExportSample.Components()]))
    try Self.expectEveryForm(
      ExportSample.segments(
        "hierarchical", try Hierarchical(Parameters([("k", .integer(3))])),
        after: [ExportSample.Scaling()]))
  }

  @Test(arguments: ["full", "tied", "diagonal", "spherical"])
  func `mixtures agree with ONNX and have no SQL`(covariance: String) throws {
    let given = Parameters([("k", .integer(3)), ("covariance", .text(covariance))])
    let artifact = try ExportSample.segments(
      "gaussian-mixture", try GaussianMixture(given),
      after: [ExportSample.Scaling(), ExportSample.Components()])
    try ExportSample.withExport(of: artifact) { export in
      try #expect(Self.bytes(export.product(.onnx)) > 500)
      try #expect(Self.bytes(export.product(.onnxWide)) > 500)
      #expect(
        throws: ExportError.unsupported(form: .sql, .algorithm("gaussian-mixture"))
      ) { try export.product(.sql) }
    }
  }

  @Test func `what places by rows of the training is refused in one sentence`() throws {
    let artifact = try ExportSample.segments(
      "dbscan", try DBSCAN(Parameters([("eps", .real(2)), ("min_samples", .integer(5))])),
      after: [ExportSample.Scaling()])
    try ExportSample.withExport(of: artifact) { export in
      for form in [ModelExport.Form.onnx, .onnxWide, .sql, .mlflow] {
        let error = try #require(throws: ExportError.self) { try export.product(form) }
        #expect(error == .unsupported(form: form, .rowsOfTraining(algorithm: "dbscan")))
        #expect(!error.description.contains("\n"))
      }
    }
  }

  @Test func `the rules of segments have a query, of any clustering`() throws {
    let tree = RuleTree(
      columns: [.init(name: "age", hasMissing: true), .init(name: "news"), .init(name: "contact")],
      root: .question(
        column: 0, .atMost(40, missing: true),
        yes: .question(column: 1, .level("true"), yes: .answer(0), no: .answer(1)),
        no: .question(column: 2, .level("cell's"), yes: .answer(1), no: .answer(-1))))
    let artifact = try ExportSample.segments(
      "dbscan", try DBSCAN(Parameters([("eps", .real(2)), ("min_samples", .integer(5))])),
      after: [ExportSample.Scaling()],
      description: SegmentDescription(tree: tree, balancedAccuracy: 0.9, rowCount: 600))
    try ExportSample.withExport(of: artifact) { export in
      guard case .file(let data) = try export.product(.sqlRules, dialect: .sqlite, table: "crm")
      else { throw CocoaError(.fileReadCorruptFile) }
      let text = String(decoding: data, as: UTF8.self)
      #expect(text.contains("90.0 % meet its rule"))
      #expect(
        text.contains(
          "CASE WHEN (c1 IS NULL OR c1 <= 40.0) THEN CASE WHEN c2 = 1.0 THEN 0.0 ELSE 1.0 END "
            + "ELSE CASE WHEN c3 IN ('cell''s') THEN 1.0 ELSE (-1.0) END END AS v1"))
    }
    try ExportSample.withExport(of: ExportSample.boosted()) { export in
      #expect(throws: ExportError.unsupported(form: .sqlRules, .noRules)) {
        try export.product(.sqlRules)
      }
    }
  }

  @Test func `the text of LightGBM is for boosted trees`() throws {
    try ExportSample.withExport(of: ExportSample.boosted()) { export in
      guard case .file(let data) = try export.product(.lightgbm) else {
        throw CocoaError(.fileReadCorruptFile)
      }
      #expect(String(decoding: data, as: UTF8.self).hasPrefix("tree\nversion=v4\n"))
    }
    try ExportSample.withExport(of: ExportSample.linear()) { export in
      #expect(
        throws: ExportError.unsupported(
          form: .lightgbm, .boostingOnly(algorithm: "logistic-regression"))
      ) { try export.product(.lightgbm) }
    }
  }

  @Test func `an encoder that refuses values has no export`() throws {
    var options = EncodingOptions()
    options.unseenLevels = .refuse
    // A pool takes what is new.
    options.rareRows = 1
    options.rareShare = 0
    let artifact = try ExportSample.refusing(options)
    try ExportSample.withExport(of: artifact) { export in
      #expect(throws: ExportError.unsupported(form: .sql, .refusingColumn("contact"))) {
        try export.product(.sql)
      }
    }
  }

  @Test func `equal models have equal exports`() throws {
    let products = try (0..<2).map { _ in
      try ExportSample.withExport(of: ExportSample.boosted()) { export in
        guard case .file(let data) = try export.product(.onnx) else { return Data() }
        return data
      }
    }
    #expect(products[0] == products[1] && !products[0].isEmpty)
  }
}
