import Foundation
import Testing

/// Trials in processes of their own: what becomes of those that die.
@Suite(.serialized) struct IsolationTests {
  /// Four trials that take long enough to be met on the way.
  static let study = RunTests.study
    .replacing("[zscore, robust]", with: "[zscore]").replacing("[none, 3]", with: "[none]")
    .replacing("[2, 6]", with: "[9, 12]").replacing("restarts: 2", with: "restarts: 60")

  static func prepare(limits: String = "") throws -> CohortProcess {
    let cohort = try RunTests.prepare(rows: 4000)
    try cohort.write(study + limits, to: "study.yaml")
    return cohort
  }

  @Test func `a worker that crashes is a row, and the others go on`() throws {
    let cohort = try Self.prepare()
    let started = try cohort.start(["run", "study.yaml", "--isolate", "--jobs", "1"])
    let watch = RunWatch(cohort)
    let claim = try #require(watch.firstClaim(of: started.process))
    kill(claim.process, SIGSEGV)
    started.process.waitUntilExit()
    let outcome = try started.outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let rows = try watch.leaderboard()
    #expect(rows.count(where: { $0.status == "done" }) == 3)
    let failed = try #require(rows.first { $0.status == "failed" })
    #expect(failed.id == claim.trial)
    #expect(failed.reason?.contains("crashed with signal 11") == true)
    let forced = try cohort.run("run", "study.yaml", "--force")
    #expect(forced.status == 0, "\(forced.errors)")
    #expect(try watch.leaderboard().allSatisfy { $0.status == "done" })
  }

