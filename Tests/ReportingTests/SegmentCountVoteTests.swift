import Evaluation
import Experiments
import Learning
import Reporting
import Testing

struct SegmentCountVoteTests {
  private static let directions: [String: Direction] = ["davies_bouldin": .lowerIsBetter]

  /// Trials of k-means for k = 2, 3 …, with the values of every metric by k.
  private static func run(
    _ metrics: [(name: String, values: [Double?])], standardError: Double = 0.05,
    gapOfOne: Double? = nil
  ) -> RunRecord {
    let count = metrics[0].values.count
    let rows = (0..<count).map { index in
      let trial = TrialRecord(
        id: RunFixture.identifier(index), experiment: "segments", model: "k-means",
        stages: [
          StageRecord(name: "k-means", parameters: Parameters([("k", .integer(index + 2))]))
        ],
        status: .done,
        metrics: metrics.compactMap { metric in
          metric.values[index].map { value in
            MetricRecord(
              name: metric.name, value: value,
              direction: directions[metric.name] ?? .higherIsBetter, split: "all",
              rowCount: RunFixture.rowCount,
              standardError: metric.name == "gap" ? standardError : nil,
              ofOneSegment: metric.name == "gap" ? gapOfOne : nil)
          }
        })
      return LeaderboardRow(rank: index + 1, isChosen: index == 0, unmet: [], trial: trial)
    }
    return RunFixture.run(of: rows)
  }

  private static let disagreeing: [(name: String, values: [Double?])] = [
    ("silhouette", [0.3, 0.5, 0.4, 0.2]), ("davies_bouldin", [1.2, 0.9, 1, 1.1]),
    // The maximum at k = 4 is within 0.05 of k = 3.
    ("gap", [0.1, 0.47, 0.5, 0.4]),
    ("prediction_strength", [0.95, 0.85, 0.83, 0.8]), ("stability.min", [0.7, 0.6, 0.5, 0.74]),
    ("min_share", [0.3, 0.2, 0.05, 0.049]),
  ]

  @Test func `every criterion chooses by its own rule`() throws {
    let reading = try PageReading(Self.run(Self.disagreeing))
    let rows = try reading.rows(after: "How many segments")
    let votes = Dictionary(rows.prefix(7).map { ($0[0], $0[1]) }) { first, _ in first }
    #expect(votes["silhouette"] == "3 (0.5000)")
    #expect(votes["davies_bouldin"] == "3 (0.9000)")
    #expect(votes["gap"] == "3 (0.4700)")
    #expect(votes["prediction_strength"] == "4 (0.8300)")
    #expect(votes["stability.min"] == "none")
    #expect(votes["min_share"] == "4 (5.0%)")
  }

  private static let warning =
    "Do not trust these segments: the gap statistic finds no evidence that there is more than one"

  private static func gapVote(_ run: RunRecord) throws -> String? {
    try PageReading(run).rows(after: "How many segments").first { $0[0] == "gap" }?[1]
  }

