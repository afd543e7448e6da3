import Experiments
import Foundation
import Reporting
import Testing

/// The line that says how far a run is.
struct ProgressTextTests {
  private func progress(remaining: Double? = 250) -> RunProgress {
    let trial = RunFixture.experiment.leaderboard[0].trial
    var progress = RunProgress(total: 120, finished: 37, failed: 2, reused: 0, elapsed: 60)
    progress.best = trial
    progress.bestMetric = trial.metrics[0]
    progress.remaining = remaining
    return progress
  }

  @Test func `the line counts, names the best and says when it ends`() {
    let line = ProgressText.line(progress())
    #expect(line.hasPrefix("[ 37/120] 2 failed  best silhouette 0.412 ("))
    #expect(line.hasSuffix("  ETA 04:10"))
  }

  @Test func `the end comes nearer while nothing is reported, and never passes`() {
    #expect(ProgressText.line(progress(), later: 10).hasSuffix("ETA 04:00"))
    #expect(ProgressText.line(progress(), later: 1000).hasSuffix("ETA 00:00"))
  }

  @Test func `before a trial has ended the line says how long it has taken`() {
    #expect(ProgressText.line(progress(remaining: nil), later: 15).hasSuffix("01:15 so far"))
  }

  @Test(arguments: [(0.0, "00:00"), (59.4, "00:59"), (3599, "59:59"), (3753, "1:02:33")])
  func `times are read as on a clock`(seconds: Double, text: String) {
    #expect(ProgressText.duration(seconds) == text)
  }

  @Test func `times that are none do not stop a run`() {
    for seconds in [Double.nan, .infinity, -1, 1e300] {
      #expect(ProgressText.duration(seconds) == "–")
    }
  }

  @Test func `the record has the documented keys`() throws {
    let data = try JSONEncoder().encode(ProgressRecord(progress(), later: 10))
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(
      object.keys.sorted() == [
        "best", "done", "elapsed", "eta_seconds", "failed", "reused", "total",
      ])
    #expect(object["eta_seconds"] as? Double == 240)
    #expect(object["elapsed"] as? Double == 70)
  }
}
