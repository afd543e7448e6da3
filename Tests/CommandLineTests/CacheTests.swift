import Foundation
import Testing

/// The cache and the plan as a user sees them.
@Suite struct CacheTests {
  /// Fifteen refits of merge trees take far longer than reading them.
  static let study = RunTests.study
    .replacing(
      "- {model: k-means, k: {range: [2, 6]}, restarts: 2}",
      with: "- {model: hierarchical, linkage: average, k: [3, 4]}"
    )
    .replacing("    require: {min_share: 0.01}\n", with: "")
    .replacing("    metrics:", with: "    stability: {resamples: 15}\n    metrics:")

  static func prepare() throws -> CohortProcess {
    let cohort = try RunTests.prepare(rows: 1500)
    try cohort.write(study, to: "study.yaml")
    return cohort
  }

  private struct Listing: Decodable {
    struct Entry: Decodable {
      let step: String?
      let bytes: Int
    }
    let entry_count: Int
    let bytes: Int
    let entries: [Entry]
  }

  private func list(_ cohort: borrowing CohortProcess) throws -> Listing {
    let outcome = try cohort.run("cache", "ls", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try JSONDecoder().decode(Listing.self, from: Data(outcome.output.utf8))
  }

  @Test func `a second study folder reads what the first run has learnt, to the same bytes`() throws
  {
    let cohort = try Self.prepare()
    let plain = try cohort.run("run", "study.yaml", "--runs", "plain", "--no-cache")
    #expect(plain.status == 0, "\(plain.errors)")
    #expect(try list(cohort).entry_count == 0)
    let cold = try cohort.run("run", "study.yaml", "--runs", "cold")
    #expect(cold.status == 0 && !cold.errors.contains("the cache saved"), "\(cold.errors)")
    let listed = try list(cohort)
    #expect(listed.entries.contains { $0.step == "hierarchical merge tree of refits" })
    #expect(listed.bytes == listed.entries.reduce(0) { $0 + $1.bytes })
    let warm = try cohort.run("run", "study.yaml", "--runs", "warm")
    #expect(warm.status == 0 && warm.errors.contains("the cache saved"), "\(warm.errors)")
    let isolated = try cohort.run("run", "study.yaml", "--runs", "isolated", "--isolate")
    #expect(isolated.status == 0 && isolated.errors.contains("the cache saved"))
    let files = try RunTests.files(of: cohort, in: "plain")
    for runs in ["cold", "warm", "isolated"] {
      RunTests.expectEqual(files, try RunTests.files(of: cohort, in: runs))
    }
  }

  @Test func `the cache is listed and collected`() throws {
    let cohort = try Self.prepare()
    let none = try cohort.run("cache")
    #expect(none.status == 0 && none.errors.contains("nothing in .cohort/cache"))
    #expect(try cohort.run("run", "study.yaml").status == 0)
    let listed = try cohort.run("cache", "ls")
    #expect(listed.output.contains("hierarchical merge tree of refits"))
    #expect(listed.output.contains("just now"))
    let count = try list(cohort).entry_count
    #expect(count > 0)
    let trial = try cohort.run("cache", "gc", "--limit", "0", "--dry-run")
    #expect(trial.status == 0 && trial.errors.contains("would remove \(count) of \(count) entries"))
    #expect(try list(cohort).entry_count == count)
    #expect(try cohort.run("cache", "gc", "--older-than", "1h").errors.contains("removed 0 of"))
    let gone = try cohort.run("cache", "gc", "--limit", "0", "--json")
    #expect(gone.output.contains("\"kept\":0"), "\(gone.output)")
    #expect(try list(cohort).entry_count == 0)
  }

  @Test(arguments: [
    ["cache", "gc", "--limit", "lots"], ["cache", "gc", "--older-than", "old"],
    ["run", "study.yaml", "--cache-limit", "-1"], ["run", "study.yaml", "-S", "limits.cache=much"],
    ["plan", "study.yaml", "--budget", "soon"], ["run", "study.yaml", "--time-limit", "10 days"],
    ["run", "study.yaml", "--time-limit", "0"], ["run", "study.yaml", "--time-limit", "0m"],
  ])
  func `what cannot be read is refused in one sentence`(arguments: [String]) throws {
    let cohort = try CohortProcess()
    try cohort.write(RunTests.study, to: "study.yaml")
    let started = try cohort.start(arguments)
    started.process.waitUntilExit()
    let outcome = try started.outcome()
    #expect(outcome.status == 2)
    #expect(outcome.errors.hasPrefix("error: ") && outcome.errors.split(separator: "\n").count == 1)
  }

  @Test func `a study turns the cache off or away`() throws {
    let cohort = try Self.prepare()
    #expect(try cohort.run("run", "study.yaml", "-S", "limits.cache=none").status == 0)
    #expect(try list(cohort).entry_count == 0)
    let elsewhere = try cohort.run(
      "run", "study.yaml", "--runs", "other", "--cache", "kept/here", "-S", "limits.cache=1GB")
    #expect(elsewhere.status == 0, "\(elsewhere.errors)")
    #expect(try list(cohort).entry_count == 0)
    let there = try cohort.run("cache", "ls", "--cache", "kept/here")
    #expect(there.output.contains("in kept/here"))
  }

  @Test func `a plan foresees time and memory and what a budget allows`() throws {
    let cohort = try RunTests.prepare(rows: 2000)
    let plan = try cohort.run("plan", "study.yaml", "--budget", "1h")
    #expect(plan.status == 0, "\(plan.errors)")
    // One encoding, two scales, a PCA behind each and twenty fits; alone each trial has three or four steps.
    #expect(plan.output.contains("20 trials, 25 steps instead of 70; sharing will save about"))
    #expect(plan.output.contains("forecast: about "))
    #expect(plan.output.contains("  an estimate; 25 steps judged by "))
    #expect(plan.output.contains("segments k-means"))
    #expect(plan.output.contains("budget 1 h: all 20 trials fit"))
    let none = try cohort.run("plan", "study.yaml", "--budget", "0.0001s")
    #expect(none.output.contains("not even the first trial fits"))
    #expect(!FileManager.default.fileExists(atPath: cohort.folder.path + "/runs"))
    #expect(try cohort.run("run", "study.yaml").status == 0)
    let after = try cohort.run("plan", "study.yaml")
    #expect(after.output.contains("20 trials ended before and not counted\nnothing to compute"))
  }

  private struct PlanResult: Decodable {
    struct Trial: Decodable { let id: String }
    struct Forecast: Decodable {
      struct Entry: Decodable {
        let id: String
        let seconds: Double?
        let bytes: Double?
      }
      let trials: [Entry]
      let elapsed: Double
    }
    let trials: [Trial]
    let forecast: Forecast
  }

  @Test func `a plan as JSON has the forecast among its members`() throws {
    let cohort = try RunTests.prepare()
    let outcome = try cohort.run("plan", "study.yaml", "--json")
    let plan = try JSONDecoder().decode(PlanResult.self, from: Data(outcome.output.utf8))
    #expect(plan.trials.map(\.id) == plan.forecast.trials.map(\.id))
    #expect(plan.forecast.elapsed > 0)
    #expect(plan.forecast.trials.allSatisfy { ($0.seconds ?? 0) > 0 && ($0.bytes ?? 0) > 0 })
  }
}
