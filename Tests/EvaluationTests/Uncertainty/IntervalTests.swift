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
  }

  @Test func `an interval needs a trial and a level`() {
    #expect(throws: EvaluationError.noRows) { try Interval.wilson(hits: 0, of: 0) }
    #expect(throws: EvaluationError.fraction(.level, found: 1)) {
      try Interval.wilson(hits: 1, of: 2, level: 1)
    }
  }
}
