import Foundation
import Testing

/// Several runners of one study, and studies that change.
@Suite struct SharedRunTests {
  @Test func `two runners at once do every trial once and end alike`() throws {
    let cohort = try RunTests.prepare(rows: 2000)
    #expect(try cohort.run("run", "study.yaml", "--runs", "alone").status == 0)
    let both = try (0..<2).map { _ in
      try cohort.start(["run", "study.yaml", "--runs", "shared", "--threads", "1"])
    }
    for started in both { started.process.waitUntilExit() }
    for started in both {
      let outcome = try started.outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("silhouette"))
    }
    let done = RunWatch(cohort, runs: "shared").events.filter { $0.name == "done" }
    #expect(done.count == 20)
    #expect(Set(done.compactMap(\.trial)).count == 20)
    RunTests.expectEqual(
      try RunTests.files(of: cohort, in: "alone"), try RunTests.files(of: cohort, in: "shared"))
  }

  @Test func `a killed runner's trial is taken over by the one that lives`() throws {
    let cohort = try RunTests.prepare(rows: 2000)
    #expect(try cohort.run("run", "study.yaml", "--runs", "alone").status == 0)
    let watch = RunWatch(cohort, runs: "shared")
    let first = try cohort.start(["run", "study.yaml", "--runs", "shared", "--threads", "1"])
    _ = watch.firstClaim(of: first.process)
    let second = try cohort.start(["run", "study.yaml", "--runs", "shared", "--threads", "1"])
    while watch.events.count(where: { $0.name == "started" }) < 2, second.process.isRunning {
      usleep(2000)
    }
    kill(first.process.processIdentifier, SIGKILL)
    first.process.waitUntilExit()
    second.process.waitUntilExit()
    _ = try first.outcome()
    let outcome = try second.outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
    RunTests.expectEqual(
      try RunTests.files(of: cohort, in: "alone"), try RunTests.files(of: cohort, in: "shared"))
  }

  @Test func `trials side by side and in processes of their own give the same bytes`() throws {
    let cohort = try RunTests.prepare()
    let ways = [
      ["--jobs", "1"], ["--jobs", "4", "--threads", "4"], ["--isolate", "--jobs", "2"],
    ]
    for (index, way) in ways.enumerated() {
      let started = try cohort.start(["run", "study.yaml", "--runs", "way-\(index)"] + way)
      started.process.waitUntilExit()
      let outcome = try started.outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
      if index > 0 {
        RunTests.expectEqual(
          try RunTests.files(of: cohort, in: "way-0"),
          try RunTests.files(of: cohort, in: "way-\(index)"))
      }
    }
  }

  @Test func `a changed study keeps what it can and says what is new`() throws {
    let cohort = try RunTests.prepare()
    #expect(try cohort.run("run", "study.yaml").status == 0)
    let longer = try cohort.run("run", "study.yaml", "-S", "experiments.segments.grid.0.k=[3,4,9]")
    #expect(longer.status == 0, "\(longer.errors)")
    #expect(longer.errors.contains("8 trials kept, 4 new, 12 no longer planned; changed: "))
    #expect(longer.errors.contains("computed 4 of 12 trials, 8 were on disk"))
    let again = try cohort.run("run", "study.yaml", "-S", "experiments.segments.grid.0.k=[3,4,9]")
    #expect(!again.errors.contains("compared with"))
  }

  @Test func `a run killed five times ends like one that was not`() throws {
    let cohort = try RunTests.prepare(rows: 2000)
    #expect(try cohort.run("run", "study.yaml", "--runs", "whole", "--jobs", "4").status == 0)
    for delay in [30, 60, 90, 120, 150] {
      let started = try cohort.start(["run", "study.yaml", "--runs", "killed", "--jobs", "1"])
      usleep(UInt32(delay) * 1000)
      kill(started.process.processIdentifier, SIGKILL)
      started.process.waitUntilExit()
      _ = try started.outcome()
    }
    #expect(try cohort.run("run", "study.yaml", "--runs", "killed", "--jobs", "1").status == 0)
    RunTests.expectEqual(
      try RunTests.files(of: cohort, in: "whole"), try RunTests.files(of: cohort, in: "killed"))
  }
}
