import Artifacts
import Experiments
import Learning
import Numerical
import Synchronization
import Testing

/// A clock whose every reading is one microsecond after the one before.
private final class CountingClock: Clock {
  struct Instant: InstantProtocol {
    var offset: Duration

    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
  }

  private let readings = Mutex(0)
  var minimumResolution: Duration { .microseconds(1) }

  var now: Instant {
    readings.withLock { count in
      count += 1
      return Instant(offset: .microseconds(count))
    }
  }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {}
}

struct LatencyTests {
  private func model() throws -> any Classifier {
    let x = Matrix(rowCount: 6, columnCount: 1, values: [1, 2, 3, 4, 5, 6])
    return try LogisticRegression().fit(
      Labeled(x, labels: [0, 1, 0, 1, 0, 1]), in: FitContext(seed: Seed(1))
    ).model
  }

  @Test func `calls are timed by the clock that is handed in`() throws {
    let rows = Features.matrix(Matrix(rowCount: 2, columnCount: 1, values: [1, 2]))
    let record = try LatencyRecord(of: model(), rows: rows, clock: CountingClock())
    // Two readings a call, one microsecond apart.
    let each = LatencyRecord.Percentiles(p50: 1, p95: 1, p99: 1)
    #expect(record.cold == each && record.warm == each)
    #expect(record.calls == 2000)
  }

  @Test func `no rows are refused`() {
    let none = Features.matrix(Matrix(rowCount: 0, columnCount: 1))
    #expect(throws: LearningError.rows(needed: 1, found: 0)) {
      try LatencyRecord(of: model(), rows: none, clock: CountingClock())
    }
  }
}
