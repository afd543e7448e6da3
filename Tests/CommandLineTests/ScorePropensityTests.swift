import Artifacts
import Foundation
import Learning
import Numerical
import Tabular
import Testing

/// `cohort score` with a propensity model.
struct ScorePropensityTests {
  /// Customers of two plans; those of plan `b` buy.
  static func publish(
    to path: String, iterations: Int = 5, metrics: [EvidenceMetric] = []
  ) throws {
    let count = 60
    let table = Table(columns: [
      Column(name: "id", values: .text((0..<count).map { "c\($0)" })),
      Column(name: "spend", values: .real((0..<count).map { Double($0 % 7) })),
      Column(
        name: "plan",
        values: .category(codes: (0..<count).map { Int32($0 % 2) }, levels: ["a", "b"])),
    ])
    let encoder = try TableEncoder.fit(
      table, features: ["spend", "plan"], options: ColumnOptions())
    let labels = (0..<count).map { $0 % 2 == 1 && $0 != 7 || $0 == 4 ? 1.0 : 0 }
    let model = try GradientBoosting(Parameters([("num_iterations", .integer(iterations))])).fit(
      Labeled(FeatureTable(try encoder.columns(of: table, on: .serial)), labels: labels),
      in: FitContext(seed: Seed(1))
    ).model
    let artifact = try PropensityArtifact(
      pipeline: PropensityPipeline(
        encoder: encoder, transformers: [],
        classifier: .init(algorithm: "gradient-boosting", model: model), calibration: .none),
      passthrough: ["id"], nullTokens: [""],
      decision: PropensityDecision(
        cut: CutRule(rule: "a fixed threshold", threshold: 0.5), bandLimits: [0.9, 0.5, 0.1]),
      training: PropensityTraining(
        target: "bought", positive: "yes", rowCount: count, eventCount: 30),
      metrics: metrics,
      lineage: Lineage(
        dataFingerprint: "sha256:00", rowCount: count, configuration: .object([:]), seed: 1,
        engineVersion: "0.1.0", trial: "0123456789ab"))
    try ArtifactWriter.publish(artifact, to: path)
  }

  static let customers =
    "plan,id,spend,note\nb,x1,2.5,\na,x2,1,\nnew,x3,,\n" + "b,x4,3,\na,x5,6,\n"

  private static func score(_ arguments: String...) throws -> CohortProcess.Outcome {
    let cohort = try CohortProcess()
    try publish(to: cohort.folder.path + "/model")
    try cohort.write(customers, to: "customers.csv")
    let process = try cohort.start(
      ["score", "model", "customers.csv", "--threads", "2"] + arguments, environment: [:])
    process.process.waitUntilExit()
    return try process.outcome()
  }

  @Test func `every row gets probabilities, a band, a contact and a status`() throws {
    let outcome = try Self.score()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n").map { $0.split(separator: ",") }
    #expect(lines.count == 6)
    #expect(lines[0] == ["id", "raw", "calibrated", "band", "contact", "status"])
    #expect(lines.dropFirst().map { $0[0] } == ["x1", "x2", "x3", "x4", "x5"])
    #expect(lines.dropFirst().map { $0[4] }.prefix(2) == ["yes", "no"])
    #expect(lines.dropFirst().map { $0[5] } == ["ok", "ok", "missing+unseen", "ok", "ok"])
    #expect(lines.dropFirst().allSatisfy { $0[1] == $0[2] })
    #expect(outcome.errors.contains("a fixed threshold, threshold 0.5"))
    #expect(outcome.errors.contains("1 columns that the model does not need were ignored"))
  }

