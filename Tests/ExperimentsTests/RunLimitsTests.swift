import Experiments
import Foundation
import Testing

struct RunLimitsTests {
  private let folder: RunFolder

  init() throws { folder = try RunFolder() }

  @Test func `a time limit stops the run as an interruption does`() throws {
    let ticks = Ticks()
    let summary = try folder.run(
      try folder.study(tail: "limits: {time_limit: 30s}"), now: { Double(ticks.next()) * 4 })
    #expect(summary.ending == .timeLimit)
    #expect(summary.computedCount < 8)
    let resumed = try folder.run(try folder.study())
    #expect(resumed.ending == .complete)
    #expect(resumed.directory.path == summary.directory.path)
  }

  @Test func `a trial that took too long is no result, and is tried again`() throws {
    let whole = try folder.run(try folder.study(), in: "whole")
    let ticks = Ticks()
    let limited = try folder.run(
      try folder.study(tail: "limits: {per_trial: 1s}"), now: { Double(ticks.next()) })
    #expect(limited.ending == .complete)
    #expect(limited.failedCount == 8)
    for row in limited.record.experiments[0].leaderboard {
      #expect(row.trial.isReproducible == false)
      #expect(row.trial.reason == "took longer than limits.per_trial (1 s, not reproducible)")
    }
    let again = try folder.run(try folder.study())
    #expect(again.computedCount == 8)
    #expect(try folder.contents(of: again) == folder.contents(of: whole))
  }

  @Test func `the first trials of the plan are computed, the rest is left out`() throws {
    let cut = try folder.run(try folder.study(tail: "limits: {max_trials: 3}"))
    #expect(cut.ending == .complete)
    #expect(cut.computedCount == 3)
    let rows = cut.record.experiments[0].leaderboard
    #expect(rows.count(where: { $0.trial.status == .skipped }) == 5)
    #expect(rows.contains { $0.trial.reason == "left out by limits.max_trials (3)" })
    #expect(try folder.run(try folder.study()).computedCount == 5)
  }
}
