import Experiments
import Learning
import Reporting
import Testing

struct CalibrationPlotTests {
  private let reading: PageReading

  init() throws { reading = try PageReading(ClassificationFixture.run()) }

  @Test func `raw and calibrated scores are two lines`() throws {
    let chart = try reading.chart("-calibration")
    let names = chart.rows.compactMap { $0["m"] as? String }
    #expect(names.count { $0 == "calibrated" } == 10)
    #expect(names.contains("before calibration"))
    #expect(chart.titles("x") == ["mean predicted probability"])
    #expect(chart.titles("y").contains("observed share of positives"))
  }

  @Test func `a bin has its rows, means and Wilson interval`() throws {
    let rows = try reading.rows(after: "Calibration")
    // Scores 0.975 and 0.925, both positive. Wilson with z = 1.96, n = 2: middle 0.6712, half 0.3288.
    #expect(rows.last?.dropFirst() == ["2", "95.0%", "100%", "34.2% to 100%"])
  }

  @Test func `the error before and after calibration is told, and the Brier score`() {
    // |rate − mean| by bin from the best: .05 .35 .75 .15 .55 .05 .35 .25 .15 .05, two rows each.
    #expect(reading.text.contains("before calibration, 0.270 calibrated, brier 0.08668."))
    #expect(reading.text.contains("calibrated by the isotonic map, for every fold by one"))
  }

  @Test func `scores without a map are one line`() throws {
    let run = try ClassificationFixture.run { $0.calibrationMethod = .none }
    let reading = try PageReading(run)
    let names = try reading.chart("-calibration").rows.compactMap { $0["m"] as? String }
    #expect(Set(names) == ["as the model scores"])
    #expect(reading.text.contains("without a calibration map"))
  }
}
