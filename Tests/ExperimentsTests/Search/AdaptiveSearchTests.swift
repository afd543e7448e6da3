import Experiments
import Foundation
import Testing

/// Searches that go by results, as runs carry them out.
struct AdaptiveSearchTests {
  private let folder: RunFolder

  init() throws { folder = try RunFolder(rowCount: 24) }

  /// 11 × 7 × 2 = 154 combinations; the least figure, 0, is at x = 0.7, y = 0.01, plain.
  private static let surface =
    "[{model: surface, x: {range: [0, 1], step: 0.1}, y: {log: [0.001, 1], n: 7}, "
    + "kind: [lifted, plain]}]"

  private func study(
    _ search: String, grid: String = AdaptiveSearchTests.surface, tail: String = ""
  ) throws -> StudyFile {
    try folder.study(
      shared: "{}", grid: grid,
      experiment: "select: {metric: bic}\nmetrics: [min_share]\nsearch: \(search)", tail: tail)
  }

  private func planned(_ summary: RunSummary) throws -> [String] {
    try String(contentsOfFile: summary.directory.path + "/plan.jsonl", encoding: .utf8)
      .split(separator: "\n").map(String.init)
  }

  @Test(arguments: [1, 2, 3])
  func `tpe finds the best of a known surface with a third of the grid`(seed: Int) throws {
    let summary = try folder.run(
      try study("{method: tpe, trials: 52, seed: \(seed)}"), in: "runs-\(seed)")
    #expect(summary.computedCount == 52)
    let best = try #require(summary.record.experiments[0].chosen?.trial)
    #expect(best[metric: "bic"]?.value == 0)
  }

