import Experiments
import Reporting
import Testing

struct ModelComparisonTests {
  @Test func `the best trial of each model with evidence is a line`() throws {
    let reading = try PageReading(ClassificationFixture.run())
    let models = try reading.chart("-models-roc").rows.compactMap { $0["m"] as? String }
    #expect(models.count { $0 == "gradient-boosting" } == 21)
    #expect(models.count { $0 == "logistic-regression" } == 21)
    #expect(Set(models).count == 2)
  }

  @Test func `the table has what is found for few mistakes`() throws {
    let reading = try PageReading(ClassificationFixture.run())
    // No mistake among the best two; one of fifteen among four; three among seven.
    #expect(
      try reading.rows(after: "ROC curves of the models").contains([
        "gradient-boosting", "0.8533", "0.5533", "40.0%", "60.0%", "80.0%",
      ]))
    let gains = try reading.rows(after: "Gains of the models")
    #expect(
      gains.contains(
        ["gradient-boosting", "40.0%", "60.0%", "60.0%", "80.0%", "80.0%"]
          + Array(repeating: "100%", count: 4)))
  }

  // One score for all rows fills all bins at once; of any share of them it finds that share.
  @Test func `what knows nothing finds as many positives as rows contacted`() throws {
    let document = try ClassificationFixture.document()
    let equal = [Double](repeating: 0.25, count: 20)
    let prior = try EvidenceDocument(
      scores: equal, raw: equal, labels: ClassificationFixture.labels, contacting: 0.2)
    let run = try ClassificationFixture.run(
      ClassificationFixture.leaderboard, document, simple: prior)
    let rows = try PageReading(run).rows(after: "Gains of the models")
    #expect(rows.first == ["model"] + (1...9).map { "\($0 * 10)%" })
    #expect(rows.contains(["logistic-regression"] + (1...9).map { "\($0 * 10).0%" }))
  }

  @Test func `one model has nothing beside it`() throws {
    let only = Array(ClassificationFixture.leaderboard.prefix(2))
    let run = try ClassificationFixture.run(only, ClassificationFixture.document())
    #expect(try !PageReading(run).hasChart("-models-roc"))
  }
}
