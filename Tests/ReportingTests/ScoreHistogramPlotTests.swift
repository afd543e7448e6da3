import Experiments
import Reporting
import Testing

struct ScoreHistogramPlotTests {
  @Test func `each outcome adds up to one`() throws {
    let chart = try PageReading(ClassificationFixture.run()).chart("-histogram")
    for outcome in ["positive", "negative"] {
      let own = chart.rows.filter { $0["m"] as? String == outcome }
      // Shares are written with four digits.
      let sum = own.compactMap { $0["v"] as? Double }.reduce(0, +)
      #expect(abs(sum - 1) < 1e-3)
      #expect(own.count == 20)
    }
  }

  @Test func `the table counts both outcomes`() throws {
    let rows = try PageReading(ClassificationFixture.run()).rows(after: "Scores by outcome")
    #expect(rows.first == ["score", "negatives", "positives"])
    // The best score is positive, the worst negative.
    #expect(rows.last == ["0.95 to 1", "0", "1"])
    #expect(rows[1].dropFirst() == ["1", "0"])
  }
}
