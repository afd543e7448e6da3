import Experiments
import Reporting
import Testing

struct SlicePlotTests {
  @Test func `the weakest level is told and every level has its row`() throws {
    let reading = try PageReading(ClassificationFixture.run())
    #expect(
      reading.text.contains(
        "The ranking is weakest for job retired, with a ROC AUC of 0.667 on 5 rows."))
    let rows = try reading.rows(after: "Slices")
    #expect(rows.contains(["job", "services", "15", "3", "20.0%", "50.0%", "0.900"]))
    #expect(rows.contains(["job", "unknown", "2", "0", "0%", "10.0%", "–"]))
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
