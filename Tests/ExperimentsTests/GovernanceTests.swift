import Artifacts
import Experiments
import Foundation
import Numerical
import Tabular
import Testing

/// Consent, sensitive columns, lineage and what people say of models, from the study to the artifact.
@Suite struct GovernanceTests {
  /// The table of 240 customers.
  ///
  /// Every sixth says no, every twelfth nothing. Regions have 201, 34 and 5 rows.
  private static func table(onlyConsented: Bool = false) -> String {
    var table = "customer,age,channel,region,ok,responded\n"
    for (row, customer) in PropensityFolder.customers().enumerated() {
      let answer = row % 6 == 1 ? "no" : row % 12 == 3 ? "" : "Yes"
      if onlyConsented, answer != "Yes" { continue }
      let region = row % 48 == 0 ? "isle" : row % 7 == 0 ? "north" : "south"
      table +=
        "cust-\(1000 + row),\(customer.age),\(customer.channel),\(region),\(answer),"
        + "\(customer.responded ? "yes" : "no")\n"
    }
    return table
  }

  private static let roles = "id: customer, target: responded, sensitive: region"

  private static func run(
    _ folder: PropensityFolder, roles: String, tail: String = "split: {holdout: 0.25}"
  ) throws -> RunSummary {
    try folder.run(try folder.study(roles: roles, experiment: "calibrate: sigmoid", tail: tail))
  }

  private static func artifact(of summary: RunSummary) throws -> StoredArtifact {
    let trial = try #require(summary.record.experiments[0].chosen).trial.id
    return try ArtifactReader.load("\(summary.directory.path)/trials/\(trial)/model")
  }

