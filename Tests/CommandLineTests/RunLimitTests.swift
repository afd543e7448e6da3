import Foundation
import Testing

/// Limits, failures in bulk and storage that refuses.
@Suite struct RunLimitTests {
  @Test func `the plan is cut at max_trials, the same on every way`() throws {
    let cohort = try RunTests.prepare()
    try cohort.write(RunTests.study + "\nlimits: {max_trials: 7}\n", to: "study.yaml")
    #expect(try cohort.run("run", "study.yaml", "--runs", "a").status == 0)
    #expect(try cohort.run("run", "study.yaml", "--runs", "b", "--isolate").status == 0)
    let rows = try RunWatch(cohort, runs: "a").leaderboard()
    #expect(rows.count == 20)
    #expect(rows.count(where: { $0.status == "done" }) == 7)
    let left = rows.filter { $0.status == "skipped" }
    #expect(left.count == 13)
    #expect(left.allSatisfy { $0.reason == "left out by limits.max_trials (7)" })
    RunTests.expectEqual(
      try RunTests.files(of: cohort, in: "a"), try RunTests.files(of: cohort, in: "b"))
  }

  @Test func `a thousand trials of which some fail are all listed`() throws {
    let cohort = try CohortProcess()
    // Thirty rows: a trial of 31 segments cannot be fitted.
    let rows = (0..<30).map { "\($0),\(Double($0 * 7 % 30)),\(Double($0 * 11 % 29))" }
    try cohort.write("id,a,b\n" + rows.joined(separator: "\n") + "\n", to: "table.csv")
    let counts = Array(2...20) + [31]
    let limits = (0..<25).map { "\(20 + $0)" }.joined(separator: ", ")
    try cohort.write(
      """
      name: thousand
      data: {source: table.csv, roles: {id: id}}
      experiments:
        - id: segments
          task: cluster
          shared: {standardize.method: [zscore, robust]}
          grid:
            - {model: k-means, k: \(counts), restarts: 1, iterations: [\(limits)]}
          metrics: [davies_bouldin]
          select: {metric: davies_bouldin}
      limits: {max_failure_rate: 0.1}
      report: {formats: [md]}
      """, to: "study.yaml")
    let allowed = try cohort.run("run", "study.yaml")
    #expect(allowed.status == 0, "\(allowed.errors)")
    let refused = try cohort.run("run", "study.yaml", "-S", "limits.max_failure_rate=0.01")
    #expect(refused.status == 5, "\(refused.errors)")
    let listed = try RunWatch(cohort).leaderboard()
    #expect(listed.count == 1000)
    #expect(listed.count(where: { $0.status == "failed" }) == 50)
  }

  @Test(arguments: ["600", "600s", "10m", "0.5h"])
  func `a time limit is a span or bare seconds`(limit: String) throws {
    let cohort = try RunTests.prepare()
    let outcome = try cohort.run("run", "study.yaml", "--time-limit", limit, "--quiet")
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test func `a place that cannot be written is named before any work`() throws {
    let cohort = try RunTests.prepare()
    try cohort.write("", to: "taken")
    for place in ["/dev/full", "/proc/runs", "taken", "taken/runs"] {
      let outcome = try cohort.run("run", "study.yaml", "--runs", place)
      #expect(outcome.status == 7, "\(place): \(outcome.errors)")
      let named = place.hasPrefix("taken") ? "taken" : place == "/dev/full" ? place : "/proc"
      #expect(BadInputTests.sentence(outcome).contains(named))
    }
  }

  @Test(arguments: ["--junit", "--summary"])
  func `a file for a CI job that cannot be written is named before any work`(flag: String) throws {
    let cohort = try RunTests.prepare()
    try cohort.write("", to: "folder/file")
    for place in ["nowhere/x.xml", "/proc/x.xml", "/dev/full", "folder"] {
      let outcome = try cohort.run("run", "study.yaml", flag, place)
      #expect(outcome.status == 7, "\(place): \(outcome.errors)")
      let named = place == "nowhere/x.xml" ? "nowhere" : place == "/proc/x.xml" ? "/proc" : place
      #expect(BadInputTests.sentence(outcome).contains(named))
      let json = try cohort.run("run", "study.yaml", "--json", flag, place)
      #expect(json.status == 7 && json.errors.contains("\"exit_code\":7"), "\(json.errors)")
    }
    #expect(try cohort.run("run", "study.yaml", "-S", "nosuch=1", flag, "x").status == 2)
    let left = try FileManager.default.contentsOfDirectory(atPath: cohort.folder.path)
    #expect(!left.contains("runs") && !left.contains { $0.hasSuffix(".partial") }, "\(left)")
  }

  @Test(arguments: [(0.999, Int32(3)), (-1.0, Int32(7))])
  func `a file that cannot be written after all hides no outcome`(bound: Double, status: Int32)
    throws
  {
    let cohort = try RunTests.prepare(rows: 2000)
    try cohort.write("", to: "checks/old")
    try cohort.write(
      RunTests.study + "\ngates: [{metric: segments.silhouette, min: \(bound)}]\n",
      to: "study.yaml")
    let started = try cohort.start([
      "run", "study.yaml", "--json", "--threads", "1", "--junit", "checks/gates.xml", "--summary",
      "summary.md",
    ])
    _ = RunWatch(cohort).firstClaim(of: started.process)
    try FileManager.default.removeItem(at: cohort.folder.appending(path: "checks"))
    started.process.waitUntilExit()
    let outcome = try started.outcome()
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.errors.contains(".gates.xml"))
    #expect(outcome.errors.contains("warning: cannot ") == (status == 3))
    let found = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    let exit = try #require((found as? [String: Any])?["exit"] as? [String: Any])
    #expect(exit["code"] as? Int == Int(status))
    #expect(try cohort.read("summary.md").hasPrefix("## shop"))
  }

  @Test func `a journal with a torn end and a changed line is continued`() throws {
    let cohort = try RunTests.prepare()
    #expect(try cohort.run("run", "study.yaml").status == 0)
    let journal = try #require(RunWatch(cohort).directory).appending(path: "events.jsonl")
    var lines = try String(contentsOf: journal, encoding: .utf8).split(separator: "\n")
      .map(String.init)
    let done = try #require(lines.firstIndex { $0.contains("\"event\":\"done\"") })
    lines[done] = lines[done].replacing("done", with: "gone")
    try Data((lines.joined(separator: "\n") + "\n{\"event\":\"do").utf8).write(to: journal)
    for _ in 0..<2 { #expect(try cohort.run("run", "study.yaml").status == 0) }
    let text = try String(contentsOf: journal, encoding: .utf8)
    #expect(text.split(separator: "\n").allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
    // Two runs saw the line, the first told of it.
    #expect(text.split(separator: "journal-damaged").count == 2)
    #expect(text.contains("the first is line \(done + 1)"))
  }
}
