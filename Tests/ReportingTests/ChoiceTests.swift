import Evaluation
import Experiments
import Foundation
import Learning
import Reporting
import Testing

/// What the verdict says of chance and of what decided: as the tiers have it, in the page and in Markdown.
struct ChoiceTests {
  private static let alike = "; compared on the same rows, the two cannot be told apart."

  private struct Placed {
    let trial: TrialRecord
    /// Nil where it misses a requirement.
    let tier: Int?

    init(_ trial: TrialRecord, _ tier: Int?) {
      self.trial = trial
      self.tier = tier
    }
  }

  private func tiers(
    _ basis: String = "chance", metrics: [String] = ["roc_auc"], then preferences: [String] = []
  ) throws -> TierRecord {
    let members: [String: Any] = [
      "basis": basis, "metrics": metrics, "level": 0.95, "then": preferences,
    ]
    return try JSONDecoder().decode(
      TierRecord.self, from: JSONSerialization.data(withJSONObject: members))
  }

  /// In the order given, the first chosen.
  private func rows(_ trials: [Placed]) -> [LeaderboardRow] {
    trials.enumerated().map { index, entry in
      LeaderboardRow(
        rank: entry.tier == nil ? nil : index + 1, isChosen: index == 0, tier: entry.tier,
        unmet: entry.tier == nil ? ["ece 0.3 is above 0.2"] : [], trial: entry.trial)
    }
  }

  /// The page and the Markdown, as a reader sees them.
  private func texts(_ run: RunRecord) -> [String] {
    [HTMLReport.render(run, charts: nil), MarkdownReport.render(run).replacing("\\", with: "")]
  }

  private func classified(
    _ trials: [Placed], _ tiers: TierRecord?
  ) throws -> [String] {
    var run = try ClassificationFixture.run(rows(trials), ClassificationFixture.document())
    run.experiments[0].tiers = tiers
    return texts(run)
  }

  private func clustered(
    _ trials: [Placed], _ tiers: TierRecord
  ) -> [String] {
    var run = RunFixture.run(of: rows(trials))
    run.experiments[0].tiers = tiers
    return texts(run)
  }

  private func classifier(
    _ index: Int, _ model: String, area: Double, calibrationError: Double
  ) -> TrialRecord {
    var trial = ClassificationFixture.trial(index, model, [], area: area, half: 0.03)
    trial.metrics.append(
      MetricRecord(
        name: "ece", value: calibrationError, direction: .lowerIsBetter, split: "folds",
        rowCount: 20))
    return trial
  }

