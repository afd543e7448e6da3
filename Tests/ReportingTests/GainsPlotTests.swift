import Evaluation
import Experiments
import Reporting
import Testing

struct GainsPlotTests {
  private let reading: PageReading

  init() throws { reading = try PageReading(ClassificationFixture.run()) }

  @Test func `the gains table counts, ranks and accumulates`() throws {
    let rows = try reading.rows(after: "Gains and lift")
    // Two rows a bin; of 20 rows 5 are positive: the base rate is a quarter.
    #expect(
      rows[1] == [
        "1", "2", "0.925", "95.0%", "100%", "4", "40.0%", "300.0%", "2", "10.0%", "100%", "4",
        "40.0%", "0.400",
      ])
    // Rows three and four: one positive. Together 3 of 5 positives and 1 of 15 negatives.
    #expect(
      rows[2] == [
        "2", "2", "0.825", "85.0%", "50.0%", "2", "20.0%", "100%", "4", "20.0%", "75.0%", "3",
        "60.0%", "0.533",
      ])
    #expect(rows.count == 11)
    #expect(rows.last?.suffix(6) == ["20", "100%", "25.0%", "1", "100%", "0"])
  }

  @Test func `the gains line starts at nobody and the best order rises to the base rate`() throws {
    let chart = try reading.chart("-chosen-gains")
    #expect(Array(chart.numbers("x").prefix(3)) == [0, 0.1, 0.2])
    #expect(Array(chart.numbers("y").prefix(3)) == [0, 0.4, 0.6])
    let best = chart.layers[1]
    #expect(PageReading.Spec.values(best).compactMap { $0["x"] as? Double } == [0, 0.25, 1])
  }

  @Test func `bars are the lift of a bin, the line that of all before`() throws {
    let chart = try reading.chart("-gains-lift")
    #expect(Array(chart.numbers("v").prefix(3)) == [4, 2, 0])
    // 3 positives among 6 rows: 0.5 over 0.25.
    #expect(Array(chart.numbers("c").prefix(3)) == [4, 3, 2])
    // Wilson's interval of 2 of 2 is 34.24% to 100%, over a quarter.
    #expect(chart.numbers("a").first == 1.37)
    #expect(chart.numbers("h").first == 4)
  }

  // Three of 20 rows are the first to fill a seventh; two of the five positives are among them.
  @Test(arguments: [
    (10, "The best 10.0% of rows hold 40.0% of the positives, 4 times their share."),
    (20, "The best 10.0% of rows hold 40.0% of the positives, 4 times their share."),
    (7, "The best 15.0% of rows hold 40.0% of the positives, 2.67 times their share."),
    (30, "There are fewer rows than bins, which leaves 10 of 30 bins empty."),
  ])
  func `any number of bins tells of a tenth of the rows`(bins: Int, sentence: String) throws {
    let rows = try BinaryScores(
      scores: ClassificationFixture.scores, labels: ClassificationFixture.labels)
    let table = try GainsTable(rows, bins: bins)
    let reading = try PageReading(ClassificationFixture.run { $0.gains = table })
    #expect(reading.text.contains(sentence))
    #expect(try reading.rows(after: "Gains and lift").count == 1 + min(bins, 20))
  }

  @Test func `the best bin and the greatest distance are told`() {
    #expect(
      reading.text.contains(
        "The best 10.0% of rows hold 40.0% of the positives, 4 times their share."))
    #expect(reading.text.contains("KS 0.533."))
  }
}
