import Experiments
import Reporting
import Testing

struct ROCPlotTests {
  private let reading: PageReading

  init() throws { reading = try PageReading(ClassificationFixture.run()) }

  @Test func `the line goes from nobody to everybody`() throws {
    let chart = try reading.chart("-chosen-roc")
    // The origin and twenty scores.
    #expect(chart.numbers("x").count == 21)
    // Positive, positive, negative, positive of 5 positives and 15 negatives.
    #expect(Array(chart.numbers("y").prefix(5)) == [0, 0.2, 0.4, 0.4, 0.6])
    #expect(Array(chart.numbers("x").prefix(5)) == [0, 0, 0, 0.06667, 0.06667])
    #expect(chart.numbers("x").last == 1)
    #expect(chart.titles("x") == ["negatives contacted by mistake"])
    #expect(chart.titles("y") == ["positives found"])
  }

  @Test func `the ring is the chosen cut`() throws {
    let ring = try #require(try reading.chart("-chosen-roc").layers.last)
    let place = try #require(PageReading.Spec.values(ring).first)
    // The best four: three of five positives, one of fifteen negatives.
    #expect(place["y"] as? Double == 0.6)
    #expect(place["x"] as? Double == 0.06667)
  }

  @Test func `the table has every cut of a short curve`() throws {
    let rows = try reading.rows(after: "ROC curve")
    #expect(rows.count == 22)
    #expect(rows[1] == ["nobody", "0%", "0%"])
    #expect(rows[2] == ["0.975", "0%", "20.0%"])
    #expect(rows[4] == ["0.875", "6.7%", "40.0%"])
    #expect(rows.last == ["0.0250", "100%", "100%"])
  }

  @Test func `the sample and the area are stated`() throws {
    #expect(
      reading.text.contains(
        "Exact, 20 training rows (5 positive), each scored out of fold. The area under the curve, "
          + "roc_auc, is 0.8533 (0.8033 to 0.9033)."))
    #expect(!reading.text.contains("The line goes through"))
  }

  @Test func `an outline says how many cuts it stands for`() throws {
    let text = try PageReading(ClassificationFixture.large()).text
    // Scores of 3,617 rows are all distinct; the origin is a cut too.
    #expect(text.contains("The line goes through 500 of 3,618 cuts"))
  }
}
