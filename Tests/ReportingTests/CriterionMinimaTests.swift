import Experiments
import Learning
import Reporting
import Testing

struct CriterionMinimaTests {
  private let reading: PageReading

  init() throws { reading = try PageReading(ModelFixture.run) }

  @Test func `every criterion has its least value`() throws {
    // BIC 100, 95, 97; AIC 90, 80, 94; ICL 120, 130, 99.
    #expect(
      try reading.rows(after: "How many components").prefix(4) == [
        ["criterion", "k", "setting", "value"], ["bic", "3", "covariance full", "95"],
        ["aic", "3", "covariance full", "80"], ["icl", "2", "covariance spherical", "99"],
      ])
  }

  @Test func `the least BIC is a sentence that doubts the end of the range`() {
    #expect(
      reading.text.contains(
        "BIC is least for gaussian-mixture with k = 3 (covariance full): 95; this is the largest k "
          + "that was tried, a larger one may lower it."))
  }

  @Test func `a diamond marks the least value of a picture`() throws {
    let chart = try reading.chart("-criterion-0-0")
    let diamonds = chart.layers.filter {
      ($0["mark"] as? [String: Any])?["shape"] as? String == "diamond"
    }
    #expect(diamonds.count == 1)
    let values = diamonds.flatMap(PageReading.Spec.values)
    #expect(values.compactMap { $0["k"] as? Double } == [3])
    #expect(values.compactMap { $0["v"] as? Double } == [95])
  }

  @Test func `criteria have their own pictures, a line per covariance`() throws {
    let chart = try reading.chart("-criterion-0-0")
    #expect(Set(chart.rows.compactMap { $0["l"] as? String }).count == 2)
    #expect(reading.hasChart("-criterion-0-2"))
    #expect(!reading.hasChart("-criterion-0-3"))
    // Of the metrics of all models only the silhouette tells trials with k apart.
    #expect(reading.hasChart("-curve-0"))
    #expect(!reading.hasChart("-curve-1"))
  }

  @Test func `preparations have pictures and a least value each`() throws {
    var rows: [LeaderboardRow] = []
    for (index, entry) in [
      ("zscore", 2, 70.0), ("zscore", 3, 60), ("robust", 2, 50), ("robust", 3, 55),
    ]
    .enumerated() {
      let trial = ModelFixture.trial(
        index, "gaussian-mixture", [("k", .integer(entry.1))], silhouette: 0.5,
        fit: [(.bic, entry.2)])
      let scaling = StageRecord(
        name: "standardize", parameters: Parameters([("method", .text(entry.0))]))
      let prepared = TrialRecord(
        id: trial.id, experiment: trial.experiment, model: trial.model,
        stages: [scaling] + trial.stages, status: .done, metrics: trial.metrics)
      rows.append(LeaderboardRow(rank: index + 1, isChosen: index == 0, unmet: [], trial: prepared))
    }
    let reading = try PageReading(RunFixture.run(of: rows))
    #expect(
      try reading.rows(after: "How many components (standardize zscore)").dropFirst().first == [
        "bic", "3", "gaussian-mixture", "60",
      ])
    #expect(
      try reading.rows(after: "How many components (standardize robust)").dropFirst().first == [
        "bic", "2", "gaussian-mixture", "50",
      ])
    #expect(try reading.chart("-criterion-1-0").numbers("v") == [50, 55])
  }

  @Test func `without criteria there is no part`() {
    #expect(!HTMLReport.render(RunFixture.run, charts: nil).contains("How many components"))
  }
}
