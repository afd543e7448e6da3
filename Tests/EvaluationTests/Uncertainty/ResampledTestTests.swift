import Evaluation
import TestSupport
import Testing

struct ResampledTestTests {
  @Test func `the corrected test equals its formula in scipy`() throws {
    for example in UncertaintyFixture.shared.resampled {
      let found = try ResampledTest(
        example.a, example.b, testRatio: example.ratio, level: 0.9)
      #expect(isClose(found.t, example.t, within: 1e-12))
      #expect(isClose(found.pValue, example.p, within: 1e-12))
      #expect(isClose(found.interval.lower, example.lower90, within: 1e-12))
      #expect(isClose(found.interval.upper, example.upper90, within: 1e-12))
    }
  }

  @Test func `equal scores do not differ and a constant lead is certain`() throws {
    let scores = [0.7, 0.8, 0.75]
    let same = try ResampledTest(scores, scores, testRatio: 0.5)
    #expect(same.t == 0 && same.pValue == 1)
    let lead = try ResampledTest(scores.map { $0 + 0.1 }, scores, testRatio: 0.5)
    #expect(lead.pValue == 0 && lead.standardError == 0)
  }

  @Test func `unusable folds are refused`() {
    #expect(throws: EvaluationError.lengths(expected: 2, found: 1)) {
      try ResampledTest([1, 2], [1], testRatio: 0.5)
    }
    #expect(throws: EvaluationError.count(.folds, needed: 2, found: 1)) {
      try ResampledTest([1], [1], testRatio: 0.5)
    }
    #expect(throws: EvaluationError.missingValue(row: 1)) {
      try ResampledTest([1, .nan], [1, 2], testRatio: 0.5)
    }
    #expect(throws: EvaluationError.fraction(.testShare, found: -1)) {
      try ResampledTest([1, 2], [1, 2], testRatio: -1)
    }
  }
}
