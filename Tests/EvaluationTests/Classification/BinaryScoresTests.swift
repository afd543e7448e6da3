import Evaluation
import Testing

struct BinaryScoresTests {
  // Score 0.5 has rows 0 and 3: one positive of weight 2, one negative of weight 1; the last row is absent.
  @Test func `rows of equal score form one group`() throws {
    let scores = try BinaryScores(
      scores: [0.5, 0.9, -0.0, 0.5, 0, 7], labels: [1, 0, 0, 0, 1, 1], weights: [2, 3, 1, 1, 4, 0])
    #expect(scores.groups.scores == [0.9, 0.5, 0])
    #expect(scores.groups.positives == [0, 2, 4])
    #expect(scores.groups.negatives == [3, 1, 1])
    #expect(scores.rowCounts == [1, 2, 2])
    #expect((scores.rowCount, scores.positiveCount, scores.negativeCount) == (5, 2, 3))
    #expect(scores.groups.baseRate == 6.0 / 11.0)
    #expect(scores.groups.meanScore == (0.9 * 3 + 0.5 * 3) / 11)
  }

  @Test(
    arguments: [
      (EvaluationError.lengths(expected: 2, found: 1), [0.1, 0.2], [1.0], nil),
      (.lengths(expected: 2, found: 3), [0.1, 0.2], [1, 0], [1, 1, 1]),
      (.missingValue(row: 1), [0.1, .nan], [1, 0], nil),
      (.missingValue(row: 0), [.infinity, 0.2], [1, 0], nil),
      (.label(row: 1), [0.1, 0.2], [1, 2], nil),
      (.label(row: 0), [0.1, 0.2], [.nan, 1], nil),
      (.weight(row: 0), [0.1, 0.2], [1, 0], [-1, 1]),
      (.weight(row: 1), [0.1, 0.2], [1, 0], [1, .nan]),
      (.weight(row: 1), [0.1, 0.2], [1, 0], [1, 1e200]),
      (.noRows, [], [], nil),
      (.noRows, [0.1, 0.2], [1, 0], [0, 0]),
    ] as [(EvaluationError, [Double], [Double], [Double]?)])
  func `unusable rows are refused`(
    error: EvaluationError, scores: [Double], labels: [Double], weights: [Double]?
  ) {
    #expect(throws: error) {
      try BinaryScores(scores: scores, labels: labels, weights: weights)
    }
  }

  @Test func `one class alone has no comparison of classes`() throws {
    let negatives = try BinaryScores(scores: [0.2, 0.4], labels: [0, 0]).groups
    let positives = try BinaryScores(scores: [0.2, 0.4, 0.4], labels: [1, 1, 1]).groups
    #expect(throws: EvaluationError.oneClass(label: 0, rows: 2)) { try negatives.rocAUC() }
    #expect(throws: EvaluationError.oneClass(label: 1, rows: 3)) {
      try positives.averagePrecision()
    }
    #expect(throws: EvaluationError.oneClass(label: 0, rows: 2)) {
      try negatives.capture(inBest: 0.5)
    }
    #expect(try negatives.brierScore() == (0.04 + 0.4 * 0.4) / 2)
  }

  @Test func `scores that are no probabilities have no log-loss`() throws {
    let groups = try BinaryScores(
      scores: [9, 0.2, -0.5, 1.5], labels: [0, 0, 1, 1], weights: [0, 1, 1, 1]
    ).groups
    let error = EvaluationError.notProbability(row: 2)
    #expect(throws: error) { try groups.logLoss() }
    #expect(throws: error) { try groups.brierScore() }
    #expect(throws: error) { try CalibrationCurve(groups) }
    #expect(try groups.rocAUC() == 0.5)
  }
}
