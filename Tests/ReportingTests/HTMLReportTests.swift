import Evaluation
import Experiments
import Foundation
import Learning
import Reporting
import Testing

struct HTMLReportTests {
  private static let library = ChartLibrary(script: "window.vegaEmbed = async () => {};")
  private static let drawnPage = HTMLReport.render(RunFixture.run, charts: library)
  private static let largePage = HTMLReport.render(RunFixture.largeRun, charts: library)
  private static let largePlainPage = HTMLReport.render(RunFixture.largeRun, charts: nil)

  private func page(_ run: RunRecord, drawn: Bool = true) -> String {
    HTMLReport.render(run, charts: drawn ? Self.library : nil)
  }

  /// The charts' document inside the page.
  private func payload(_ page: String) throws -> [String: Any] {
    let start = try #require(page.firstRange(of: #"<script type="application/json" id="charts">"#))
    let rest = page[start.upperBound...]
    let end = try #require(rest.firstRange(of: "</script>"))
    let object = try JSONSerialization.jsonObject(with: Data(rest[..<end.lowerBound].utf8))
    return try #require(object as? [String: Any])
  }

  @Test(arguments: [
    "Leaderboard", "How many segments", "Silhouette by segment", "Map of the segments",
    "Profile of the segments", "Sizes", "What the figures mean", "Data", "How to reproduce",
    "Short of a requirement: 12", "Without a result: 6", "Ranks 31 to 42",
  ])
  func `a clustering has every part`(heading: String) {
    #expect(Self.drawnPage.contains(">\(heading)<"))
  }

  @Test func `the page forbids itself to load or send anything`() {
    let page = Self.drawnPage
    #expect(page.contains("default-src 'none'; script-src 'unsafe-inline'"))
    #expect(page.contains("form-action 'none'"))
  }

  @Test func `the page refers to nothing outside itself`() throws {
    let page = Self.drawnPage
    for mark in ["src=\"", "@import", "url(", "<link", "<iframe", "<img"] {
      #expect(!page.contains(mark), "\(mark)")
    }
    let targets = page.split(separator: "href=\"").dropFirst()
    #expect(targets.allSatisfy { $0.hasPrefix("#") })
  }

  @Test func `equal runs give equal bytes`() {
    #expect(page(RunFixture.run) == page(RunFixture.run))
  }

  @Test func `the title is the study's name and readiness is a mark`() {
    let page = Self.drawnPage
    #expect(page.contains("<title>bank-segments · Cohort report</title>"))
    #expect(page.contains(#"data-ready="false""#))
  }