  /// k-means with the silhouette of the fixture, 0.412 for k = 5 and 7 % less for k = 4, and a stability.
  private func segments(k: Int, stability: Double) throws -> TrialRecord {
    let rows = RunFixture.experiment.leaderboard
    var trial = try #require(
      rows.first { $0.trial.stages.last?.parameters["k"] == .integer(k) }
    ).trial
    trial.metrics.append(
      MetricRecord(
        name: "stability", value: stability, direction: .higherIsBetter, split: "all",
        rowCount: RunFixture.rowCount))
    return trial
  }

  /// A tree that is the best calibrated, and two that rank better.
  private var chosenTree: [Placed] {
    [
      Placed(classifier(0, "decision-tree", area: 0.6775, calibrationError: 0.012), 1),
      Placed(classifier(1, "random-forest", area: 0.71, calibrationError: 0.02), 1),
      Placed(classifier(2, "gradient-boosting", area: 0.7239, calibrationError: 0.03), 1),
      Placed(classifier(3, "prior", area: 0.5, calibrationError: 0.001), 2),
    ]
  }

  @Test func `trials that tests tell apart are not called chance because intervals overlap`() throws
  {
    let done = ClassificationFixture.leaderboard.prefix(5).map(\.trial)
    let trials = zip(done, [1, 2, 2, 3, 4]).map { Placed($0, $1) }
    for text in try classified(trials, tiers()) {
      #expect(
        text.contains(
          "Second is gradient-boosting (num_leaves 15) with 0.8500 (0.8000 to 0.9000), behind by "
            + "0.00330; compared on the same rows, that is more than chance."))
      #expect(text.contains("No other trial is so close that chance could have put it first."))
      // Of the second tier only its best was compared with the chosen one.
      #expect(text.contains("logistic-regression: 0.8200 (0.7700 to 0.8700)."))
      #expect(!text.contains("the intervals overlap"))
    }
  }

  @Test func `trials of one tier cannot be told apart, whatever their intervals`() throws {
    let done = ClassificationFixture.leaderboard.prefix(5).map(\.trial)
    let trials = zip(done, [1, 1, 1, 1, 2]).map { Placed($0, $1) }
    for text in try classified(trials, tiers()) {
      #expect(
        text.contains(
          "Second is gradient-boosting (num_leaves 15) with 0.8500 (0.8000 to 0.9000), behind by "
            + "0.00330" + Self.alike))
      #expect(text.contains("logistic-regression: 0.8200 (0.7700 to 0.8700)" + Self.alike))
      #expect(!text.contains("the intervals overlap"))
    }
  }

  @Test func `a preference that decided is named, with what leads by the metric`() throws {
    for text in try classified(chosenTree, tiers(then: ["best_calibrated"])) {
      #expect(
        text.contains(
          "decision-tree is chosen as the best calibrated of the 3 trials in the first tier "
            + "(ece 0.01200); its roc_auc is 0.6775 (95% interval 0.6475 to 0.7075; higher is "
            + "better), measured on all 20 training rows, each scored out of fold."))
      #expect(
        text.contains(
          "By roc_auc alone gradient-boosting would lead with 0.7239 (0.6939 to 0.7539), ahead by "
            + "0.0464" + Self.alike))
      #expect(text.contains("3 of 4 eligible trials form the first tier"))
      #expect(!text.contains("is chosen by roc_auc"))
      #expect(!text.contains("Second is"))
    }
  }

  @Test func `a chosen baseline that others outdo says so`() throws {
    for text in try classified(chosenTree, tiers(then: ["best_calibrated"])) {
      #expect(
        text.contains(
          "decision-tree is itself a baseline, though gradient-boosting did better by 0.0464"
            + Self.alike))
      // Only against the one that leads were both tested.
      #expect(
        text.contains(
          "It is worse by 0.0325 than the best other baseline, random-forest: 0.7100 (0.6800 to "
            + "0.7400); compared on the same rows, neither can be told apart from the one that "
            + "leads."))
      #expect(!text.contains("nothing more elaborate"))
    }
  }

  @Test func `a chosen baseline that nothing outdoes says so`() throws {
    let trials = [
      Placed(classifier(0, "logistic-regression", area: 0.85, calibrationError: 0.1), 1),
      Placed(classifier(1, "gradient-boosting", area: 0.82, calibrationError: 0.1), 1),
    ]
    for text in try classified(trials, tiers()) {
      #expect(
        text.contains(
          "logistic-regression is itself a baseline: nothing more elaborate did better."))
    }
    let ruledOut = classifier(2, "gradient-boosting", area: 0.9, calibrationError: 0.3)
    for text in try classified(trials + [Placed(ruledOut, nil)], tiers()) {
      #expect(
        text.contains(
          "logistic-regression is itself a baseline: nothing more elaborate that is eligible did "
            + "better."))
      #expect(text.contains("gradient-boosting has a better roc_auc, 0.9000, but is not eligible"))
    }
  }

  @Test func `preferences without figures name those that decide among equals`() throws {
    let preferences = ["most_stable", "cheapest", "best_calibrated"]
    for text in try classified(chosenTree, tiers(then: preferences)) {
      #expect(
        text.contains(
          "decision-tree is chosen as the most stable over folds of the 3 trials in the first tier, "
            + "among equals as the smallest model, among equals as the best calibrated "
            + "(ece 0.01200); its roc_auc is 0.6775"))
    }
  }

  @Test func `a clustering that a preference chose has both figures`() throws {
    let trials = [
      Placed(try segments(k: 4, stability: 0.8), 1), Placed(try segments(k: 5, stability: 0.6), 1),
    ]
    // Both leave no row out, so noise decides nothing.
    let tiers = try tiers(metrics: ["silhouette"], then: ["noise", "most_stable"])
    for text in clustered(trials, tiers) {
      #expect(
        text.contains(
          "k-means with k = 4 is chosen as the most stable of the 2 trials in the first tier "
            + "(stability 0.8000); its silhouette is 0.3832 (higher is better), measured on all "
            + "4,521 rows."))
      #expect(
        text.contains(
          "By silhouette alone k-means with k = 5 would lead with 0.4120, ahead by 0.0288"
            + Self.alike))
    }
  }

  @Test func `fronts are not tests of chance`() throws {
    let trials = [
      Placed(try segments(k: 4, stability: 0.8), 1), Placed(try segments(k: 5, stability: 0.6), 1),
    ]
    let names = ["silhouette", "min_share"]
    let front = try tiers("pareto", metrics: names, then: ["most_stable"])
    for text in clustered(trials, front) {
      #expect(
        text.contains(
          "k-means with k = 4 is chosen as the most stable of the 2 trials in the first tier"))
      #expect(
        text.contains(
          "By silhouette alone k-means with k = 5 would lead with 0.4120, ahead by 0.0288."))
    }
    for text in clustered(trials.reversed(), try tiers("pareto", metrics: names)) {
      #expect(
        text.contains(
          "k-means with k = 5 is chosen by silhouette and min_share alike; silhouette is 0.4120"))
      #expect(
        text.contains("Second is k-means with k = 4 with 0.3832, behind by 0.0288 or 7.0%."))
    }
  }

  @Test func `where the preferences are equal the metric has decided`() throws {
    let trials = [
      Placed(try segments(k: 5, stability: 0.6), 1), Placed(try segments(k: 4, stability: 0.6), 1),
    ]
    for text in clustered(trials, try tiers(metrics: ["silhouette"], then: ["most_stable"])) {
      #expect(text.contains("k-means with k = 5 is chosen by silhouette: 0.4120"))
      #expect(
        text.contains("k-means with k = 4 with 0.3832, behind by 0.0288 or 7.0%" + Self.alike))
    }
  }

  @Test func `where a preference leaves equals the metric decides among them`() throws {
    let trials = [
      Placed(try segments(k: 5, stability: 0.8), 1), Placed(try segments(k: 4, stability: 0.8), 1),
      Placed(try segments(k: 6, stability: 0.6), 1),
    ]
    for text in clustered(trials, try tiers(metrics: ["silhouette"], then: ["most_stable"])) {
      #expect(
        text.contains(
          "k-means with k = 5 is chosen as the most stable of the 3 trials in the first tier "
            + "(stability 0.8000), among equals by silhouette; its silhouette is 0.4120"))
      #expect(text.contains("Second is k-means with k = 4"))
    }
  }

  @Test func `configurations under seeds follow their tiers too`() throws {
    let means = [[0.5, 0.52], [0.47, 0.49]]
    let rows = try means.enumerated().map { index, values -> LeaderboardRow in
      let trial = try segments(k: 5 - index, stability: 0.5)
      let spread = try #require(SeedSpread("silhouette", values))
      return LeaderboardRow(
        rank: index + 1, isChosen: index == 0, tier: 1, unmet: [], trial: trial,
        seeds: SeedSummary(trials: [trial, trial], metrics: [spread]))
    }
    var run = RunFixture.run(of: rows)
    run.experiments[0].tiers = try tiers(metrics: ["silhouette"])
    for text in texts(run) {
      #expect(
        text.contains("k-means with k = 5 is chosen by silhouette: 0.5100 ± 0.014 over 2 seeds"))
      // Means of 0.51 and 0.48.
      #expect(
        text.contains(
          "Second is k-means with k = 4 with 0.4800 ± 0.014 over 2 seeds, behind by 0.0300 in the "
            + "mean" + Self.alike))
    }
  }
}
