import Foundation
import Testing

/// Searches as a user runs them: in any number of processes, killed and continued.
@Suite struct SearchTests {
  static func study(_ search: String, grid: String) -> String {
    RunTests.study
      .replacing("- {model: k-means, k: {range: [2, 6]}, restarts: 2}", with: grid)
      .replacing("    metrics:", with: "    search: \(search)\n    metrics:")
  }

  private static let studies = [
    study(
      "{method: tpe, trials: 14, startup: 5}",
      grid: "- {model: k-means, k: {uniform: [2, 9]}, restarts: {uniform: [1, 4]}}"),
    study("{drop: racing, first: 100}", grid: "- {model: k-means, k: {range: [2, 6]}}"),
  ]

  private static func prepare(_ study: String) throws -> CohortProcess {
    let cohort = try RunTests.prepare()
    try cohort.write(study, to: "study.yaml")
    return cohort
  }

  @Test(arguments: [0, 1])
  func `every way to compute a search gives the same bytes`(which: Int) throws {
    let cohort = try Self.prepare(Self.studies[which])
    let ways = [
      ["--jobs", "1"], ["--jobs", "4", "--threads", "4"], ["--isolate", "--jobs", "2"],
    ]
    for (index, way) in ways.enumerated() {
      let started = try cohort.start(["run", "study.yaml", "--runs", "way-\(index)"] + way)
      started.process.waitUntilExit()
      let outcome = try started.outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
      RunTests.expectEqual(
        try RunTests.files(of: cohort, in: "way-0"),
        try RunTests.files(of: cohort, in: "way-\(index)"))
    }
  }

  @Test(arguments: [0, 1])
  func `a killed search continues to the bytes of an undisturbed one`(which: Int) throws {
    let cohort = try Self.prepare(Self.studies[which])
    let whole = try cohort.run("run", "study.yaml", "--runs", "whole")
    #expect(whole.status == 0, "\(whole.errors)")
    for kills in [1, 3] {
      let runs = "killed-\(kills)"
      for turn in 0..<kills {
        let started = try cohort.start(["run", "study.yaml", "--runs", runs])
        let watch = RunWatch(cohort, runs: runs)
        // Each time somewhat further than the last.
        while started.process.isRunning,
          watch.events.count(where: { ["done", "measured"].contains($0.name) }) < 4 + 4 * turn
        {
          usleep(1000)
        }
        kill(started.process.processIdentifier, SIGKILL)
        started.process.waitUntilExit()
        _ = try started.outcome()
      }
      let outcome = try cohort.run("run", "study.yaml", "--runs", runs)
      #expect(outcome.status == 0, "\(outcome.errors)")
      RunTests.expectEqual(
        try RunTests.files(of: cohort, in: "whole"), try RunTests.files(of: cohort, in: runs))
    }
  }

  @Test func `two runners at once share a search`() throws {
    let cohort = try Self.prepare(Self.studies[0])
    #expect(try cohort.run("run", "study.yaml", "--runs", "alone").status == 0)
    let both = try (0..<2).map { _ in
      try cohort.start(["run", "study.yaml", "--runs", "shared", "--threads", "1"])
    }
    for started in both { started.process.waitUntilExit() }
    for started in both {
      let outcome = try started.outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let done = RunWatch(cohort, runs: "shared").events.filter { $0.name == "done" }
    #expect(Set(done.compactMap(\.trial)).count == done.count)
    RunTests.expectEqual(
      try RunTests.files(of: cohort, in: "alone"), try RunTests.files(of: cohort, in: "shared"))
  }

  @Test func `plan and run tell what a search does`() throws {
    let cohort = try Self.prepare(Self.studies[1])
    let plan = try cohort.run("plan", "study.yaml")
    #expect(plan.output.contains("note: segments races 20 configurations: after 100 of 400 rows"))
    let run = try cohort.run("run", "study.yaml")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("computed 20 of 20 trials"))
    let again = try cohort.run("run", "study.yaml")
    #expect(again.errors.contains("nothing to compute: all 20 trials are on disk"))
    #expect(again.output == run.output)
  }
}
