import Experiments
import Learning
import Reporting
import Testing

struct KDistancePlotTests {
  private func reading(_ curve: KDistanceCurve) throws -> PageReading {
    try PageReading(ModelFixture.run(changing: "dbscan") { $0.diagnostics.kDistances = curve })
  }

  private func curve(knee: Double?, chosen: Double) -> KDistanceCurve {
    KDistanceCurve(
      neighbor: 2, distances: [8, 4, 2, 1, 1], rowCount: 9, knee: knee, chosen: chosen)
  }

  @Test func `points stand at the ranks they were taken from`() throws {
    let chart = try PageReading(ModelFixture.run).chart("-k-distance")
    // Five evenly spaced ranks of nine rows.
    #expect(chart.numbers("r") == [1, 3, 5, 7, 9])
    #expect(chart.numbers("d") == [8, 4, 2, 1, 1])
    #expect(chart.titles("x").contains("rows, the farthest first"))
    #expect(chart.titles("y").contains("distance to the 5th nearest row"))
  }

  @Test func `radius, bend and core rows are told`() throws {
    let text = try PageReading(ModelFixture.run).text
    #expect(
      text.contains(
        "5 evenly spaced ranks of a sample of 9 of 10 rows. The radius 0.830 was chosen; the curve bends most at "
          + "0.810. 75.0% of the rows are core rows."))
  }

  @Test func `radius and bend are lines with names`() throws {
    let chart = try PageReading(ModelFixture.run).chart("-k-distance")
    let marks = chart.layers.compactMap { PageReading.Spec.values($0).first }
    #expect(Set(marks.compactMap { $0["t"] as? String }) == ["radius 0.830", "bend 0.810"])
    #expect(Set(marks.compactMap { $0["d"] as? Double }) == [0.83, 0.81])
  }

  @Test func `a radius at the bend is one line`() throws {
    let reading = try reading(curve(knee: 2, chosen: 2))
    #expect(reading.text.contains("The radius 2 was chosen, where the curve bends most."))
    let names = try reading.chart("-k-distance").layers.compactMap {
      PageReading.Spec.values($0).first?["t"] as? String
    }
    #expect(Set(names) == ["radius 2, the bend"])
  }

  @Test func `a curve without a bend says so`() throws {
    let text = try reading(curve(knee: nil, chosen: 2)).text
    #expect(text.contains("The radius 2 was chosen; the curve has no clear bend."))
    #expect(text.contains("Distances to the 2nd nearest row"))
  }

  @Test func `a few far rows do not flatten the curve`() throws {
    let distances = [100] + [Double](repeating: 1, count: 199)
    let reading = try reading(
      KDistanceCurve(neighbor: 4, distances: distances, rowCount: 200, knee: 1, chosen: 1))
    // 1.15 times the distance of the farthest hundredth, 1.
    #expect(try reading.chart("-k-distance").scale("y")["domain"] as? [Double] == [0, 1.15])
    #expect(reading.text.contains("About 0.5% of the rows lie above the frame."))
    #expect(reading.text.contains("All 200 rows."))
  }

  @Test func `the table has the distance at round shares`() throws {
    let rows = try PageReading(ModelFixture.run).rows(after: "Distances to the 5th nearest row")
    #expect(rows.contains(["chosen radius", "0.8300"]))
    #expect(rows.contains(["sharpest bend", "0.8100"]))
    // Rank 3 of 5 is the middle one.
    #expect(rows.contains(["50.0%", "2"]))
    #expect(rows.contains(["100%", "1"]))
  }

  @Test func `copies of one row have a curve at zero`() throws {
    let zeros = KDistanceCurve(
      neighbor: 5, distances: [0, 0, 0], rowCount: 3, knee: nil, chosen: 0)
    #expect(
      try reading(zeros).chart("-k-distance").scale("y")["domain"] as? [Double] == [0, 1])
  }
}