  @Test func `a worker that is killed from outside is replaced and its trial computed`() throws {
    let cohort = try Self.prepare()
    let started = try cohort.start(["run", "study.yaml", "--isolate", "--jobs", "2"])
    let watch = RunWatch(cohort)
    let claim = try #require(watch.firstClaim(of: started.process))
    kill(claim.process, SIGKILL)
    started.process.waitUntilExit()
    let outcome = try started.outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try watch.leaderboard().allSatisfy { $0.status == "done" })
  }

  @Test func `a worker that hangs is ended at its limit, and another run tries again`() throws {
    let cohort = try Self.prepare(limits: "\nlimits: {per_trial: 20s}\n")
    #expect(try cohort.run("run", "study.yaml", "--runs", "whole").status == 0)
    try cohort.write(Self.study + "\nlimits: {per_trial: 1s}\n", to: "study.yaml")
    let started = try cohort.start(["run", "study.yaml", "--isolate", "--jobs", "1"])
    let watch = RunWatch(cohort)
    let claim = try #require(watch.firstClaim(of: started.process))
    kill(claim.process, SIGSTOP)
    started.process.waitUntilExit()
    _ = try started.outcome()
    let row = try #require(try watch.leaderboard().first { $0.id == claim.trial })
    #expect(row.status == "failed")
    #expect(row.reason?.contains("took longer than limits.per_trial (1 s") == true)
    #expect(row.reason?.contains("not reproducible") == true)
    try cohort.write(Self.study + "\nlimits: {per_trial: 20s}\n", to: "study.yaml")
    #expect(try cohort.run("run", "study.yaml").status == 0)
    RunTests.expectEqual(
      try RunTests.files(of: cohort, in: "whole"), try RunTests.files(of: cohort, in: "runs"))
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/status")))
  func `a worker that takes too much memory is a row`() throws {
    // Enough for what is foreseen of a fit, 5.2 MB, and far too little for a process.
    let cohort = try Self.prepare(limits: "\nlimits: {memory: 6MB}\n")
    let outcome = try cohort.run("run", "study.yaml", "--isolate", "--jobs", "1")
    #expect(outcome.status == 5)
    let rows = try RunWatch(cohort).leaderboard()
    #expect(rows.count == 4)
    #expect(
      rows.contains { $0.reason?.contains("more memory than limits.memory (6 MB") == true })
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `a stop request ends the workers too`(signal: Int32) throws {
    let cohort = try Self.prepare()
    let started = try cohort.start(["run", "study.yaml", "--isolate", "--jobs", "2"])
    let watch = RunWatch(cohort)
    let claim = try #require(watch.firstClaim(of: started.process))
    kill(started.process.processIdentifier, signal)
    started.process.waitUntilExit()
    let outcome = try started.outcome()
    #expect(outcome.status == 128 + signal, "\(outcome.errors)")
    #expect(kill(claim.process, 0) != 0)
    #expect(watch.claims.isEmpty)
  }

  @Test func `workers end with the process that watches them`() throws {
    let cohort = try Self.prepare()
    let started = try cohort.start(["run", "study.yaml", "--isolate", "--jobs", "1"])
    let watch = RunWatch(cohort)
    let claim = try #require(watch.firstClaim(of: started.process))
    kill(started.process.processIdentifier, SIGKILL)
    started.process.waitUntilExit()
    _ = try started.outcome()
    // Returns once the worker is gone; a worker that stayed would hang the test.
    while kill(claim.process, 0) == 0, !Self.isZombie(claim.process) { usleep(2000) }
    #expect(try cohort.run("run", "study.yaml").status == 0)
  }

  @Test(arguments: [["--isolate"], []])
  func `what a killed runner was at is computed by workers of another`(way: [String]) throws {
    let cohort = try Self.prepare()
    let arguments = ["run", "study.yaml", "--jobs", "1", "--threads", "1"]
    let first = try cohort.start(arguments + way)
    let watch = RunWatch(cohort)
    let claim = try #require(watch.firstClaim(of: first.process))
    // It stays at this trial until it is killed, so that the other runner meets its claim.
    kill(claim.process, SIGSTOP)
    let second = try cohort.start(arguments + ["--isolate"])
    watch.waitForClaim(besides: claim.process, while: second.process)
    // The runner before its worker: it must not see the worker die.
    kill(first.process.processIdentifier, SIGKILL)
    kill(claim.process, SIGKILL)
    first.process.waitUntilExit()
    _ = try first.outcome()
    let outcome = try second.outcome(within: 60)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let rows = try watch.leaderboard()
    #expect(rows.count == 4)
    #expect(rows.allSatisfy { $0.status == "done" })
  }

  /// The runs of the folder by name, `latest` aside.
  private static func runs(of cohort: borrowing CohortProcess) throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: cohort.folder.appending(path: "runs").path
    ).filter { $0 != "latest" && !$0.hasPrefix(".") }
  }

  @Test func `a study that is edited during a run is computed as it was`() throws {
    let cohort = try Self.prepare()
    let started = try cohort.start(["run", "study.yaml", "--isolate", "--jobs", "1"])
    let watch = RunWatch(cohort)
    let claim = try #require(watch.firstClaim(of: started.process))
    kill(claim.process, SIGSTOP)
    try cohort.write(Self.study.replacing("[9, 12]", with: "[3, 4]"), to: "study.yaml")
    // The worker that replaces it has to read the study.
    kill(claim.process, SIGKILL)
    let outcome = try started.outcome(within: 60)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let rows = try watch.leaderboard()
    #expect(rows.count == 4)
    #expect(rows.allSatisfy { $0.status == "done" })
    #expect(try Self.runs(of: cohort).count == 1)
    #expect(try cohort.read("runs/latest/study.yaml") == Self.study)
  }

  @Test func `a table that changes during a run ends it where a worker has to read it`() throws {
    let cohort = try Self.prepare()
    let started = try cohort.start(["run", "study.yaml", "--isolate", "--jobs", "1"])
    let watch = RunWatch(cohort)
    let claim = try #require(watch.firstClaim(of: started.process))
    kill(claim.process, SIGSTOP)
    let table = try cohort.read("customers.csv")
    let last = try #require(table.split(separator: "\n").last)
    try cohort.write("\(table)\(last)\n", to: "customers.csv")
    kill(claim.process, SIGKILL)
    let outcome = try started.outcome(within: 60)
    #expect(outcome.status == 2, "\(outcome.errors)")
    #expect(BadInputTests.sentence(outcome).contains("changed during the run"))
    #expect(try Self.runs(of: cohort).count == 1)
  }

  @Test func `a run whose workers give up is no success`() throws {
    let cohort = try Self.prepare()
    // No trial ends before its worker is met.
    try cohort.write(
      Self.study.replacing("restarts: 60", with: "restarts: 9000"), to: "study.yaml")
    let started = try cohort.start(["run", "study.yaml", "--isolate", "--jobs", "1"])
    let watch = RunWatch(cohort)
    // A worker that is asked to stop does so with exit code 0.
    var asked: Set = [started.process.processIdentifier]
    let end = ContinuousClock.now + .seconds(60)
    while started.process.isRunning, ContinuousClock.now < end {
      for claim in watch.claims where asked.insert(claim.process).inserted {
        kill(claim.process, SIGTERM)
      }
      usleep(2000)
    }
    let outcome = try started.outcome(within: 1)
    #expect(outcome.status != 0)
    #expect(outcome.output.isEmpty)
    #expect(BadInputTests.sentence(outcome).contains("a worker process ended with exit code"))
  }

  @Test func `a study or a table that is a stream is refused`() throws {
    let cohort = try CohortProcess()
    #expect(mkfifo(cohort.folder.appending(path: "pipe.yaml").path, 0o600) == 0)
    try cohort.write(
      Self.study.replacing("source: customers.csv", with: "source: /dev/stdin"), to: "stream.yaml")
    for (study, place) in [
      ("/dev/stdin", "the study in a regular file; /dev/stdin"),
      ("pipe.yaml", "the study in a regular file; pipe.yaml"),
      ("stream.yaml", "the table in a regular file; /dev/stdin"),
    ] {
      let outcome = try cohort.start(["run", study, "--isolate"]).outcome(within: 60)
      #expect(outcome.status == 2, "\(outcome.errors)")
      #expect(BadInputTests.sentence(outcome).contains("--isolate needs \(place)"))
    }
  }

  /// Ended, though nobody has asked how: in a container without an init nobody does.
  private static func isZombie(_ process: Int32) -> Bool {
    let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    return stat?.split(separator: ")").last?.split(separator: " ").first == "Z"
  }
}
