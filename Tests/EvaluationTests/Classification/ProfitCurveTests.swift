import Evaluation
import Testing

struct ProfitCurveTests {
  // A hit brings 10, a contact costs 4. Contacting 0 … 5 rows: 0, 6, 2, 8, 4, 0.
  private let scores = [0.9, 0.7, 0.5, 0.3, 0.1]
  private let labels: [Double] = [1, 0, 1, 0, 0]

  @Test func `profit is value of hits less cost of contacts`() throws {
    let curve = try ProfitCurve(
      BinaryScores(scores: scores, labels: labels).groups,
      campaign: Campaign(valueOfHit: 10, costOfContact: 4))
    #expect(curve.points.map(\.profit) == [0, 6, 2, 8, 4, 0])
    #expect(curve.points.map(\.hits) == [0, 1, 1, 2, 2, 2])
    #expect(curve.points.map(\.contacts) == [0, 1, 2, 3, 4, 5])
    #expect(curve.points.map(\.share) == [0, 0.2, 0.4, 0.6, 0.8, 1])
    #expect(curve.best.threshold == 0.5)
    #expect(curve.campaign.breakEven == 0.4)
  }

  @Test func `nobody is contacted where nothing pays`() throws {
    let curve = try ProfitCurve(
      BinaryScores(scores: scores, labels: labels).groups,
      campaign: Campaign(valueOfHit: 10, costOfContact: 11))
    #expect(curve.best.threshold == nil)
    #expect(curve.best.profit == 0)
  }

  @Test func `a thinned curve keeps the best cut`() throws {
    let groups = try BinaryScores(
      scores: (0..<1000).map { Double($0) }, labels: (0..<1000).map { $0 % 7 == 0 ? 1 : 0 }
    ).groups
    let campaign = try Campaign(valueOfHit: 8, costOfContact: 1)
    let whole = try ProfitCurve(groups, campaign: campaign)
    let thin = try ProfitCurve(groups, campaign: campaign, limit: 20)
    #expect(thin.points.count <= 20)
    #expect(thin.fullCount == 1001)
    #expect(thin.best == whole.best)
  }

  @Test(arguments: [(0, 1), (-1, 1), (.nan, 1), (1, -1), (1, .infinity)])
  func `a campaign without usable numbers is refused`(value: Double, cost: Double) {
    #expect(throws: EvaluationError.self) { try Campaign(valueOfHit: value, costOfContact: cost) }
  }
}
