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

  @Test func `a clock that jumps an hour, on and back, changes no byte`() throws {
    let study = try folder.study(tail: "limits: {per_trial: 30s, time_limit: 10m}")
    let (awake, looks) = (Ticks(), Ticks())
    let steady = try folder.run(study, in: "steady", uptime: { Double(awake.next()) / 1000 })
    // 1,000,000,000 is 2001-09-09 01:46:40; every second look is an hour later.
    let jumping = try folder.run(
      study, in: "jumping",
      now: {
        let look = looks.next()
        return 1e9 + (look.isMultiple(of: 2) ? 3600 : 0)
      }, uptime: { Double(awake.next()) / 1000 })
    for summary in [steady, jumping] {
      #expect(summary.ending == .complete)
      #expect((summary.computedCount, summary.failedCount) == (8, 0))
    }
    let journal = try String(
      contentsOfFile: jumping.directory.path + "/events.jsonl", encoding: .utf8)
    #expect(journal.contains("T01:46:40Z") && journal.contains("T02:46:40Z"))
    #expect(try folder.contents(of: jumping) == folder.contents(of: steady))
    let again = try folder.run(study, in: "jumping", now: { 1e9 - 3600 }, uptime: { 0 })
    #expect(again.computedCount == 0)
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

  /// 0.29 · 100 is 28.999999999999996 in binary: a product would refuse what is allowed.
  @Test(arguments: [
    ("0.29", 29, 100), ("0.57", 57, 100), ("0.58", 58, 100), ("0.07", 7, 100), ("0.1", 1, 10),
  ])
  func `exactly the allowed share of trials may fail`(rate: String, failed: Int, ended: Int) throws
  {
    let limits = try folder.study(tail: "limits: {max_failure_rate: \(rate)}").study.limits
    #expect(limits.allows(failed: failed, of: ended))
    #expect(limits.allows(failed: 10 * failed, of: 10 * ended))
    #expect(!limits.allows(failed: failed + 1, of: ended))
    #expect(!limits.allows(failed: 10 * failed + 1, of: 10 * ended))
  }

  @Test func `where no trial has ended, no share has failed`() throws {
    #expect(
      try folder.study(tail: "limits: {max_failure_rate: 0}").study.limits.allows(failed: 0, of: 0))
  }
}
