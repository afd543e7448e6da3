import Foundation
import Testing

/// `cohort runs` and what `cohort run` leaves for continuous integration.
struct RunsTests {
  private static let study = """
    name: shop
    data:
      source: customers.csv
      roles: {id: customer_id, target: responded, ignore: [true_segment, true_probability]}
    split: {scheme: stratified, folds: 3, holdout: 0.25}
    experiments:
      - id: propensity
        task: classify
        grid:
          - {model: logistic-regression, c: [1]}
        baselines: false
        metrics: [roc_auc, brier]
        select: {metric: roc_auc}
    """

  private static func prepare() throws -> CohortProcess {
    let cohort = try CohortProcess()
    let made = try cohort.run("synthesize", "--rows", "600", "--truth", "-o", "customers.csv")
    #expect(made.status == 0, "\(made.errors)")
    try cohort.write(study, to: "study.yaml")
    return cohort
  }

  private static func names(in cohort: borrowing CohortProcess) throws -> [String] {
    let outcome = try cohort.run("runs", "list", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let listed = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    return (listed as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
  }

  private static func gates(_ text: String) -> String { study + "\ngates:\n" + text }

  @Test func `a missed gate is exit code 3 with a table, a summary and JUnit XML`() throws {
    let cohort = try Self.prepare()
    try cohort.write(
      Self.gates(
        "  - {metric: propensity.holdout.roc_auc, min: 0.999}\n"
          + "  - {metric: propensity.roc_auc, min: 0.01, by: interval}\n"), to: "gated.yaml")
    let outcome = try cohort.run(
      "run", "gated.yaml", "--junit", "gates.xml", "--summary", "summary.md")
    #expect(outcome.status == 3, "\(outcome.errors)")
    #expect(outcome.errors.contains("1 of 2 gates are not met."))
    #expect(outcome.errors.contains("short by"))
    #expect(try cohort.read("gates.xml").contains("failures=\"1\" errors=\"0\""))
    #expect(try cohort.read("summary.md").contains("## shop: failed"))
    let json = try cohort.run("run", "gated.yaml", "--json")
    #expect(json.status == 3)
    let found = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    let object = try #require(found)
    #expect((object["exit"] as? [String: Any])?["code"] as? Int == 3)
    let gates = try #require(object["gates"] as? [[String: Any]])
    #expect(gates.map { $0["shortfall"] != nil } == [true, false])
    let experiments = try #require(object["experiments"] as? [[String: Any]])
    #expect((experiments[0]["leaderboard"] as? [Any])?.count == 1)
  }

  @Test func `a study that cannot be run is an error in the JUnit XML`() throws {
    let cohort = try Self.prepare()
    try cohort.write(
      Self.gates("  - {metric: propensity.roc_acu, min: 0.5}\n"), to: "wrong.yaml")
    let outcome = try cohort.run(
      "run", "wrong.yaml", "--junit", "gates.xml", "--summary", "summary.md")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("did you mean roc_auc?"))
    #expect(try cohort.read("gates.xml").contains("errors=\"1\""))
    #expect(try cohort.read("summary.md").contains("## wrong: failed"))
    #expect(!FileManager.default.fileExists(atPath: cohort.folder.path + "/runs"))
  }

  @Test func `a gate compares with a run, with a model and with a registered name`() throws {
    let cohort = try Self.prepare()
    #expect(try cohort.run("run", "study.yaml", "--quiet", "--runs", "main").status == 0)
    let main = cohort.folder.appending(path: "main/latest").resolvingSymlinksInPath()
    let trial = try #require(
      try FileManager.default.contentsOfDirectory(atPath: main.path + "/trials").first)
    let registered = try cohort.run(
      "models", "register", "main/latest", "shop", "--alias", "challenger", "--store", "store")
    #expect(registered.status == 0, "\(registered.errors)")
    let names = ["main/latest", "main/latest/trials/\(trial)/model", "shop@challenger"]
    try cohort.write(
      Self.gates(
        names.map { name in
          "  - {metric: propensity.holdout.roc_auc, vs: \"\(name)\", min_change: -0.001}\n"
            + "  - {metric: propensity.roc_auc, vs: \"\(name)\", min_change: -1%}\n"
        }.joined()), to: "gated.yaml")
    let worse = "experiments.propensity.grid.0.c=[0.00001]"
    let outcome = try cohort.run(
      "run", "gated.yaml", "--json", "--quiet", "--store", "store", "-S", worse)
    let found = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let gates = try #require(found?["gates"] as? [[String: Any]], "\(outcome.errors)")
    let references = gates.compactMap { $0["reference"] as? [String: Any] }
    #expect(references.count == 6)
    for reference in references { #expect(reference["trial"] as? String == trial) }
    // Three names for one model give one answer, paired where rows were scored out of fold.
    let changes = references.compactMap { $0["change"] as? Double }
    #expect(changes.count == 6)
    #expect(Set([0, 2, 4].map { changes[$0] }).count == 1)
    #expect(Set([1, 3].map { references[$0]["method"] as? String }) == ["delong"])
    let same = try cohort.run("run", "gated.yaml", "--quiet", "--store", "store")
    #expect(same.status == 0, "\(same.errors)")
  }

  @Test func `runs are listed, shown, compared and removed`() throws {
    let cohort = try Self.prepare()
    #expect(try cohort.run("runs").errors.contains("no runs in runs"))
    #expect(try cohort.run("run", "study.yaml", "--quiet").status == 0)
    #expect(
      try cohort.run(
        "run", "study.yaml", "--quiet", "-S", "experiments.propensity.grid.0.c=[0.0001]"
      ).status == 0)
    let names = try Self.names(in: cohort)
    #expect(names.count == 2)
    let list = try cohort.run("runs", "list", "--limit", "1")
    #expect(list.output.contains("roc_auc") && list.output.split(separator: "\n").count == 2)
    #expect(try cohort.run("runs", "list", "--failed").output == "")
    #expect(try cohort.run("runs", "list", "--study", "other").output == "")
    let show = try cohort.run("runs", "show")
    #expect(show.output.contains("leaderboard.json") && show.output.contains("logistic-regression"))
    #expect(try cohort.run("runs", "show", "nothing").status == 2)
    let diff = try cohort.run("runs", "diff", names[0], names[1])
    #expect(diff.status == 0 && diff.output.contains("roc_auc"), "\(diff.errors)")
    let trials = try cohort.run("runs", "trials", "--where", "roc_auc > 0.1")
    #expect(trials.output.split(separator: "\n").count == 3)
    #expect(try cohort.run("runs", "trials", "--where", "nope > 0.1").status == 2)
    try Self.checkRemoval(cohort, names)
  }

