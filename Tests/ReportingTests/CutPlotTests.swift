import Experiments
import Reporting
import Testing

struct CutPlotTests {
  private let reading: PageReading

  init() throws { reading = try PageReading(ClassificationFixture.run()) }

  @Test func `the cut is told in words`() {
    // The best four of twenty, above half way from 0.825 to 0.775: three of five positives.
    #expect(
      reading.text.contains(
        "The cut is the best 20% of customers: contact everyone who scores 0.800 or more, 20.0% of "
          + "rows. Of those contacted 75.0% are positive, which finds 60.0% of all positives."))
  }

  @Test func `the confusion matrix has words for its fields`() throws {
    let rows = try reading.rows(after: "The chosen cut")
    #expect(rows.contains(["contacted", "positive", "found", "3", "15.0%"]))
    #expect(rows.contains(["contacted", "negative", "contacted in vain", "1", "5.0%"]))
    #expect(rows.contains(["not contacted", "positive", "missed", "2", "10.0%"]))
    #expect(rows.contains(["not contacted", "negative", "rightly left alone", "14", "70.0%"]))
    #expect(rows.contains(["accuracy", "85.0%"]))
    // 2 · 3 / (2 · 3 + 1 + 2), and (3 · 14 − 1 · 2) / √(4 · 5 · 15 · 16).
    #expect(rows.contains(["F1", "0.667"]))
    #expect(rows.contains(["Matthews’ correlation", "0.577"]))
  }

  @Test func `the most profitable cut is told and marked`() throws {
    // Five hits of 40 among twelve contacts of 5.
    #expect(reading.text.contains("It is greatest, 140, for the best 60.0% of rows."))
    #expect(reading.text.contains("a contact pays from a probability of 12.5%"))
    let chart = try reading.chart("-profit")
    #expect(chart.numbers("y").max() == 140)
    #expect(chart.numbers("x").count == 21)
  }

  @Test func `without value and cost there is no profit`() throws {
    let reading = try PageReading(ClassificationFixture.run { $0.cut.profit = nil })
    #expect(!reading.hasChart("-profit"))
    #expect(reading.hasChart("-cut"))
  }
}