  @Test func `every picture has its place and no two share one`() throws {
    let page = Self.drawnPage
    let charts = try #require(try payload(page)["charts"] as? [[String: Any]])
    let ids = charts.compactMap { $0["id"] as? String }
    #expect(ids.count == charts.count)
    #expect(Set(ids).count == ids.count)
    for id in ids { #expect(page.contains("id=\"\(id)\"")) }
  }

  @Test func `pictures are Vega-Lite 6 with their data inside`() throws {
    let charts = try #require(try payload(Self.drawnPage)["charts"] as? [[String: Any]])
    // Six metrics against k, sizes, blades, profile, map and density.
    #expect(charts.count == 11)
    for chart in charts {
      let spec = try #require(chart["spec"] as? [String: Any])
      #expect(spec["$schema"] as? String == "https://vega.github.io/schema/vega-lite/v6.json")
      let data = try #require(spec["data"] as? [String: Any])
      let rows = try #require(data["values"] as? [[String: Any]])
      #expect(!rows.isEmpty)
      #expect(spec["layer"] != nil || spec["mark"] != nil)
    }
  }

  @Test func `without the library the page has its tables and says how to get pictures`() {
    let page = page(RunFixture.run, drawn: false)
    #expect(page.contains("cohort setup"))
    #expect(!page.contains("<script"))
    #expect(!page.contains("class=\"chart\""))
    #expect(page.contains(#"data-ready="true""#))
    #expect(page.contains("<summary>The figures as a table</summary>"))
  }

  @Test func `hostile names stay text`() {
    let page = Self.largePlainPage
    #expect(!page.contains("<script"))
    #expect(!page.contains("onclick='x'"))
    #expect(page.contains("&lt;script&gt;alert(1)"))
    #expect(page.contains("{{title}}"))
  }

  @Test func `hostile names cannot leave the charts' data`() throws {
    let page = Self.largePage
    #expect(page.split(separator: "<script", omittingEmptySubsequences: false).count == 4)
    _ = try #require(try payload(page)["charts"])
  }

  @Test func `a bundle cannot close its own element`() {
    let library = ChartLibrary(script: "const a = '</SCRIPT><!--';")
    let page = HTMLReport.render(RunFixture.run, charts: library)
    #expect(page.contains(#"const a = '<\/SCRIPT><\!--';"#))
  }

  @Test func `a million rows, 3,000 trials and 500 features stay below 2 MB with the bundle`() {
    let bundle = ChartLibrary(script: String(repeating: "x", count: 900_000))
    #expect(HTMLReport.render(RunFixture.largeRun, charts: bundle).utf8.count < 2_000_000)
  }

  @Test func `a password in the source is not shown`() {
    let page = Self.largePage
    #expect(!page.contains("secret"))
    #expect(page.contains("postgresql://reader:…@db.example/warehouse"))
  }

  @Test func `samples are named beside their pictures`() {
    #expect(Self.drawnPage.contains("A sample of 2,000 of 4,521 rows on the first two"))
    #expect(Self.largePage.contains("a sample of 20,000 of 800,000 train rows"))
  }

  @Test func `a run without experiments is a page`() {
    var run = RunFixture.run
    run.experiments = []
    #expect(page(run).contains("The run has no experiments."))
    #expect(page(run).contains(#"data-ready="true""#))
  }

  @Test func `an experiment without trials says so`() {
    let page = page(RunFixture.run(of: []))
    #expect(page.contains("No trial was run"))
    #expect(!page.contains(">How many segments<"))
  }

  @Test func `failures alone are listed with their reasons`() {
    let rows = RunFixture.experiment.leaderboard.filter { $0.trial.status == .failed }
    let page = page(RunFixture.run(of: rows))
    #expect(page.contains("No trial is eligible, so none was chosen."))
    #expect(page.contains("6 trials: 0 eligible, 6 failed."))
    #expect(page.contains("empty segment after 10 restarts"))
  }

  @Test func `one trial has no curves and no rival`() {
    let page = page(RunFixture.run(of: Array(RunFixture.experiment.leaderboard.prefix(1))))
    #expect(page.contains("It is the only eligible trial"))
    #expect(!page.contains(">How many segments<"))
  }

  @Test func `one k for all settings has no curves`() {
    let rows = RunFixture.experiment.leaderboard.filter { row in
      row.trial.stages.last?.parameters["k"] == .integer(5)
    }
    #expect(rows.count == 6)
    #expect(!page(RunFixture.run(of: rows)).contains(">How many segments<"))
  }

  @Test func `metrics that are not numbers have words and leave valid charts`() throws {
    var rows = Array(RunFixture.experiment.leaderboard.prefix(3))
    rows = rows.enumerated().map { index, row in
      var trial = row.trial
      let value = [Double.nan, .infinity, 0.5][index]
      trial.metrics = [
        MetricRecord(
          name: "silhouette", value: value, direction: .higherIsBetter, split: "all", rowCount: 9)
      ]
      return LeaderboardRow(rank: index + 1, isChosen: index == 0, unmet: [], trial: trial)
    }
    let page = page(RunFixture.run(of: rows))
    #expect(page.contains("undefined"))
    #expect(page.contains("∞"))
    _ = try payload(page)
  }
}
