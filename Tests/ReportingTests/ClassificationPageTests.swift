import Experiments
import Reporting
import Testing

struct ClassificationPageTests {
  @Test(arguments: [
    "Leaderboard", "Model beside model", "Who comes first", "What the scores mean",
    "Whom to contact", "What the scores hang on", "How the prediction moves with a column",
    "Where it holds", "What the figures mean",
  ])
  func `a classifier has every part`(heading: String) throws {
    #expect(try PageReading(ClassificationFixture.run()).page.contains(">\(heading)<"))
  }

  @Test func `nothing of it is about segments`() throws {
    let text = try PageReading(ClassificationFixture.run()).text
    #expect(!text.contains("segments"))
    #expect(text.contains("Score customers with the chosen trial of propensity"))
  }

  @Test func `names from the data stay text`() throws {
    let run = try ClassificationFixture.run { document in
      document.importance[0].column = RunFixture.hostile
      document.dependence[0].column = RunFixture.hostile
      document.dependence[1].points[0].label = RunFixture.hostile
      document.slices[0].level = RunFixture.hostile
      document.cut.rule = RunFixture.hostile
    }
    let page = HTMLReport.render(run, charts: nil)
    #expect(!page.contains("<script"))
    #expect(!page.contains("onclick='x'"))
    #expect(!MarkdownReport.render(run).contains("<script"))
  }

  @Test func `two large experiments stay below 2 MB with the bundle`() throws {
    var run = try ClassificationFixture.large()
    run.experiments += run.experiments
    let bundle = ChartLibrary(script: String(repeating: "x", count: 900_000))
    #expect(HTMLReport.render(run, charts: bundle).utf8.count < 2_000_000)
  }

  @Test func `a chosen trial without evidence has its leaderboard`() throws {
    var run = try ClassificationFixture.run()
    run.experiments[0].classification = [:]
    let text = try PageReading(run).text
    #expect(text.contains("is chosen by roc_auc: 0.8533"))
    #expect(!text.contains("Who comes first"))
  }

  @Test func `metrics are explained and their samples told`() throws {
    let text = try PageReading(ClassificationFixture.run()).text
    #expect(text.contains("The chance that a positive outscores a negative"))
    #expect(text.contains("Measured on all 20 training rows, each scored out of fold."))
    #expect(text.contains("what it is worth shows on the holdout"))
  }
}
