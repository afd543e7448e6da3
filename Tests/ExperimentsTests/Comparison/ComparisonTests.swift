import Artifacts
import Evaluation
import Experiments
import Learning
import Numerical
import Tabular
import Testing

struct ComparisonTests {
  private static func metric(
    _ name: String, _ value: Double, _ interval: (Double, Double)? = nil, split: String = "folds",
    direction: Direction = .higherIsBetter
  ) -> MetricRecord {
    MetricRecord(
      name: name, value: value, direction: direction, split: split, rowCount: 6,
      interval: interval.map { Interval(lower: $0.0, upper: $0.1, level: 0.95) })
  }

  private static func row(
    _ id: String, rank: Int?, c: Double = 1, metrics: [MetricRecord] = [],
    status: TrialRecord.Status = .done
  ) -> LeaderboardRow {
    let stage = StageRecord(name: "logistic-regression", parameters: Parameters([("c", .real(c))]))
    return LeaderboardRow(
      rank: rank, isChosen: rank == 1, unmet: [],
      trial: TrialRecord(
        id: id, experiment: "e", model: "logistic-regression", stages: [stage], status: status,
        metrics: metrics))
  }

  private static func run(
    _ rows: [LeaderboardRow], fingerprint: String = "sha256:1",
    columns: [DataRecord.ColumnRecord] = [], settings: JSONValue = .object([:]),
    answers: RowAnswers? = nil, id: String = "e"
  ) -> ComparedRun {
    ComparedRun(
      name: "run",
      record: RunRecord(
        study: "s", engineVersion: "1",
        data: DataRecord(source: "t.csv", fingerprint: fingerprint, rowCount: 6, columns: columns),
        experiments: [
          ExperimentRecord(
            id: id, task: .classify, metric: "roc_auc", direction: .higherIsBetter,
            leaderboard: rows)
        ]), settings: settings, answers: answers.map { [id: $0] } ?? [:])
  }

  private static func scores(_ values: [Double], outcomes: [Double] = [1, 0, 1, 0, 0, 1])
    -> RowAnswers
  {
    .scores(
      RowScores(rows: Array(1...values.count), raw: values, calibrated: values, outcomes: outcomes))
  }

  @Test func `a run compared with itself has no difference`() {
    let run = Self.run([Self.row("t1", rank: 1, metrics: [Self.metric("roc_auc", 0.8)])])
    let comparison = Comparison(run, run)
    #expect(comparison.isSame)
    #expect(comparison.experiments[0].chosen?.pairing == .sameTrial)
  }

