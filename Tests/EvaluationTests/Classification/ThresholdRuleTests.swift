import Evaluation
import Testing

struct ThresholdRuleTests {
  private let scores = [0.9, 0.8, 0.8, 0.6, 0.4, 0.4, 0.2, 0.1]
  private let labels: [Double] = [1, 1, 0, 1, 0, 0, 0, 0]

  private func choose(_ rule: ThresholdRule) throws -> ThresholdChoice {
    try rule.choose(BinaryScores(scores: scores, labels: labels).groups)
  }

  /// Every distinct score tried.
  @Test(arguments: CutFigure.allCases)
  func `the best cut is the best of all`(figure: CutFigure) throws {
    let groups = try BinaryScores(scores: scores, labels: labels).groups
    let cuts = groups.scores.map { figure.value(ConfusionMatrix(groups, threshold: $0)) }
    let choice = try choose(.best(figure))
    #expect(figure.value(choice.confusion) == cuts.max())
    // Half way from 0.6 to 0.4.
    #expect(choice.threshold == 0.5)
  }

  // Recall and specificity sum to 1.5 at 0.9 as at 0.5.
  @Test func `fewest contacts win among equals`() throws {
    let groups = try BinaryScores(scores: [0.9, 0.7, 0.5, 0.3], labels: [1, 0, 1, 0]).groups
    #expect(try ThresholdRule.best(.balancedAccuracy).choose(groups).threshold == 0.8)
  }

  @Test(arguments: [
    (0.125, 0.85), (0.2, 0.85), (0.374, 0.85), (0.375, 0.7), (0.5, 0.5), (1, 0.1),
  ])
  func `a capacity is not exceeded`(share: Double, threshold: Double) throws {
    let choice = try choose(.capacity(share: share))
    #expect(abs(choice.threshold - threshold) < 1e-9)
    #expect(choice.contactShare <= share)
  }

  @Test func `the best score is contacted even beyond a capacity`() throws {
    let choice = try choose(.capacity(share: 0.01))
    #expect(abs(choice.threshold - 0.85) < 1e-9)
    #expect(choice.contactShare == 0.125)
  }

  // A hit brings 3, a contact costs 1: profit 2, 3, 5, 3, … at 0.9, 0.8, 0.6, 0.4.
  @Test func `profit chooses the best cut or nobody`() throws {
    let paying = try choose(.profit(Campaign(valueOfHit: 3, costOfContact: 1)))
    #expect(paying.threshold == 0.5)
    let losing = try choose(.profit(Campaign(valueOfHit: 3, costOfContact: 4)))
    #expect(losing.threshold > 0.9)
    #expect(losing.contactShare == 0)
  }

  @Test func `a fixed threshold stays`() throws {
    #expect(try choose(.fixed(0.5)).confusion.truePositives == 3)
  }

  @Test func `a figure that compares classes needs both`() throws {
    let groups = try BinaryScores(scores: [0.1, 0.2], labels: [0, 0]).groups
    #expect(throws: EvaluationError.oneClass(label: 0, rows: 2)) {
      try ThresholdRule.best(.f1).choose(groups)
    }
    #expect(throws: EvaluationError.fraction(.contacts, found: 0)) {
      try ThresholdRule.capacity(share: 0).choose(groups)
    }
  }
}
