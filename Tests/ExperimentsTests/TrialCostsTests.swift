import Experiments
import Foundation
import Synchronization
import Testing

/// What the rest of a run is expected to take.
struct TrialCostsTests {
  /// A clock that the test sets.
  private final class Clock: Sendable {
    private let time = Mutex(0.0)
    func advance() { time.withLock { $0 += 1 } }
    var now: Double { time.withLock { $0 } }
  }

  @Test func `nothing is expected before a trial has ended, and nothing is left at the end`() throws
  {
    let folder = try RunFolder()
    let seen = Progress()
    _ = try folder.run(
      try folder.study(shared: "{}"), now: { 0 }, onProgress: { seen.add($0) })
    #expect(seen.all.map(\.finished) == Array(0...4))
    #expect(seen.all.first?.remaining == nil)
    #expect(seen.all.last?.remaining == 0)
  }

  @Test func `a kind of trial is expected to cost what it has cost`() throws {
    let folder = try RunFolder()
    let seen = Progress()
    // The clock is asked twice per trial and again for the report: every trial costs the same.
    let clock = Clock()
    _ = try folder.run(
      try folder.study(
        shared: "{}", grid: "[{model: cuts, k: [2, 3]}, {model: reluctant, k: [2, 3]}]"),
      now: {
        clock.advance()
        return clock.now
      }, onProgress: { seen.add($0) })
    let estimates = seen.all.compactMap(\.remaining)
    #expect(estimates.count == 4)
    #expect(estimates.allSatisfy { $0 >= 0 && $0.isFinite })
    // Equal costs: what is left shrinks with the trials left, relative to the time that passed.
    let shares = zip(seen.all.dropFirst(), estimates).map { progress, remaining in
      remaining / progress.elapsed * Double(progress.finished)
    }
    for (share, left) in zip(shares, [3.0, 2, 1, 0]) { #expect(abs(share - left) < 1e-9) }
  }

  @Test func `the best is that of the experiment whose trial ended last`() throws {
    let folder = try RunFolder()
    let seen = Progress()
    _ = try folder.run(try folder.study(shared: "{}"), onProgress: { seen.add($0) })
    #expect(seen.all.last?.best?.experiment == "segments")
    #expect(seen.all.last?.bestMetric?.name == "silhouette")
  }
}
