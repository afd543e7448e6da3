import Evaluation
import TestSupport
import Testing

struct IntervalTests {
  @Test func `Wilson's interval equals scipy`() throws {
    for row in UncertaintyFixture.shared.wilson {
      let found = try Interval.wilson(hits: row.hits, of: row.trials, level: row.level)
      #expect(isClose(found.lower, row.lower, within: 1e-14))
      #expect(isClose(found.upper, row.upper, within: 1e-14))
      #expect(found.contains(row.hits / row.trials))
    }
  }

  @Test func `a bin of a calibration curve has the interval of its share`() throws {
    let groups = try BinaryScores(
      scores: [0.2, 0.2, 0.2, 0.9], labels: [0, 1, 0, 1]
    ).groups
    let bin = try CalibrationCurve(groups).bins[0]
    #expect(try bin.rateInterval(level: 0.9) == Interval.wilson(hits: 1, of: 3, level: 0.9))
    #expect(try bin.rateInterval(rowsPerWeight: 2) == Interval.wilson(hits: 2, of: 6))
  }

  @Test func `an interval reaches a value on either side`() {
    let interval = Interval(lower: 0.2, upper: 0.4, level: 0.95)
    #expect(interval.reaching(0.1) == Interval(lower: 0.1, upper: 0.4, level: 0.95))
    #expect(interval.reaching(0.5) == Interval(lower: 0.2, upper: 0.5, level: 0.95))
    #expect(interval.reaching(0.3) == interval)
  }

  @Test func `an interval needs a trial and a level`() {
    #expect(throws: EvaluationError.noRows) { try Interval.wilson(hits: 0, of: 0) }
    #expect(throws: EvaluationError.fraction(.level, found: 1)) {
      try Interval.wilson(hits: 1, of: 2, level: 1)
    }
  }
}
