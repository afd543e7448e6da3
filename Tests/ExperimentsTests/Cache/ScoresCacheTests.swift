import Experiments
import Foundation
import Testing

/// Scores out of fold are kept by pipeline and fold: what only judges them fits nothing again.
@Suite struct ScoresCacheTests {
  private let folder: PropensityFolder
  private let cache: StageCache

  init() throws {
    folder = try PropensityFolder()
    cache = StageCache(folder.path + "/cache", program: "test")
  }

  private static let learnt = "scores of gradient-boosting"
  /// Of five folds; the first is fitted again, since its model explains the trial.
  private static let foldCount = 4
  /// Pairs of five folds.
  private static let pairCount = 10

  private func study(
    _ experiment: String = "", leaves: Int = 4, tail: String = ""
  ) throws -> StudyFile {
    try folder.study(
      grid: "[{model: gradient-boosting, num_iterations: 10, num_leaves: \(leaves)}]",
      experiment: experiment, tail: tail)
  }

  private func keptCount() throws -> Int {
    try cache.entries().count { cache.description(of: $0)?.step == Self.learnt }
  }

  private func events(_ summary: RunSummary) throws -> [EventLog.Event] {
    try Data(contentsOf: URL(filePath: summary.directory.path + "/events.jsonl"))
      .split(separator: UInt8(ascii: "\n")).compactMap { EventLog.event(Data($0)) }
  }

  /// Seconds that each trial's own step was spared; nil where it read nothing.
  private func spared(_ summary: RunSummary) throws -> [Double?] {
    try events(summary).compactMap(\.step).filter { $0.name == "gradient-boosting" }.map(\.spared)
  }

  /// Runs a study with the cache and compares every file with a run that has none.
  private func run(_ study: StudyFile, in name: String) throws -> RunSummary {
    let cached = try folder.run(study, in: name, cache: cache)
    #expect(try cached.contents() == folder.run(study, in: "\(name)-plain").contents())
    return cached
  }

  @Test func `other metrics, cuts and slices read the scores`() throws {
    let cold = try run(study("metrics: [roc_auc, log_loss]"), in: "cold")
    #expect(try spared(cold) == [nil])
    #expect(try keptCount() == Self.foldCount)
    let warm = try run(
      study("metrics: [ks, \"lift@20%\"]\n    threshold: {capacity: 10%}\n    slices: [channel]"),
      in: "warm")
    #expect(try spared(warm).allSatisfy { $0 != nil })
    #expect(try keptCount() == Self.foldCount)
  }

  @Test func `another experiment reads the scores, and its time is that of the fits`() throws {
    // Where trials have a limit, every look at it moves the clock of these runs.
    let limit = "limits: {per_trial: 9000h}"
    _ = try run(study(tail: limit), in: "first")
    let text = try study("metrics: [ks]", tail: limit).text
      .replacing("id: response", with: "id: other")
    let other = try run(
      StudyReader().read(text: text, path: folder.path + "/study.yaml"), in: "other")
    let spared = try #require(try spared(other).first ?? nil)
    let timings = try #require(other.record.experiments[0].timings.values.first)
    #expect(spared > 0 && timings.seconds > spared)
  }

  @Test func `a calibration adds what it needs, another method nothing`() throws {
    _ = try run(study("calibrate: none"), in: "none")
    #expect(try keptCount() == Self.foldCount)
    for method in ["isotonic", "sigmoid"] {
      let calibrated = try run(study("calibrate: \(method)"), in: method)
      #expect(try spared(calibrated).allSatisfy { $0 != nil })
      #expect(try keptCount() == Self.foldCount + Self.pairCount)
    }
  }

  @Test(arguments: ["leaves", "seed", "folds", "roles"])
  func `what changes a score reads nothing`(changed: String) throws {
    _ = try run(study(), in: "first")
    let other =
      switch changed {
      case "leaves": try study(leaves: 5)
      case "seed":
        try StudyReader().read(
          text: try study().text.replacing("seed: 7", with: "seed: 8"),
          path: folder.path + "/study.yaml")
      case "folds": try study(tail: "split: {folds: 4}")
      default:
        try folder.study(roles: "id: customer, target: responded, ignore: [after, household]")
      }
    #expect(try spared(run(other, in: changed)) == [nil])
  }

  @Test func `damaged scores are computed again and told`() throws {
    _ = try run(study(), in: "first")
    for entry in try cache.entries() {
      let path = "\(cache.folder)/\(entry.name.prefix(2))/\(entry.name)"
      var data = try Data(contentsOf: URL(filePath: path))
      data[data.count / 2] ^= 1
      try data.write(to: URL(filePath: path))
    }
    let damaged = try run(study("metrics: [ks]"), in: "damaged")
    #expect(try spared(damaged) == [nil])
    #expect(try events(damaged).count { $0.event == "cache-damaged" } >= Self.foldCount)
    let repaired = try run(study("metrics: [\"lift@10%\"]"), in: "repaired")
    #expect(try spared(repaired).allSatisfy { $0 != nil })
  }

  @Test func `what memory does not allow is not read either`() throws {
    _ = try run(study(), in: "first")
    let limited = try run(study(tail: "limits: {memory: 100B}"), in: "limited")
    #expect(try spared(limited) == [nil])
  }

  @Test func `parts of a race read what whole trials have left`() throws {
    let grid = "[{model: gradient-boosting, num_iterations: 10, num_leaves: [2, 3, 4, 5]}]"
    let raced = "search: {drop: racing}\n    metrics: [ks]"
    _ = try folder.run(folder.study(grid: grid), in: "whole", cache: cache)
    let study = try folder.study(grid: grid, experiment: raced)
    let run = try run(study, in: "raced")
    #expect(try spared(run).contains { $0 != nil })
  }
}
