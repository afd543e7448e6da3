import Evaluation
import TestSupport
import Testing

@Suite struct ValueSpreadTests {
  /// `rules.json`, written by SciPy's one-way analysis of variance.
  private struct SpreadFixture: Decodable {
    struct Case: Decodable {
      let values: [Double]
      let labels: [Int]
      let explained: Double
    }

    let spreads: [Case]
  }

  @Test func `The explained share equals that of SciPy's analysis of variance`() throws {
    for entry in try Fixture.load("rules", as: SpreadFixture.self).spreads {
      let segments = (entry.labels.max() ?? 0) + 1
      let spread = try ValueSpread(
        of: entry.values, labels: entry.labels, segmentCount: segments)
      // Sums in another order differ in the last digits.
      #expect(abs(try #require(spread.explained) - entry.explained) < 1e-12)
    }
  }

  @Test func `Rows in no segment are a group, rows without a value are left out`() throws {
    // Means 2, 8 and, of the row in none, 11: overall (1 + 3 + 8 + 11 + 7 + 9) / 6 = 6.5.
    // Between: 2 · 4.5² + 3 · 1.5² + 4.5² = 67.5. Within: 1 + 1 + 0 + 1 + 1 = 4.
    let spread = try ValueSpread(
      of: [1, 3, 8, 11, .nan, 7, 9], labels: [0, 0, 1, -1, 0, 1, 1], segmentCount: 3)
    #expect(abs(try #require(spread.explained) - 67.5 / 71.5) < 1e-15)
    #expect(spread.rowCount == 6)
    #expect(spread.means == [2, 8, nil])
    #expect(spread.shares == [4.0 / 39, 24.0 / 39, 0])
  }

  @Test func `Equal values explain nothing that could be said`() throws {
    let spread = try ValueSpread(of: [0.1, 0.1, 0.1], labels: [0, 1, 1], segmentCount: 2)
    #expect(spread.explained == nil)
  }

  @Test func `Shares of a total need values that add up`() throws {
    let labels = [0, 1]
    #expect(try ValueSpread(of: [5, -2], labels: labels, segmentCount: 2).shares == nil)
    #expect(try ValueSpread(of: [0, 0], labels: labels, segmentCount: 2).shares == nil)
    #expect(try ValueSpread(of: [.nan, .nan], labels: labels, segmentCount: 2).shares == nil)
  }

  @Test func `Values too large to square are no error`() throws {
    let spread = try ValueSpread(of: [1e300, -1e300, 1e299], labels: [0, 1, 0], segmentCount: 2)
    #expect(spread.explained == nil)
  }

  @Test func `One segment explains nothing`() throws {
    let spread = try ValueSpread(of: [1, 2, 6], labels: [0, 0, 0], segmentCount: 1)
    #expect(spread.explained == 0)
    #expect(spread.shares == [1])
  }

  @Test func `Lists of different lengths are refused`() {
    #expect(throws: EvaluationError.lengths(expected: 2, found: 1)) {
      _ = try ValueSpread(of: [1, 2], labels: [0], segmentCount: 1)
    }
  }
}
