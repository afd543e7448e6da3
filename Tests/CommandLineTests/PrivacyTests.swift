import Foundation
import Testing

/// Markers in everything personal, from the profile to the export: none may turn up anywhere.
struct PrivacyTests {
  private static let marker = "CANARY"
  private static let clusterers = [
    "{model: k-means, k: 3, restarts: 1}", "{model: gaussian-mixture, k: 2}",
    "{model: hierarchical, k: 3}", "{model: dbscan, eps: 3, min_samples: 3}",
    "{model: hdbscan, min_cluster_size: 15}",
  ]
  private static let classifiers = [
    "{model: logistic-regression}", "{model: decision-tree}",
    "{model: random-forest, trees: 5}", "{model: extra-trees, trees: 5}",
    "{model: gradient-boosting, num_iterations: 10, num_leaves: 4}",
  ]

  /// The table of 400 customers.
  ///
  /// Every id, address, telephone number and faith is a marker, so are rare plans and what
  /// stands in cells that should be numbers; denied rows have a plan of their own, often enough to be no rare one.
  private static func customers(broken: Bool = false) -> String {
    var table = "customer,mail,phone,faith,region,plan,spend,visits,age,ok,bought\n"
    for row in 0..<400 {
      let isDenied = row % 8 == 5
      let plan =
        isDenied ? "DENIED\(marker)" : row < 9 ? "RARE\(marker)\(row)" : ["a", "b"][row % 2]
      let visits = row == 50 ? "BAD\(marker)" : "\(row * 7 % 10)"
      let spend = broken && row == 200 ? "WRONG\(marker)" : "\(Double(row * 37 % 400) / 4)"
      let wins = (row * 37 % 400) + (row * 53 % 150) > 260
      table +=
        "ID\(marker)\(row),p\(row)@\(marker).example.org,+31 6 \(marker)\(1000 + row),"
        + "FAITH\(marker)\(row),\(row % 5 == 0 ? "north" : "south"),\(plan),\(spend),\(visits),"
        + "\(20 + row * 11 % 60),\(isDenied ? "NO\(marker)" : row % 40 == 1 ? "" : "yes"),"
        + "\(wins ? "yes" : "no")\n"
    }
    return table
  }

  private static func study(source: String = "customers.csv", kinds: String = "{}") -> String {
    """
    name: canary
    seed: 3
    data:
      source: \(source)
      kinds: \(kinds)
      roles:
        id: customer
        pii: [mail, phone]
        sensitive: [faith, region]
        consent: {column: ok, allow: ["yes"], missing: deny}
        target: bought
        positive: "yes"
    split: {holdout: 0.2, folds: 3}
    experiments:
      - id: segments
        task: cluster
        grid: [\(clusterers.joined(separator: ", "))]
        metrics: [silhouette, stability]
        stability: {method: bootstrap, resamples: 3}
        select: {metric: silhouette}
      - id: propensity
        task: classify
        grid: [\(classifiers.joined(separator: ", "))]
        slices: [plan, faith, customer]
        calibrate: isotonic
        metrics: [roc_auc, log_loss]
        select: {metric: roc_auc}
    report: {formats: [html, md, json]}
    card: {owner: CRM, intended_use: letters, out_of_scope_use: prices, review_by: 2999-01-01}
    register:
      propensity: {name: canary-propensity, alias: candidate}
      segments: {name: canary-segments}
    """
  }

  /// What commands have said, by command.
  private final class Said {
    var lines: [(command: String, text: String)] = []
  }

  private static func say(
    _ cohort: borrowing CohortProcess, _ said: Said, _ arguments: [String],
    expecting status: Int32 = 0
  ) throws -> CohortProcess.Outcome {
    let started = try cohort.start(
      arguments, environment: ["TMPDIR": cohort.folder.path + "/tmp"])
    started.process.waitUntilExit()
    let outcome = try started.outcome()
    let command = arguments.joined(separator: " ")
    #expect(outcome.status == status, "\(command): \(outcome.errors)")
    said.lines.append((command, outcome.output + outcome.errors))
    return outcome
  }

  private static func models(_ cohort: borrowing CohortProcess) throws -> [String] {
    let runs = cohort.folder.path + "/runs"
    let files = FileManager.default.enumerator(atPath: runs)?.compactMap { $0 as? String } ?? []
    return files.filter { $0.hasSuffix("model/manifest.json") && !$0.hasPrefix("latest") }
      .map { "runs/" + $0.dropLast("/manifest.json".count) }.sorted()
  }

  /// Files of the folder that hold the marker, but those that must.
  private static func finds(
    in cohort: borrowing CohortProcess, except allowed: Set<String>
  ) throws -> [String] {
    let root = cohort.folder.resolvingSymlinksInPath().path
    let needle = Data(marker.utf8)
    let files = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return files.filter { file in
      guard !allowed.contains(file),
        let bytes = FileManager.default.contents(atPath: "\(root)/\(file)")
      else { return false }
      return file.contains(marker) || bytes.range(of: needle) != nil
    }
  }

