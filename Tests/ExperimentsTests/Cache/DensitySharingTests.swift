import Experiments
import Foundation
import Learning
import Testing

/// Trials of DBSCAN that agree on the radius share the search of neighbours, also in refits and from run to run.
@Suite struct DensitySharingTests {
  private let folder: RunFolder

  init() throws { folder = try RunFolder() }

  /// Two radii for three counts of neighbours, the last of which leaves noise only.
  private static let grid = "[{model: dbscan, eps: [0.5, 2], min_samples: [3, 5, 40]}]"
  /// Enough trials behind one search to stand side by side on four threads.
  private static let crowd =
    "[{model: dbscan, eps: 2, min_samples: [3, 4, 5, 6, 7, 8, 9, 10, 40]}]"

  private func study(_ grid: String = grid, _ experiment: String = "") throws -> StudyFile {
    try folder.study(
      shared: "{standardize.method: none}", grid: grid, experiment: experiment,
      catalog: .standard)
  }

  private func run(
    _ study: StudyFile, in runs: String, threads: Int = 1, cache: StageCache? = nil
  ) throws -> RunSummary {
    try folder.run(study, in: runs, threads: threads, cache: cache, catalog: .standard)
  }

  private func served(_ summary: RunSummary, _ name: String) throws -> [Int] {
    try Data(contentsOf: URL(filePath: summary.directory.path + "/events.jsonl"))
      .split(separator: UInt8(ascii: "\n")).compactMap { EventLog.event(Data($0))?.step }
      .filter { $0.name == name }.map(\.trials)
  }

  @Test(arguments: ["", "stability: {resamples: 4}"])
  func `the plan foresees the searches of the run`(experiment: String) throws {
    let study = try study(Self.grid, experiment)
    let summary = try run(study, in: "runs")
    #expect(try served(summary, "dbscan neighbours") == [3, 3])
    #expect(try served(summary, "dbscan") == [Int](repeating: 1, count: 6))
    #expect(
      try served(summary, "dbscan neighbours of refits") == (experiment.isEmpty ? [] : [3, 3]))
    let planned = try folder.sharing(of: study, catalog: .standard)
    #expect(planned.trials == 6 && summary.sharing.trials == 6)
    #expect(planned.steps == summary.sharing.steps)
    #expect(planned.stepsAlone == summary.sharing.stepsAlone)
  }

  @Test(arguments: [1, 4]) func `sharing a search changes no byte`(threads: Int) throws {
    let experiment = "stability: {resamples: 4}"
    let together = try run(study(Self.crowd, experiment), in: "together", threads: threads)
    let alone = try run(
      study("[{model: dbscan, eps: 2, min_samples: 5}]", experiment), in: "alone")
    let trial = try #require(alone.record.experiments[0].leaderboard.first?.trial.id)
    let bytes = try folder.contents(of: alone).filter { $0.key.contains("trials/\(trial)/") }
    let shared = try folder.contents(of: together).filter { $0.key.contains("trials/\(trial)/") }
    #expect(!bytes.isEmpty && bytes == shared)
  }

  @Test func `the cache has the neighbours of a radius`() throws {
    let cache = folder.cache()
    let first = try run(study(), in: "first", cache: cache)
    #expect(first.sharing.cachedSteps == 0)
    // Other counts, the same radii.
    let other = try study("[{model: dbscan, eps: [0.5, 2], min_samples: [4, 6]}]")
    let second = try run(other, in: "second", cache: cache)
    #expect(second.sharing.cachedSteps == 2)
    #expect(try folder.contents(of: second) == folder.contents(of: run(other, in: "plain")))
  }

  @Test func `where min_samples decides the radius nothing is kept`() throws {
    let cache = folder.cache()
    let study = try study("[{model: dbscan, eps: auto, min_samples: [3, 5]}]")
    let summary = try run(study, in: "runs", cache: cache)
    #expect(try served(summary, "dbscan neighbours") == [2])
    #expect(try cache.entries().isEmpty)
    #expect(try folder.contents(of: run(study, in: "plain")) == folder.contents(of: summary))
  }
}
