import Evaluation
import Experiments
import Foundation
import Learning

/// Classifiers of twenty customers, small enough to check by hand.
///
/// Scores fall from 0.975 to 0.025 by 0.05; the 1st, 2nd, 4th, 7th and 12th best are positive.
enum ClassificationFixture {
  static let scores = (0..<20).map { 0.975 - 0.05 * Double($0) }
  static let labels = (1...20).map { [1, 2, 4, 7, 12].contains($0) ? 1.0 : 0 }

  static func run(
    _ change: (inout EvidenceDocument) -> Void = { _ in }, leaks: String = "[]"
  ) throws -> RunRecord {
    var document = try document()
    change(&document)
    return try run(leaderboard, document, leaks: leaks)
  }

  /// The first trial has `document` as its evidence, the linear one `simple` or the same.
  static func run(
    _ leaderboard: [LeaderboardRow], _ document: EvidenceDocument,
    simple: EvidenceDocument? = nil, leaks: String = "[]"
  ) throws -> RunRecord {
    let evidence = try document.evidence()
    var linear = simple ?? document
    linear.coefficients = [
      .init(feature: "age", coefficient: -0.5, oddsRatio: 0.6065, standardError: 0.1),
      .init(feature: "balance", coefficient: 0.7, oddsRatio: 2.014, standardError: nil),
      .init(feature: "pdays", coefficient: 0, oddsRatio: 1, standardError: nil),
    ]
    linear.losses = []
    let timings = """
      {"seconds": 3.42, "latency": {"calls": 1000, "cold": {"p50": 40, "p95": 90, "p99": 400},
        "warm": {"p50": 8, "p95": 11, "p99": 14.4}}}
      """
    let times = try JSONDecoder().decode(TrialTimings.self, from: Data(timings.utf8))
    return RunRecord(
      study: "bank-propensity", engineVersion: "0.1.0", data: RunFixture.data,
      experiments: [
        ExperimentRecord(
          id: "propensity", task: .classify, metric: "roc_auc", direction: .higherIsBetter,
          leaderboard: leaderboard,
          classification: [
            RunFixture.identifier(0): evidence, RunFixture.identifier(2): try linear.evidence(),
          ],
          leaks: try JSONDecoder().decode([LeakFinding].self, from: Data(leaks.utf8)),
          timings: [RunFixture.identifier(0): times])
      ])
  }

  /// Two boosters, then baselines, then a failure; the holdout was opened for the best alone.
  static var leaderboard: [LeaderboardRow] {
    let done = [
      trial(0, "gradient-boosting", [("num_leaves", .integer(31))], area: 0.8533, half: 0.05),
      trial(1, "gradient-boosting", [("num_leaves", .integer(15))], area: 0.85, half: 0.05),
      trial(2, "logistic-regression", [("penalty", .text("none"))], area: 0.82, half: 0.05),
      trial(3, "random-forest", [("trees", .integer(100))], area: 0.7, half: 0.04),
      trial(4, "prior", [], area: 0.5, half: 0),
    ].enumerated().map { index, trial in
      LeaderboardRow(rank: index + 1, isChosen: index == 0, unmet: [], trial: trial)
    }
    let failed = TrialRecord(
      id: RunFixture.identifier(5), experiment: "propensity", model: "gradient-boosting",
      stages: [
        StageRecord(
          name: "gradient-boosting", parameters: Parameters([("num_leaves", .integer(63))]))
      ], status: .failed, reason: "the fit ran out of its time of 5 min")
    return done + [LeaderboardRow(rank: nil, isChosen: false, unmet: [], trial: failed)]
  }

  static func trial(
    _ index: Int, _ model: String, _ parameters: [(String, ParameterValue)], area: Double,
    half: Double
  ) -> TrialRecord {
    var trial = TrialRecord(
      id: RunFixture.identifier(index), experiment: "propensity", model: model,
      stages: [StageRecord(name: model, parameters: Parameters(parameters))], status: .done)
    let interval = Interval(lower: area - half, upper: area + half, level: 0.95)
    trial.metrics = [
      MetricRecord(
        name: "roc_auc", value: area, direction: .higherIsBetter, split: "folds", rowCount: 20,
        interval: interval),
      MetricRecord(
        name: "pr_auc", value: area - 0.3, direction: .higherIsBetter, split: "folds",
        rowCount: 20),
      MetricRecord(
        name: "brier", value: 0.3 - area / 4, direction: .lowerIsBetter, split: "folds",
        rowCount: 20),
    ]
    if index == 0 {
      trial.metrics.append(
        MetricRecord(
          name: "roc_auc", value: 0.81, direction: .higherIsBetter, split: "holdout", rowCount: 8,
          interval: Interval(lower: 0.7, upper: 0.92, level: 0.95)))
    }
    return trial
  }

  static func document() throws -> EvidenceDocument {
    var document = try EvidenceDocument(
      scores: scores, raw: scores.map { ($0 * $0 * 1000).rounded() / 1000 }, labels: labels,
      contacting: 0.2)
    document.importance = [
      .init(
        column: "balance", fitted: 0.5, permutation: 0.12, permutationSpread: 0.01,
        contribution: 0.8),
      .init(
        column: "age", fitted: 0.3, permutation: 0.05, permutationSpread: 0.01, contribution: 0.4),
      .init(
        column: "job", fitted: 0.2, permutation: 0.001, permutationSpread: 0.004,
        contribution: 0.05),
    ]
    document.dependence = dependence
    document.losses = [0.6, 0.5, 0.45, 0.47]
    document.slices = [
      .init(
        column: "job", level: "retired", rowCount: 5, eventCount: 2, meanScore: 0.5, rate: 0.4,
        rocAUC: 0.6667, rocAUCInterval: Interval(lower: 0.55, upper: 0.78, level: 0.95),
        metrics: [
          .init(metric: "log_loss", value: 0.6), .init(metric: "pr_auc", value: 0.5),
          .init(metric: "brier", value: 0.2),
        ]),
      .init(
        column: "job", level: "services", rowCount: 15, eventCount: 3, meanScore: 0.5, rate: 0.2,
        rocAUC: 0.9, rocAUCInterval: Interval(lower: 0.8, upper: 0.95, level: 0.95),
        metrics: [.init(metric: "log_loss", value: 0.4), .init(metric: "pr_auc", value: nil)]),
      .init(
        column: "job", level: "unknown", rowCount: 2, eventCount: 0, meanScore: 0.1, rate: 0),
    ]
    document.folds = [
      .init(metric: "roc_auc", values: [0.8, 0.9, 1, 0.7, nil]),
      .init(metric: "brier", values: [0.1, 0.1, 0.1, 0.1, 0.1]),
    ]
    return document
  }

  private static var dependence: [EvidenceDocument.Dependence] {
    [
      .init(
        column: "balance",
        points: [
          .init(number: 0, label: "0", mean: 0.1, low: 0.05, high: 0.2, share: 0.4),
          .init(number: 1000, label: "1000", mean: 0.3, low: 0.2, high: 0.45, share: 0.5),
          .init(number: nil, label: "(missing)", mean: 0.15, low: 0.1, high: 0.2, share: 0.1),
        ], rows: [[0.05, 0.25, 0.1], [0.15, 0.4, 0.2]], rowCount: 20),
      .init(
        column: "job", isCategorical: true,
        points: [
          .init(label: "retired", mean: 0.4, low: 0.3, high: 0.5, share: 0.25),
          .init(label: "services", mean: 0.2, low: 0.1, high: 0.3, share: 0.75),
        ], rowCount: 20),
    ]
  }
}
