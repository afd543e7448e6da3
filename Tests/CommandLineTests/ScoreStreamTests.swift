import Artifacts
import Foundation
import Testing

/// `cohort score` as a deployment team uses it: whole tables, bad rows, histories.
struct ScoreStreamTests {
  private static func prepare(
    _ table: String = ScorePropensityTests.customers
  ) throws -> CohortProcess {
    let cohort = try CohortProcess()
    try ScorePropensityTests.publish(to: cohort.folder.path + "/model")
    try cohort.write(table, to: "customers.csv")
    return cohort
  }

  /// Customers of two plans, every hundredth without a spend.
  private static func customers(_ count: Int) -> String {
    "id,spend,plan,note\n"
      + (0..<count).map { row in
        "c\(row),\(row % 100 == 3 ? "" : "\(row % 7).25"),\(row % 2 == 0 ? "a" : "b"),n\n"
      }.joined()
  }

  private static func names(in cohort: borrowing CohortProcess) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: cohort.folder.path).sorted()
  }

  private static func summary(_ outcome: CohortProcess.Outcome) throws -> [String: JSONValue] {
    guard case .object(let members) = try CanonicalJSON.parse(Data(outcome.output.utf8)) else {
      throw CocoaError(.fileReadCorruptFile)
    }
    return members
  }

  @Test func `a table of many parts is the same bytes at every thread count and on every way out`()
    throws
  {
    let cohort = try Self.prepare(Self.customers(60_000))
    let printed = try cohort.run("score", "model", "customers.csv", "--threads", "1", "--top", "5%")
    #expect(printed.status == 0, "\(printed.errors)")
    #expect(printed.output.utf8.count { $0 == 0x0A } == 60_001)
    for threads in ["1", "2", "3"] {
      let written = try cohort.run(
        "score", "model", "customers.csv", "--threads", threads, "--top", "5%", "-o", "scores.csv")
      #expect(written.status == 0, "\(written.errors)")
      #expect(try cohort.read("scores.csv") == printed.output)
    }
    #expect(try Self.names(in: cohort) == ["customers.csv", "model", "scores.csv"])
  }

  @Test func `rows that cannot be scored keep their places and end with the code of bad data`()
    throws
  {
    let cohort = try Self.prepare(
      "plan,id,spend,note\nb,x1,2.5,\na,x2,much,\nb,x3,1e999,\na,x4,3,\n")
    let outcome = try cohort.run(
      "score", "model", "customers.csv", "-o", "scores.csv", "--keep", "note,plan", "--json")
    #expect(outcome.status == 4)
    let lines = try cohort.read("scores.csv").split(separator: "\n")
    #expect(lines[0] == "id,note,plan,raw,calibrated,band,contact,status")
    #expect(lines[2] == "x2,,a,,,,,rejected" && lines[3] == "x3,,b,,,,,rejected")
    #expect(lines[1].hasSuffix(",ok") && lines[4].hasSuffix(",ok"))
    let summary = try Self.summary(outcome)
    #expect(summary["rows"] == .integer(4) && summary["scored_rows"] == .integer(2))
    #expect(summary["rejected_rows"] == .integer(2) && summary["suppressed_rows"] == .integer(0))
    #expect(summary["ignored_columns"] == .integer(0))
    guard case .text(let digest)? = summary["digest"] else {
      throw CocoaError(.fileReadCorruptFile)
    }
    #expect(digest.hasPrefix("sha256:"))
    #expect(outcome.errors.contains("2 of 4 rows were rejected"))
    #expect(outcome.errors.contains("column spend, data row 2"))
    #expect(!outcome.errors.contains("much"))
    let accepted = try cohort.run(
      "score", "model", "customers.csv", "-o", "scores.csv", "--allow-rejected", "50%")
    #expect(accepted.status == 0)
  }

  @Test func `a share of rows may be rejected, to the row`() throws {
    // 0.29 · 100 is less than 29 in doubles.
    let rows = (0..<100).map { "x\($0),\($0 < 29 ? "much" : "1"),a\n" }
    let cohort = try Self.prepare("id,spend,plan\n" + rows.joined())
    let command = ["score", "model", "customers.csv", "-o", "scores.csv", "--allow-rejected"]
    let shares: [(String, Int32)] = [("29%", 0), ("28.9%", 4)]
    for (share, status) in shares {
      let started = try cohort.start(command + [share])
      started.process.waitUntilExit()
      let outcome = try started.outcome()
      #expect(outcome.status == status, "\(share): \(outcome.errors)")
    }
  }

  @Test func `a table without one good row changes nothing`() throws {
    let cohort = try Self.prepare("plan,id,spend\nb,x1,much\na,x2,more\n")
    try cohort.write("yesterday's", to: "scores.csv")
    let outcome = try cohort.run(
      "score", "model", "customers.csv", "-o", "scores.csv", "--allow-rejected", "100%")
    #expect(outcome.status == 4)
    #expect(BadInputTests.sentence(outcome).contains("none of the 2 rows"))
    #expect(try cohort.read("scores.csv") == "yesterday's")
    #expect(try Self.names(in: cohort) == ["customers.csv", "model", "scores.csv"])
  }

  @Test func `a header without rows gives a header`() throws {
    let cohort = try Self.prepare("note,spend,plan,id\n")
    let outcome = try cohort.run(
      "score", "model", "customers.csv", "--top", "5%", "-o", "scores.csv")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try cohort.read("scores.csv") == "id,raw,calibrated,band,contact,status\n")
  }

  @Test func `columns are known by their very names, in any order`() throws {
    let plain = try Self.prepare("id,spend,plan\nx1,2.5,b\n")
    let turned = try Self.prepare("more,plan,spend,id\n1,b,2.5,x1\n")
    #expect(
      try plain.run("score", "model", "customers.csv").output
        == turned.run("score", "model", "customers.csv").output)
    let other = try Self.prepare("id,Spend,plan\nx1,2.5,b\n")
    let outcome = try other.run("score", "model", "customers.csv")
    #expect(outcome.status == 4)
    #expect(BadInputTests.sentence(outcome).contains("lacks column spend"))
  }

  @Test func `what a spreadsheet would run is defused unless asked for raw`() throws {
    let cohort = try Self.prepare("id,spend,plan,note\n=1+1,2.5,b,@x\n-7,2.5,b,+5\n")
    let safe = try cohort.run("score", "model", "customers.csv", "--keep", "note").output
    let lines = safe.split(separator: "\n")
    #expect(lines[1].hasPrefix("\"'=1+1\",\"'@x\",0.") && lines[2].hasPrefix("-7,+5,0."))
    let raw = try cohort.run("score", "model", "customers.csv", "--keep", "note", "--raw-csv")
      .output
    #expect(raw == safe.replacing("\"'=1+1\"", with: "=1+1").replacing("\"'@x\"", with: "@x"))
  }

  @Test(arguments: [
    ["--keep", "nowhere"], ["--keep", "id"], ["--keep", "raw"], ["--keep", "note,,plan"],
    ["--keep", "note", "--keep", "note"], ["--as-of", "2027-01-31"],
    ["--to", "scores.db"], ["--to", "sqlite://s.db", "--as-of", "2027-02-30"],
    ["--to", "sqlite://s.db", "--customer", "client"], ["--allow-rejected", "0"],
  ])
  func `requests without sense are usage errors and leave nothing`(options: [String]) throws {
    let cohort = try Self.prepare()
    let started = try cohort.start(["score", "model", "customers.csv"] + options)
    started.process.waitUntilExit()
    let outcome = try started.outcome()
    #expect(outcome.status == 2, "\(outcome.errors)")
    #expect(try Self.names(in: cohort) == ["customers.csv", "model"])
  }

  @Test(arguments: ["/dev/full", "none/", "model"])
  func `a place that cannot be written is told before the table is read`(place: String) throws {
    let cohort = try CohortProcess()
    try ScorePropensityTests.publish(to: cohort.folder.path + "/model")
    let file = place.hasSuffix("/") ? place + "scores.csv" : place
    let outcome = try cohort.run("score", "model", "nowhere.csv", "-o", file)
    #expect(outcome.status == 7)
    #expect(BadInputTests.sentence(outcome).contains(place))
  }

  @Test func `a full device leaves the old scores and nothing else`() throws {
    let cohort = try Self.prepare(Self.customers(20_000))
    try cohort.write("yesterday's", to: "scores.csv")
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = [
      "-c",
      "ulimit -f 100; '\(CohortProcess.executable.path)' score model customers.csv -o scores.csv",
    ]
    shell.currentDirectoryURL = cohort.folder
    shell.standardError = FileHandle.nullDevice
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 7)
    #expect(try cohort.read("scores.csv") == "yesterday's")
    #expect(try Self.names(in: cohort) == ["customers.csv", "model", "scores.csv"])
  }

  @Test func `scores that cannot be printed are not lost in silence`() throws {
    let cohort = try Self.prepare()
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = [
      "-c", "'\(CohortProcess.executable.path)' score model customers.csv > /dev/full",
    ]
    shell.currentDirectoryURL = cohort.folder
    shell.standardError = FileHandle.nullDevice
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 7)
  }

  @Test func `a history gets every score once, under the model and the day`() throws {
    let cohort = try Self.prepare(Self.customers(500))
    #expect(
      try cohort.run("models", "register", "model", "bank", "--store", "store").status == 0)
    let command = [
      "score", "bank/1", "customers.csv", "--store", "store", "--to", "sqlite://scores.db",
      "--as-of", "2027-01-31", "--reasons", "1", "--json", "-o", "scores.csv",
    ]
    for added in [Int64(500), 0] {
      let started = try cohort.start(command)
      started.process.waitUntilExit()
      let outcome = try started.outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
      let summary = try Self.summary(outcome)
      guard case .object(let history)? = summary["history"] else {
        throw CocoaError(.fileReadCorruptFile)
      }
      #expect(history["added"] == .integer(added) && history["present"] == .integer(500 - added))
      #expect(summary["model"] == .text("bank/1"))
    }
    #expect(try cohort.read("scores.csv").utf8.count { $0 == 0x0A } == 501)
    try cohort.write(Self.customers(500).replacing(".25", with: ".75"), to: "customers.csv")
    let other = try cohort.run(
      "score", "bank/1", "customers.csv", "--store", "store", "--to", "sqlite://scores.db",
      "--as-of", "2027-01-31", "-o", "others.csv")
    #expect(other.status == 8, "\(other.errors)")
    #expect(!FileManager.default.fileExists(atPath: cohort.folder.path + "/others.csv"))
  }

  @Test func `customers that come twice have no place in a history`() throws {
    let cohort = try Self.prepare("id,spend,plan\nx1,2.5,b\nx1,3,b\n")
    let outcome = try cohort.run("score", "model", "customers.csv", "--to", "sqlite://scores.db")
    #expect(outcome.status == 4)
    #expect(outcome.output.isEmpty)
    #expect(BadInputTests.sentence(outcome).contains("column id"))
  }

  @Test func `a file that is no database takes no scores and is left alone`() throws {
    let cohort = try Self.prepare()
    let text = String(repeating: "no database at all\n", count: 100)
    try cohort.write(text, to: "notes.txt")
    let outcome = try cohort.run("score", "model", "customers.csv", "--to", "sqlite://notes.txt")
    #expect(outcome.status == 7 && outcome.output.isEmpty, "\(outcome.errors)")
    #expect(BadInputTests.sentence(outcome).contains("notes.txt does not take the scores"))
    #expect(try cohort.read("notes.txt") == text)
    #expect(try Self.names(in: cohort) == ["customers.csv", "model", "notes.txt"])
  }

  @Test func `an address never shows its password`() throws {
    let cohort = try Self.prepare()
    let outcome = try cohort.run(
      "score", "model", "customers.csv", "--to",
      "postgresql://anna:s3cret@127.0.0.1:1/crm?connect_timeout=2")
    #expect(outcome.status == 7, "\(outcome.errors)")
    #expect(!outcome.errors.contains("s3cret"))
    #expect(outcome.errors.contains("postgresql://127.0.0.1:1/crm"))
  }
}