  private static func checkRemoval(_ cohort: borrowing CohortProcess, _ names: [String]) throws {
    #expect(try cohort.run("runs", "rm").status == 2)
    #expect(try cohort.run("runs", "rm", "latest", "--yes").status == 2)
    let unasked = try cohort.run("runs", "rm", names[0])
    #expect(unasked.status == 2 && unasked.errors.contains("--yes"))
    let dry = try cohort.run("runs", "rm", "--keep", "1", "--dry-run")
    #expect(dry.status == 0 && dry.output == names[1] + "\n")
    #expect(try cohort.run("runs", "rm", "--older-than", "1d", "--yes").output == "")
    #expect(try Self.names(in: cohort).count == 2)
    let removed = try cohort.run("runs", "rm", "runs/\(names[0])/", "--yes")
    #expect(removed.status == 0 && removed.output == names[0] + "\n", "\(removed.errors)")
    #expect(try Self.names(in: cohort) == [names[1]])
    #expect(try cohort.run("runs", "show", "latest").output.hasPrefix(names[1]))
  }

  @Test func `progress as JSON is an object per line`() throws {
    let cohort = try Self.prepare()
    let outcome = try cohort.run("run", "study.yaml", "--progress", "json", "--quiet")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.errors.split(separator: "\n").map(String.init)
    #expect(lines.count >= 2)
    let last = try JSONSerialization.jsonObject(with: Data(lines[lines.count - 1].utf8))
    let object = try #require(last as? [String: Any])
    #expect(object["done"] as? Int == 1 && object["total"] as? Int == 1)
    #expect((object["best"] as? [String: Any])?["metric"] as? String == "roc_auc")
    let silent = try cohort.run("run", "study.yaml", "--progress", "none")
    #expect(!silent.errors.contains("[1/1]") && silent.errors.contains("; took 00:"))
  }
}
