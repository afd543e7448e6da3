import Foundation
import Testing

/// Reports of runs that have not come to their end: what there is, and that it is not all.
@Suite struct PartialReportTests {
  /// A run of its own in `runs`, begun and stopped once a trial has ended; nil if it was quicker than that.
  ///
  /// The undisturbed run is in `whole`.
  private static func begin(
    _ cohort: borrowing CohortProcess, stoppedBy signal: Int32
  ) throws -> (started: CohortProcess.Started, watch: RunWatch)? {
    #expect(try cohort.run("run", "study.yaml", "--runs", "whole").status == 0)
    let started = try cohort.start(["run", "study.yaml", "--threads", "1", "--quiet"])
    let watch = RunWatch(cohort)
    while started.process.isRunning, !watch.events.contains(where: { $0.name == "done" }) {
      usleep(2000)
    }
    kill(started.process.processIdentifier, signal)
    let done = watch.events.count { $0.name == "done" }
    #expect(done > 0)
    guard done < 19 else {
      kill(started.process.processIdentifier, SIGCONT)
      started.process.waitUntilExit()
      _ = try started.outcome()
      return nil
    }
    return (started, watch)
  }

  /// Reports the run on every way and returns how many trials it speaks of.
  private static func report(
    _ cohort: borrowing CohortProcess, _ run: URL
  ) throws -> (ended: Int, markdown: String) {
    let outcome = try cohort.run("report", run.path, "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let found = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let partial = try #require(found?["partial"] as? [String: Int])
    let ended = try #require(partial["ended"])
    #expect(partial["planned"] == 20)
    #expect(outcome.errors.contains("partial: \(ended) of 20 trials have ended"))
    let markdown = try String(contentsOf: run.appending(path: "report.md"), encoding: .utf8)
    #expect(markdown.contains("**partial: \(ended) of 20 trials.** The run has not come to"))
    #expect(markdown.contains("is chosen by silhouette"))
    let page = try String(
      contentsOf: run.appending(path: "report/index.html"), encoding: .utf8)
    #expect(page.contains("<strong>partial: \(ended) of 20 trials.</strong>"))
    let shown = try cohort.run("runs", "show", run.lastPathComponent)
    #expect(shown.status == 0 && shown.output.contains("\npartial: \(ended) of 20 trials\n"))
    for threads in ["1", "3"] {
      let again = try cohort.run("runs", "show", run.lastPathComponent, "--threads", threads)
      #expect(again.status == 0 && again.output == shown.output, "\(again.errors)")
    }
    let trials = try cohort.run("runs", "trials", run.lastPathComponent, "--json")
    let listed = try JSONSerialization.jsonObject(with: Data(trials.output.utf8)) as? [Any]
    #expect(listed?.count == ended, "\(trials.errors)")
    return (ended, markdown)
  }

  private static func expectWhole(_ cohort: borrowing CohortProcess) throws {
    // Of the list of trials, which is no part of a run.
    try FileManager.default.removeItem(at: cohort.folder.appending(path: "runs/.index.sqlite"))
    RunTests.expectEqual(
      try RunTests.files(of: cohort, in: "whole"), try RunTests.files(of: cohort, in: "runs"))
    let report = try cohort.run("report", "latest", "--json")
    #expect(report.status == 0 && !report.output.contains("\"partial\""), "\(report.errors)")
  }

  @Test func `a living run is reported as far as it has come, and then as a whole`() throws {
    let cohort = try RunTests.prepare(rows: 3000)
    guard let (started, watch) = try Self.begin(cohort, stoppedBy: SIGSTOP) else { return }
    defer { if started.process.isRunning { kill(started.process.processIdentifier, SIGKILL) } }
    let (ended, markdown) = try Self.report(cohort, try #require(watch.directory))
    #expect((1..<20).contains(ended))
    #expect(markdown.contains("\(20 - ended) planned"))
    kill(started.process.processIdentifier, SIGCONT)
    started.process.waitUntilExit()
    let outcome = try started.outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
    try Self.expectWhole(cohort)
  }

  @Test func `a killed run is reported as far as it came, and goes on`() throws {
    let cohort = try RunTests.prepare(rows: 3000)
    guard let (started, watch) = try Self.begin(cohort, stoppedBy: SIGKILL) else { return }
    started.process.waitUntilExit()
    _ = try started.outcome()
    let run = try #require(watch.directory)
    let (ended, markdown) = try Self.report(cohort, run)
    #expect(markdown.contains("\(20 - ended) stopped"))
    // A trial that was damaged has not ended: the next call computes it again.
    let trials = try FileManager.default.contentsOfDirectory(atPath: run.path + "/trials")
    let trial = try #require(trials.sorted().first { !$0.hasPrefix(".") })
    try Data("[]".utf8).write(
      to: run.appending(path: "trials/\(trial)/metrics.json"))
    if ended > 1 {
      let damaged = try cohort.run("report", run.path)
      #expect(damaged.errors.contains("partial: \(ended - 1) of 20 trials have ended"))
    }
    #expect(try cohort.run("run", "study.yaml", "--quiet").status == 0)
    try Self.expectWhole(cohort)
  }

  @Test func `a run that is computed again is never seen half discarded`() throws {
    let cohort = try RunTests.prepare()
    #expect(try cohort.run("run", "study.yaml", "--quiet").status == 0)
    let watch = RunWatch(cohort)
    let run = try #require(watch.directory)
    let turn = open(run.path + "/.turn", O_RDWR)
    defer { close(turn) }
    let leaderboard = run.path + "/leaderboard.json"
    let started = try cohort.start(["run", "study.yaml", "--force", "--quiet"])
    flock(turn, LOCK_EX)
    while FileManager.default.fileExists(atPath: leaderboard), started.process.isRunning {
      flock(turn, LOCK_UN)
      usleep(200)
      flock(turn, LOCK_EX)
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: run.path + "/trials")
    // Once it has started it may have computed a trial.
    if watch.events.count(where: { $0.name == "started" }) == 1 { #expect(left == []) }
    flock(turn, LOCK_UN)
    started.process.waitUntilExit()
    #expect(try started.outcome().status == 0)
  }

  @Test func `a report that cannot be written is an error of the place`() throws {
    let cohort = try RunTests.prepare()
    #expect(try cohort.run("run", "study.yaml", "--quiet").status == 0)
    let report = try #require(RunWatch(cohort).directory).appending(path: "report")
    try FileManager.default.removeItem(at: report)
    try Data().write(to: report)
    let refused = try cohort.run("report", "latest")
    #expect(refused.status == 7, "\(refused.errors)")
    let help = try cohort.run("report", "--help")
    let words = help.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("7 out of disk or permission"))
  }

  @Test func `before a trial has ended there is a sentence instead of a report`() throws {
    let cohort = try RunTests.prepare(rows: 3000)
    let started = try cohort.start(["run", "study.yaml", "--threads", "1", "--quiet"])
    let watch = RunWatch(cohort)
    _ = watch.firstClaim(of: started.process)
    kill(started.process.processIdentifier, SIGSTOP)
    defer { if started.process.isRunning { kill(started.process.processIdentifier, SIGKILL) } }
    let run = try #require(watch.directory)
    let trials = run.appending(path: "trials")
    let names = try FileManager.default.contentsOfDirectory(atPath: trials.path)
    if !names.contains(where: { !$0.hasPrefix(".") }) {
      let running = try cohort.run("report", run.path)
      #expect(running.status == 8, "\(running.errors)")
      #expect(BadInputTests.sentence(running).contains("0 of 20 trials have ended"))
      #expect(running.errors.contains("wait for its end"))
    }
    kill(started.process.processIdentifier, SIGKILL)
    started.process.waitUntilExit()
    _ = try started.outcome()
    try FileManager.default.removeItem(at: trials)
    let killed = try cohort.run("report", run.path)
    #expect(killed.status == 5, "\(killed.errors)")
    #expect(BadInputTests.sentence(killed).contains("0 of 20 trials have ended"))
    #expect(killed.errors.contains("run the study again to finish it"))
    #expect(!FileManager.default.fileExists(atPath: run.path + "/report.md"))
    let shown = try cohort.run("runs", "show", run.lastPathComponent)
    #expect(shown.status == 0 && !shown.output.contains("partial"), "\(shown.errors)")
  }

  @Test func `a time limit that no trial has met leaves a sentence too`() throws {
    let cohort = try RunTests.prepare(rows: 3000)
    let stopped = try cohort.run("run", "study.yaml", "--time-limit", "0.0001s", "--quiet")
    #expect(stopped.status == 5, "\(stopped.errors)")
    #expect(try cohort.read("runs/latest/report.md").contains("**partial: 0 of 20 trials.**"))
    let report = try cohort.run("report", "latest")
    #expect(report.status == 5, "\(report.errors)")
    #expect(BadInputTests.sentence(report).contains("0 of 20 trials have ended"))
  }

  @Test func `a run that another completes before it is reported is reported as a whole`() throws {
    let cohort = try RunTests.prepare(rows: 3000)
    #expect(try cohort.run("run", "study.yaml", "--runs", "whole", "--quiet").status == 0)
    let started = try cohort.start(["run", "study.yaml", "--time-limit", "0.0001s", "--quiet"])
    let watch = RunWatch(cohort)
    while started.process.isRunning, watch.events.isEmpty { usleep(500) }
    let run = try #require(watch.directory)
    let turn = open(run.path + "/.turn", O_RDWR)
    defer { close(turn) }
    repeat {
      flock(turn, LOCK_UN)
      usleep(200)
      flock(turn, LOCK_EX)
    } while started.process.isRunning && !watch.events.contains(where: { $0.name == "timeLimit" })
    let report = run.appending(path: "report.md")
    // It may have been quicker than we.
    let isEarly = !FileManager.default.fileExists(atPath: report.path)
    let whole = try #require(RunWatch(cohort, runs: "whole").directory)
    for name in ["trials", "leaderboard.json", "leaderboard.csv", "gates.json"] where isEarly {
      try? FileManager.default.removeItem(at: run.appending(path: name))
      try FileManager.default.copyItem(
        at: whole.appending(path: name), to: run.appending(path: name))
    }
    flock(turn, LOCK_UN)
    started.process.waitUntilExit()
    _ = try started.outcome()
    let text = try String(contentsOf: report, encoding: .utf8)
    if isEarly { #expect(!text.contains("partial:") && text.contains("is chosen by silhouette")) }
  }

  @Test func `a run that the time limit has stopped says so at the top of its report`() throws {
    let cohort = try RunTests.prepare(rows: 3000)
    let stopped = try cohort.run(
      "run", "study.yaml", "--threads", "1", "--time-limit", "0.2s", "--quiet")
    // What a slow machine has not begun in time, and a fast one has ended, is another case.
    let left = try RunWatch(cohort).leaderboard().count(where: { $0.status == "stopped" })
    guard stopped.status == 0, left > 0 else { return }
    let report = try cohort.run("report", "latest")
    #expect(report.status == 0, "\(report.errors)")
    #expect(report.errors.contains("partial: \(20 - left) of 20 trials have ended"))
    #expect(try cohort.read("runs/latest/report.md").contains("**partial: \(20 - left) of 20"))
  }
}
