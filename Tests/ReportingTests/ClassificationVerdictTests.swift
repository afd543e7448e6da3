import Evaluation
import Experiments
import Reporting
import Testing

struct ClassificationVerdictTests {
  private func text(_ leaderboard: [LeaderboardRow]) throws -> String {
    try PageReading(
      ClassificationFixture.run(leaderboard, ClassificationFixture.document())
    ).text
  }

  @Test func `the winner has its interval, its rows and its holdout`() throws {
    let text = try PageReading(ClassificationFixture.run()).text
    #expect(
      text.contains(
        "gradient-boosting (num_leaves 31) is chosen by roc_auc: 0.8533 (95% interval 0.8033 to "
          + "0.9033; higher is better), measured on all 20 training rows, each scored out of fold.")
    )
    #expect(
      text.contains(
        "On the holdout, which nothing was chosen by, roc_auc is 0.8100 (0.7000 to 0.9200), "
          + "measured on all 8 holdout rows."))
  }

  @Test func `it is held against the prior and the best baseline`() throws {
    let text = try PageReading(ClassificationFixture.run()).text
    // An interval without width is none: every row has the prior's score.
    #expect(
      text.contains("It is better by 0.353 than the prior, which knows no column: 0.5000."))
    #expect(
      text.contains(
        "It is better by 0.0333 than the best baseline, logistic-regression: 0.8200 (0.7700 to "
          + "0.8700); the intervals overlap, so the difference may be chance."))
  }

  @Test func `intervals that do not overlap bring no caution`() throws {
    var rows = ClassificationFixture.leaderboard
    rows.removeAll { $0.trial.model == "logistic-regression" }
    // Random forest: 0.66 to 0.74, the chosen trial 0.8033 to 0.9033.
    #expect(
      try text(rows).contains("than the best baseline, random-forest: 0.7000 (0.6600 to 0.7400)."))
  }

  @Test func `a chosen baseline says that nothing else has a result`() throws {
    let linear = try #require(
      ClassificationFixture.leaderboard.first { $0.trial.model == "logistic-regression" })
    let chosen = LeaderboardRow(rank: 1, isChosen: true, unmet: [], trial: linear.trial)
    #expect(
      try text([chosen]).contains(
        "logistic-regression is itself a baseline, and nothing more elaborate has a result."))
  }

  @Test func `without baselines the verdict says what is missing`() throws {
    let text = try text(Array(ClassificationFixture.leaderboard.prefix(1)))
    #expect(text.contains("No baseline has a result, so nothing shows what the model adds"))
  }

  @Test func `without tiers intervals that overlap may be chance`() throws {
    #expect(
      try PageReading(ClassificationFixture.run()).text.contains(
        "Second is gradient-boosting (num_leaves 15) with 0.8500 (0.8000 to 0.9000), behind by "
          + "0.00330; the intervals overlap, so the difference may be chance."))
  }
}
