import Foundation
import Testing

/// What goes in wrong comes out as one sentence and the documented exit code.
@Suite struct BadInputTests {
  /// A study over `customers.csv` in the same folder.
  static let study = """
    name: demo
    data:
      source: customers.csv
    experiments:
      - id: segments
        task: cluster
        grid:
          - {model: k-means, k: 2}
        metrics: [silhouette]
        select: {metric: silhouette}
    """

  static let table = "age,spend\n20,1\n21,2\n60,80\n62,81\n22,1.5\n61,79\n"

  /// The one sentence of a failed command.
  static func sentence(_ outcome: CohortProcess.Outcome) -> String {
    let lines = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("error: ") }
    #expect(lines.count == 1, "\(outcome.errors)")
    return lines.first.map(String.init) ?? ""
  }

  static func run(table: String, study: String = study) throws -> CohortProcess.Outcome {
    let cohort = try CohortProcess()
    try cohort.write(table, to: "customers.csv")
    try cohort.write(study, to: "study.yaml")
    return try cohort.run("run", "study.yaml", "--threads", "1", "--quiet")
  }

  @Test(arguments: [
    ("", "customers.csv is empty"),
    ("age,spend\n", "customers.csv has a header but no rows"),
    ("age,spend\n1,2\n3\n", "line 3"),
    ("age,spend\n1,2\n3,nan\n", "line 3"),
    ("age,spend\n1,2\ninf,4\n", "line 3"),
    ("age,spend\n1,2\n3,-Infinity\n", "line 3"),
    ("age,age\n1,2\n", "same name"),
    ("age,\n1,2\n", "no name"),
    ("age,spend\n1,\u{0}\n", "line 2"),
    ("age,spend\n\"1,2\n", "line 2"),
  ])
  func `a table that breaks the rules is refused with its place`(text: String, part: String) throws
  {
    let outcome = try Self.run(table: text)
    #expect(outcome.status == 4)
    #expect(Self.sentence(outcome).contains(part))
    #expect(outcome.output.isEmpty)
  }

  @Test func `invalid UTF-8 is refused with its line`() throws {
    let cohort = try CohortProcess()
    let path = try cohort.write("", to: "latin.csv")
    try Data(Array("name,spend\nM".utf8) + [0xfc] + Array("ller,3\n".utf8))
      .write(to: URL(filePath: path))
    let outcome = try cohort.run("profile", "latin.csv")
    #expect(outcome.status == 4)
    #expect(Self.sentence(outcome).contains("line 2"))
  }

  @Test func `a table that is not there is named`() throws {
    let cohort = try CohortProcess()
    try cohort.write(Self.study, to: "study.yaml")
    let outcome = try cohort.run("run", "study.yaml")
    #expect(outcome.status == 4)
    #expect(Self.sentence(outcome).contains("customers.csv"))
  }

  @Test func `a study that is not there is a usage error`() throws {
    let outcome = try CohortProcess().run("run", "nowhere.yaml")
    #expect(outcome.status == 2)
    #expect(Self.sentence(outcome).contains("nowhere.yaml"))
  }

  @Test func `an unknown key of a study is named with line and nearest name`() throws {
    let outcome = try Self.run(
      table: Self.table, study: Self.study.replacing("metrics:", with: "metrik:"))
    #expect(outcome.status == 2)
    let sentence = Self.sentence(outcome)
    #expect(sentence.contains("metrik"))
    #expect(sentence.contains("study.yaml:9"))
    #expect(sentence.contains("metrics"))
  }

  @Test func `a role that names no column is a study error with the nearest name`() throws {
    let outcome = try Self.run(
      table: Self.table,
      study: Self.study.replacing(
        "source: customers.csv", with: "source: customers.csv\n  roles: {id: agee}"))
    #expect(outcome.status == 2)
    #expect(Self.sentence(outcome).contains("age?"))
  }

  @Test func `more clusters than distinct rows fail the trial and then the run`() throws {
    let outcome = try Self.run(
      table: Self.table, study: Self.study.replacing("k: 2", with: "k: 7"))
    #expect(outcome.status == 5)
    #expect(Self.sentence(outcome).contains("7 clusters need as many distinct rows, found 6"))
  }

  @Test func `an all-constant table fails the run with the reason`() throws {
    let outcome = try Self.run(table: "age,spend\n" + String(repeating: "3,4\n", count: 20))
    #expect(outcome.status == 5)
    #expect(Self.sentence(outcome).contains("distinct rows"))
  }

  @Test func `one bad trial does not sink the others`() throws {
    let outcome = try Self.run(
      table: Self.table, study: Self.study.replacing("k: 2", with: "k: [2, 7]"))
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("distinct rows"))
  }

  @Test func `a file that cannot be written is named`() throws {
    let cohort = try CohortProcess()
    let outcome = try cohort.run("synthesize", "--rows", "5", "-o", "/no/such/folder/x.csv")
    #expect(outcome.status == 7)
    #expect(Self.sentence(outcome).contains("/no/such/folder"))
  }

  @Test func `output that cannot be written is not lost in silence`() throws {
    let cohort = try CohortProcess()
    try cohort.write(Self.table, to: "customers.csv")
    let script = "\(CohortProcess.executable.path) profile customers.csv --json > /dev/full"
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-c", script]
    shell.currentDirectoryURL = cohort.folder
    shell.standardError = FileHandle.nullDevice
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 7)
  }

  @Test func `scores never replace the table they come from`() throws {
    let cohort = try CohortProcess()
    try cohort.write(Self.table, to: "customers.csv")
    let outcome = try cohort.run("score", "model", "customers.csv", "-o", "./customers.csv")
    #expect(outcome.status == 2)
    #expect(try cohort.read("customers.csv") == Self.table)
  }

  @Test func `a run that the time limit stops does not pass its gates`() throws {
    let cohort = try CohortProcess()
    #expect(try cohort.run("synthesize", "--rows", "5000", "-o", "customers.csv").status == 0)
    let study = Self.study.replacing("k: 2", with: "k: {range: [2, 60]}, restarts: 20")
    try cohort.write(
      study + "\ngates:\n  - {metric: segments.silhouette, min: -1}\n", to: "study.yaml")
    for limit in ["0.01", "0.01s"] {
      let outcome = try cohort.run("run", "study.yaml", "--time-limit", limit, "--quiet")
      #expect(outcome.status == 3, "\(limit): \(outcome.errors)")
    }
  }

  @Test func `a synthetic table is the same in a file and on standard output`() throws {
    let cohort = try CohortProcess()
    let printed = try cohort.run("synthesize", "--rows", "5000", "--threads", "3")
    #expect(try cohort.run("synthesize", "--rows", "5000", "-o", "x.csv").status == 0)
    #expect(try cohort.read("x.csv") == printed.output)
  }

  @Test func `an unknown command or option is a usage error`() throws {
    let cohort = try CohortProcess()
    #expect(try cohort.run("runn", "study.yaml").status == 2)
    #expect(try cohort.run("run", "study.yaml", "--thread", "2").status == 2)
    #expect(try cohort.run("run", "study.yaml", "--threads", "0").status == 2)
    #expect(try cohort.run("describe", "k-mean").status == 2)
  }

  @Test func `errors are objects under --json`() throws {
    let outcome = try CohortProcess().run("run", "nowhere.yaml", "--json")
    let object = try JSONSerialization.jsonObject(with: Data(outcome.errors.utf8)) as? [String: Any]
    #expect(object?["exit_code"] as? Int == 2)
    #expect((object?["error"] as? String)?.contains("nowhere.yaml") == true)
    #expect(outcome.output.isEmpty)
  }

  @Test func `messages never show a cell`() throws {
    for text in ["age,spend\n1,2\nsecret-cell\n", "age,spend\n1,2\n\"secret-cell\"x,4\n"] {
      #expect(try !Self.run(table: text).errors.contains("secret-cell"))
    }
  }
}
