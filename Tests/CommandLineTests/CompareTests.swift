import Foundation
import Testing

/// `cohort compare` as a user runs it.
struct CompareTests {
  private static let study = """
    name: shop
    data:
      source: customers.csv
      roles: {id: customer_id, target: responded, ignore: [true_segment, true_probability]}
    split: {scheme: stratified, folds: 3, holdout: 0.25}
    experiments:
      - id: segments
        task: cluster
        grid:
          - {model: k-means, k: [3], restarts: 2}
        metrics: [silhouette]
        select: {metric: silhouette}
      - id: propensity
        task: classify
        grid:
          - {model: logistic-regression, c: [1]}
        baselines: false
        metrics: [roc_auc, brier]
        select: {metric: roc_auc}
    """

  /// Two runs, in folders `a` and `b`: B has four segments and a model held too short.
  private static func prepare() throws -> CohortProcess {
    let cohort = try CohortProcess()
    let made = try cohort.run("synthesize", "--rows", "900", "--truth", "-o", "customers.csv")
    #expect(made.status == 0, "\(made.errors)")
    try cohort.write(study, to: "study.yaml")
    let first = try cohort.run("run", "study.yaml", "--runs", "a", "--quiet")
    #expect(first.status == 0, "\(first.errors)")
    let second = try cohort.run(
      "run", "study.yaml", "--runs", "b", "--quiet", "-S", "experiments.segments.grid.0.k=[4]",
      "-S", "experiments.propensity.grid.0.c=[0.0001]")
    #expect(second.status == 0, "\(second.errors)")
    return cohort
  }

  private static func model(of cohort: borrowing CohortProcess, in runs: String) throws -> String {
    let trials = cohort.folder.appending(path: "\(runs)/latest/trials").resolvingSymlinksInPath()
    let found = try FileManager.default.contentsOfDirectory(atPath: trials.path).sorted().first {
      try String(
        contentsOf: trials.appending(path: "\($0)/parameters.json"), encoding: .utf8
      ).contains("logistic-regression")
    }
    return "\(runs)/latest/trials/\(try #require(found))/model"
  }

  @Test func `runs are compared in every form, the same bytes each time`() throws {
    let cohort = try Self.prepare()
    for format in ["text", "json", "md", "html"] {
      let outcomes = try ["1", "2"].map { threads in
        try cohort.run(
          "compare", "a/latest", "b/latest", "--format", format, "--threads", threads)
      }
      #expect(outcomes[0].status == 0, "\(outcomes[0].errors)")
      #expect(!outcomes[0].output.isEmpty)
      #expect(outcomes[0].output == outcomes[1].output, "\(format)")
    }
    let text = try cohort.run("compare", "a/latest", "b/latest").output
    #expect(text.contains("experiments.segments.grid.k-means.axes.model.k.values"))
    #expect(text.contains("Which segment became which"))
    #expect(text.contains("Of the best tenth by A"))
    #expect(text.contains("holdout.roc_auc"))
  }

