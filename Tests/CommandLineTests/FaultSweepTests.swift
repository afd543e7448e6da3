import Foundation
import Testing

/// What the sweeps need of the machine.
enum FaultTools {
  static let areAsked = ProcessInfo.processInfo.environment["COHORT_FAULTS"] == "1"
  static let strace = path(of: "strace")

  static func path(of tool: String) -> String? {
    ["/usr/bin", "/bin", "/usr/local/bin", "/sbin", "/usr/sbin"].map { "\($0)/\(tool)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}

/// Faults at every place where a run touches the disk (`make test-faults`): whatever happens, the same command
/// goes on to the bytes of an undisturbed run.
@Suite(.serialized, .enabled(if: FaultTools.areAsked)) struct FaultSweepTests {
  /// Two trials.
  static let study = RunTests.study
    .replacing("[zscore, robust]", with: "[zscore]").replacing("[none, 3]", with: "[none]")
    .replacing("[2, 6]", with: "[2, 3]")

  /// What a sweep is aimed at.
  enum Subject: String, CaseIterable {
    /// Two trials of a grid.
    case grid
    /// A search whose second batch follows from the first.
    case search
    /// Configurations that fall after a part of the rows.
    case race
    /// A grid whose refits are kept in the cache.
    case cache

    var study: String {
      switch self {
      case .grid: FaultSweepTests.study
      case .search:
        SearchTests.study(
          "{method: tpe, trials: 4, startup: 2}",
          grid: "- {model: k-means, k: {uniform: [2, 9]}, restarts: 1}")
      case .race:
        SearchTests.study(
          "{drop: halving, first: 100}", grid: "- {model: k-means, k: {range: [2, 4]}}"
        ).replacing("[zscore, robust]", with: "[zscore]").replacing("[none, 3]", with: "[none]")
      case .cache: CacheTests.study
      }
    }

    var rows: Int { self == .cache ? 1500 : 200 }
  }

  /// A study and its undisturbed run in `whole`.
  static func prepare(_ study: String = study, rows: Int = 200) throws -> CohortProcess {
    let cohort = try RunTests.prepare(rows: rows)
    try cohort.write(study, to: "study.yaml")
    let whole = try cohort.run("run", "study.yaml", "--runs", "whole", "--quiet")
    #expect(whole.status == 0, "\(whole.errors)")
    return cohort
  }

  @discardableResult
  static func system(
    _ tool: String, _ arguments: [String], in cohort: borrowing CohortProcess
  ) throws -> (status: Int32, errors: String) {
    let process = Process()
    process.executableURL = URL(filePath: tool)
    process.arguments = arguments
    process.currentDirectoryURL = cohort.folder
    process.environment = ProcessInfo.processInfo.environment
      .merging(["XDG_DATA_HOME": cohort.folder.path]) { $1 }
    let errors = cohort.folder.appending(path: "system.err")
    try Data().write(to: errors)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    let isKilled = process.terminationReason == .uncaughtSignal
    return (
      isKilled ? 128 + process.terminationStatus : process.terminationStatus,
      try String(contentsOf: errors, encoding: .utf8)
    )
  }

  /// One thread: strace counts calls by thread.
  static func traced(
    _ options: [String], in cohort: borrowing CohortProcess
  ) throws -> (status: Int32, errors: String) {
    try system(
      try #require(FaultTools.strace),
      ["-f", "-o", "trace.txt"] + options + [
        CohortProcess.executable.path, "run", "study.yaml", "--runs", "hurt", "--threads", "1",
        "--quiet",
      ], in: cohort)
  }

  /// How often a call is made by an undisturbed run.
  static func count(of call: String, in cohort: borrowing CohortProcess) throws -> Int {
    try forget(in: cohort)
    #expect(try traced(["-e", "trace=\(call)"], in: cohort).status == 0)
    return try cohort.read("trace.txt").split(separator: "\n").count { $0.contains(" \(call)(") }
  }

  static func forget(in cohort: borrowing CohortProcess) throws {
    for place in ["hurt", ".cohort/cache"] {
      try? FileManager.default.removeItem(at: cohort.folder.appending(path: place))
    }
  }

  static func expectRecovery(of cohort: borrowing CohortProcess, after fault: String) throws {
    let again = try cohort.run("run", "study.yaml", "--runs", "hurt", "--quiet")
    #expect(again.status == 0, "\(fault): \(again.errors)")
    let whole = try RunTests.files(of: cohort, in: "whole")
    let hurt = try RunTests.files(of: cohort, in: "hurt")
    let differing = whole.keys.filter { whole[$0] != hurt[$0] }.sorted()
    #expect(
      whole.keys.sorted() == hurt.keys.sorted() && differing.isEmpty,
      "\(fault): \(differing), files \(hurt.keys.sorted())")
  }

  @Test func `what breaks single calls is there`() {
    #expect(
      FaultTools.strace != nil,
      "faults were asked for and strace is absent; install it with apt-get install strace")
  }

  @Test func `a kill at any of fifty moments`() throws {
    let cohort = try Self.prepare(RunTests.study, rows: 1500)
    let began = ContinuousClock.now
    #expect(try cohort.run("run", "study.yaml", "--runs", "timed", "--quiet").status == 0)
    let length = Int((ContinuousClock.now - began) / .microseconds(1))
    // A linear congruence: the moments are the same in every sweep.
    var state: UInt64 = 20_260_901
    for number in 1...50 {
      try Self.forget(in: cohort)
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let moment = Int(state >> 33) % max(length, 1)
      let started = try cohort.start(["run", "study.yaml", "--runs", "hurt", "--quiet"])
      usleep(UInt32(moment))
      kill(started.process.processIdentifier, SIGKILL)
      started.process.waitUntilExit()
      _ = try started.outcome()
      try Self.expectRecovery(of: cohort, after: "kill \(number) after \(moment) µs")
    }
  }

  @Test(
    .enabled(if: FaultTools.strace != nil),
    arguments: ["rename", "fsync", "mkdir", "unlink", "write", "flock", "ftruncate", "symlink"])
  func `a kill at every call that publishes`(call: String) throws {
    try Self.sweep(at: call, of: .grid)
  }

  @Test(
    .enabled(if: FaultTools.strace != nil), arguments: [Subject.search, .race, .cache],
    ["rename", "fsync"])
  func `a kill at every call of searches and of the cache`(subject: Subject, call: String) throws {
    try Self.sweep(at: call, of: subject)
  }

  private static func sweep(at call: String, of subject: Subject) throws {
    let cohort = try prepare(subject.study, rows: subject.rows)
    for number in 1...max(1, try count(of: call, in: cohort)) {
      try forget(in: cohort)
      _ = try traced(["-e", "inject=\(call):signal=KILL:when=\(number)"], in: cohort)
      try expectRecovery(of: cohort, after: "\(subject): kill at \(call) \(number)")
    }
  }

  @Test(.enabled(if: FaultTools.strace != nil)) func `a kill at every file that is opened`() throws
  {
    let cohort = try Self.prepare()
    let calls = try Self.count(of: "openat", in: cohort)
    let trace = try cohort.read("trace.txt").split(separator: "\n").filter {
      $0.contains(" openat(")
    }
    let first = trace.firstIndex { $0.contains("hurt") } ?? 0
    for number in (first + 1)...max(first + 1, calls) {
      try Self.forget(in: cohort)
      _ = try Self.traced(["-e", "inject=openat:signal=KILL:when=\(number)"], in: cohort)
      try Self.expectRecovery(of: cohort, after: "kill at openat \(number)")
    }
  }

  @Test(
    .enabled(if: FaultTools.strace != nil),
    arguments: [
      ("write", "ENOSPC"), ("fsync", "EIO"), ("rename", "EIO"), ("mkdir", "ENOSPC"),
      ("ftruncate", "EIO"), ("pwrite64", "ENOSPC"),
    ])
  func `an error at every call is told and survived`(call: String, error: String) throws {
    let cohort = try Self.prepare()
    for number in 1...max(1, try Self.count(of: call, in: cohort)) {
      try Self.forget(in: cohort)
      let (status, said) = try Self.traced(
        ["-e", "inject=\(call):error=\(error):when=\(number)"], in: cohort)
      #expect(status == 7 || status == 0, "\(call) \(number) \(error): \(status) \(said)")
      if call == "fsync" { #expect(status == 7, "\(call) \(number)") }
      if status == 7 {
        let sentences = said.split(separator: "\n").filter { $0.hasPrefix("error: ") }
        // The error of standard error itself cannot be told there.
        #expect(sentences.count == 1 || call == "write", "\(call) \(number): \(said)")
      }
      try Self.expectRecovery(of: cohort, after: "\(error) at \(call) \(number)")
    }
  }

  @Test(.enabled(if: FaultTools.path(of: "prlimit") != nil))
  func `too few descriptors are told and survived`() throws {
    let cohort = try Self.prepare()
    let prlimit = try #require(FaultTools.path(of: "prlimit"))
    var refused = 0
    for limit in 4...24 {
      try Self.forget(in: cohort)
      let (status, said) = try Self.system(
        prlimit,
        [
          "--nofile=\(limit)", CohortProcess.executable.path, "run", "study.yaml", "--runs", "hurt",
          "--quiet",
        ], in: cohort)
      // 127: the loader of the system could not open the libraries.
      #expect([0, 7, 127].contains(status), "\(limit) descriptors: \(status) \(said)")
      if status == 7 {
        refused += 1
        #expect(said.split(separator: "\n").count { $0.hasPrefix("error: ") } == 1, "\(said)")
      }
      try Self.expectRecovery(of: cohort, after: "\(limit) descriptors")
    }
    #expect(refused > 0)
  }

  @Test func `a disk that is full or cannot be written`() throws {
    let cohort = try Self.prepare()
    let disk = cohort.folder.appending(path: "hurt").path
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    guard let mount = FaultTools.path(of: "mount"), let umount = FaultTools.path(of: "umount"),
      try Self.system(mount, ["-t", "tmpfs", "-o", "size=16k", "tmpfs", disk], in: cohort).status
        == 0
    else {
      print("skipped: a full disk needs the right to mount one (root)")
      return
    }
    defer { _ = try? Self.system(umount, ["-l", disk], in: cohort) }
    for size in stride(from: 16, through: 400, by: 24) {
      try Self.system(mount, ["-o", "remount,rw,size=\(size)k", disk], in: cohort)
      let outcome = try cohort.run("run", "study.yaml", "--runs", "hurt", "--quiet")
      #expect(outcome.status == 7 || outcome.status == 0, "\(size) kB: \(outcome.errors)")
      if outcome.status == 7 { #expect(BadInputTests.sentence(outcome).contains("hurt")) }
    }
    try Self.system(mount, ["-o", "remount,rw,size=64m", disk], in: cohort)
    try Self.expectRecovery(of: cohort, after: "a full disk")
    try Self.system(mount, ["-o", "remount,ro", disk], in: cohort)
    let refused = try cohort.run("run", "study.yaml", "--runs", "hurt", "--quiet")
    #expect(refused.status == 7)
    #expect(BadInputTests.sentence(refused).contains("hurt"))
    let directory = try #require(RunWatch(cohort, runs: "hurt").directory)
    let trial = try #require(try RunWatch(cohort, runs: "hurt").leaderboard().first?.id)
    let scored = try cohort.run(
      "score", "\(directory.path)/trials/\(trial)/model", "customers.csv", "-o", "scores.csv")
    #expect(scored.status == 0, "\(scored.errors)")
  }

  @Test func `runners that start, die and start again beside each other`() throws {
    let cohort = try Self.prepare(RunTests.study, rows: 1500)
    for round in 1...10 {
      try Self.forget(in: cohort)
      let runners = try (0..<3).map { _ in
        try cohort.start(["run", "study.yaml", "--runs", "hurt", "--threads", "1", "--quiet"])
      }
      usleep(UInt32(round) * 40_000)
      kill(runners[0].process.processIdentifier, SIGKILL)
      for runner in runners { runner.process.waitUntilExit() }
      for (number, runner) in runners.enumerated() {
        let outcome = try runner.outcome()
        #expect(outcome.status == 0 || number == 0, "\(outcome.errors)")
      }
      let done = RunWatch(cohort, runs: "hurt").events.filter { $0.name == "done" }
      #expect(Set(done.compactMap(\.trial)).count == done.count, "round \(round)")
      try Self.expectRecovery(of: cohort, after: "round \(round)")
    }
  }
}