  @Test func `nothing personal turns up in stores, outputs, logs, reports or errors`() throws {
    let cohort = try CohortProcess()
    let said = Said()
    try FileManager.default.createDirectory(
      atPath: cohort.folder.path + "/tmp", withIntermediateDirectories: true)
    try cohort.write(Self.customers(), to: "customers.csv")
    try cohort.write(Self.customers(broken: true), to: "broken.csv")
    try cohort.write(Self.study(), to: "study.yaml")
    let profile = [
      "profile", "customers.csv", "--id", "customer", "--pii", "mail", "--pii", "phone",
    ]
    for form in [["-v"], ["--json"]] { _ = try Self.say(cohort, said, profile + form) }
    _ = try Self.say(cohort, said, ["plan", "study.yaml", "-v"])
    let run = ["run", "study.yaml", "-v", "--store", "store", "--progress", "line"]
    let first = try Self.say(cohort, said, run)
    #expect(
      first.errors.contains("canary-propensity/1") && first.errors.contains("consent by column ok"))
    let again = try Self.say(cohort, said, run + ["--json"])
    #expect(again.output.contains("\"new\":false"))
    let found = try Self.models(cohort)
    #expect(found.count >= 10, "every kind of model has left one")
    for (number, model) in found.enumerated() {
      for form in ["onnx", "sql"] {
        let export = ["models", "export", model, "--to", form, "-o", "export-\(number).\(form)"]
        let started = try cohort.start(export)
        started.process.waitUntilExit()
        let outcome = try started.outcome()
        // Models of density have no words in other languages.
        #expect([0, 1].contains(outcome.status), "\(model): \(outcome.errors)")
        said.lines.append((export.joined(separator: " "), outcome.output + outcome.errors))
      }
      _ = try Self.say(
        cohort, said, ["score", model, "customers.csv", "-o", "scores-\(number).csv"])
    }
    try Self.lookBack(cohort, said)
    try Self.forceErrors(cohort, said)
    for (command, said) in said.lines {
      // A profile asks nobody for consent: levels of fifty rows name no customer.
      let levels = command.hasPrefix("profile") ? ["NO", "DENIED"] : []
      let text = levels.reduce(said) { $0.replacing($1 + Self.marker, with: "") }
      guard text.contains(Self.marker) else { continue }
      let line = text.split(separator: "\n").first { $0.contains(Self.marker) } ?? ""
      Issue.record("\(command) says a marker: \(line)")
    }
    let scored = Set(
      found.indices.map { "scores-\($0).csv" } + ["reasons.csv"])
    let allowed = scored.union(["customers.csv", "broken.csv", "scores-broken.csv"])
    #expect(try Self.finds(in: cohort, except: allowed) == [])
    for file in scored.sorted() { try Self.expectIdsAlone(in: cohort.read(file), file) }
  }

  private static func lookBack(_ cohort: borrowing CohortProcess, _ said: Said) throws {
    _ = try say(
      cohort, said,
      [
        "score", "canary-propensity@candidate", "customers.csv", "--reasons", "4", "-o",
        "reasons.csv", "--json", "--store", "store",
      ])
    for command in [
      ["models", "list"], ["models", "show", "canary-propensity/1", "--json"],
      // No faith has rows enough to be compared, which somebody has to answer for.
      [
        "models", "promote", "canary-propensity/1", "--override", "--reason", "every faith is rare",
      ],
      ["models", "log", "--json"],
      ["models", "verify"], ["models", "doctor"],
      ["models", "export", "canary-propensity", "--to", "mlflow", "-o", "mlflow"],
      ["models", "verify", "canary-propensity/1", "--retrain"],
    ] { _ = try say(cohort, said, command + ["--store", "store"]) }
    _ = try say(cohort, said, ["report", "runs/latest"])
    _ = try say(cohort, said, ["runs", "show", "latest"])
  }

  private static func forceErrors(_ cohort: borrowing CohortProcess, _ said: Said) throws {
    try cohort.write(study(source: "broken.csv", kinds: "{spend: real}"), to: "broken.yaml")
    _ = try say(cohort, said, ["run", "broken.yaml", "-v"], expecting: 4)
    try cohort.write(study(kinds: "{visits: integer}"), to: "kinds.yaml")
    _ = try say(cohort, said, ["run", "kinds.yaml", "-v", "--json"], expecting: 4)
    for (change, status) in [
      ("data.roles.positive=maybe", 2), ("data.roles.target=plan", 2),
      ("data.roles.features=[faith]", 2), ("data.roles.id=mail", 2),
      ("data.roles.consent.allow=[never]", 4), ("data.roles.weight=plan", 2),
    ] as [(String, Int32)] {
      _ = try say(cohort, said, ["run", "study.yaml", "-v", "-S", change], expecting: status)
    }
    let broken = [
      "score", "canary-propensity", "broken.csv", "--store", "store", "-v", "-o",
      "scores-broken.csv",
    ]
    _ = try say(cohort, said, broken, expecting: 4)
    let table = try cohort.read("customers.csv").replacing(",ok,", with: ",okay,")
    try cohort.write(table, to: "customers.csv")
    _ = try say(
      cohort, said, ["score", "canary-propensity", "customers.csv", "--store", "store"],
      expecting: 4)
  }

  /// Ids pass through; rows without consent keep theirs and have nothing else.
  private static func expectIdsAlone(in text: String, _ file: String) throws {
    let lines = text.split(separator: "\n").dropFirst()
    #expect(lines.count == 400, "\(file)")
    for (row, line) in lines.enumerated() {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      #expect(cells[0] == "ID\(marker)\(row)", "\(file)")
      #expect(!cells.dropFirst().contains { $0.contains(marker) }, "\(file), row \(row)")
      let hasConsent = row % 8 != 5 && row % 40 != 1
      #expect((cells.last == "suppressed") == !hasConsent, "\(file), row \(row)")
      if !hasConsent { #expect(cells.dropFirst().dropLast().joined() == "", "\(file)") }
    }
  }
}