  @Test func `JSON has the documented keys and names no customer`() throws {
    let cohort = try Self.prepare()
    let outcome = try cohort.run(
      "compare", "a/latest", "b/latest", "--json", "--fail-on", "propensity.roc_auc drop>90%")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let found = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    let object = try #require(found as? [String: Any])
    #expect(
      object.keys.sorted() == ["data", "experiments", "kind", "rules", "same", "settings", "sides"])
    #expect(object["same"] as? Bool == false)
    let rule = try #require((object["rules"] as? [[String: Any]])?.first)
    #expect(rule["broken"] as? Bool == false)
    #expect(rule["split"] as? String == "folds")
    try Self.checkFolds(object)
    let first = try cohort.read("customers.csv").split(separator: "\n")[1]
    let id = try #require(first.split(separator: ",").first)
    let page = try cohort.run("compare", "a/latest", "b/latest", "--format", "html").output
    #expect(!outcome.output.contains(id) && !page.contains(id))
  }

  /// Both runs split the same rows into the same three folds.
  private static func checkFolds(_ object: [String: Any]) throws {
    let experiments = try #require(object["experiments"] as? [[String: Any]])
    let propensity = try #require(experiments.first { $0["id"] as? String == "propensity" })
    let chosen = try #require(propensity["chosen"] as? [String: Any])
    let metrics = try #require(chosen["metrics"] as? [[String: Any]])
    for metric in metrics where metric["name"] as? String == "roc_auc" {
      let test = metric["fold_test"] as? [String: Any]
      guard metric["split"] as? String == "folds" else {
        #expect(test == nil && metric["method"] as? String != "delong")
        continue
      }
      #expect(test?.keys.sorted() == ["difference", "folds", "interval", "p_value"])
      #expect(test?["folds"] as? Int == 3)
    }
  }

  @Test func `a run is no different from itself`() throws {
    let cohort = try Self.prepare()
    let outcome = try cohort.run("compare", "a/latest", "latest", "--runs", "a")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("There is no difference."))
  }

  @Test func `a broken rule is exit code 3, after the comparison`() throws {
    let cohort = try Self.prepare()
    let outcome = try cohort.run(
      "compare", "a/latest", "b/latest", "--fail-on", "holdout.roc_auc<2", "--fail-on",
      "roc_auc drop>90%")
    #expect(outcome.status == 3)
    #expect(BadInputTests.sentence(outcome).contains("holdout.roc_auc<2"))
    #expect(outcome.output.contains("1 of 2 checks failed."))
    let written = try cohort.run(
      "compare", "a/latest", "b/latest", "--fail-on", "holdout.roc_auc<2", "-o", "out.md")
    #expect(written.status == 3)
    #expect(try cohort.read("out.md").hasPrefix("# shop"))
  }

  @Test func `models are compared by what they take and how they answer`() throws {
    let cohort = try Self.prepare()
    let models = try ["a", "b"].map { try Self.model(of: cohort, in: $0) }
    let outcome = try cohort.run("compare", models[0], models[1], "--fail-on", "roc_auc change>=0")
    #expect(outcome.status == 3, "\(outcome.errors)")
    for part in ["Two models", "Coefficients", "Biggest movers", "model digest"] {
      #expect(outcome.output.contains(part), "\(part)")
    }
    let same = try cohort.run("compare", models[0], models[0])
    #expect(same.output.contains("There is no difference."))
    // A copy has no trial beside it: the models are compared, their rows are not.
    try FileManager.default.copyItem(
      at: cohort.folder.appending(path: models[1]).resolvingSymlinksInPath(),
      to: cohort.folder.appending(path: "copy"))
    let copied = try cohort.run("compare", models[0], "copy")
    #expect(copied.status == 0, "\(copied.errors)")
    #expect(copied.output.contains("The comparison is unpaired"))
  }

  @Test(arguments: [
    (["a/latest", "nowhere"], 2, "nowhere"),
    (["a/latest", "customers.csv"], 2, "customers.csv"),
    (["a/latest", "b/latest", "--fail-on", "roc_acu drop>1"], 2, "roc_auc"),
    (["a/latest", "b/latest", "--fail-on", "roc_auc dorp>1"], 2, "drop"),
    (["a/latest", "b/latest", "--format", "pdf"], 2, "pdf"),
    (["a/latest", "b/latest", "--json", "--format", "md"], 2, "--json"),
  ])
  func `what cannot be compared is refused in a sentence`(
    arguments: [String], status: Int32, part: String
  ) throws {
    let cohort = try Self.prepare()
    let process = try cohort.start(["compare"] + arguments)
    process.process.waitUntilExit()
    let outcome = try process.outcome()
    #expect(outcome.status == status)
    if !arguments.contains("--json") { _ = BadInputTests.sentence(outcome) }
    #expect(outcome.errors.contains(part))
    #expect(outcome.output.isEmpty)
  }

  @Test func `a damaged run or model is refused with its file`() throws {
    let cohort = try Self.prepare()
    let model = try Self.model(of: cohort, in: "a")
    let mixed = try cohort.run("compare", model, "b/latest")
    #expect(mixed.status == 2)
    #expect(BadInputTests.sentence(mixed).contains("A is a model, B a run"))
    let trial = model.dropLast("/model".count)
    let predictions = cohort.folder.appending(path: "\(trial)/predictions.csv")
      .resolvingSymlinksInPath()
    var bytes = try Data(contentsOf: predictions)
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: predictions)
    let damaged = try cohort.run("compare", "a/latest", "b/latest")
    #expect(damaged.status == 1)
    #expect(BadInputTests.sentence(damaged).contains("predictions.csv"))
    let card = cohort.folder.appending(path: "\(model)/card.md").resolvingSymlinksInPath()
    try Data("another".utf8).write(to: card)
    let forged = try cohort.run("compare", model, model)
    #expect(forged.status == 6)
    #expect(BadInputTests.sentence(forged).contains("card.md"))
  }
}
