import Experiments
import Reporting
import Testing

struct LossPlotTests {
  @Test func `the least loss is told and marked`() throws {
    let reading = try PageReading(ClassificationFixture.run())
    #expect(reading.text.contains("The loss is least, 0.4500, after step 3 of 4."))
    #expect(try reading.chart("-losses").numbers("x") == [1, 2, 3, 4])
    #expect(try reading.rows(after: "Learning curve").contains(["4", "0.4700"]))
  }

  @Test func `a loss that still falls suggests more steps`() throws {
    let run = try ClassificationFixture.run { $0.losses = [0.6, 0.5] }
    #expect(
      try PageReading(run).text.contains(
        "The loss was still falling at the last of 2 steps, where it was 0.5000: more may lower it."
      ))
  }

  @Test func `without losses there is no picture`() throws {
    #expect(try !PageReading(ClassificationFixture.run { $0.losses = [] }).hasChart("-losses"))
  }
}
