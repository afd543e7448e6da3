import Artifacts
import CLibrary
import Foundation
import Testing
import TestSupport

/// `cohort models` as a deployment team uses it.
struct ModelsTests {
  static let card = [
    "--owner", "CRM", "--use", "letters", "--not-for", "prices", "--review-by", "2999-01-01",
  ]

  /// Models `m1` to `m<count>` that differ, each a little better than the one before.
  static func prepare(_ count: Int = 2) throws -> CohortProcess {
    let cohort = try CohortProcess()
    for number in 1...count {
      try ScorePropensityTests.publish(
        to: "\(cohort.folder.path)/m\(number)", iterations: number,
        metrics: [
          EvidenceMetric(
            name: "roc_auc", value: 0.7 + 0.01 * Double(number), goal: "max", split: "out-of-fold",
            rowCount: 60)
        ])
    }
    return cohort
  }

  @discardableResult
  static func models(
    _ cohort: borrowing CohortProcess, _ arguments: String..., expecting status: Int32 = 0
  ) throws -> CohortProcess.Outcome {
    let started = try cohort.start(["models"] + arguments + ["--store", "store"])
    started.process.waitUntilExit()
    let outcome = try started.outcome()
    #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
    return outcome
  }

  static func register(_ cohort: borrowing CohortProcess, _ model: String) throws {
    let started = try cohort.start(
      ["models", "register", model, "bank", "--store", "store"] + card)
    started.process.waitUntilExit()
    let outcome = try started.outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  /// Where the files of a version are.
  static func object(_ version: String, in cohort: borrowing CohortProcess) throws -> String {
    let shown = try models(cohort, "show", version, "--json").output
    let found = try JSONSerialization.jsonObject(with: Data(shown.utf8)) as? [String: Any]
    return cohort.folder.appending(path: try #require(found?["path"] as? String)).path
  }

  /// Writes something else into a file of a version.
  static func damage(_ version: String, in cohort: borrowing CohortProcess) throws {
    let file = try object(version, in: cohort) + "/decision.json"
    try Writable.make(file)
    try Data("{}".utf8).write(to: URL(filePath: file))
  }

  @Test func `from a model to a champion, to scores and back`() throws {
    let cohort = try Self.prepare()
    try cohort.write(ScorePropensityTests.customers, to: "customers.csv")
    for number in 1...2 { try Self.register(cohort, "m\(number)") }
    try Self.models(cohort, "promote", "bank/1")
    try Self.models(cohort, "promote", "bank/2", "--expect-generation", "1")
    for (name, number) in [("bank", 2), ("bank@champion", 2), ("bank@previous", 1), ("bank/1", 1)] {
      let scored = try cohort.run("score", name, "customers.csv", "--store", "store")
      let plain = try cohort.run("score", "m\(number)", "customers.csv")
      #expect(scored.status == 0 && scored.output == plain.output, "\(name): \(scored.errors)")
      #expect(scored.errors.contains("model: bank/\(number), sha256:"))
    }
    let compared = try cohort.run("compare", "bank/1", "bank@champion", "--store", "store")
    #expect(compared.status == 0 && compared.output.contains("roc_auc"), "\(compared.errors)")
    try Self.models(cohort, "rollback", "bank", expecting: 2)
    let back = try Self.models(cohort, "rollback", "bank", "--reason", "complaints")
    #expect(back.errors.contains("bank@champion is bank/1 now, before bank/2; generation 3"))
    let nowhere = try Self.models(
      cohort, "rollback", "bank/1", "--reason", "complaints", expecting: 8)
    #expect(BadInputTests.sentence(nowhere).contains("there is nothing to go back to"))
    let log = try Self.models(cohort, "log", "bank")
    #expect(log.output.contains("complaints") && log.output.split(separator: "\n").count == 5)
    #expect(log.errors.contains("the log is whole: 5 entries"))
    #expect(try Self.models(cohort, "list").output.contains("champion 1, previous 2"))
    #expect(try Self.models(cohort, "show", "bank/2").output.contains("previous"))
    #expect(try Self.models(cohort, "doctor").output == "")
    #expect(try Self.models(cohort, "verify").output.contains("bank/2  sound"))
  }

  @Test func `exit codes say what stands against it`() throws {
    let cohort = try Self.prepare()
    try Self.models(cohort, "list", expecting: 6)
    try Self.models(cohort, "register", "m1", "Bank", expecting: 2)
    try Self.models(cohort, "register", "nowhere", "bank", expecting: 6)
    try Self.models(cohort, "register", "m1", "bank", "--alias", "champion", expecting: 3)
    let refused = try Self.models(cohort, "promote", "bank/1", expecting: 3)
    #expect(BadInputTests.sentence(refused).contains("card: the card has no owner"))
    try Self.models(cohort, "promote", "bank/1", "--override", expecting: 2)
    try Self.models(cohort, "promote", "bank/1", "--override", "--reason", "a drill")
    try Self.models(cohort, "promote", "bank/1", "--expect-generation", "0", expecting: 8)
    try Self.models(cohort, "show", "bank/7", expecting: 6)
    try Self.models(cohort, "show", "bank@nobody", expecting: 6)
    try Self.models(cohort, "show", "bank@v7", expecting: 2)
    try Self.models(cohort, "gc", "--purge", "bank/1", "--reason", "old", expecting: 8)
    let scored = try cohort.run("score", "bank@nobody", "x.csv", "--store", "store")
    #expect(scored.status == 6 && BadInputTests.sentence(scored).contains("bank has no nobody"))
    let asked = try Self.models(cohort, "promote", "bank/9", "--json", expecting: 6)
    #expect(asked.errors.contains("\"exit_code\":6"))
  }

  @Test func `a fairness report is read as one and covers what is sensitive`() throws {
    let cohort = try Self.prepare(1)
    func register(_ report: String, expecting status: Int32) throws -> String {
      try cohort.write(report, to: "f.json")
      return try Self.models(
        cohort, "register", "m1", "bank", "--sensitive", "spend", "--fairness", "f.json",
        "--owner", "CRM", "--use", "letters", "--not-for", "prices", "--review-by", "2999-01-01",
        expecting: status
      ).errors
    }
    for report in ["{}", "[1]", "{", #"{"scored":[],"composed":[],"note":1}"#] {
      #expect(try register(report, expecting: 2).contains("f.json is no fairness report"))
    }
    let empty = try register(#"{"scored":[],"composed":[]}"#, expecting: 2)
    #expect(empty.contains("compares no groups of the sensitive column spend"))
    let unknown = try Self.models(
      cohort, "register", "m1", "bank", "--sensitive", "nosuchcolumn", expecting: 2)
    #expect(BadInputTests.sentence(unknown).contains("knows no column nosuchcolumn"))
    let figures = #"[{"measure":"selection_rate","value":0.5}]"#
    let groups = ["low", "high"].map { #"{"name":"\#($0)","rows":30,"figures":\#(figures)}"# }
    let entry =
      #"{"column":"spend","split":"folds","threshold":0.5,"groups":["#
      + groups.joined(separator: ",") + #"],"gaps":[]}"#
    _ = try register(#"{"scored":["# + entry + #"],"composed":[]}"#, expecting: 0)
    let promoted = try Self.models(cohort, "promote", "bank/1")
    #expect(promoted.errors.contains("fairness: ok"))
  }

  @Test func `a damaged version is found, set aside and repaired`() throws {
    let cohort = try Self.prepare()
    try Self.register(cohort, "m1")
    try Self.models(cohort, "promote", "bank/1")
    try Self.damage("bank/1", in: cohort)
    try Self.models(cohort, "doctor", expecting: 6)
    let verified = try Self.models(cohort, "verify", "bank/1", expecting: 6)
    #expect(verified.output.contains("quarantined") && verified.output.contains("decision.json"))
    let scored = try cohort.run("score", "bank", "customers.csv", "--store", "store")
    #expect(scored.status == 6 && BadInputTests.sentence(scored).contains("quarantine"))
    try Self.register(cohort, "m1")
    try Self.models(cohort, "doctor")
    try Self.models(cohort, "verify", "bank@champion")
  }

  @Test func `eight promoters with one expectation have one winner`() throws {
    let cohort = try Self.prepare(8)
    for number in 1...8 { try Self.register(cohort, "m\(number)") }
    let promoters = try (1...8).map { number in
      try cohort.start([
        "models", "promote", "bank/\(number)", "--expect-generation", "0", "--store", "store",
      ])
    }
    for promoter in promoters { promoter.process.waitUntilExit() }
    let statuses = try promoters.map { try $0.outcome().status }
    #expect(statuses.sorted() == [0, 8, 8, 8, 8, 8, 8, 8])
    let winner = try #require(statuses.firstIndex(of: 0)) + 1
    #expect(try Self.models(cohort, "list").output.contains("champion \(winner)"))
    let log = try Self.models(cohort, "log", "--json").output
    #expect(log.components(separatedBy: "\"action\":\"promote\"").count == 2)
    try Self.models(cohort, "doctor")
  }

  @Test func `eight that register at once get eight numbers, or one for one model`() throws {
    let cohort = try Self.prepare(8)
    for model in ["same", "other"] {
      let started = try (1...8).map { number in
        try cohort.start([
          "models", "register", model == "same" ? "m1" : "m\(number)", model, "--store", "store",
        ])
      }
      for one in started { one.process.waitUntilExit() }
      for one in started {
        let outcome = try one.outcome()
        #expect(outcome.status == 0, "\(outcome.errors)")
      }
    }
    let list = try Self.models(cohort, "list").output.split(separator: "\n")
    #expect(list.count == 3)
    #expect(list.contains { $0.hasPrefix("same ") && $0.contains("  1  ") })
    #expect(list.contains { $0.hasPrefix("other ") && $0.contains("  8  ") })
    try Self.models(cohort, "doctor")
  }

  @Test func `a collection beside those that register and score takes nothing they need`() throws {
    let cohort = try Self.prepare(6)
    try cohort.write(ScorePropensityTests.customers, to: "customers.csv")
    for number in 1...3 { try Self.register(cohort, "m\(number)") }
    try Self.models(cohort, "promote", "bank/1")
    let whole = try cohort.run("score", "m1", "customers.csv").output
    for round in 1...3 {
      // Versions that are given up while the same bytes, and others, are registered.
      let purge = ["--purge", "bank/2", "--purge", "bank/3", "--reason", "old"]
      let collectors = try [purge, []].map {
        try cohort.start(["models", "gc", "--grace", "0m", "--store", "store"] + $0)
      }
      let registrars = try [2, 3, round + 3].map {
        try cohort.start(["models", "register", "m\($0)", "bank", "--store", "store"])
      }
      let scorers = try (1...2).map { _ in
        try cohort.start(["score", "bank", "customers.csv", "--store", "store"])
      }
      for one in collectors + registrars + scorers { one.process.waitUntilExit() }
      for one in collectors + registrars {
        let outcome = try one.outcome()
        #expect(outcome.status == 0, "round \(round): \(outcome.errors)")
      }
      for one in scorers {
        let outcome = try one.outcome()
        #expect(outcome.status == 0 && outcome.output == whole, "round \(round): \(outcome.errors)")
      }
      try Self.models(cohort, "doctor")
      try Self.models(cohort, "verify")
    }
    // Six models, six numbers, however often some were given up and came back.
    let log = try Self.models(cohort, "log", "--json").output
    #expect(log.components(separatedBy: "\"action\":\"register\"").count == 7)
    #expect(try Self.models(cohort, "list").output.contains("champion 1"))
  }

  @Test func `a store that may not be written can be read`() throws {
    let cohort = try Self.prepare()
    try Self.register(cohort, "m1")
    let file = cohort.folder.path + "/store/registry.sqlite"
    try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: file)
    try cohort.write(ScorePropensityTests.customers, to: "customers.csv")
    let scored = try cohort.run("score", "bank/1", "customers.csv", "--store", "store")
    #expect(scored.status == 0, "\(scored.errors)")
    // Root may write whatever the mode says.
    if getuid() != 0 { try Self.models(cohort, "promote", "bank/1", expecting: 7) }
  }
}
