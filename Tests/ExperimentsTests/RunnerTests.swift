import Experiments
import Foundation
import Learning
import Tabular
import Testing

struct RunnerTests {
  private let folder: RunFolder

  init() throws { folder = try RunFolder() }

  private func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: path) }

  private func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  @Test func `a run leaves the files of the contract`() throws {
    let summary = try folder.run(try folder.study())
    #expect(summary.ending == .complete)
    #expect(summary.trialCount == 8)
    #expect(summary.computedCount == 8)
    #expect(summary.hasResult)
    let files = Set(try folder.contents(of: summary).keys)
    let names = [
      "study.yaml", "resolved.json", "overrides.txt", "data.json", "plan.jsonl",
      "leaderboard.csv", "leaderboard.json", "gates.json",
    ]
    #expect(files.isSuperset(of: names))
    for id in try folder.trials(of: summary) {
      #expect(id.count == 12)
      for name in [
        "parameters.json", "metrics.json", "status.json", "assignments.csv", "evidence.json",
        "curves/silhouette.csv", "curves/map.csv", "model/manifest.json",
      ] {
        #expect(files.contains("trials/\(id)/\(name)"))
      }
    }
    let latest = try FileManager.default.destinationOfSymbolicLink(
      atPath: folder.path + "/runs/latest")
    #expect(summary.directory.path.hasSuffix("/" + latest))
    #expect(latest.hasPrefix("demo-"))
  }

  @Test func `the best trial is the one that cuts where the groups part`() throws {
    let summary = try folder.run(try folder.study())
    let experiment = summary.record.experiments[0]
    let chosen = try #require(experiment.chosen)
    // The groups differ in the first column, spend, by 10 with a spread of 0.6: three equal cuts.
    #expect(chosen.trial.stages.last?.parameters["k"] == .integer(3))
    #expect(chosen.trial[metric: "segments"]?.value == 3)
    #expect(chosen.trial[metric: "min_share"]?.value == 20.0 / 60.0)
    #expect(chosen.trial[metric: "noise"]?.value == 0)
    let evidence = try #require(experiment.evidence[chosen.trial.id])
    #expect(evidence.sizes == [20, 20, 20])
    #expect(evidence.silhouettes.map(\.rowCount) == [20, 20, 20])
    let bought = try #require(evidence.profile.first { $0.feature == "bought" })
    // Row numbers 0, 3, 6, … alternate between even and odd: half of each group bought.
    #expect(bought.overall == 0.5)
    #expect(bought.segments == [0.5, 0.5, 0.5])
  }

  @Test func `a second run computes nothing and changes no byte`() throws {
    let first = try folder.run(try folder.study())
    let before = try folder.contents(of: first)
    let second = try folder.run(try folder.study())
    #expect(second.computedCount == 0)
    #expect(second.reusedCount == 8)
    #expect(try folder.contents(of: second) == before)
  }

  @Test func `a lost trial is the only one computed again`() throws {
    let first = try folder.run(try folder.study())
    let before = try folder.contents(of: first)
    let lost = try folder.trials(of: first)[3]
    try remove("\(first.directory.path)/trials/\(lost)")
    let second = try folder.run(try folder.study())
    #expect(second.computedCount == 1)
    #expect(try folder.contents(of: second) == before)
  }

  @Test(arguments: [
    "status.json", "metrics.json", "assignments.csv", "model/manifest.json",
    "model/model/pipeline.json",
  ])
  func `a damaged trial is the only one computed again`(file: String) throws {
    let first = try folder.run(try folder.study())
    let before = try folder.contents(of: first)
    let damaged = try folder.trials(of: first)[0]
    try write("{", to: "\(first.directory.path)/trials/\(damaged)/\(file)")
    let second = try folder.run(try folder.study())
    #expect(second.computedCount == 1)
    #expect(try folder.contents(of: second) == before)
  }

  @Test func `a status that no longer lists its files is not believed`() throws {
    let first = try folder.run(try folder.study())
    let before = try folder.contents(of: first)
    let path = "\(first.directory.path)/trials/\(try folder.trials(of: first)[0])/status.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let list = try #require(text.firstRange(of: /"files":\[.*?\]/))
    try write(text.replacingCharacters(in: list, with: #""files":[]"#), to: path)
    let second = try folder.run(try folder.study())
    #expect(second.computedCount == 1)
    #expect(try folder.contents(of: second) == before)
  }

  @Test func `a run is the same on one thread and on four`() throws {
    let one = try folder.run(try folder.study(), in: "one", threads: 1)
    let four = try folder.run(try folder.study(), in: "four", threads: 4)
    #expect(try folder.contents(of: one) == folder.contents(of: four))
  }

  @Test(arguments: [1, 4])
  func `a run that was stopped goes on to the same bytes`(threads: Int) throws {
    let whole = try folder.run(try folder.study(), in: "whole")
    let asked = Ticks()
    let stopped = try folder.run(
      try folder.study(), in: "stopped", threads: threads, isCancelled: { asked.next() > 9 })
    #expect(stopped.ending == .interrupted)
    #expect(stopped.computedCount < 8)
    let rows = stopped.record.experiments[0].leaderboard
    #expect(rows.count == 8)
    #expect(rows.contains { $0.trial.status == .stopped })
    let resumed = try folder.run(try folder.study(), in: "stopped", threads: threads)
    #expect(resumed.ending == .complete)
    #expect(resumed.computedCount == 8 - stopped.computedCount)
    #expect(try folder.contents(of: resumed) == folder.contents(of: whole))
  }

  @Test func `what a killed process left unfinished is cleared away`() throws {
    let whole = try folder.run(try folder.study())
    let before = try folder.contents(of: whole)
    let path = whole.directory.path
    let lost = try folder.trials(of: whole)[0]
    try remove("\(path)/trials/\(lost)")
    try FileManager.default.createDirectory(
      atPath: "\(path)/trials/.\(lost).partial/model", withIntermediateDirectories: true)
    try write("half", to: "\(path)/trials/.\(lost).partial/metrics.json")
    try write("half", to: "\(path)/.leaderboard.csv.draft")
    try write("half", to: "\(path)/.leaderboard.json.partial")
    try remove("\(path)/leaderboard.json")
    let events = try String(contentsOfFile: "\(path)/events.jsonl", encoding: .utf8)
    try write(events + "{\"event\":\"do", to: "\(path)/events.jsonl")
    let again = try folder.run(try folder.study())
    #expect(again.computedCount == 1)
    #expect(try folder.contents(of: again) == before)
    let lines = try String(contentsOfFile: "\(path)/events.jsonl", encoding: .utf8)
      .split(separator: "\n")
    #expect(lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
  }

  @Test func `a longer grid takes over what another run has`() throws {
    _ = try folder.run(try folder.study())
    let longer = try folder.study(grid: "[{model: cuts, k: {range: [2, 6]}}]")
    let extended = try folder.run(longer)
    #expect(extended.trialCount == 10)
    #expect(extended.computedCount == 2)
    let fresh = try folder.run(longer, in: "fresh")
    #expect(fresh.computedCount == 10)
    #expect(try folder.contents(of: extended) == folder.contents(of: fresh))
  }

  @Test func `force computes everything again to the same bytes`() throws {
    let first = try folder.run(try folder.study())
    let before = try folder.contents(of: first)
    let forced = try folder.run(try folder.study(), force: true)
    #expect(forced.computedCount == 8)
    #expect(try folder.contents(of: forced) == before)
  }

  @Test func `a trial that fails is a row with a reason`() throws {
    let grid = "[{model: reluctant, k: [2, 3]}, {model: cuts, k: 2}, {model: cuts, k: 90}]"
    let summary = try folder.run(
      try folder.study(
        shared: "{pca.components: [none, 50]}", grid: grid, tail: "limits: {max_failure_rate: 0.5}")
    )
    let rows = summary.record.experiments[0].leaderboard
    #expect(rows.count == 8)
    #expect(summary.failedCount == rows.count { $0.trial.status == .failed })
    let reasons = rows.filter { $0.trial.status == .failed }.compactMap(\.trial.reason)
    #expect(reasons.contains { $0.contains("reluctant: 3 clusters need as many distinct rows") })
    // Fifty components cannot be had from six columns: all four trials behind that step fail.
    #expect(reasons.count { $0.hasPrefix("pca: ") } == 4)
    #expect(rows.last?.trial.status == .failed)
    #expect(summary.hasResult)
    #expect(summary.exceedsFailureRate)
    let again = try folder.run(
      try folder.study(shared: "{pca.components: [none, 50]}", grid: grid))
    #expect(again.computedCount == 0)
    #expect(!again.exceedsFailureRate)
  }

  @Test func `no trial in bounds means no result, and every row says why`() throws {
    let summary = try folder.run(
      try folder.study(experiment: "require: {min_share: 0.9, silhouette: {min: 0.99}}"))
    #expect(!summary.hasResult)
    let rows = summary.record.experiments[0].leaderboard
    #expect(rows.allSatisfy { $0.rank == nil && $0.unmet.count == 2 })
    #expect(rows[0].unmet[0].contains("is below 0.9"))
  }

  @Test func `gates are held against the chosen trial`() throws {
    let summary = try folder.run(
      try folder.study(
        tail:
          "gates: [{metric: segments.min_share, min: 0.3}, {metric: segments.segments, max: 2}]"
      ))
    #expect(summary.record.gates.map(\.passed) == [true, false])
    #expect(summary.record.gates[1].value == 3)
    #expect(summary.record.gates[1].reason == "segments 3.0 is above 2.0")
    #expect(!summary.record.gates.allSatisfy { $0.passed })
  }

  @Test func `the holdout is measured for the chosen trial alone`() throws {
    let study = try folder.study(
      tail: "split: {holdout: 0.25}\ngates: [{metric: segments.holdout.noise, max: 0}]")
    let summary = try folder.run(study)
    let rows = summary.record.experiments[0].leaderboard
    for row in rows {
      #expect(row.trial.metrics.contains { $0.split == "holdout" } == row.isChosen)
      #expect(row.trial[metric: "silhouette"]?.split == "train")
      #expect(row.trial[metric: "silhouette"]?.rowCount == 45)
    }
    let held = rows[0].trial.metrics.first { $0.split == "holdout" }
    #expect(held?.rowCount == 15)
    #expect(summary.record.gates.allSatisfy { $0.passed })
    let before = try folder.contents(of: summary)
    #expect(try folder.contents(of: folder.run(study)) == before)
  }

  @Test func `pairwise metrics of a long table are sampled and say so`() throws {
    let folder = try RunFolder(rowCount: 20_400)
    let summary = try folder.run(
      try folder.study(shared: "{}", grid: "[{model: cuts, k: 3}]"), threads: 2)
    let trial = try #require(summary.record.experiments[0].chosen?.trial)
    let silhouette = try #require(trial[metric: "silhouette"])
    // Three segments of 6,800 rows give 20,000 · 6,800 / 20,400 ≈ 6,666.7 rows each, rounded.
    #expect(silhouette.rowCount == 3 * 6_667)
    #expect(silhouette.sampledFrom == 20_400)
    #expect(trial[metric: "davies_bouldin"]?.rowCount == 20_400)
    #expect(trial[metric: "davies_bouldin"]?.sampledFrom == nil)
  }

  @Test func `a run that another process writes is shared, but not discarded`() throws {
    let summary = try folder.run(try folder.study())
    let descriptor = open(summary.directory.path + "/.lock", O_RDWR)
    #expect(flock(descriptor, LOCK_SH | LOCK_NB) == 0)
    defer { close(descriptor) }
    #expect(throws: RunError.busy(directory: summary.directory.path)) {
      try folder.run(try folder.study(), force: true)
    }
    #expect(try folder.run(try folder.study()).reusedCount == 8)
  }

  @Test func `neither ids nor personal columns enter a run`() throws {
    let summary = try folder.run(try folder.study())
    for (name, data) in try folder.contents(of: summary) {
      let text = String(decoding: data, as: UTF8.self)
      #expect(!text.contains("cust-1"), "\(name)")
      #expect(!text.contains("@example"), "\(name)")
    }
  }

  @Test func `a folder that cannot hold runs is a storage error`() throws {
    try write("", to: folder.path + "/taken")
    #expect(throws: RunError.self) { try folder.run(try folder.study(), in: "taken") }
  }

  @Test func `an unknown column in a role is refused before anything is written`() throws {
    var study = try folder.study()
    study.study.data.roles.id = "custommer"
    #expect(throws: RunError.self) { try folder.run(study) }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/runs"))
  }

  @Test func `progress counts up to all trials and knows the best`() throws {
    let seen = Progress()
    _ = try folder.run(try folder.study(), threads: 4, onProgress: { seen.add($0) })
    #expect(seen.all.map(\.finished) == Array(0...8))
    #expect(seen.all.last?.total == 8)
    #expect(seen.all.last?.remaining == 0)
    #expect(seen.all.last?.bestMetric?.name == "silhouette")
  }
}