  @Test func `only settings that differ are listed, elements of lists by their names`() {
    func study(_ k: [JSONValue], seed: Int64) -> JSONValue {
      let axis: JSONValue = .object([
        "stage": .text("model"), "parameter": .text("k"), "values": .array(k),
      ])
      return .object([
        "name": .text("s"), "seed": .integer(seed),
        "experiments": .array([
          .object(["id": .text("e"), "grid": .array([.array([axis])]), "ties": .array([])])
        ]),
      ])
    }
    let changes = SettingChange.between(
      study([.integer(2)], seed: 1), study([.integer(3)], seed: 2))
    #expect(
      changes == [
        SettingChange(path: "experiments.e.grid.model.k.values", a: "[2]", b: "[3]"),
        SettingChange(path: "seed", a: "1", b: "2"),
      ])
  }

  @Test func `a setting of one side only has no value on the other`() {
    let changes = SettingChange.between(
      .object(["a": .real(2)]), .object(["a": .real(2), "b": .null]))
    #expect(changes == [SettingChange(path: "b", a: nil, b: "none")])
  }

  @Test func `a password in an address is left out`() {
    func settings(_ word: String) -> JSONValue { .object(["source": .text("db://u:\(word)@h/t")]) }
    let a = Self.run([], settings: settings("one"))
    let b = Self.run([], settings: .object(["source": .text("db://u:two@other/t")]))
    #expect(Comparison(a, b).settings.map(\.a) == ["db://u:…@h/t"])
  }

  @Test func `columns that came, went or changed are listed`() throws {
    func column(_ name: String, missing: Int = 0) -> DataRecord.ColumnRecord {
      .init(name: name, kind: .real, role: "feature", missing: missing)
    }
    let a = Self.run([], columns: [column("same"), column("gone"), column("other")])
    let b = Self.run([], columns: [column("new"), column("other", missing: 2), column("same")])
    let data = try #require(Comparison(a, b).data)
    #expect(data.columns.map(\.name) == ["gone", "other", "new"])
    #expect(data.columns.map { $0.a == nil } == [false, false, true])
    #expect(data.columns.map { $0.b == nil } == [true, false, false])
  }

  @Test func `trials are matched by id, else by their steps`() throws {
    let value = [Self.metric("roc_auc", 0.7)]
    let a = Self.run([
      Self.row("same", rank: 1, c: 1, metrics: value),
      Self.row("old", rank: 2, c: 2, metrics: value), Self.row("gone", rank: 3, c: 3),
    ])
    let b = Self.run([
      Self.row("new", rank: 1, c: 2, metrics: value),
      Self.row("same", rank: 2, c: 1, metrics: value), Self.row("came", rank: 3, c: 4),
    ])
    let experiment = try #require(Comparison(a, b).experiments.first)
    #expect(experiment.matchedCount == 2)
    #expect(experiment.moved.map(\.ids) == [Pair("same", "same"), Pair("old", "new")])
    #expect(experiment.moved.map(\.rank) == [Pair(1, 2), Pair(2, 1)])
    #expect(experiment.onlyInA.map(\.id) == ["gone"])
    #expect(experiment.onlyInB.map(\.id) == ["came"])
    #expect(
      experiment.chosen?.settings == [
        SettingChange(path: "logistic-regression.c", a: "1.0", b: "2.0")
      ])
  }

  @Test func `experiments of one side only are kept apart`() {
    let comparison = Comparison(Self.run([], id: "x"), Self.run([], id: "y"))
    #expect(comparison.experiments.map(\.id) == ["x", "y"])
    #expect(comparison.experiments[0].task == Pair(.classify, nil))
    #expect(!comparison.isSame)
  }

  @Test func `without the rows the interval comes from both intervals`() throws {
    let a = Self.run(
      [Self.row("t1", rank: 1, metrics: [Self.metric("roc_auc", 0.8, (0.75, 0.85))])])
    let b = Self.run(
      [Self.row("t2", rank: 1, c: 2, metrics: [Self.metric("roc_auc", 0.7, (0.66, 0.74))])])
    let chosen = try #require(Comparison(a, b).experiments[0].chosen)
    #expect(chosen.pairing == .notStored)
    let metric = chosen.metrics[0]
    let interval = try #require(metric.interval)
    // −0.1 ± √(0.04² + 0.05²); four operations round.
    #expect(abs(interval.lower - (-0.1 - 0.0041.squareRoot())) < 1e-15)
    #expect(abs(interval.upper - (-0.1 + 0.0041.squareRoot())) < 1e-15)
    #expect(metric.method == .unpaired)
    #expect(metric.verdict == .worse)
  }

  @Test func `on the same rows areas are compared by their covariance`() throws {
    // Of nine pairs of an event and none A ranks 3 + 2 + 2 right, B 2 + 1 + 1.
    let a = [0.9, 0.8, 0.6, 0.4, 0.2, 0.5]
    let b = [0.8, 0.9, 0.3, 0.5, 0.2, 0.4]
    let found = try #require(paired(a, b, areas: (7.0 / 9, 4.0 / 9)))
    let outcomes: [Double] = [1, 0, 1, 0, 0, 1]
    let scores = try [b, a].map { try BinaryScores(scores: $0, labels: outcomes) }
    let expected = try DeLong(scores).difference(0, 1)
    #expect(found.method == .delong)
    #expect(found.interval == expected.interval)
    #expect(found.pValue == expected.pValue)
  }

  private func paired(_ a: [Double], _ b: [Double], areas: (Double, Double))
    -> MetricComparison?
  {
    let runs = [("t1", a, areas.0), ("t2", b, areas.1)].map { id, values, area in
      Self.run(
        [Self.row(id, rank: 1, metrics: [Self.metric("roc_auc", area)])],
        answers: Self.scores(values))
    }
    let chosen = Comparison(runs[0], runs[1]).experiments[0].chosen
    #expect(chosen?.pairing == .paired)
    #expect(chosen?.scores?.rowCount == 6)
    return chosen?.metrics.first
  }

  @Test func `paired intervals do not depend on the threads`() throws {
    func run(_ id: String, _ values: [Double], _ brier: Double) -> ComparedRun {
      Self.run(
        [Self.row(id, rank: 1, metrics: [Self.metric("brier", brier, direction: .lowerIsBetter)])],
        answers: Self.scores(values))
    }
    let a = run("t1", [0.9, 0.8, 0.6, 0.4, 0.2, 0.5], 0.2)
    let b = run("t2", [0.8, 0.9, 0.3, 0.5, 0.2, 0.4], 0.3)
    let serial = Comparison(a, b)
    #expect(serial == Comparison(a, b, on: WorkerPool(threadCount: 3)))
    #expect(serial.experiments[0].chosen?.metrics[0].method == .pairedBootstrap)
  }

  @Test func `rows that are not the same are not paired, and why is said`() {
    let a = Self.run(
      [Self.row("t1", rank: 1)], answers: Self.scores([0.9, 0.8, 0.6, 0.4, 0.2, 0.5]))
    func pairing(_ answers: RowAnswers?, fingerprint: String = "sha256:1")
      -> CandidateComparison.Pairing?
    {
      let b = Self.run([Self.row("t2", rank: 1)], fingerprint: fingerprint, answers: answers)
      return Comparison(a, b).experiments[0].chosen?.pairing
    }
    let same = Self.scores([0.9, 0.8, 0.6, 0.4, 0.2, 0.5])
    #expect(pairing(same) == .paired)
    #expect(pairing(same, fingerprint: "sha256:2") == .otherData)
    #expect(pairing(Self.scores([0.9, 0.8], outcomes: [1, 0])) == .otherRows)
    #expect(
      pairing(Self.scores([0.9, 0.8, 0.6, 0.4, 0.2, 0.5], outcomes: [0, 0, 1, 0, 0, 1]))
        == .otherTarget)
    #expect(pairing(nil) == .notStored)
  }

  private func held(_ rules: String...) throws -> [RuleOutcome] {
    let a = Self.run([
      Self.row(
        "t1", rank: 1,
        metrics: [
          Self.metric("roc_auc", 0.8), Self.metric("roc_auc", 0.7, split: "holdout"),
          Self.metric("ks", 0.4),
        ])
    ])
    let b = Self.run([
      Self.row(
        "t2", rank: 1, c: 2,
        metrics: [Self.metric("roc_auc", 0.79), Self.metric("roc_auc", 0.71, split: "holdout")])
    ])
    return try Comparison(a, b).holding(rules.map { try ComparisonRule($0) }).rules
  }

  @Test(arguments: [
    ("roc_auc drop>0.005", "folds", true), ("e.roc_auc drop>0.005", "folds", true),
    ("folds.roc_auc drop>0.005", "folds", true), ("holdout.roc_auc drop>0.005", "holdout", false),
    ("e.holdout.roc_auc<0.72", "holdout", true),
  ])
  func `a rule finds its metric by split and experiment`(
    rule: String, split: String, isBroken: Bool
  ) throws {
    let outcomes = try held(rule)
    #expect(outcomes.map(\.split) == [split])
    #expect(outcomes.map(\.isBroken) == [isBroken])
  }

  @Test func `what was not measured in B breaks a rule`() throws {
    let outcome = try #require(try held("ks drop>0.5").first)
    #expect(outcome.isBroken)
    #expect(outcome.amount == nil)
  }

  @Test func `a rule about an unknown metric names the nearest`() throws {
    let error = #expect(throws: ComparisonError.self) { try held("roc_acu drop>0.1") }
    guard case .unknownMetric(_, let metric, let nearest) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(metric == "roc_acu")
    #expect(nearest.first == "roc_auc")
  }
}
