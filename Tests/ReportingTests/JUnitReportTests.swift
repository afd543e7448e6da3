import Experiments
import Foundation
import Reporting
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// JUnit XML as a strict parser reads it.
struct JUnitReportTests {
  private static let gates = """
    [{"metric": "segments.silhouette", "min": 0.5, "value": 0.412, "shortfall": 0.088,
      "passed": false, "reason": "silhouette 0.412 is < 0.5 & \\"more\\" ]]> \\u0001 \\ud83d\\ude00"},
     {"metric": "segments.min_share", "min": 0.03, "value": 0.06, "passed": true}]
    """

  private func run() throws -> RunRecord {
    var run = RunFixture.run
    run.gates = try JSONDecoder().decode([GateRecord].self, from: Data(Self.gates.utf8))
    return run
  }

  /// Elements in order, with their attributes; nil if the text is no XML.
  private final class Reading: NSObject, XMLParserDelegate {
    var elements: [(name: String, attributes: [String: String])] = []

    static func of(_ text: String) -> Reading? {
      let reading = Reading()
      let parser = XMLParser(data: Data(text.utf8))
      parser.delegate = reading
      return parser.parse() ? reading : nil
    }

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) { elements.append((name, attributes)) }

    func all(_ name: String) -> [[String: String]] {
      elements.filter { $0.name == name }.map(\.attributes)
    }
  }

  @Test func `every gate is a case of its experiment, failures have a message`() throws {
    let reading = try #require(Reading.of(JUnitReport.render(try run())))
    #expect(reading.elements.first?.name == "testsuites")
    #expect(reading.all("testsuites")[0]["failures"] == "1")
    #expect(reading.all("testsuites")[0]["errors"] == "0")
    let cases = reading.all("testcase").compactMap { $0["name"] }
    #expect(cases.contains("silhouette ≥ 0.5"))
    #expect(cases.contains("min_share ≥ 0.03"))
    #expect(reading.all("testsuite").map { $0["tests"] } == ["3"])
    let message = try #require(reading.all("failure").first?["message"])
    #expect(message.contains("< 0.5 & \"more\" ]]>"))
    #expect(message.contains("\u{FFFD}"))
  }

  @Test func `a failure beyond the gates is an error of its own`() throws {
    let text = JUnitReport.render(try run(), failure: "3 of 4 trials failed")
    let reading = try #require(Reading.of(text))
    #expect(reading.all("error").map { $0["message"] } == ["3 of 4 trials failed"])
    #expect(reading.all("testsuite").count == 2)
  }

  @Test func `a run that died before its gates is an error`() throws {
    let text = JUnitReport.render(study: "a<b", error: "the study has no name;\nadd it")
    let reading = try #require(Reading.of(text))
    #expect(reading.all("testsuites")[0]["errors"] == "1")
    #expect(reading.all("error").map { $0["message"] } == ["the study has no name;\nadd it"])
  }

  @Test func `an experiment without a chosen trial fails`() throws {
    let rows = RunFixture.experiment.leaderboard.filter { $0.rank == nil }
    let reading = try #require(Reading.of(JUnitReport.render(RunFixture.run(of: rows))))
    #expect(reading.all("failure").count == 1)
  }

  @Test func `the summary of a pull request says what failed and by how much`() throws {
    let text = PullRequestSummary.render(
      try run(), failure: "gate segments.silhouette was not met", next: "cohort runs show x")
    #expect(text.contains("**gate segments.silhouette was not met**"))
    #expect(text.contains("1 of 2 gates are not met."))
    #expect(text.contains("| ≥ 0.5 | 0.4120 | – | 0.0880 | not met"))
    #expect(text.contains("Next: `cohort runs show x`"))
    #expect(text.split(separator: "\n").count < 40)
    #expect(
      PullRequestSummary.render(study: "x", error: "a | b").contains("**a \\| b**"))
  }

  @Test func `the summary of a part says that it is one, and not that it passed`() throws {
    var part = try run()
    part.gates = []
    part.partial = .init(ended: 8, planned: 44)
    let text = PullRequestSummary.render(part, failure: nil, next: nil)
    #expect(text.contains(": not at its end\n"))
    #expect(!text.contains(": passed"))
    #expect(text.contains("**partial: 8 of 44 trials.** The run has not come to its end"))
    let failed = PullRequestSummary.render(part, failure: "interrupted", next: nil)
    #expect(failed.contains(": failed\n\n**interrupted**\n\n**partial: 8 of 44 trials.**"))
    part.partial = nil
    #expect(PullRequestSummary.render(part, failure: nil, next: nil).contains(": passed\n"))
  }

  @Test func `the table of missed gates leaves the others out`() throws {
    let text = GateReport.missed(try run().gates)
    #expect(text.contains("1 of 2 gates are not met."))
    #expect(text.contains("segments.silhouette"))
    #expect(!text.contains("min_share"))
    #expect(GateReport.missed([]) == "")
  }
}
