import Evaluation
import Experiments
import Reporting
import Testing

struct SlicePlotTests {
  @Test func `the weakest level is told and every level has its row`() throws {
    let reading = try PageReading(ClassificationFixture.run())
    #expect(
      reading.text.contains(
        "The ranking is weakest for job retired on 5 rows, with a ROC AUC of 0.667 "
          + "(95% interval 0.550 to 0.780), against 0.853 for all rows."))
    let rows = try reading.rows(after: "Slices")
    #expect(rows.first?.suffix(3) == ["ROC AUC", "log_loss", "pr_auc"])
    #expect(
      rows.contains([
        "job", "retired", "5", "2", "40.0%", "50.0%", "0.6670.550 to 0.780", "0.600", "0.500",
      ]))
    #expect(
      rows.contains([
        "job", "services", "15", "3", "20.0%", "50.0%", "0.9000.800 to 0.950", "0.400", "–",
      ]))
    #expect(rows.contains(["job", "unknown", "2", "0", "0%", "10.0%", "–", "–", "–"]))
    #expect(reading.text.contains("curves/slices.csv has 1 more metric."))
  }

  @Test func `a level whose interval includes all rows is not called weak`() throws {
    let run = try ClassificationFixture.run { document in
      document.slices[0].rocAUCInterval = Interval(lower: 0.4, upper: 0.9, level: 0.95)
    }
    let text = try PageReading(run).text
    #expect(!text.contains("The ranking is weakest"))
    #expect(
      text.contains(
        "No level’s interval lies below the ROC AUC of all rows, 0.853; the lowest ROC AUC is 0.667 "
          + "(95% interval 0.400 to 0.900), for job retired on 5 rows."))
  }

  // An interval without width is of a level too small to tell.
  @Test(arguments: [nil, Interval(lower: 0.6667, upper: 0.6667, level: 0.95)])
  func `without intervals the lowest value is told and nothing claimed`(
    interval: Interval?
  ) throws {
    let run = try ClassificationFixture.run { document in
      for index in document.slices.indices {
        document.slices[index].rocAUCInterval = interval
        document.slices[index].metrics = nil
      }
    }
    let reading = try PageReading(run)
    #expect(!reading.text.contains("The ranking is weakest"))
    #expect(
      reading.text.contains("The lowest ROC AUC is 0.667, for job retired on 5 rows."))
    #expect(
      try reading.rows(after: "Slices").contains([
        "job", "retired", "5", "2", "40.0%", "50.0%", "0.667",
      ]))
  }

  @Test func `intervals are drawn through the values`() throws {
    let chart = try PageReading(ClassificationFixture.run()).chart("-chosen-slices")
    #expect(chart.numbers("a") == [0.55, 0.8])
    #expect(chart.numbers("h") == [0.78, 0.95])
    #expect(chart.layers.count == 3)
  }

  @Test func `observed share and mean score stand side by side`() throws {
    let chart = try PageReading(ClassificationFixture.run()).chart("-slices-rates")
    #expect(chart.numbers("r") == [0.4, 0.2, 0])
    #expect(chart.numbers("p") == [0.5, 0.5, 0.1])
  }

  @Test func `levels without both outcomes alone have no ranking`() throws {
    let run = try ClassificationFixture.run { document in
      document.slices = Array(document.slices.suffix(1))
    }
    #expect(
      try PageReading(run).text.contains("No level has both outcomes, so none has a ROC AUC."))
  }
}
