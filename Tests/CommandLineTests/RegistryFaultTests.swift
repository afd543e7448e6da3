import Foundation
import TestSupport
import Testing

/// Faults at every call by which the registry touches the disk (`make test-faults`), or at some of them: a change has
/// happened or it has not, and the same command again completes it.
@Suite(.serialized, .enabled(if: FaultTools.strace != nil, "strace is absent"))
struct RegistryFaultTests {
  static let calls = [
    "openat", "write", "pwrite64", "fsync", "fdatasync", "rename", "unlink", "unlinkat", "rmdir",
    "ftruncate", "mkdir", "fchmod",
  ]

  /// What is done to a registry whose champion is `bank/1`, with `bank/2` beside it.
  static let changes = [
    ["register", "m3", "bank", "--alias", "candidate"], ["promote", "bank/2"],
    ["rollback", "bank/2", "--reason", "a drill"], ["sign", "bank/1", "--key", "release.pem"],
  ]

  /// Every change at every call, or within seconds two of them at every tenth call that makes something last.
  static let swept = FaultTools.areAsked ? changes : Array(changes.prefix(2))
  static let sweptCalls =
    FaultTools.areAsked ? calls : ["pwrite64", "fsync", "fdatasync", "rename", "unlink"]
  static let sweepStride = FaultTools.areAsked ? 1 : 10

  static func prepare() throws -> CohortProcess {
    let cohort = try ModelsTests.prepare(3)
    for number in 1...2 { try ModelsTests.register(cohort, "m\(number)") }
    try ModelsTests.models(cohort, "promote", "bank/1")
    #expect(try cohort.run("models", "keys", "release").status == 0)
    try copy("store", to: "before", in: cohort)
    return cohort
  }

