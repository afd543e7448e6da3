import Artifacts
import Evaluation
import Experiments
import Learning
import Reporting
import Testing

struct ComparisonReportTests {
  private static let library = ChartLibrary(script: "window.vegaEmbed = async () => {};")

  /// Two classifiers on 200 rows; the names of everything try to leave their place.
  ///
  /// - Parameter hasFolds: whether both have areas by fold, A 0.7 and B 0.8 in all four.
  private static func comparison(
    rules: [String] = [], hasFolds: Bool = false
  ) throws -> Comparison {
    var noise = RunFixture.Noise(5)
    let outcomes = (0..<200).map { $0 % 4 == 0 ? 1.0 : 0 }
    func run(_ id: String, skill: Double, area: Double) -> ComparedRun {
      let scores = outcomes.map { 1 / (1 + 3 * (noise.next() + 0.1) / (0.3 + skill * $0)) }
      let metrics = [
        MetricRecord(
          name: "roc_auc", value: area, direction: .higherIsBetter, split: "folds", rowCount: 200),
        MetricRecord(
          name: "ks", value: 0.4, direction: .higherIsBetter, split: "folds", rowCount: 200),
      ]
      let stage = StageRecord(
        name: "prior", parameters: Parameters([(id, .text(RunFixture.hostile))]))
      let trial = TrialRecord(
        id: id, experiment: RunFixture.hostile, model: "prior", stages: [stage], status: .done,
        metrics: metrics)
      let experiment = ExperimentRecord(
        id: RunFixture.hostile, task: .classify, metric: "roc_auc", direction: .higherIsBetter,
        leaderboard: [LeaderboardRow(rank: 1, isChosen: true, unmet: [], trial: trial)])
      let record = RunRecord(
        study: RunFixture.hostile, engineVersion: "0.1.0", data: RunFixture.data,
        experiments: [experiment])
      let folds = RowScores.Folds(
        numbers: (0..<200).map { $0 / 50 + 1 },
        values: ["roc_auc": Array(repeating: area, count: 4)], testRatio: 1.0 / 3)
      let answers = RowAnswers.scores(
        RowScores(
          rows: Array(1...200), raw: scores, calibrated: scores, outcomes: outcomes,
          folds: hasFolds ? folds : nil))
      return ComparedRun(
        name: id, record: record,
        settings: .object(["name": .text(id), RunFixture.hostile: .text("same")]),
        answers: [RunFixture.hostile: answers])
    }
    let a = run("first", skill: 0.4, area: 0.7)
    let b = run("second", skill: 2, area: 0.8)
    return try Comparison(a, b).holding(rules.map { try ComparisonRule($0) })
  }

  @Test func `text shows what differs and nothing else`() throws {
    let text = ComparisonReport.text(try Self.comparison())
    let lines = text.split(separator: "\n")
    #expect(lines.first == "Two runs: A is first, B is second.")
    #expect(lines.contains { $0.contains("roc_auc ↑") && $0.contains("+0.1") })
    #expect(!lines.contains { $0.contains("ks ↑") })
    #expect(lines.contains("  1 metric is equal."))
    #expect(lines.contains { $0.hasPrefix("  name") && $0.hasSuffix("first  second") })
  }

  @Test func `the test over folds stands beside the rows, or why there is none`() throws {
    let tested = try Self.comparison(hasFolds: true)
    let text = ComparisonReport.text(tested)
    // 0.1 in every fold: an interval without width.
    #expect(text.contains("over folds") && text.contains(/\+0\.10* +to \+0\.10*/))
    for form in [
      text, ComparisonReport.markdown(tested), ComparisonReport.html(tested, charts: Self.library),
    ] {
      #expect(form.contains("over folds") && form.contains("Nadeau-Bengio"))
    }
    #expect(HistoryReport.difference(tested).contains("over folds"))
    let untested = try Self.comparison()
    #expect(ComparisonReport.text(untested).contains("nothing corrects for overlapping training"))
    #expect(!HistoryReport.difference(untested).contains("over folds"))
  }