  // 0.15 is above 0.1, and no other k is two standard errors above it.
  @Test func `a gap that falls from one segment on is for none, and the verdict says so`() throws {
    let run = Self.run(
      [("silhouette", [0.3, 0.5, 0.4]), ("gap", [0.1, 0.24, 0.2])], gapOfOne: 0.15)
    #expect(try Self.gapVote(run) == "1 (0.1500), no evidence of segments")
    let text = try PageReading(run).text
    #expect(text.contains(Self.warning))
    #expect(text.contains("(gap 0.1000 ± 0.050, of all rows as one segment 0.1500)."))
    #expect(
      text.contains(
        "For k-means the criteria disagree: gap is for k = 1; silhouette is for k = 3."))
    #expect(MarkdownReport.render(run).contains(Self.warning))
  }

  // The maximum at k = 3 is within 0.05 of one segment.
  @Test func `one segment within a standard error of the maximum is chosen`() throws {
    let run = Self.run([("silhouette", [0.3, 0.5]), ("gap", [0.16, 0.19])], gapOfOne: 0.15)
    #expect(try Self.gapVote(run) == "1 (0.1500), no evidence of segments")
  }

  @Test func `a gap that rises from one segment on votes among the trials`() throws {
    let run = Self.run(Self.disagreeing, gapOfOne: 0.05)
    #expect(try Self.gapVote(run) == "3 (0.4700)")
    #expect(try !PageReading(run).text.contains(Self.warning))
  }

  // 0.5 − 2 · 0.05 is above 0.15: the rule ends at its first maximum, the evidence does not.
  @Test func `a later k clearly above one segment is named and nothing is distrusted`() throws {
    let run = Self.run(
      [("silhouette", [0.3, 0.5, 0.4]), ("gap", [0.1, 0.5, 0.4])], gapOfOne: 0.15)
    #expect(try Self.gapVote(run) == "1 (0.1500), though k = 3 is clearly above")
    #expect(try !PageReading(run).text.contains(Self.warning))
  }

  @Test func `a disagreement is said, and what has no vote`() throws {
    let text = try PageReading(Self.run(Self.disagreeing)).text
    #expect(
      text.contains(
        "For k-means the criteria disagree: silhouette, davies_bouldin and gap are for k = 3; "
          + "prediction_strength and min_share are for k = 4; stability.min is for none that was tried."
      ))
    #expect(text.contains("Not measured, so without a vote: calinski_harabasz, bic."))
  }

  @Test func `an agreement is said`() throws {
    let run = Self.run([("silhouette", [0.3, 0.5]), ("davies_bouldin", [1, 0.5])])
    #expect(try PageReading(run).text.contains("For k-means all 2 criteria are for k = 3."))
    #expect(TerminalReport.render(run).contains("number of segments: For k-means all 2 criteria"))
    #expect(MarkdownReport.render(run).contains("### How many segments"))
  }

  @Test func `of equal values the fewest segments stand`() throws {
    let run = Self.run([("silhouette", [0.2, 0.5, 0.5]), ("davies_bouldin", [2, 1, 1])])
    #expect(try PageReading(run).text.contains("all 2 criteria are for k = 3"))
  }

  @Test func `a diamond marks the vote and a line one standard error`() throws {
    let chart = try PageReading(Self.run(Self.disagreeing)).chart("-curve-2")
    #expect(chart.titles("y") == ["gap"])
    let diamonds = chart.layers.filter {
      ($0["mark"] as? [String: Any])?["shape"] as? String == "diamond"
    }
    #expect(diamonds.flatMap(PageReading.Spec.values).compactMap { $0["k"] as? Double } == [3])
    #expect(chart.rows.first.map { [$0["a"] as? Double, $0["b"] as? Double] } == [0.05, 0.15])
  }

  @Test func `areas of consensus stand with their gains`() throws {
    let run = Self.run([("silhouette", [0.3, 0.5, 0.4]), ("consensus_area", [0.4, 0.5, 0.55])])
    let page = try PageReading(run).page
    let row = try #require(page.firstMatch(of: /k-means, ΔArea<(.*?)<\/tr>/)).1
    let cells = row.matches(of: />([0-9.]+)</).map { String($0.1) }
    #expect(cells == ["0.400", "0.250", "0.100"])
  }

  @Test func `values that were not measured everywhere vote among those that were`() throws {
    let run = Self.run([
      ("silhouette", [0.2, 0.5, 0.4]), ("gap", [nil, 0.3, 0.6]), ("davies_bouldin", [nil, nil, 1]),
    ])
    let rows = try PageReading(run).rows(after: "How many segments")
    #expect(rows.contains { $0[0] == "gap" && $0[1] == "4 (0.6000)" })
    #expect(!rows.contains { $0[0] == "davies_bouldin" && $0.count == 3 && $0[2] == "least" })
  }
}
