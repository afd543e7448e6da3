import Experiments
import Reporting
import Testing

struct LeakBoxTests {
  private static let leaks = """
    [{"column":"duration","kind":"after_outcome","isAllowed":false,"isExcluded":true},
     {"column":"y2","kind":"copy","isAllowed":false,"isExcluded":false},
     {"column":"code","kind":"nearly_unique","value":0.998,"isAllowed":false,"isExcluded":true},
     {"column":"<b>hint</b>","kind":"separates","value":0.993,"isAllowed":true,
      "isExcluded":false}]
    """

  @Test(arguments: [
    "duration is declared to be known only after the outcome. It was kept out of the models.",
    "y2 repeats the outcome: equal to it, its opposite, or a monotone function of it. The models use",
    "code has a value of its own in nearly every row (99.8% distinct)",
    "alone ranks the outcome with an AUC of 0.993. The study allows it",
  ])
  func `every column has its finding and its fate`(sentence: String) throws {
    let reading = try PageReading(ClassificationFixture.run(leaks: Self.leaks))
    #expect(reading.text.contains(sentence))
  }

  @Test func `names stay text on the page and in Markdown`() throws {
    let run = try ClassificationFixture.run(leaks: Self.leaks)
    #expect(try PageReading(run).page.contains("&lt;b&gt;hint&lt;/b&gt;"))
    #expect(!MarkdownReport.render(run).contains("<b>"))
    #expect(MarkdownReport.render(run).contains("### Columns that know the outcome too well"))
  }

  @Test func `columns that were all kept out are a remark`() throws {
    let leaks = #"[{"column":"d","kind":"after_outcome","isAllowed":false,"isExcluded":true}]"#
    let text = try PageReading(ClassificationFixture.run(leaks: leaks)).text
    #expect(text.contains("Columns kept out because they know the outcome too well"))
  }

  @Test func `without such columns there is no box`() throws {
    #expect(try !PageReading(ClassificationFixture.run()).text.contains("outcome too well"))
  }
}
