import Experiments
import Foundation
import Learning
import Reporting
import Testing

struct MarkdownReportTests {
  private let lines = MarkdownReport.render(RunFixture.run).split(
    separator: "\n", omittingEmptySubsequences: false)

  @Test func `the verdict names winner, value, rows and lead`() {
    // 0.412 for k = 5; one step of k costs 7 %: 0.38316, behind by 0.02884.
    #expect(
      lines.contains(
        """
        **k-means with k = 5 (standardize zscore · pca 0.8) is chosen by silhouette: 0.4120 \
        (higher is better), measured on all 4,521 rows.**
        """))
    #expect(
      lines.contains(
        """
        - Second is k-means with k = 4 (standardize zscore · pca 0.8) with 0.3832, behind by \
        0.0288 or 7.0%.
        """))
    #expect(lines.contains("- 60 trials: 42 eligible, 12 short of a requirement, 6 failed."))
  }

  @Test(arguments: [
    "### Leaderboard (the first 10 of 42)", "### Segments",
    "### Profile (the 12 features that differ most)", "### Warnings", "### Without a result",
  ])
  func `every part has its heading`(heading: Substring) {
    #expect(lines.contains(heading))
  }

  @Test func `columns are what varies and what was measured`() {
    #expect(
      lines.contains(
        """
        | \\# | model | k | standardize.method | pca.components | silhouette ↑ | \
        calinski\\_harabasz ↑ | davies\\_bouldin ↓ | inertia ↓ | min\\_share ↑ | max\\_share ↓ | \
        trial |
        """))
  }

  @Test func `every row of a table has as many cells as its header`() {
    let text = MarkdownReport.render(RunFixture.largeRun)
    var width: Int?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("|") else {
        width = nil
        continue
      }
      let bars = line.replacing("\\|", with: "").count { $0 == "|" }
      #expect(bars == width ?? bars)
      width = bars
    }
  }

  @Test func `gates say which is not met and why`() throws {
    let gates = """
      [{"metric": "segments.silhouette", "min": 0.5, "value": 0.412, "shortfall": 0.088, "passed": false,
        "reason": "silhouette is 0.412, at least 0.5 is required"},
       {"metric": "segments.min_share", "min": 0.03, "value": 0.06, "passed": true}]
      """
    var run = RunFixture.run
    run.gates = try JSONDecoder().decode([GateRecord].self, from: Data(gates.utf8))
    let text = MarkdownReport.render(run)
    #expect(text.contains("**1 of 2 gates are not met.**"))
    #expect(
      text.contains(
        "| segments.silhouette | ≥ 0.5 | 0.4120 | – | 0.0880 | not met: silhouette is 0.412"))
    #expect(text.contains("| segments.min\\_share | ≥ 0.03 | 0.06000 | – | – | met |"))
    #expect(HTMLReport.render(run, charts: nil).contains("1 of 2 gates are not met."))
  }

  @Test func `a run that has not come to its end says so at the top`() throws {
    var run = RunFixture.run
    run.partial = RunRecord.Partial(ended: 8, planned: 44)
    let text = MarkdownReport.render(run)
    let mark = try #require(text.firstRange(of: "**partial: 8 of 44 trials.** The run has not"))
    let verdict = try #require(text.firstRange(of: "is chosen by silhouette"))
    #expect(mark.lowerBound < verdict.lowerBound)
    let page = HTMLReport.render(run, charts: nil)
    let notice = try #require(page.firstRange(of: "<strong>partial: 8 of 44 trials.</strong>"))
    let body = try #require(page.firstRange(of: "<main>"))
    #expect(page[body.upperBound..<notice.lowerBound].count < 40)
    #expect(!MarkdownReport.render(RunFixture.run).contains("partial: "))
    #expect(!HTMLReport.render(RunFixture.run, charts: nil).contains("partial: "))
  }

  @Test func `hostile names stay text`() {
    let text = MarkdownReport.render(RunFixture.largeRun)
    #expect(!text.contains("<script"))
    #expect(!text.contains("@me"))
    #expect(text.contains("a\\|b&lt;/script&gt;"))
  }

  @Test func `a ruled out trial that scores better is named`() {
    var rows = RunFixture.experiment.leaderboard
    let winner = rows.removeFirst()
    let ruledOut = LeaderboardRow(
      rank: nil, isChosen: false, unmet: ["noise is 0.2, at most 0.1 is required"],
      trial: winner.trial)
    let second = rows.removeFirst()
    let chosen = LeaderboardRow(rank: 1, isChosen: true, unmet: [], trial: second.trial)
    let text = MarkdownReport.render(RunFixture.run(of: [chosen, ruledOut]))
    #expect(text.contains("has a better silhouette, 0.4120, but is not eligible: noise is 0.2"))
  }

  @Test func `a winner at the end of the range suggests a wider one`() {
    let rows = RunFixture.experiment.leaderboard.filter { row in
      guard case .integer(let k) = row.trial.stages.last?.parameters["k"] else { return false }
      return k <= 5
    }
    let text = MarkdownReport.render(RunFixture.run(of: rows))
    #expect(text.contains("k = 5 is the largest that was tried"))
  }
}