  @Test func `rows without consent leave no trace but their count`() throws {
    let (asked, filtered) = (try PropensityFolder(), try PropensityFolder())
    try asked.write(table: Self.table())
    try filtered.write(table: Self.table(onlyConsented: true))
    let a = try Self.run(asked, roles: Self.roles + ", consent: ok")
    let b = try Self.run(filtered, roles: Self.roles + ", ignore: [ok]")
    let (with, without) = (try Self.artifact(of: a), try Self.artifact(of: b))
    func digests(_ artifact: StoredArtifact) -> [String] {
      artifact.manifest.files.filter { $0.path.hasPrefix("model/") }.map(\.sha256)
    }
    #expect(digests(with) == digests(without))
    let filter = try #require(try with.propensity.lineage.table?.filters.first)
    #expect(
      filter
        == RowFilter(
          step: "consent", column: "ok", keptCount: 180, deniedCount: 40, missingCount: 20))
    #expect(a.record.data.filters == [filter] && a.record.data.rowCount == 240)
    #expect(a.notes.contains { $0.contains("180 rows kept, 40 denied, 20 without") })
    #expect(try with.propensity.inputs.consent == ConsentRule(column: "ok"))
  }

  @Test func `predictions name rows by their number in the source`() throws {
    let folder = try PropensityFolder()
    try folder.write(table: Self.table())
    let found = try folder.predictions(of: Self.run(folder, roles: Self.roles + ", consent: ok"))
    // Three quarters of 180 rows, rounded in each class.
    #expect((134...136).contains(found.count))
    for row in found.map({ $0.row - 1 }) {
      #expect(row % 6 != 1 && row % 12 != 3 && row < 240)
    }
    #expect(found.contains { $0.row > 180 })
  }

  @Test func `nobody with consent is data that breaks its contract`() throws {
    let folder = try PropensityFolder()
    try folder.write(table: Self.table())
    #expect(throws: RunError.table(.noConsent(column: "ok"))) {
      try Self.run(folder, roles: Self.roles + ", consent: {column: ok, allow: [sure]}")
    }
    #expect(
      throws: RunError.table(
        .unknownColumn(name: "okay", nearest: nil, place: "role consent"))
    ) { try Self.run(folder, roles: Self.roles + ", consent: okay") }
  }

  @Test func `groups of sensitive columns are compared, those of few rows together`() throws {
    let folder = try PropensityFolder()
    try folder.write(table: Self.table())
    let summary = try Self.run(folder, roles: Self.roles, tail: "")
    let stored = try Self.artifact(of: summary)
    #expect(stored.manifest.files.contains { $0.path == FairnessEvidence.file })
    let artifact = try stored.propensity
    #expect(artifact.governance.sensitiveColumns == ["region"])
    #expect(!artifact.inputs.fields.contains { $0.name == "region" })
    let profile = try #require(artifact.profile)
    let features = artifact.inputs.fields.filter { $0.role == .feature }.map(\.name)
    #expect(profile.rowCount == 240 && profile.columns.map(\.name) == features)
    #expect(profile.scores?.rowCounts.reduce(0, +) == 240)
    let scored = try #require(artifact.governance.fairness?.scored.first)
    #expect(scored.split == "folds" && scored.groups.map(\.name) == ["north", "south"])
    #expect(scored.selectionRatio.map { (0...1).contains($0) } == true)
    for file in stored.manifest.files {
      let path = try #require(summary.record.experiments[0].chosen).trial.id
      let bytes = try Data(
        contentsOf: URL(filePath: "\(summary.directory.path)/trials/\(path)/model/\(file.path)"))
      #expect(bytes.range(of: Data("isle".utf8)) == nil, "\(file.path)")
    }
  }

  @Test func `groups of the holdout are measured once and kept`() throws {
    let folder = try PropensityFolder()
    try folder.write(table: Self.table())
    // Too few of the north are held out to be told of.
    let summary = try Self.run(folder, roles: Self.roles, tail: "split: {holdout: 0.6}")
    let record = try summary.directory.record()
    let splits = record.experiments[0].fairness?.scored.map(\.split) ?? []
    #expect(splits.allSatisfy { ["folds", "holdout"].contains($0) })
    let path = summary.directory.path + "/fairness.json"
    let before = try Data(contentsOf: URL(filePath: path))
    _ = try Self.run(folder, roles: Self.roles, tail: "split: {holdout: 0.6}")
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
  }

  @Test func `lineage names every column, the split and the configuration`() throws {
    let folder = try PropensityFolder()
    try folder.write(table: Self.table())
    let lineage = try Self.artifact(of: Self.run(folder, roles: Self.roles)).propensity.lineage
    let table = try #require(lineage.table)
    #expect(
      table.columns.map(\.name) == ["customer", "age", "channel", "region", "ok", "responded"])
    #expect(table.columns.map(\.role).contains("sensitive"))
    #expect(table.parts.map(\.name) == ["train", "holdout"])
    #expect(table.parts.map(\.rowCount).reduce(0, +) == 240)
    #expect(lineage.configurationDigest?.utf8.count == 64)
    // Paths and names of files stay out of artifacts.
    let text = String(decoding: try CanonicalJSON.encode(lineage), as: UTF8.self)
    #expect(!text.contains("table.csv") && !text.contains(folder.path))
  }

  @Test func `what people say and where models go is read and changes no trial`() throws {
    let folder = try PropensityFolder()
    let tail = """
      card: {owner: CRM, intended_use: letters, review_by: 2027-06-30, limitations: [one country]}
      register: {response: {name: bank, alias: candidate}}
      """
    let said = try folder.study(tail: tail)
    #expect(said.study.card?.owner == "CRM" && said.study.card?.limitations == ["one country"])
    #expect(
      said.study.register == [.init(experiment: "response", name: "bank", alias: "candidate")])
    let (a, b) = (try folder.run(said), try folder.run(try folder.study()))
    #expect(a.directory.path == b.directory.path && b.computedCount == 0)
  }

  @Test(arguments: [
    "card: {review_by: 2027-02-30}", "card: {author: me}", "register: {other: {name: bank}}",
    "register: {response: {name: Bank}}", "register: {response: {alias: candidate}}",
  ])
  func `a card or a registration that cannot be is refused`(tail: String) throws {
    let folder = try PropensityFolder()
    #expect(throws: StudyError.self) { try folder.study(tail: tail) }
  }

  @Test func `a recorded trial comes out again, and a changed table is named`() throws {
    let folder = try PropensityFolder()
    try folder.write(table: Self.table())
    let stored = try Self.artifact(of: Self.run(folder, roles: Self.roles + ", consent: ok"))
    let retraining = try #require(Retraining(stored))
    let pool = WorkerPool(threadCount: 2)
    let path = folder.path + "/table.csv"
    #expect(try retraining.differences(ofTable: path, on: pool).isEmpty)
    let environment = RunEnvironment(
      pool: pool,
      machine: MachineRecord(system: "test", architecture: "test", host: "test", threads: 2),
      now: { 0 })
    let outcome = try retraining.run(
      onTable: path, in: folder.path + "/again", environment)
    #expect(outcome.isEqual && outcome.differingFiles.isEmpty)
    try folder.write(table: Self.table().replacing(",phone,", with: ",letter,"))
    #expect(try retraining.differences(ofTable: path, on: pool) == ["channel"])
    try folder.write(table: Self.table().replacing("customer,age,", with: "customer,years,"))
    #expect(try retraining.differences(ofTable: path, on: pool) == ["age", "years"])
  }

  @Test func `a clustering comes out again too`() throws {
    let folder = try RunFolder()
    let summary = try folder.run(folder.study())
    let trial = try #require(summary.record.experiments[0].chosen).trial.id
    let stored = try ArtifactReader.load(
      "\(summary.directory.path)/trials/\(trial)/model", catalog: Toy.catalog)
    let outcome = try #require(Retraining(stored)).run(
      onTable: folder.path + "/table.csv", in: folder.path + "/again",
      RunEnvironment(
        pool: .serial,
        machine: MachineRecord(system: "test", architecture: "test", host: "test", threads: 1),
        now: { 0 }), catalog: Toy.catalog)
    #expect(outcome.isEqual)
  }
}