  @Test func `reasons, a share and a summary come on request`() throws {
    let outcome = try Self.score("--reasons", "1", "--top", "60%", "-o", "scores.csv", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let summary = try CanonicalJSON.parse(Data(outcome.output.utf8))
    guard case .object(let members) = summary, case .object(let decision)? = members["decision"]
    else { throw CocoaError(.fileReadCorruptFile) }
    #expect(members["rows"] == .integer(5) && members["segments"] == nil)
    #expect(decision["contacts"] == .integer(3))
    #expect(decision["rule"] == .text("the best 60.0 % of these rows"))
    let first = try Self.score("--reasons", "1").output.split(separator: "\n")[1]
    #expect(first.contains(",plan = b raises,ok"))
  }

  @Test(arguments: [
    ["--reasons", "0"], ["--threshold", "1.5"], ["--threshold", "nan"], ["--top", "0%"],
    ["--top", "120%"], ["--top", "5%", "--threshold", "0.5"], ["--json"],
  ])
  func `options without sense are usage errors`(options: [String]) throws {
    let cohort = try CohortProcess()
    let process = try cohort.start(["score", "model", "customers.csv"] + options, environment: [:])
    process.process.waitUntilExit()
    #expect(try process.outcome().status == 2)
  }

  @Test func `a table without a column of the model is data that breaks its contract`() throws {
    let cohort = try CohortProcess()
    try Self.publish(to: cohort.folder.path + "/model")
    try cohort.write("id,plans,spend\nx1,a,2\n", to: "customers.csv")
    let outcome = try cohort.run("score", "model", "customers.csv", "-o", "scores.csv")
    #expect(outcome.status == 4)
    #expect(BadInputTests.sentence(outcome).contains("plan"))
    #expect(!FileManager.default.fileExists(atPath: cohort.folder.path + "/scores.csv"))
  }

  @Test func `columns that nobody asks for are ignored, or refused before any work`() throws {
    let cohort = try CohortProcess()
    try Self.publish(to: cohort.folder.path + "/model")
    try cohort.write(Self.customers, to: "customers.csv")
    let refused = try cohort.run(
      "score", "model", "customers.csv", "-o", "scores.csv", "--extra-columns", "error")
    #expect(refused.status == 4)
    #expect(
      BadInputTests.sentence(refused).contains(
        "the table has columns that the model does not need; customers.csv, note;"))
    #expect(!FileManager.default.fileExists(atPath: cohort.folder.path + "/scores.csv"))
    let kept = try cohort.run(
      "score", "model", "customers.csv", "--extra-columns", "error", "--keep", "note")
    #expect(kept.status == 0, "\(kept.errors)")
    let ignored = try cohort.run(
      "score", "model", "customers.csv", "--extra-columns", "ignore", "-o", "scores.csv", "--json")
    #expect(ignored.status == 0 && ignored.output.contains("\"ignored_columns\":1"))
    let other = try cohort.run("score", "model", "customers.csv", "--extra-columns", "some")
    #expect(other.status == 2)
  }

  @Test func `rows outside the range of training are flagged on request`() throws {
    // Training saw 60 spends of 0 to 6; fifteen of them are at most 1, fifteen at least 5.
    let outcome = try Self.score("--flag-outside", "--reasons", "1")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n").map { $0.split(separator: ",") }
    #expect(lines[0].suffix(3) == ["reason_1", "outside", "status"])
    #expect(lines.dropFirst().map { $0[$0.count - 2] } == ["0", "0", "0", "0", "1"])
  }

  @Test func `scores can be traced to the model by stderr and by the sidecar`() throws {
    let cohort = try CohortProcess()
    try Self.publish(to: cohort.folder.path + "/model")
    try cohort.write(Self.customers, to: "customers.csv")
    let manifest = try Data(contentsOf: cohort.folder.appending(path: "model/manifest.json"))
    let digest = ContentHash.identity(manifest)
    let printed = try cohort.run("score", "model", "customers.csv")
    #expect(printed.errors.contains("model: model, \(digest)\n"), "\(printed.errors)")
    let command = ["score", "model", "customers.csv", "-o", "scores.csv", "--json"]
    let started = try cohort.start(command + ["--sidecar"])
    started.process.waitUntilExit()
    let outcome = try started.outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let text = try cohort.read("scores.csv.json")
    guard case .object(var members) = try CanonicalJSON.parse(Data(text.utf8)),
      case .object(let reported) = try CanonicalJSON.parse(Data(outcome.output.utf8))
    else { throw CocoaError(.fileReadCorruptFile) }
    let scores = Data(try cohort.read("scores.csv").utf8)
    #expect(members.removeValue(forKey: "file_sha256") == .text(ContentHash.hexadecimal(scores)))
    #expect(members == reported && members["digest"] == .text(digest))
    #expect(try cohort.run("score", "model", "customers.csv", "--sidecar").status == 2)
    try cohort.write(Self.customers, to: "rows.json")
    let own = try cohort.run("score", "model", "rows.json", "-o", "rows", "--sidecar")
    #expect(own.status == 2 && BadInputTests.sentence(own).contains("would replace the table"))
    #expect(try cohort.read("rows.json") == Self.customers)
  }

  @Test func `a damaged model is refused before the table is read`() throws {
    let cohort = try CohortProcess()
    try Self.publish(to: cohort.folder.path + "/model")
    try cohort.write("{}", to: "model/decision.json")
    let outcome = try cohort.run("score", "model", "nowhere.csv")
    #expect(outcome.status == 6)
    #expect(BadInputTests.sentence(outcome).contains("decision.json"))
  }
}
