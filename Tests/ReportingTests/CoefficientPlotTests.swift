import Experiments
import Reporting
import Testing

struct CoefficientPlotTests {
  @Test func `the best linear trial is shown, the largest coefficient first`() throws {
    let reading = try PageReading(ClassificationFixture.run())
    let chart = try reading.chart("-coefficients")
    #expect(chart.rows.compactMap { $0["f"] as? String } == ["balance", "age", "pdays"])
    #expect(chart.numbers("v") == [0.7, -0.5, 0])
    // 1.96 standard errors of 0.1 on either side, none where there is no error.
    #expect(chart.numbers("a") == [0.7, -0.696, 0])
    #expect(chart.numbers("b") == [0.7, -0.304, 0])
  }

  @Test func `the table has odds ratios and the statement counts zeros`() throws {
    let reading = try PageReading(ClassificationFixture.run())
    let rows = try reading.rows(after: "Coefficients of logistic-regression")
    #expect(rows.contains(["balance", "0.700", "2.01", "–"]))
    #expect(rows.contains(["age", "-0.500", "0.607", "0.100"]))
    #expect(reading.text.contains("3 coefficients of the log-odds"))
    #expect(reading.text.contains("per unit of the prepared column. One of them is zero."))
  }
}
