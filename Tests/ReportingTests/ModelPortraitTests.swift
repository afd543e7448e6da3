import Experiments
import Learning
import Reporting
import Testing

struct ModelPortraitTests {
  private func text(agreement: Double) throws -> String {
    try PageReading(
      ModelFixture.run(changing: "k-means") { evidence in
        evidence.assignment = AssignmentRecord(
          rule: evidence.assignment.rule, agreement: agreement, rowCount: 1_000)
      }
    ).text
  }

  @Test(arguments: [
    (1.0, "The rule repeats the fit exactly, for all 1,000 training rows."),
    (0.998, "The rule nearly repeats the fit: for all but 2 of 1,000 training rows."),
    (0.99999, "The rule nearly repeats the fit: for all but 1 of 1,000 training rows."),
    (0.95, "The rule repeats the fit for 95.0% of 1,000 training rows."),
    (0.75, "The rule repeats the fit for only 75.0% of 1,000 training rows: label new rows with"),
    (.nan, "How well the rule repeats the fit was not measured."),
  ])
  func `agreement is a sentence that grows doubtful`(agreement: Double, sentence: String) throws {
    #expect(try text(agreement: agreement).contains(sentence))
  }

  @Test func `every shown trial tells its rule, score, parameters and fit`() throws {
    let text = try PageReading(ModelFixture.run).text
    for placement in ["Greatest responsibility.", "Core row within eps.", "Nearest centroid."] {
      #expect(text.contains(placement))
    }
    #expect(text.contains("How far out a row is; greater is more unusual."))
    #expect(text.contains("eps auto · min_samples 7"))
    #expect(text.contains("eps 0.8300 · core_share 75.0%"))
    #expect(text.contains("log_likelihood -2 · bic 100 · aic 90 · icl 120"))
  }

  @Test func `trials stand in the order of the leaderboard, the chosen one first`() throws {
    let page = try PageReading(ModelFixture.run).page
    let heads = page.matches(of: /<h3>Inside ([^<]*)<\/h3>/).map { String($0.1) }
    #expect(
      heads == [
        "gaussian-mixture with k = 2 (covariance full) ★", "dbscan (eps auto)", "hdbscan",
        "hierarchical with k = 2", "k-means with k = 2",
      ])
  }

  @Test func `pictures are drawn where an algorithm left them and nowhere else`() throws {
    let plain = try PageReading(RunFixture.run)
    for ending in ["-dendrogram", "-k-distance", "-tree", "-responsibilities"] {
      #expect(try PageReading(ModelFixture.run).hasChart(ending))
      #expect(!plain.hasChart(ending))
    }
    #expect(plain.text.contains("Inside k-means with k = 5"))
  }

  @Test func `a run without evidence has no such part`() {
    let page = HTMLReport.render(ModelFixture.run([:]), charts: nil)
    #expect(!page.contains("<h3>Inside"))
  }

  @Test func `no text is a number that is none`() throws {
    let infinite = ModelFixture.run(changing: "hdbscan") { evidence in
      evidence.diagnostics.condensedTree = CondensedTreeOutline(clusters: [
        .init(
          id: 0, parent: nil, birth: 0, death: .infinity, rowCount: 3, stability: .nan,
          segment: nil, widths: [.init(lambda: 1, rowCount: 2)])
      ])
    }
    for run in [ModelFixture.run, infinite] {
      for text in [try PageReading(run).text, MarkdownReport.render(run)] {
        let words = text.lowercased().split { !$0.isLetter }
        #expect(!words.contains("nan") && !words.contains("inf"))
      }
    }
  }

  @Test func `the Markdown has the key sentences`() {
    let text = MarkdownReport.render(ModelFixture.run)
    #expect(text.contains("### Models"))
    #expect(
      text.contains(
        """
        - **dbscan (eps auto)**: New rows: Core row within eps. The rule nearly \
        repeats the fit: for all but 5 of 1,000 training rows. The radius 0.830 was chosen; the \
        curve bends most at 0.810. 75.0% of the rows are core rows.
        """))
    #expect(text.contains("The tree is cut at 3; anywhere from 1.50 to 6"))
    #expect(text.contains("label new rows with care."))
    #expect(
      text.contains("- BIC is least for gaussian-mixture with k = 3 (covariance full): 95;"))
  }
}
