import Experiments
import Reporting
import Testing

@Suite struct SegmentCardsTests {
  private typealias Card = ClusteringEvidence.SegmentCard

  /// Two segments of which the second has the higher value, and one of three rows.
  private static let run = changed { evidence in
    evidence.sizes = [3000, 1518, 3]
    evidence.profile = [
      ClusteringEvidence.FeatureProfile(
        feature: "age", isShare: false, overall: 40, spread: 10, segments: [38, 44, 60]),
      ClusteringEvidence.FeatureProfile(
        feature: "job = <b>", isShare: true, overall: 0.25, spread: 0.433, segments: [0.1, 0.5, 1]),
    ]
    evidence.usefulness = ClusteringEvidence.Usefulness(
      value: .init(column: "spend", mean: 50, rowCount: 4521, missingCount: 0),
      rules: .init(
        sql: "CASE\n  WHEN \"job\" = '<b>'\n    THEN 1 -- Gold\n  ELSE 0 -- Rest & more\nEND",
        balancedAccuracy: 0.75, rowCount: 4521, sampledFrom: nil),
      cards: [
        Card(
          segment: 0, name: "Rest & more", meanValue: 20, valueShare: 0.265,
          rule: .init(alternatives: ["job ≠ <b>"], precision: 0.9, recall: 0.6),
          typical: [
            .init(feature: "job", level: "clerk", share: 0.4), .init(feature: "age", median: 37.5),
          ]),
        Card(
          segment: 1, name: "Gold", meanValue: 110, valueShare: 0.735,
          rule: .init(
            alternatives: ["job = <b>", "age > 60"], precision: 0.8, recall: 0.9),
          typical: [.init(feature: "age", median: 45)],
          edge: .init(rowCount: 152, traits: [.init(feature: "age", median: 71)])),
        Card(
          segment: 2, name: "Segment 2",
          rule: .init(alternatives: [], precision: nil, recall: 0)),
      ])
  }

  private static func changed(_ change: (inout ClusteringEvidence) -> Void) -> RunRecord {
    var run = RunFixture.run
    for id in run.experiments[0].evidence.keys {
      if var evidence = run.experiments[0].evidence[id] {
        change(&evidence)
        run.experiments[0].evidence[id] = evidence
      }
    }
    return run
  }

  private func words() throws -> String {
    try PageReading(Self.run).text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  @Test func `Cards come in the order of value, each with number, size and value`() throws {
    let words = try words()
    let places = try ["Gold segment 1", "Rest & more segment 0", "Segment 2 segment 2"].map {
      try #require(words.firstRange(of: $0), "\($0)").lowerBound
    }
    #expect(places == places.sorted())
    #expect(words.contains("1,518 rows, 33.6%"))
    // 110 over 50 is 220 in the hundred.
    #expect(words.contains("mean spend 110, index 220, 73.5% of the total"))
  }

  @Test func `Drivers have figure, overall figure, index and effect`() throws {
    let words = try words()
    // (0.5 − 0.25) / 0.433 = 0.577; (44 − 40) / 10 = 0.4.
    #expect(words.contains("job = <b> 50.0% 25.0% 200 +0.58"))
    #expect(words.contains("age 44 40 110 +0.40"))
  }

  @Test func `Rules stand with precision and recall, all ways to meet them with or`() throws {
    let words = try words()
    #expect(words.contains("job = <b> or age > 60 precision 80.0% · recall 90.0%"))
    #expect(words.contains("No rule: the tree gives all its answers to other segments."))
    #expect(words.contains("finds 75.0% of the rows of a segment on average"))
    #expect(words.contains("guessing finds 33.3%"))
  }

  @Test func `The SQL stands as it is stored, escaped`() throws {
    let page = try PageReading(Self.run).page
    #expect(page.contains("WHEN &quot;job&quot; = &#39;&lt;b&gt;&#39;"))
    #expect(!page.contains("<b>&#39;"))
  }

  @Test func `Typical customers stand beside those at the edge`() throws {
    let words = try words()
    #expect(words.contains("feature typical edge 152 rows age 45 71"))
    #expect(words.contains("feature typical job clerk 40.0% age 37.5"))
  }

  @Test func `Figures of three rows are not shown on a card`() throws {
    let words = try words()
    let start = try #require(words.firstRange(of: "Segment 2 segment 2")).upperBound
    let card = words[start...].prefix(200)
    #expect(card.contains("Fewer than 20 rows"))
    #expect(!card.contains("60 40"))
  }

  @Test func `Texts name the segments in short`() {
    let markdown = MarkdownReport.render(Self.run)
    #expect(markdown.contains("| 1 | Gold | 1,518 | 33.6% |"))
    #expect(markdown.contains("- **segment 1: Gold**: 1,518 rows, 33.6%; mean spend 110"))
    #expect(markdown.contains("Rule: job = &lt;b&gt;; or age &gt; 60 (precision 80.0%"))
    let text = TerminalReport.render(Self.run)
    #expect(text.contains("  segment 1: Gold – 1,518 rows, 33.6%; mean spend 110, index 220"))
  }

  @Test func `Evidence without usefulness has cards by number`() throws {
    let words = try PageReading(RunFixture.run).text
    #expect(words.contains("Segment 0"))
    #expect(!words.contains("Rules that re-create"))
  }
}
