import Foundation
import Testing

/// `cohort models export` as a user types it.
struct ModelsExportTests {
  private static func export(
    _ cohort: borrowing CohortProcess, _ arguments: String...
  ) throws -> CohortProcess.Outcome {
    let started = try cohort.start(["models", "export"] + arguments)
    started.process.waitUntilExit()
    return try started.outcome()
  }

  @Test func `every form is written once and never over another file`() throws {
    let cohort = try ModelsTests.prepare(1)
    for (form, file) in [
      ("onnx", "exact.onnx"), ("onnx-wide", "wide.onnx"), ("sql", "score.sql"),
      ("lightgbm", "model.txt"), ("mlflow", "mlflow"),
    ] {
      let outcome = try Self.export(cohort, "m1", "--to", form, "-o", file)
      #expect(
        outcome.status == 0 && outcome.errors.contains("\(form): \(file)"), "\(outcome.errors)")
      let again = try Self.export(cohort, "m1", "--to", form, "-o", file)
      #expect(again.status == 8)
      #expect(BadInputTests.sentence(again).contains(file))
    }
    #expect(try cohort.read("score.sql").contains("FROM \"customers\""))
    #expect(try cohort.read("model.txt").hasPrefix("tree\n"))
    #expect(try cohort.read("mlflow/MLmodel").contains("signature:"))
    let names = try FileManager.default.contentsOfDirectory(atPath: cohort.folder.path).sorted()
    #expect(names == ["exact.onnx", "m1", "mlflow", "model.txt", "score.sql", "wide.onnx"])
  }

  @Test func `a registered model is exported by name, with its table and dialect`() throws {
    let cohort = try ModelsTests.prepare(1)
    try ModelsTests.register(cohort, "m1")
    let outcome = try Self.export(
      cohort, "bank/1", "--store", "store", "--to", "sql", "--dialect", "sqlite", "--table",
      "crm.people", "-o", "score.sql", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output == "{\"form\":\"sql\",\"path\":\"score.sql\"}\n")
    #expect(try cohort.read("score.sql").contains("FROM \"crm\".\"people\""))
  }

  @Test(arguments: [
    (["absent", "--to", "onnx"], Int32(6)), (["m1", "--to", "pickle"], Int32(2)),
    (["m1", "--to", "onnx", "--dialect", "sqlite"], Int32(2)),
    (["m1", "--to", "sql", "--table", "crm..people"], Int32(2)),
    (["m1", "--to", "sql", "--dialect", "oracle"], Int32(2)),
  ])
  func `what cannot be exported is told in one sentence`(
    arguments: [String], status: Int32
  ) throws {
    let cohort = try ModelsTests.prepare(1)
    let started = try cohort.start(["models", "export"] + arguments + ["-o", "out"])
    started.process.waitUntilExit()
    let outcome = try started.outcome()
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("error: "))
    #expect(!FileManager.default.fileExists(atPath: cohort.folder.path + "/out"))
  }

  @Test func `a damaged model is not exported`() throws {
    let cohort = try ModelsTests.prepare(1)
    let path = cohort.folder.appending(path: "m1/model/pipeline.json")
    var bytes = try Data(contentsOf: path)
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: path)
    let outcome = try Self.export(cohort, "m1", "--to", "onnx", "-o", "out")
    #expect(outcome.status == 6)
    #expect(BadInputTests.sentence(outcome).contains("pipeline.json"))
  }
}
