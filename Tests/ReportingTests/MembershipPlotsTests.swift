import Experiments
import Learning
import Reporting
import Testing

struct MembershipPlotsTests {
  private func reading(_ overview: MembershipOverview) throws -> PageReading {
    try PageReading(
      ModelFixture.run(changing: "gaussian-mixture") { $0.diagnostics.memberships = overview })
  }

  @Test func `doubtful rows and the strongest overlap are told`() throws {
    // Of ten rows one is in 0.50–0.55 and two are in 0.65–0.70.
    #expect(
      try PageReading(ModelFixture.run).text.contains(
        "All 10 rows, exact. The greatest responsibility is below 0.6 for 1 (10.0%) and below 0.8 "
          + "for 3 (30.0%) of 10 rows. Segments overlap most where rows of 1 belong to 0 by 25.0% "
          + "on average."))
  }

  @Test func `the heat map has every pair of segments in percent`() throws {
    let chart = try PageReading(ModelFixture.run).chart("-responsibilities")
    #expect(chart.numbers("i") == [0, 0, 1, 1])
    #expect(chart.numbers("j") == [0, 1, 0, 1])
    #expect(chart.numbers("v") == [0.9, 0.1, 0.25, 0.75])
    #expect(chart.rows.compactMap { $0["t"] as? String } == ["90", "10", "25", "75"])
    #expect(chart.titles("x") == ["responsibility of segment (%)"])
    #expect(chart.titles("y") == ["rows assigned to segment"])
  }

  @Test func `the histogram starts at the first row and tells doubt by colour`() throws {
    let chart = try PageReading(ModelFixture.run).chart("-responsibilities-histogram")
    // Bins 10 to 19 of 20: two below 0.6, four below 0.8, four above.
    #expect(chart.numbers("a").first == 0.5)
    #expect(chart.numbers("b").last == 1)
    #expect(chart.numbers("v") == [0.1, 0, 0, 0.2, 0, 0, 0, 0, 0, 0.7])
    let kinds = chart.rows.compactMap { $0["n"] as? String }
    #expect(kinds.count { $0 == "below 0.6" } == 2)
    #expect(kinds.count { $0 == "0.6 to 0.8" } == 4)
    #expect(kinds.count { $0 == "0.8 and above" } == 4)
  }

  @Test func `the tables hold the same figures`() throws {
    let rows = try PageReading(ModelFixture.run).rows(after: "Responsibilities")
    #expect(rows.contains(["0", "90.0%", "10.0%"]))
    #expect(rows.contains(["1", "25.0%", "75.0%"]))
    #expect(rows.contains(["0.65 to 0.70", "2", "20.0%"]))
  }

  @Test func `a component without rows has a dash`() throws {
    let overview = MembershipOverview(
      overlap: [[1, 0], [.nan, .nan]], histogram: ModelFixture.memberships.histogram)
    let reading = try reading(overview)
    #expect(try reading.rows(after: "Responsibilities").contains(["1", "–", "–"]))
    #expect(try reading.chart("-responsibilities").rows.count == 2)
    #expect(!reading.text.contains("Segments overlap most"))
  }

  @Test func `clear memberships are told in one sentence`() throws {
    let overview = MembershipOverview(
      overlap: [[1, 0], [0, 1]], histogram: [Int](repeating: 0, count: 19) + [10])
    #expect(
      try reading(overview).text.contains(
        "The greatest responsibility is 0.8 or more for each of 10 rows."))
  }

  @Test func `no rows or no components have no picture`() throws {
    let empty = MembershipOverview(overlap: [], histogram: [])
    #expect(try !reading(empty).hasChart("-responsibilities"))
    let rowless = MembershipOverview(overlap: [[1]], histogram: [0, 0])
    #expect(try !reading(rowless).hasChart("-responsibilities"))
  }
}
