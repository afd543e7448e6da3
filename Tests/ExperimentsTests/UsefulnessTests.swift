import Artifacts
import Evaluation
import Experiments
import Foundation
import Testing

/// Runs over `RunFolder`'s three well-parted groups, whose spend is about 0, 10 and 20.
@Suite struct UsefulnessTests {
  private func chosen(_ folder: RunFolder, _ study: StudyFile) throws -> (
    trial: TrialRecord, useful: ClusteringEvidence.Usefulness
  ) {
    let experiment = try #require(try folder.run(study).record.experiments.first)
    let trial = try #require(experiment.chosen).trial
    return (trial, try #require(experiment.evidence[trial.id]?.usefulness))
  }

  @Test func `Every trial is measured for what it is good for`() throws {
    let folder = try RunFolder(rowCount: 300)
    let study = try folder.study(
      grid: "[{model: cuts, k: 3}]",
      experiment: "value: spend\nmetrics: [value_spread, silhouette]")
    let (trial, useful) = try chosen(folder, study)
    #expect(try #require(trial[metric: "value_spread"]).value > 0.9)
    #expect(trial[metric: "describability"]?.rowCount == 300)
    #expect(trial[metric: "scoring_cost"]?.direction == .lowerIsBetter)
    #expect(useful.value?.column == "spend")
    let shares = useful.cards.compactMap(\.valueShare)
    #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
  }

  @Test func `Segments that follow a column are described in its words`() throws {
    let folder = try RunFolder(rowCount: 300)
    let study = try folder.study(
      shared: "{}", grid: "[{model: cuts, k: 3}]", experiment: "value: spend")
    let (trial, useful) = try chosen(folder, study)
    #expect(trial[metric: "describability"]?.value == 1)
    #expect(
      useful.cards.map(\.rule.alternatives) == [
        ["spend ≤ 5"], ["5 < spend ≤ 20"], ["spend > 20"],
      ] || useful.cards.allSatisfy { $0.rule.recall == 1 && $0.rule.precision == 1 })
    #expect(useful.rules?.sql.hasPrefix("CASE") == true)
  }

  @Test func `Names reach the artifact and its scores`() throws {
    let folder = try RunFolder(rowCount: 300)
    let study = try folder.study(
      grid: "[{model: cuts, k: 3}]",
      experiment: "value: spend\nsegment_names: {1: \"Middle, class\"}")
    let summary = try folder.run(study)
    let id = try #require(summary.record.experiments[0].chosen).trial.id
    let text = try String(
      contentsOfFile: summary.directory.path + "/trials/\(id)/model/segments.yaml", encoding: .utf8)
    #expect(text.contains("name: \"Middle, class\""))
    #expect(text.contains("name: \"Champions\""))
  }

  @Test func `Other names and other values are other trials`() throws {
    let folder = try RunFolder()
    let keys = try ["", "value: spend", "value: visits"].map { asked in
      try folder.run(try folder.study(experiment: asked)).record.experiments[0].leaderboard
        .map(\.trial.id).sorted()
    }
    #expect(Set(keys).count == 3)
  }

  @Test func `Value columns must exist and hold numbers`() throws {
    let folder = try RunFolder()
    for column in ["spent", "channel", "customer", "mail"] {
      #expect(throws: RunError.self) {
        _ = try folder.run(try folder.study(experiment: "value: \(column)"))
      }
    }
  }

  @Test func `Missing values are left out of the value's figures`() throws {
    let folder = try RunFolder()
    let (trial, useful) = try chosen(folder, try folder.study(experiment: "value: visits"))
    // Every eleventh of 60 rows, from the first, has no visits.
    #expect(useful.value?.missingCount == 6)
    #expect(trial[metric: "value_spread"]?.rowCount == 54)
  }

  @Test func `One segment has no rules and no describability`() throws {
    let folder = try RunFolder()
    let study = try folder.study(
      grid: "[{model: reluctant}]",
      experiment: "value: spend\nmetrics: [value_spread, describability]")
    let (trial, useful) = try chosen(folder, study)
    #expect(trial[metric: "describability"] == nil)
    #expect(trial[metric: "value_spread"]?.value == 0)
    #expect(useful.rules == nil)
    #expect(trial.warnings.contains { $0.hasPrefix("describability") })
  }

  @Test func `Segments of few rows show no figures of their customers`() throws {
    let folder = try RunFolder(rowCount: 57)
    let (_, useful) = try chosen(
      folder,
      try folder.study(
        shared: "{encode.rare_rows: 1, pca.components: [2, none]}",
        grid: "[{model: cuts, k: 3}]", experiment: "value: spend"))
    // 19 rows each.
    for card in useful.cards {
      #expect(card.typical == nil && card.edge == nil && card.meanValue == nil)
    }
  }

  @Test func `What carries over is measured on the holdout`() throws {
    let folder = try RunFolder(rowCount: 300)
    let study = try folder.study(
      grid: "[{model: cuts, k: 3}]", experiment: "value: spend", tail: "split: {holdout: 0.3}")
    let (trial, _) = try chosen(folder, study)
    let unseen = trial.metrics.filter { $0.split == "holdout" }
    #expect(unseen.first { $0.name == "describability" }?.rowCount == 90)
    #expect(unseen.contains { $0.name == "value_spread" })
  }
}