  @Test func `ranges are searched too, better than by drawing alone`() throws {
    let grid =
      "[{model: surface, x: {uniform: [0, 1]}, y: {log_uniform: [0.0001, 10]}, kind: [plain, lifted]}]"
    func best(_ search: String) throws -> Double {
      let summary = try folder.run(try study(search, grid: grid), in: "ranges")
      return try #require(
        summary.record.experiments[0].chosen?.trial[metric: "bic"]?.value)
    }
    let found = try best("{method: tpe, trials: 50}")
    #expect(found < 0.005)
    #expect(try found < best("{method: random, trials: 50}"))
  }

  @Test func `more trials begin with the fewer, which are not computed again`() throws {
    let few = try folder.run(try study("{method: tpe, trials: 15, startup: 6}"))
    let many = try folder.run(try study("{method: tpe, trials: 25, startup: 6}"))
    #expect(few.computedCount == 15)
    #expect(many.reusedCount == 15 && many.computedCount == 10)
    #expect(many.changes?.keptCount == 15)
    #expect(many.changes?.newCount == 10 && many.changes?.goneCount == 0)
    let (first, all) = (try planned(few), try planned(many))
    #expect(first.count == 15 && all.count == 25)
    #expect(Array(all.prefix(15)) == first)
    // A run from the start is the same run.
    let fresh = try folder.run(try study("{method: tpe, trials: 25, startup: 6}"), in: "fresh")
    #expect(fresh.computedCount == 25)
    #expect(try folder.contents(of: fresh) == folder.contents(of: many))
  }

  @Test func `threads and interruptions change nothing`() throws {
    let study = try study("{method: tpe, trials: 22, startup: 6, batch: 5}")
    let whole = try folder.run(study, in: "whole")
    for (threads, stops) in [(4, [8, 20, 33]), (1, [3, 14])] {
      let runs = "parts-\(threads)"
      for stop in stops {
        let asked = Ticks()
        _ = try folder.run(
          study, in: runs, threads: threads, isCancelled: { asked.next() > stop * 3 })
      }
      let last = try folder.run(study, in: runs, threads: threads)
      #expect(last.ending == .complete)
      #expect(try folder.contents(of: last) == folder.contents(of: whole))
    }
  }

  @Test func `a search that goes on forgets nothing it has proposed`() throws {
    let study = try study("{method: tpe, trials: 22, startup: 6, batch: 5}")
    let whole = try folder.run(study)
    let (path, killed) = (whole.directory.path, folder.path + "/killed")
    // One of the first round is missing, so that the later ones are not proposed again before it has ended.
    let first = try #require(
      try planned(whole).first?.firstMatch(of: /"id":"([0-9a-f]{12})"/)?.output.1)
    try FileManager.default.removeItem(atPath: "\(path)/trials/\(first)")
    let seen = Progress()
    let again = try folder.run(
      study, isCancelled: { seen.finished >= 5 },
      onProgress: { progress in
        seen.add(progress)
        try? FileManager.default.copyItem(atPath: path, toPath: killed)
      })
    #expect(again.ending == .interrupted)
    for run in [RunDirectory(killed, in: "runs"), again.directory] {
      #expect(try run.snapshot().partial == .init(ended: 21, planned: 22))
    }
    #expect(try folder.run(study).computedCount == 1)
    #expect(try planned(whole).count == 22)
  }

  @Test func `a run that is complete has nothing to compute, unless forced`() throws {
    let study = try study("{method: tpe, trials: 12, startup: 6}")
    let first = try folder.run(study)
    let again = try folder.run(study)
    #expect(again.computedCount == 0 && again.reusedCount == 12)
    let forced = try folder.run(study, force: true)
    #expect(forced.computedCount == 12 && forced.reusedCount == 0)
    #expect(try folder.contents(of: forced) == folder.contents(of: first))
  }

  @Test func `the plan says what is known and what follows`() throws {
    let plan = try Plan(
      try study("{method: tpe, trials: 40}").study, fingerprint: "sha256:0", catalog: Toy.catalog)
    #expect(plan.trials.count == 10)
    #expect(plan.trialBound == 40)
    #expect(plan.text.contains(": 10 trials of at most 40, engine"))
    #expect(
      plan.notes == [
        "segments is searched (tpe): at most 40 of 154 combinations; the first 10 are known, the "
          + "others follow from results"
      ])
  }

  @Test func `the first trials are those of a random search`() throws {
    let random = try Plan(
      try study("{method: random, trials: 10}").study, fingerprint: "sha256:0",
      catalog: Toy.catalog)
    let adaptive = try Plan(
      try study("{method: tpe, trials: 40}").study, fingerprint: "sha256:0", catalog: Toy.catalog)
    #expect(random.trials == adaptive.trials)
  }

  @Test func `limits end a search`() throws {
    let cut = try folder.run(
      try study("{method: tpe, trials: 30, startup: 6}", tail: "limits: {max_trials: 8}"))
    #expect(cut.ending == .complete && cut.computedCount == 8)
    // Of the batch that the limit cuts, the rest are rows.
    let rows = cut.record.experiments[0].leaderboard
    #expect(rows.count { $0.trial.status == .done } == 8)
    #expect(rows.count { $0.trial.status == .skipped } == 2)
    let more = try folder.run(try study("{method: tpe, trials: 30, startup: 6}"))
    #expect(more.computedCount == 22)
  }

  @Test func `a trial that fails is a result as bad as any`() throws {
    let grid = "[{model: reluctant, k: {range: [2, 9]}}, {model: surface, x: {uniform: [0, 1]}}]"
    let summary = try folder.run(try study("{method: tpe, trials: 24, startup: 8}", grid: grid))
    #expect(summary.ending == .complete)
    #expect(summary.trialCount == 24)
    #expect(summary.failedCount <= 1)
    #expect(summary.record.experiments[0].chosen?.trial.model == "surface")
  }

  @Test func `a space that is used up ends the search`() throws {
    let summary = try folder.run(
      try study("{method: tpe, trials: 30, startup: 2}", grid: "[{model: surface, x: [0, 0.5, 1]}]")
    )
    #expect(summary.computedCount == 3)
    #expect(summary.ending == .complete)
  }

  @Test func `seeds are computed of every proposal, and their mean counts`() throws {
    let file = try folder.study(
      shared: "{}", grid: Self.surface,
      experiment: "select: {metric: bic}\nseeds: 2\nsearch: {method: tpe, trials: 9, startup: 4}")
    let summary = try folder.run(file)
    #expect(summary.computedCount == 18)
    #expect(summary.record.experiments[0].leaderboard.count == 9)
  }

  @Test func `progress counts up to what there may be`() throws {
    let progress = Progress()
    _ = try folder.run(
      try study("{method: tpe, trials: 12, startup: 6}"), onProgress: { progress.add($0) })
    #expect(Set(progress.all.map(\.total)) == [12])
    #expect(progress.all.last?.finished == 12)
  }
}
