import Artifacts
import Foundation
import TestSupport
import Testing

/// `register:` in a study, and training a registered model again.
struct StudyRegistrationTests {
  private static func study(gate: String = "0.1", alias: String = "candidate") -> String {
    """
    name: shop
    seed: 5
    data:
      source: customers.csv
      roles: {id: customer_id, target: responded, ignore: [true_segment, true_probability]}
    split: {holdout: 0.2}
    experiments:
      - id: propensity
        task: classify
        baselines: false
        grid: [{model: gradient-boosting, num_iterations: 5, num_leaves: 4}]
        metrics: [roc_auc]
        select: {metric: roc_auc}
    gates: [{metric: propensity.holdout.roc_auc, min: \(gate)}]
    card: {owner: CRM, intended_use: letters, out_of_scope_use: prices, review_by: 2999-01-01}
    register: {propensity: {name: shop-propensity, alias: \(alias)}}
    """
  }

  private static func prepare() throws -> CohortProcess {
    let cohort = try CohortProcess()
    let made = try cohort.run("synthesize", "--rows", "400", "--truth", "-o", "customers.csv")
    #expect(made.status == 0, "\(made.errors)")
    try cohort.write(study(), to: "study.yaml")
    return cohort
  }

  @Test func `a run that passes registers its model once, complete`() throws {
    let cohort = try Self.prepare()
    let first = try cohort.run("run", "study.yaml", "--store", "store")
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.errors.contains("propensity registered as shop-propensity/1, sha256:"))
    #expect(first.errors.contains("shop-propensity@candidate is shop-propensity/1 now"))
    #expect(first.errors.contains("next: cohort models promote shop-propensity/1 --to champion"))
    let second = try cohort.run("run", "study.yaml", "--store", "store")
    #expect(second.status == 0 && second.errors.contains("is registered already"))
    #expect(try ModelsTests.models(cohort, "list").output.contains("candidate 1"))
    try ModelsTests.models(cohort, "show", "shop-propensity/2", expecting: 6)
    let shown = try ModelsTests.models(cohort, "show", "shop-propensity/1", "--json").output
    let object = try JSONSerialization.jsonObject(with: Data(shown.utf8)) as? [String: Any]
    let path = try #require(object?["path"] as? String)
    let lineage = try cohort.read("\(path)/lineage.json")
    #expect(lineage.contains("\"run\":\"shop-"))
    #expect(try cohort.read("\(path)/evidence/metrics.json").contains("\"holdout\""))
    #expect(try cohort.read("\(path)/card.md").contains("Owner: CRM"))
    try ModelsTests.models(cohort, "promote", "shop-propensity/1")
  }

  @Test func `a run registered by hand is what its study registers`() throws {
    let cohort = try Self.prepare()
    #expect(try cohort.run("run", "study.yaml", "--store", "store").status == 0)
    let again = try ModelsTests.models(
      cohort, "register", "runs/latest", "shop-propensity", "--owner", "Sales")
    #expect(again.errors.contains("is registered already as shop-propensity/1"))
    #expect(again.errors.contains("note: what was said of shop-propensity/1 before stays"))
    try ModelsTests.models(
      cohort, "register", "runs/latest", "by-hand", "--owner", "Sales", "--limitation",
      "one country")
    let shown = try ModelsTests.models(cohort, "show", "by-hand/1").output
    for part in ["Sales", "letters", "prices", "2999-01-01", "one country"] {
      #expect(shown.contains(part), "\(part): \(shown)")
    }
    // A trial has the card of its study too.
    let trials = cohort.folder.path + "/runs/latest/trials"
    let trial = try #require(try FileManager.default.contentsOfDirectory(atPath: trials).first)
    try ModelsTests.models(cohort, "register", "runs/latest/trials/\(trial)", "by-trial")
    try ModelsTests.models(cohort, "promote", "by-trial/1")
  }

  @Test func `a run that misses a gate registers nothing`() throws {
    let cohort = try Self.prepare()
    try cohort.write(Self.study(gate: "0.999"), to: "study.yaml")
    #expect(try cohort.run("run", "study.yaml", "--store", "store").status == 3)
    #expect(!FileManager.default.fileExists(atPath: cohort.folder.path + "/store"))
  }

  @Test(arguments: ["latest", "previous", "v7"])
  func `an alias that cannot be is refused before the work`(alias: String) throws {
    let cohort = try Self.prepare()
    try cohort.write(Self.study(alias: alias), to: "study.yaml")
    let outcome = try cohort.run("run", "study.yaml", "--store", "store")
    #expect(outcome.status == 2 && BadInputTests.sentence(outcome).contains(alias))
    #expect(!FileManager.default.fileExists(atPath: cohort.folder.path + "/runs"))
  }

  private static func retrain(
    _ cohort: borrowing CohortProcess, _ more: [String]
  ) throws -> CohortProcess.Outcome {
    let started = try cohort.start(
      ["models", "verify", "shop-propensity/1", "--retrain", "--store", "store"] + more)
    started.process.waitUntilExit()
    return try started.outcome()
  }

  @Test func `a registered model is trained again and is the same`() throws {
    let cohort = try Self.prepare()
    #expect(try cohort.run("run", "study.yaml", "--store", "store").status == 0)
    let found = try Self.retrain(cohort, [])
    #expect(found.status == 0 && found.output.contains("shop-propensity/1  equal  sha256:"))
    #expect(!found.errors.contains("was trained"), "\(found.errors)")
    try FileManager.default.moveItem(
      atPath: cohort.folder.path + "/customers.csv", toPath: cohort.folder.path + "/moved.csv")
    #expect(try Self.retrain(cohort, []).status == 2)
    let moved = try Self.retrain(cohort, ["--data", "moved.csv", "--json"])
    #expect(moved.status == 0 && moved.output.contains("\"equal\":true"), "\(moved.errors)")
    let text = try cohort.read("moved.csv")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let header = lines[0].split(separator: ",")
    // The third row of the last column is written otherwise.
    var cells = lines[3].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let column = try #require(header.firstIndex(of: "true_probability"))
    cells[column] = "0.123456"
    var changed = lines.map(String.init)
    changed[3] = cells.joined(separator: ",")
    try cohort.write(changed.joined(separator: "\n"), to: "moved.csv")
    let other = try Self.retrain(cohort, ["--data", "moved.csv"])
    #expect(other.status == 4)
    #expect(BadInputTests.sentence(other).contains("columns true_probability;"))
  }

  @Test func `a registered model says which program trained it`() throws {
    let cohort = try Self.prepare()
    #expect(try cohort.run("run", "study.yaml", "--threads", "1", "--store", "store").status == 0)
    let digest = ContentHash.hexadecimal(try Data(contentsOf: CohortProcess.executable))
    let shown = try ModelsTests.models(cohort, "show", "shop-propensity/1").output
    #expect(shown.contains("program sha256:\(digest);"), "\(shown)")
    #expect(shown.contains("; 1 thread\n"))
    let json = try ModelsTests.models(cohort, "show", "shop-propensity/1", "--json").output
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let environment = try #require(object?["environment"] as? [String: Any])
    #expect(environment["program_sha256"] as? String == digest)
    let path = try #require(object?["path"] as? String)
    // As if a program of another day had trained it.
    let other = TrainingEnvironment(
      program: "00", architecture: try #require(environment["architecture"] as? String),
      system: "another", arithmetic: try #require(environment["blas"] as? String), threads: 1)
    let file = cohort.folder.appending(path: path).appending(path: "environment.json")
    try Writable.make(file.path)
    try other.sealed().bytes.write(to: file)
    let noted = try Self.retrain(cohort, [])
    #expect(noted.status == 0)
    #expect(
      noted.errors.contains(
        "note: shop-propensity/1 was trained by another build and on another machine (system)"))
    let asked = try Self.retrain(cohort, ["--json"]).output
    #expect(asked.contains("\"other_environment\":[\"program\",\"system\"]"))
  }

  @Test func `options without sense are usage errors`() throws {
    let cohort = try CohortProcess()
    #expect(try cohort.run("models", "verify", "--retrain").status == 2)
    #expect(try cohort.run("models", "verify", "x", "--data", "y.csv").status == 2)
  }
}
