import Experiments
import Reporting
import Testing

struct DependencePlotTests {
  private let reading: PageReading

  init() throws { reading = try PageReading(ClassificationFixture.run()) }

  @Test func `a number has its mean, its band and single rows`() throws {
    let chart = try reading.chart("-dependence-0")
    #expect(chart.numbers("x") == [0, 1000])
    #expect(chart.numbers("y") == [0.1, 0.3])
    #expect(chart.numbers("b") == [0.2, 0.45])
    let single = PageReading.Spec.values(chart.layers[1])
    // Two rows at two numbers; what they score without a value is no point of the line.
    #expect(single.compactMap { $0["y"] as? Double } == [0.05, 0.25, 0.15, 0.4])
    #expect(single.compactMap { $0["g"] as? Int } == [0, 0, 1, 1])
  }

  @Test func `a missing number is a line of its own`() throws {
    let rule = try reading.chart("-dependence-0").layers[2]
    #expect(PageReading.Spec.values(rule).compactMap { $0["y"] as? Double } == [0.15])
    #expect(reading.text.contains("The dashed line is the mean with the value missing."))
  }

  @Test func `levels keep their order`() throws {
    let chart = try reading.chart("-dependence-1")
    #expect(chart.rows.compactMap { $0["l"] as? String } == ["retired", "services"])
    #expect(chart.numbers("y") == [0.4, 0.2])
  }

  @Test func `the table has the values in percent`() throws {
    let run = try ClassificationFixture.run { $0.dependence[0].column = "balance in euros" }
    let rows = try PageReading(run).rows(after: "balance in euros")
    #expect(rows.contains(["1000", "30.0%", "20.0%", "45.0%", "50.0%"]))
    #expect(rows.contains(["(missing)", "15.0%", "10.0%", "20.0%", "10.0%"]))
  }

  @Test func `rows of another length than the points are not drawn`() throws {
    let run = try ClassificationFixture.run { $0.dependence[0].rows = [[0.1], [0.2, 0.3, 0.4]] }
    let single = try PageReading(run).chart("-dependence-0").layers[1]
    #expect(PageReading.Spec.values(single).compactMap { $0["y"] as? Double } == [0.2, 0.3])
  }
}