  static func copy(
    _ source: String, to target: String, in cohort: borrowing CohortProcess
  ) throws {
    let place = cohort.folder.appending(path: target)
    try? Writable.make(place.path)
    try? FileManager.default.removeItem(at: place)
    // Keeps modes, and takes directories that are read-only.
    let (status, errors) = try FaultSweepTests.system(
      try #require(FaultTools.path(of: "cp")), ["-a", source, target], in: cohort)
    #expect(status == 0, "\(errors)")
  }

  /// What the registry says, without the times of day; doctors it first.
  static func state(
    of cohort: borrowing CohortProcess, after fault: String, expecting status: Int32 = 0
  ) throws -> String {
    let doctor = try cohort.run("models", "doctor", "--store", "store")
    #expect(doctor.status == status, "\(fault): \(doctor.output)\(doctor.errors)")
    let list = try cohort.run("models", "list", "--json", "--store", "store").output
    let log = try cohort.run("models", "log", "--json", "--store", "store").output
    let actions = log.components(separatedBy: "\"action\":\"").dropFirst()
      .map { $0.prefix { $0 != "\"" } }
    return timeless(list) + actions.joined(separator: " ")
  }

  /// Objects whose directories somebody may put names into.
  static func openObjects(of cohort: borrowing CohortProcess) throws -> [String] {
    let objects = cohort.folder.appending(path: "store/objects/sha256").path
    return try FileManager.default.subpathsOfDirectory(atPath: objects).filter { path in
      let parts = path.split(separator: "/")
      guard parts.count == 2, parts[1].count == 64 else { return false }
      let mode = try FileManager.default.attributesOfItem(atPath: "\(objects)/\(path)")
      return try #require(mode[.posixPermissions] as? Int) & 0o222 != 0
    }
  }

  private static func timeless(_ text: String) -> String {
    text.replacing(/"registered_at":"[^"]*"/, with: "")
  }

  static func traced(
    _ fault: String, _ change: [String], in cohort: borrowing CohortProcess
  ) throws -> (status: Int32, errors: String) {
    try FaultSweepTests.system(
      try #require(FaultTools.strace),
      ["-f", "-o", "trace.txt", "-e", "inject=\(fault)", CohortProcess.executable.path, "models"]
        + change + ["--store", "store"], in: cohort)
  }

  static func again(_ change: [String], in cohort: borrowing CohortProcess) throws -> Int32 {
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

  @Test(arguments: swept)
  func `a kill at any call leaves all or nothing`(change: [String]) throws {
    let cohort = try Self.prepare()
    let states = try Self.allowed(change, in: cohort)
    for call in Self.sweptCalls {
      for number in stride(from: 1, through: 2000, by: Self.sweepStride) {
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
        #expect(try Self.openObjects(of: cohort) == [], "\(fault)")
      }
    }
  }

  @Test(
    .enabled(if: FaultTools.areAsked),
    arguments: [
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

  @Test func `an object is on the device before a row names it`() throws {
    let cohort = try Self.prepare()
    let (status, said) = try FaultSweepTests.system(
      try #require(FaultTools.strace),
      [
        "-f", "-y", "-o", "trace.txt", "-e",
        "trace=write,pwrite64,fsync,fdatasync,rename,mkdir,unlink",
        CohortProcess.executable.path, "models", "register", "m3", "bank", "--store", "store",
      ], in: cohort)
    #expect(status == 0, "\(said)")
    let trace = CallTrace(try cohort.read("trace.txt"))
    let published = try #require(trace.first("rename(\"store/objects/"))
    let names = trace.lines[published].components(separatedBy: "\"")
    try #require(names.count > 3)
    try Self.expectSynced(names[1], named: names[3], before: published, in: trace, of: cohort)
    let folder = CallTrace.parent(of: names[3])
    if let made = trace.first("mkdir(\"\(folder)\"") {
      let parent = CallTrace.parent(of: folder)
      let known = try #require(trace.first("fsync(", on: parent, after: made))
      #expect(known < published)
    }
    // The object's name is on the device before the database is touched, and at last its journal is gone.
    let named = try #require(trace.first("fsync(", on: folder, after: published))
    let row = try #require(trace.first("pwrite64(", on: "store/registry.sqlite"))
    #expect(named < row)
    let committed = try #require(
      trace.lines.lastIndex(where: { $0.contains("registry.sqlite-journal\")") }))
    #expect(row < committed && trace.lines[committed].contains(" unlink("))
    let isKept = ["fsync(", "fdatasync("].contains {
      trace.first($0, on: "store", after: committed) != nil
    }
    #expect(isKept)
  }

  /// Every byte is synced after it was written and every name with its directory, before the whole gets its name.
  private static func expectSynced(
    _ staging: String, named object: String, before published: Int, in trace: CallTrace,
    of cohort: borrowing CohortProcess
  ) throws {
    let content = try FileManager.default.subpathsOfDirectory(
      atPath: cohort.folder.appending(path: object).path)
    #expect(content.contains("manifest.json"))
    for path in content.map({ "\(staging)/\($0)" }) + [staging] {
      let synced = try #require(trace.last("fsync(", on: path), "\(path)")
      #expect(synced < published, "\(path)")
      if let written = trace.last("write(", on: path) { #expect(written < synced, "\(path)") }
    }
  }

  @Test(.enabled(if: FaultTools.areAsked && FaultTools.path(of: "sqlite3") != nil))
  func `a database that another program holds is waited for, then told`() throws {
    let cohort = try Self.prepare()
    let sqlite = try #require(FaultTools.path(of: "sqlite3"))
    let holder = Process()
    holder.executableURL = URL(filePath: sqlite)
    holder.arguments = ["-batch", "store/registry.sqlite"]
    holder.currentDirectoryURL = cohort.folder
    let (input, output) = (Pipe(), Pipe())
    holder.standardInput = input
    holder.standardOutput = output
    try holder.run()
    try input.fileHandleForWriting.write(
      contentsOf: Data("BEGIN EXCLUSIVE;\nSELECT 'held';\n".utf8))
    // Answers once it has the lock.
    #expect(output.fileHandleForReading.availableData == Data("held\n".utf8))
    for command in [["list"], ["promote", "bank/2"]] {
      let started = try cohort.start(["models"] + command + ["--store", "store"])
      started.process.waitUntilExit()
      let outcome = try started.outcome()
      #expect(outcome.status == 8, "\(command): \(outcome.errors)")
      let sentence = BadInputTests.sentence(outcome)
      #expect(sentence.contains("another process holds the registry; store/registry.sqlite;"))
    }
    try input.fileHandleForWriting.close()
    holder.waitUntilExit()
    let before = try Self.state(of: cohort, after: "the lock")
    #expect(try Self.again(["promote", "bank/2"], in: cohort) == 0)
    #expect(try Self.state(of: cohort, after: "the promotion") != before)
  }
}

/// What strace has written with `-y`: a call a line, descriptors with their paths.
private struct CallTrace {
  let lines: [String]

  init(_ text: String) { lines = text.split(separator: "\n").map(String.init) }

  static func parent(of path: String) -> String {
    path.split(separator: "/").dropLast().joined(separator: "/")
  }

  /// The first call that begins so.
  func first(_ call: String) -> Int? { lines.firstIndex { $0.contains(" \(call)") } }

  /// The first call on the file or directory whose path ends so, behind a line.
  func first(_ call: String, on path: String, after index: Int = -1) -> Int? {
    lines.indices.first { $0 > index && isCall(lines[$0], call, on: path) }
  }

  /// The last call on the file or directory whose path ends so.
  func last(_ call: String, on path: String) -> Int? {
    lines.lastIndex { isCall($0, call, on: path) }
  }

  private func isCall(_ line: String, _ call: String, on path: String) -> Bool {
    line.contains(" \(call)") && line.contains("/\(path)>")
  }
}
