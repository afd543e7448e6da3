import Experiments
import Reporting
import Testing

struct PrecisionRecallPlotTests {
  @Test func `a short curve is drawn in steps from the first precision`() throws {
    let chart = try PageReading(ClassificationFixture.run()).chart("-precision")
    // Of the best four rows the third is negative: 1, 1, 2/3, 3/4.
    #expect(Array(chart.numbers("x").prefix(5)) == [0, 0.2, 0.4, 0.4, 0.6])
    #expect(Array(chart.numbers("y").prefix(5)) == [1, 1, 1, 0.6667, 0.75])
    #expect(chart.numbers("y").last == 0.25)
    let mark = chart.layers.compactMap { $0["mark"] as? [String: Any] }
    #expect(mark.contains { $0["interpolate"] as? String == "step-before" })
  }

  @Test func `the base rate is drawn and told`() throws {
    let reading = try PageReading(ClassificationFixture.run())
    let guide = try #require(try reading.chart("-precision").layers.first)
    // 5 of 20.
    #expect(PageReading.Spec.values(guide).compactMap { $0["y"] as? Double } == [0.25, 0.25])
    #expect(reading.text.contains("The dashed line is the base rate, 25.0%"))
  }

  @Test func `an outline is drawn as the polygon it is`() throws {
    let chart = try PageReading(ClassificationFixture.large()).chart("-precision")
    let mark = chart.layers.compactMap { $0["mark"] as? [String: Any] }
    #expect(mark.contains { $0["interpolate"] as? String == "linear" })
  }
}
