import Foundation
import Testing

/// Faults at every place where scoring touches the disk (`make test-faults`): the scores are there whole or not at
/// all, and the same command goes on to the bytes of an undisturbed run.
@Suite(.serialized, .enabled(if: FaultTools.areAsked && FaultTools.strace != nil))
struct ScoreFaultTests {
  private static let command = [
    "score", "model", "customers.csv", "--threads", "1", "--quiet", "-o", "scores.csv",
  ]

  /// A table of 90 MiB in 45,000 rows, of which 64 MiB lie before a checkpoint, and its scores.
  private static func prepare() throws -> CohortProcess {
    let cohort = try CohortProcess()
    try ScorePropensityTests.publish(to: cohort.folder.path + "/model")
    let note = String(repeating: "n", count: 2000)
    let rows = (0..<45_000).map { "c\($0),\($0 % 7).5,\($0 % 2 == 0 ? "a" : "b"),\(note)\n" }
    try cohort.write("id,spend,plan,note\n" + rows.joined(), to: "customers.csv")
    let started = try cohort.start(command)
    started.process.waitUntilExit()
    #expect(try started.outcome().status == 0)
    return cohort
  }

  private static func traced(
    _ options: [String], _ command: [String] = command, in cohort: borrowing CohortProcess
  ) throws -> (status: Int32, errors: String) {
    try FaultSweepTests.system(
      try #require(FaultTools.strace),
      ["-f", "-o", "trace.txt"] + options + [CohortProcess.executable.path] + command, in: cohort)
  }

  private static func forget(in cohort: borrowing CohortProcess) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: cohort.folder.path)
    where name.contains("scores.") {
      try FileManager.default.removeItem(at: cohort.folder.appending(path: name))
    }
  }

  private static func count(of call: String, in cohort: borrowing CohortProcess) throws -> Int {
    try forget(in: cohort)
    #expect(try traced(["-e", "trace=\(call)"], in: cohort).status == 0)
    return try cohort.read("trace.txt").split(separator: "\n").count { $0.contains(" \(call)(") }
  }

  private static func expectRecovery(
    of cohort: borrowing CohortProcess, _ whole: String, after fault: String
  ) throws {
    if FileManager.default.fileExists(atPath: cohort.folder.path + "/scores.csv") {
      #expect(try cohort.read("scores.csv") == whole, "\(fault): half a file")
    }
    let started = try cohort.start(command)
    started.process.waitUntilExit()
    let outcome = try started.outcome()
    #expect(outcome.status == 0, "\(fault): \(outcome.errors)")
    #expect(try cohort.read("scores.csv") == whole, "\(fault): other bytes")
    let left = try FileManager.default.contentsOfDirectory(atPath: cohort.folder.path)
      .filter { $0.hasPrefix(".") }
    #expect(left.isEmpty, "\(fault): \(left)")
  }

  @Test(arguments: ["rename", "fsync", "unlink", "ftruncate", "flock", "write"])
  func `a kill at any call leaves the scores whole or absent`(call: String) throws {
    let cohort = try Self.prepare()
    let whole = try cohort.read("scores.csv")
    let calls = try Self.count(of: call, in: cohort)
    // A call per part: every twentieth of many is enough.
    for number in stride(from: 1, through: max(1, calls), by: calls > 60 ? 20 : 1) {
      try Self.forget(in: cohort)
      _ = try Self.traced(["-e", "inject=\(call):signal=KILL:when=\(number)"], in: cohort)
      try Self.expectRecovery(of: cohort, whole, after: "kill at \(call) \(number) of \(calls)")
    }
  }

  @Test(arguments: [
    ("write", "ENOSPC"), ("fsync", "EIO"), ("rename", "EIO"), ("ftruncate", "EIO"),
  ])
  func `an error at any call is told and nothing is left`(call: String, error: String) throws {
    let cohort = try Self.prepare()
    let whole = try cohort.read("scores.csv")
    let calls = try Self.count(of: call, in: cohort)
    for number in stride(from: 1, through: max(1, calls), by: calls > 60 ? 20 : 1) {
      try Self.forget(in: cohort)
      let fault = "\(error) at \(call) \(number) of \(calls)"
      let (status, said) = try Self.traced(
        ["-e", "inject=\(call):error=\(error):when=\(number)"], in: cohort)
      #expect(status == 7 || status == 0, "\(fault): \(status) \(said)")
      try Self.expectRecovery(of: cohort, whole, after: fault)
    }
  }

  @Test func `a request to stop keeps what is done, and the next call goes on`() throws {
    let cohort = try Self.prepare()
    let whole = try cohort.read("scores.csv")
    try Self.forget(in: cohort)
    // Stops in the middle of writing parts.
    let (status, _) = try Self.traced(
      ["-e", "inject=write:signal=TERM:when=150"], Self.command, in: cohort)
    #expect(status == 143)
    #expect(!FileManager.default.fileExists(atPath: cohort.folder.path + "/scores.csv"))
    let loud = Self.command.filter { $0 != "--quiet" }
    let started = try cohort.start(loud)
    started.process.waitUntilExit()
    let outcome = try started.outcome()
    #expect(outcome.status == 0 && outcome.errors.contains("going on behind the first"))
    #expect(try cohort.read("scores.csv") == whole)
  }

  @Test(arguments: ["pwrite64", "fsync", "unlink", "write"])
  func `a kill while a history is written leaves all scores or none`(call: String) throws {
    let cohort = try CohortProcess()
    try ScorePropensityTests.publish(to: cohort.folder.path + "/model")
    try cohort.write(ScorePropensityTests.customers, to: "customers.csv")
    let command = [
      "score", "model", "customers.csv", "--threads", "1", "--to", "sqlite://scores.db",
      "--as-of", "2027-01-31", "--json",
    ]
    for number in 1...500 {
      try Self.forget(in: cohort)
      let (status, _) = try Self.traced(
        ["-e", "inject=\(call):signal=KILL:when=\(number)"], command, in: cohort)
      let started = try cohort.start(command)
      started.process.waitUntilExit()
      let outcome = try started.outcome()
      let isWhole =
        outcome.output.contains("\"added\":5")
        || outcome.output.contains("\"added\":0,\"present\":5")
      #expect(
        outcome.status == 0 && isWhole, "\(call) \(number): \(outcome.output)\(outcome.errors)")
      if status == 0 { break }
    }
  }
}
