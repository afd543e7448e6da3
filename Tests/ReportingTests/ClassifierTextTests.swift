import Experiments
import Reporting
import Testing

struct ClassifierTextTests {
  private let text: String

  init() throws { text = try MarkdownReport.render(ClassificationFixture.run()) }

  @Test(arguments: [
    "### The chosen trial", "### Gains and lift", "### Calibration", "### The chosen cut",
    "### Importance",
  ])
  func `every part has its heading`(heading: String) {
    #expect(text.contains(heading + "\n"))
  }

  @Test func `the gains table names what is cumulative`() {
    #expect(
      text.contains(
        "| bin | n | threshold (least predicted) | predicted | actual | lift | capture | gain "
          + "| n (cumulative) | contacted (cumulative) |"))
    #expect(text.contains("| 1 | 2 | 0.925 | 95.0% | 100% | 4 | 40.0% | 300.0% | 2 | 10.0% |"))
  }

  @Test func `the cut is in words and numbers`() {
    #expect(text.contains("Of those contacted 75.0% are positive"))
    #expect(text.contains("| contacted | positive | found | 3 | 15.0% |"))
  }

  @Test func `intervals stand in brackets`() {
    #expect(text.contains("| **0.8533 (0.8033 to 0.9033)** |"))
  }

  @Test func `the terminal tells holdout, baselines and reach`() throws {
    let text = try TerminalReport.render(ClassificationFixture.run())
    #expect(text.contains("\n  On the holdout, which nothing was chosen by, roc_auc is 0.8100"))
    #expect(text.contains("\n  It is better by 0.353 than the prior"))
    #expect(text.contains("\n  The best 10.0% of rows hold 40.0% of the positives"))
  }
}
