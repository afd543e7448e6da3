import Foundation
import Testing

/// Faults at every call by which the registry touches the disk (`make test-faults`): a change has happened or it has
/// not, and the same command again completes it.
@Suite(.serialized, .enabled(if: FaultTools.areAsked && FaultTools.strace != nil))
struct RegistryFaultTests {
  static let calls = [
    "openat", "write", "pwrite64", "fsync", "fdatasync", "rename", "unlink", "ftruncate", "mkdir",
  ]

  /// What is done to a registry whose champion is `bank/1`, with `bank/2` beside it.
  static let changes = [
    ["register", "m3", "bank", "--alias", "candidate"], ["promote", "bank/2"],
    ["rollback", "bank/2", "--reason", "a drill"], ["sign", "bank/1", "--key", "release.pem"],
  ]

  private static func prepare() throws -> CohortProcess {
    let cohort = try ModelsTests.prepare(3)
    for number in 1...2 { try ModelsTests.register(cohort, "m\(number)") }
    try ModelsTests.models(cohort, "promote", "bank/1")
    #expect(try cohort.run("models", "keys", "release").status == 0)
    try copy("store", to: "before", in: cohort)
    return cohort
  }

  private static func copy(
    _ source: String, to target: String, in cohort: borrowing CohortProcess
  ) throws {
    let place = cohort.folder.appending(path: target)
    try? FileManager.default.removeItem(at: place)
    try FileManager.default.copyItem(at: cohort.folder.appending(path: source), to: place)
  }

  /// What the registry says, without the times of day; doctors it first.
  private static func state(
    of cohort: borrowing CohortProcess, after fault: String
  ) throws -> String {
    let doctor = try cohort.run("models", "doctor", "--store", "store")
    #expect(doctor.status == 0, "\(fault): \(doctor.output)\(doctor.errors)")
    let list = try cohort.run("models", "list", "--json", "--store", "store").output
    let log = try cohort.run("models", "log", "--json", "--store", "store").output
    let actions = log.components(separatedBy: "\"action\":\"").dropFirst()
      .map { $0.prefix { $0 != "\"" } }
    return timeless(list) + actions.joined(separator: " ")
  }

  private static func timeless(_ text: String) -> String {
    text.replacing(/"registered_at":"[^"]*"/, with: "")
  }

  private static func traced(
    _ fault: String, _ change: [String], in cohort: borrowing CohortProcess
  ) throws -> (status: Int32, errors: String) {
    try FaultSweepTests.system(
      try #require(FaultTools.strace),
      ["-f", "-o", "trace.txt", "-e", "inject=\(fault)", CohortProcess.executable.path, "models"]
        + change + ["--store", "store"], in: cohort)
  }

  private static func again(_ change: [String], in cohort: borrowing CohortProcess) throws -> Int32
  {
    let started = try cohort.start(["models"] + change + ["--store", "store"])
    started.process.waitUntilExit()
    _ = try started.outcome()
    return started.process.terminationStatus
  }

  /// States the registry may be in: each step of the change whole.
  private static func allowed(
    _ change: [String], in cohort: borrowing CohortProcess
  ) throws -> [String] {
    var states = [try state(of: cohort, after: "nothing")]
    if change[0] == "register" {
      #expect(try again(Array(change.prefix(3)), in: cohort) == 0)
      states.append(try state(of: cohort, after: "registering"))
    }
    #expect(try again(change, in: cohort) == 0)
    states.append(try state(of: cohort, after: "the change"))
    return states
  }

  @Test(arguments: changes)
  func `a kill at any call leaves all or nothing`(change: [String]) throws {
    let cohort = try Self.prepare()
    let states = try Self.allowed(change, in: cohort)
    for call in Self.calls {
      for number in 1...2000 {
        try Self.copy("before", to: "store", in: cohort)
        let fault = "\(call) \(number) of \(change[0])"
        let status = try Self.traced("\(call):signal=KILL:when=\(number)", change, in: cohort)
          .status
        let found = try Self.state(of: cohort, after: fault)
        #expect(states.contains(found), "\(fault): \(found)")
        if status == 0 {
          #expect(found == states.last, "\(fault)")
          break
        }
        #expect(status == 137, "\(fault): \(status)")
        if found != states.last {
          #expect(try Self.again(change, in: cohort) == 0, "\(fault)")
          #expect(try Self.state(of: cohort, after: "\(fault), again") == states.last)
        }
      }
    }
  }

  @Test(arguments: [
    ("write", "ENOSPC"), ("pwrite64", "ENOSPC"), ("fsync", "EIO"), ("fdatasync", "EIO"),
    ("rename", "EIO"), ("mkdir", "ENOSPC"), ("unlink", "EIO"),
  ])
  func `an error at any call is told and leaves all or nothing`(call: String, error: String) throws
  {
    let cohort = try Self.prepare()
    for change in Self.changes.prefix(2) {
      try Self.copy("before", to: "store", in: cohort)
      let states = try Self.allowed(change, in: cohort)
      for number in 1...500 {
        try Self.copy("before", to: "store", in: cohort)
        let fault = "\(error) at \(call) \(number) of \(change[0])"
        let (status, said) = try Self.traced(
          "\(call):error=\(error):when=\(number)", change, in: cohort)
        #expect(status == 7 || status == 0, "\(fault): \(status) \(said)")
        let found = try Self.state(of: cohort, after: fault)
        #expect(states.contains(found), "\(fault): \(found)")
        let trace = try cohort.read("trace.txt")
        if !trace.contains("(INJECTED)") { break }
      }
    }
  }
}
