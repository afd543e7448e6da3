import Evaluation
import Experiments
import Learning
import Numerical
import Reporting
import Testing

struct StabilityPlotTests {
  /// Five segments of twenty rows.
  ///
  /// One of two replicates equals them; the other splits segment 0 into 12
  /// and 8 rows (0.6), joins 1 and 2 (0.5 each), keeps 3 and cuts 4 into fours of five rows (0.25).
  private static func stability() throws -> StabilityEvidence {
    let labels = (0..<100).map { $0 / 20 }
    let other = (0..<100).map { row in
      switch row / 20 {
      case 0: row < 12 ? 0 : 9
      case 1, 2: 1
      case 3: 3
      default: 10 + row % 20 / 5
      }
    }
    let rows = Array(0..<100)
    let recoveries = try [labels, other].map {
      try SegmentRecovery(of: labels, segmentCount: 5, rows: rows, labels: $0)
    }
    var options = Study.Stability()
    options.resamples = 2
    return StabilityEvidence(
      options: options, rowCount: 20_000, sampledFrom: 1_000_000, failedCount: 1,
      stability: try ClusterStability(recoveries),
      predictionStrength: try PredictionStrength([0.7, 0.9]),
      gap: try GapStatistic(logDispersion: 5, references: [6, 6.2]),
      consensus: try Consensus(
        of: [labels, other].map { Labeling(rows: rows, labels: $0) }, labels: labels, on: .serial),
      consensusRowCount: 10_000)
  }

  private static func run(_ change: (inout StabilityEvidence) -> Void = { _ in }) throws
    -> RunRecord
  {
    var run = RunFixture.run
    var stability = try stability()
    change(&stability)
    let id = try #require(run.experiments[0].chosen?.trial.id)
    run.experiments[0].evidence[id]?.stability = stability
    return run
  }

  @Test func `every segment has a bar, its counts and a reading`() throws {
    let reading = try PageReading(Self.run())
    #expect(try reading.chart("-stability").numbers("v") == [0.8, 0.75, 0.75, 1, 0.625])
    let rows = try reading.rows(after: "Stability by segment")
    #expect(
      rows.dropFirst().prefix(5).map { Array($0.suffix(4)) } == [
        ["0.800", "0", "1", "valid"], ["0.750", "1", "1", "valid"], ["0.750", "1", "1", "valid"],
        ["1", "0", "2", "highly stable"], ["0.625", "1", "1", "a pattern, check it"],
      ])
  }

  @Test func `the bounds of the readings are drawn and worded`() throws {
    let reading = try PageReading(Self.run())
    let chart = try reading.chart("-stability")
    let lines = chart.layers.compactMap { layer -> Double? in
      let encoding = layer["encoding"] as? [String: Any]
      let isRule = (layer["mark"] as? [String: Any])?["type"] as? String == "rule"
      return isRule ? (encoding?["x"] as? [String: Any])?["datum"] as? Double : nil
    }
    #expect(lines == [0.6, 0.75, 0.85])
    #expect(
      Set(chart.rows.compactMap { $0["r"] as? String }) == [
        "0.60 to 0.75: a pattern, check it", "0.75 to 0.85: valid", "from 0.85: highly stable",
      ])
  }

  @Test func `sample, verdict and failures are sentences`() throws {
    let text = try PageReading(Self.run()).text
    #expect(
      text.contains("refitted to 2 bootstrap samples of a sample of 20,000 of 1,000,000 rows."))
    #expect(
      text.contains(
        "4 of 5 segments are valid or better; the least stable is segment 4 with 0.625: a pattern, check it."
      ))
    #expect(
      text.contains("1 replicates could not be fitted; they count as finding no segment again."))
  }

  // Variance of 6 and 6.2 is 0.02; times 1.5 and rooted 0.173.
  @Test func `what refits say of the whole stands in a table`() throws {
    let rows = try PageReading(Self.run()).rows(after: "Stability by segment")
    #expect(rows.contains(["gap, 2 references", "1.10 ± 0.17"]))
    #expect(
      rows.contains { $0[0] == "prediction strength, 2 halvings" && $0[1].hasPrefix("0.800") })
  }

  @Test func `consensus has its curve and says how many rows it is from`() throws {
    let reading = try PageReading(Self.run())
    #expect(try reading.chart("-stability-consensus").rows.count == 101)
    #expect(
      reading.text.contains("pairs of a sample of 10,000 of 1,000,000 rows over 2 replicates"))
    let without = try PageReading(Self.run { $0.consensus = nil })
    #expect(!without.hasChart("-stability-consensus"))
  }

  // One segment's log W is 7, its references 7.4 and 7.8: a gap of 0.6; 0.08 · 1.5 rooted is 0.35.
  private static func withGapOfOne() throws -> RunRecord {
    var run = try Self.run { evidence in
      evidence.gapOfOne = try? GapStatistic(logDispersion: 7, references: [7.4, 7.8])
    }
    let place = try #require(run.experiments[0].leaderboard.firstIndex { $0.isChosen })
    let row = run.experiments[0].leaderboard[place]
    var trial = row.trial
    trial.metrics.append(
      MetricRecord(
        name: "gap", value: 0.5, direction: .higherIsBetter, split: "all", rowCount: 20_000,
        standardError: 0.2, ofOneSegment: 0.6))
    run.experiments[0].leaderboard[place] = LeaderboardRow(
      rank: row.rank, isChosen: true, unmet: row.unmet, trial: trial)
    return run
  }

  @Test func `stable segments that are no better than one are not to be trusted`() throws {
    let run = try Self.withGapOfOne()
    let warning =
      "Do not trust these segments: the gap statistic finds no evidence that there is more than one"
    let reading = try PageReading(run)
    #expect(reading.text.contains("of 1,000,000 rows. \(warning)"))
    let rows = try reading.rows(after: "Stability by segment")
    #expect(rows.contains(["gap of one segment", "0.600 ± 0.35"]))
    #expect(MarkdownReport.render(run).contains("of all rows as one segment 0.600."))
    let line = try #require(
      TerminalReport.render(run).split(separator: "\n").first { $0.contains("stability: ") })
    #expect(line.contains("stability: \(warning)"))
    #expect(line.contains("4 of 5 segments are valid or better"))
  }

  @Test func `where no gap was measured good figures are said to show repeatability`() throws {
    let caution = "Stability shows that segments can be made again, not that they are apart"
    let labels = (0..<100).map { $0 / 20 }
    let same = try SegmentRecovery(
      of: labels, segmentCount: 5, rows: Array(0..<100), labels: labels)
    let stable = try ClusterStability([same, same])
    let without = try Self.run { evidence in
      evidence.stability = stable
      evidence.gap = nil
    }
    #expect(try PageReading(without).text.contains(caution))
    #expect(MarkdownReport.render(without).contains(caution))
    let measured = try Self.run { $0.stability = stable }
    #expect(try !PageReading(measured).text.contains(caution))
    // Segments that do not come back need no such word.
    #expect(try !PageReading(Self.run { $0.gap = nil }).text.contains(caution))
  }

  @Test func `a run without stability shows none`() throws {
    #expect(try !PageReading(RunFixture.run).hasChart("-stability"))
  }

  @Test func `texts say what the page says`() throws {
    let markdown = MarkdownReport.render(try Self.run())
    #expect(markdown.contains("### Stability"))
    #expect(markdown.contains("| 4 |"))
    #expect(markdown.contains("Prediction strength over 2 halvings is 0.800, not above 0.8"))
    let terminal = TerminalReport.render(try Self.run())
    #expect(terminal.contains("stability: 4 of 5 segments are valid or better"))
  }
}