  @Test func `a broken rule is said first and listed with how far`() throws {
    let comparison = try Self.comparison(rules: ["roc_auc rise>0.05", "ks drop>1%"])
    let text = ComparisonReport.text(comparison)
    #expect(text.contains("1 of 2 checks failed."))
    #expect(text.contains("failed by 0.05"))
    #expect(text.contains("kept"))
    #expect(ComparisonReport.html(comparison, charts: nil).contains(#"<div class="verdict none">"#))
  }

  @Test func `runs without a difference say so in every form`() {
    let run = ComparedRun(name: "r", record: RunFixture.run, settings: .object([:]))
    let comparison = Comparison(run, run)
    for text in [
      ComparisonReport.text(comparison), ComparisonReport.markdown(comparison),
      ComparisonReport.html(comparison, charts: Self.library),
    ] {
      #expect(text.contains("There is no difference."))
    }
  }

  @Test func `names stay text in Markdown and on the page`() throws {
    let comparison = try Self.comparison()
    let page = ComparisonReport.html(comparison, charts: nil)
    #expect(!page.contains("<script"))
    #expect(page.contains("&lt;script&gt;alert(1)"))
    #expect(!ComparisonReport.markdown(comparison).contains("<script"))
    let drawn = ComparisonReport.html(comparison, charts: Self.library)
    // Ours only: the charts' document, the library and the program that draws.
    #expect(drawn.split(separator: "<script").count == 4)
  }

  @Test func `the page refers to nothing outside itself`() throws {
    let page = ComparisonReport.html(try Self.comparison(), charts: Self.library)
    #expect(page.contains("default-src 'none'; script-src 'unsafe-inline'"))
    for mark in ["src=\"", "@import", "url(", "<link", "<iframe", "<img"] {
      #expect(!page.contains(mark), "\(mark)")
    }
    #expect(page.split(separator: "href=\"").dropFirst().allSatisfy { $0.hasPrefix("#") })
  }

  @Test(arguments: [
    "Metrics", "Who is contacted", "Biggest movers", "Calibration",
    "Probability by A and by B", "Overlap of the best scores", "How far rows move",
    "Calibration of both",
  ])
  func `classifiers of the same rows have every part`(heading: String) throws {
    let page = ComparisonReport.html(try Self.comparison(), charts: Self.library)
    #expect(page.contains(">\(heading)<"))
  }

  @Test func `equal comparisons give equal bytes`() throws {
    let pages = try (0..<2).map { _ in
      ComparisonReport.html(try Self.comparison(), charts: Self.library)
    }
    #expect(pages[0] == pages[1])
  }

  @Test func `segments are shown by their crosswalk`() {
    func run(_ id: String, _ labels: [Int]) -> ComparedRun {
      let trial = TrialRecord(
        id: id, experiment: "segments", model: "k-means",
        stages: [StageRecord(name: "k-means", parameters: Parameters([("k", .integer(2))]))],
        status: .done)
      let experiment = ExperimentRecord(
        id: "segments", metric: "silhouette", direction: .higherIsBetter,
        leaderboard: [LeaderboardRow(rank: 1, isChosen: true, unmet: [], trial: trial)])
      return ComparedRun(
        name: id,
        record: RunRecord(
          study: "s", engineVersion: "1", data: RunFixture.data, experiments: [experiment]),
        settings: .object(["seed": .text(id)]),
        answers: ["segments": .labels(RowLabels(rows: Array(1...6), labels: labels))])
    }
    let comparison = Comparison(run("a", [0, 0, 0, 1, 1, 1]), run("b", [1, 1, 0, 0, 0, 0]))
    let text = ComparisonReport.text(comparison)
    // Two of A's three rows are B's two of segment 1; by hand 1.2 / 3.7 = 0.324.
    #expect(text.contains("adjusted Rand index of 0.324"))
    #expect(text.contains("segment 0  segment 1"))
  }
}
