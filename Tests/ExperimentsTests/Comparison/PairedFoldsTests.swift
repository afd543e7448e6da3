import Artifacts
import Evaluation
import Experiments
import Learning
import TestSupport
import Testing

/// Two classifiers on four folds of five events and five other rows each.
///
/// Other rows score 0.2 and events 0.8, but the events that a model misses 0.1. With m of 5 events of a fold
/// missed its area is 1 − m / 5, and over all rows the area is 1 − M / 20 for M missed in all. A misses none.
/// The variance by DeLong of B's area is then q (1 − q) / 19 with q = M / 20, that of A's is none.
struct PairedFoldsTests {
  private static let foldCount = 4

  private static func metric(
    _ name: String, _ value: Double, _ direction: Direction
  ) -> MetricRecord {
    MetricRecord(name: name, value: value, direction: direction, split: "folds", rowCount: 40)
  }

  /// Squared errors are 0.04 but for missed events, which have 0.81.
  private static func brier(_ missed: Int, of rows: Int) -> Double {
    (0.04 * Double(rows - missed) + 0.81 * Double(missed)) / Double(rows)
  }

  private static func folds(
    _ missed: [Int], numbers: [Int]? = nil, values: [String: [Double]]? = nil
  ) -> Experiments.RowScores.Folds {
    let own: [String: [Double]] = [
      "roc_auc": missed.map { 1 - Double($0) / 5 }, "brier": missed.map { brier($0, of: 10) },
    ]
    return Experiments.RowScores.Folds(
      numbers: numbers ?? (0..<40).map { $0 / 10 + 1 }, values: values ?? own, testRatio: 1.0 / 3)
  }

  /// - Parameter missed: by fold.
  private static func run(
    _ id: String, missed: [Int], folds: Experiments.RowScores.Folds?
  ) -> ComparedRun {
    let scores: [Double] = (0..<40).map { row in
      row % 10 >= 5 ? 0.2 : row % 10 < missed[row / 10] ? 0.1 : 0.8
    }
    let outcomes: [Double] = (0..<40).map { $0 % 10 < 5 ? 1.0 : 0 }
    let total = missed.reduce(0, +)
    let stage = StageRecord(name: "prior", parameters: Parameters([("id", .text(id))]))
    let trial = TrialRecord(
      id: id, experiment: "e", model: "prior", stages: [stage], status: .done,
      metrics: [
        metric("roc_auc", 1 - Double(total) / 20, .higherIsBetter),
        metric("brier", brier(total, of: 40), .lowerIsBetter),
      ])
    let data = DataRecord(source: "t.csv", fingerprint: "sha256:1", rowCount: 40, columns: [])
    let experiment = ExperimentRecord(
      id: "e", task: .classify, metric: "roc_auc", direction: .higherIsBetter,
      leaderboard: [LeaderboardRow(rank: 1, isChosen: true, unmet: [], trial: trial)])
    return ComparedRun(
      name: id,
      record: RunRecord(study: "s", engineVersion: "1", data: data, experiments: [experiment]),
      settings: .object([:]),
      answers: [
        "e": .scores(
          RowScores(
            rows: Array(1...40), raw: scores, calibrated: scores, outcomes: outcomes, folds: folds))
      ])
  }

  /// A, which misses nothing, and B.
  private static func compared(
    missed: [Int], folds: Experiments.RowScores.Folds?
  ) throws -> [MetricComparison] {
    let none = [Int](repeating: 0, count: foldCount)
    let comparison = Comparison(
      run("t1", missed: none, folds: Self.folds(none)), run("t2", missed: missed, folds: folds))
    return try #require(comparison.experiments.first?.chosen).metrics
  }

  // Differences −0.8, 0, 0, 0 have the mean −0.2 and s = 0.4, so t² = 0.04 / (0.16 · (1/4 + 1/3)) = 3/7. With 3
  // degrees of freedom p = 1 − (2/π)(arctan u + u / (1 + u²)) for u = t / √3, and 5% are beyond 3.18245.
  @Test func `what one fold alone has found is within noise`() throws {
    let missed = [4, 0, 0, 0]
    let metrics = try Self.compared(missed: missed, folds: Self.folds(missed))
    #expect(metrics.map(\.name) == ["roc_auc", "brier"])
    #expect(metrics.map(\.method) == [.delong, .pairedBootstrap])
    for metric in metrics {
      let rows = try #require(metric.interval)
      #expect(!rows.contains(0))
      let folds = try #require(metric.foldTest)
      #expect(folds.foldCount == 4)
      // Of a continued fraction, as in the tests of the distribution.
      #expect(isClose(folds.test.pValue, 0.5594043441634879, within: 1e-12))
      #expect(metric.verdict == .undecided)
    }
    let area = try #require(metrics[0].foldTest?.test)
    #expect(isClose(area.difference, -0.2, within: 1e-15))
    #expect(isClose(area.interval.lower, -1.1722534059396752, within: 1e-12))
    #expect(isClose(area.interval.upper, 0.7722534059396751, within: 1e-12))
  }

  // Differences −0.4, −0.4, −0.4, −0.2: mean −0.35, s = 0.1, t² = 0.1225 / (0.01 · 7/12) = 21.
  @Test func `what rows and folds agree on is worse`() throws {
    let missed = [2, 2, 2, 1]
    for metric in try Self.compared(missed: missed, folds: Self.folds(missed)) {
      let rows = try #require(metric.interval)
      #expect(!rows.contains(0))
      let folds = try #require(metric.foldTest)
      #expect(isClose(folds.test.pValue, 0.01951125648871954, within: 1e-12))
      #expect(metric.verdict == .worse)
    }
  }

  @Test func `rows decide alone where the folds are not the same`() throws {
    let missed = [4, 0, 0, 0]
    // The first row stands in another fold than A has it in.
    let moved: [Int] = (0..<40).map { $0 == 0 ? 2 : $0 / 10 + 1 }
    let others: [Experiments.RowScores.Folds?] = [
      Self.folds(missed, numbers: moved),
      Self.folds(missed, values: [:]),
      Self.folds(missed, values: ["roc_auc": [0.2, 1, 1], "brier": [0.3, 0, 0]]),
      nil,
    ]
    for folds in others {
      for metric in try Self.compared(missed: missed, folds: folds) {
        #expect(metric.foldTest == nil)
        #expect(metric.verdict == .worse)
      }
    }
  }

  @Test func `the test over folds is a member of its own in JSON`() throws {
    let missed = [4, 0, 0, 0]
    let metrics = try Self.compared(missed: missed, folds: Self.folds(missed))
    let value = try CanonicalJSON.parse(CanonicalJSON.encode(metrics))
    guard case .array(let entries) = value, case .object(let area) = entries.first,
      case .object(let test) = area["fold_test"]
    else {
      Issue.record("there is no test over folds")
      return
    }
    #expect(test.keys.sorted() == ["difference", "folds", "interval", "p_value"])
    #expect(area["verdict"] == .text("undecided"))
  }
}
