import Experiments
import Testing

/// Scores and segments of the same six rows.
struct RowComparisonTests {
  private let rows = Array(1...6)
  private let outcomes: [Double] = [1, 0, 1, 0, 0, 1]
  private let ofA = [0.9, 0.8, 0.6, 0.4, 0.2, 0.1]
  private let ofB = [0.8, 0.9, 0.6, 0.1, 0.2, 0.4]

  private func comparison(
    _ a: [Double], _ b: [Double], cuts: Pair<Double?> = Pair(nil, nil)
  ) -> ScoreComparison {
    ScoreComparison(
      RowScores(rows: rows, raw: a, calibrated: a, outcomes: outcomes),
      RowScores(rows: rows, raw: b, calibrated: b, outcomes: outcomes), cuts: cuts)
  }

  @Test func `rankings correlate as Spearman says`() throws {
    // Ranks differ by 1, 1, 0, 2, 0, 2: 1 − 6 · 10 / (6 · 35) = 5/7.
    let correlation = try #require(comparison(ofA, ofB).rankCorrelation)
    // A few sums and a root: within rounding.
    #expect(abs(correlation - 5.0 / 7) < 1e-14)
    #expect(comparison(ofA, ofA).rankCorrelation == 1)
    #expect(comparison(ofA, Array(repeating: 0.5, count: 6)).rankCorrelation == nil)
  }

  @Test func `the best rows of either side are counted with their events`() throws {
    let contacts = comparison(ofA, ofB, cuts: Pair(0.5, 0.5)).contacts
    #expect(contacts.map(\.share) == [0.01, 0.05, 0.1, 0.2, nil])
    // The best fifth of six rows is one: the first by A, an event, and the second by B, none.
    let fifth = contacts[3]
    #expect((fifth.both.rowCount, fifth.both.eventCount) == (0, 0))
    #expect((fifth.onlyA.rowCount, fifth.onlyA.eventCount) == (1, 1))
    #expect((fifth.onlyB.rowCount, fifth.onlyB.eventCount) == (1, 0))
    #expect((fifth.neither.rowCount, fifth.neither.eventCount) == (4, 2))
    #expect(fifth.overlap == 0)
    // Both cuts take the first three rows.
    #expect((contacts[4].both.rowCount, contacts[4].both.eventCount) == (3, 2))
    #expect(contacts[4].overlap == 1)
  }

  @Test func `rows of equal score share the places at the edge`() {
    // Events first: in the order of the file the best tenth of a constant would be ten events.
    let outcomes = (0..<100).map { $0 < 50 ? 1.0 : 0 }
    func scored(_ scores: [Double]) -> RowScores {
      RowScores(rows: Array(1...100), raw: scores, calibrated: scores, outcomes: outcomes)
    }
    let constant = scored([Double](repeating: 0.5, count: 100))
    let same = ScoreComparison(constant, constant, cuts: Pair(nil, nil)).contacts[2]
    #expect((same.both.rowCount, same.both.eventCount) == (10, 5))
    #expect((same.onlyA.rowCount, same.onlyB.rowCount, same.neither.rowCount) == (0, 0, 90))
    // A tenth of every row against ten whole rows, all events: one in common.
    let falling = scored((0..<100).map { 1 - Double($0) / 100 })
    let other = ScoreComparison(constant, falling, cuts: Pair(nil, nil)).contacts[2]
    #expect((other.both.rowCount, other.both.eventCount) == (1, 1))
    #expect((other.onlyA.rowCount, other.onlyA.eventCount) == (9, 4))
    #expect((other.onlyB.rowCount, other.onlyB.eventCount) == (9, 9))
  }

  @Test func `movers are counted by how far they move`() {
    // Shifts in sixths: −1, 1, 0, −2, 0, 2.
    let movers = comparison(ofA, ofB).movers
    #expect(movers.map(\.rowCount) == [0, 1, 1, 0, 2, 0, 1, 1, 0])
    #expect(movers.map(\.eventCount) == [0, 0, 1, 0, 1, 0, 0, 1, 0])
    // A mean of so few rows would show single customers.
    #expect(movers.allSatisfy { $0.meanOfA == nil && $0.meanOfB == nil })
  }

  @Test func `movers have means where they are many`() {
    let scores = (0..<40).map { $0 % 2 == 0 ? 0.25 : 0.75 }
    func rows(_ shift: Double) -> RowScores {
      let moved = scores.map { $0 + shift }
      return RowScores(
        rows: Array(1...40), raw: moved, calibrated: moved, outcomes: scores.map { $0.rounded() })
    }
    let movers = ScoreComparison(rows(0), rows(0.125), cuts: Pair(nil, nil)).movers
    #expect(movers[4].rowCount == 40)
    #expect(movers[4].meanOfA == 0.5)
    #expect(movers[4].meanOfB == 0.625)
  }

  @Test func `squares hold every row once`() {
    let comparison = comparison(ofA, ofB)
    #expect(comparison.cells.reduce(0) { $0 + $1.rowCount } == 6)
    #expect(comparison.axis == 0.1...0.9)
    // The third and the fifth row have equal scores.
    #expect(comparison.changedRowCount == 4)
    #expect(comparison.cells.contains { ($0.a, $0.b) == (29, 26) })
  }

  @Test func `scores that are all the same are compared`() {
    let same = Array(repeating: 1.0, count: 6)
    let comparison = comparison(same, same)
    #expect(comparison.cells.map(\.rowCount) == [6])
    #expect(comparison.movers[4].rowCount == 6)
  }

  @Test func `segments are matched by their rows`() throws {
    let comparison = try SegmentComparison(
      RowLabels(rows: rows, labels: [0, 0, 0, 1, 1, 1]),
      RowLabels(rows: rows, labels: [1, 1, 0, 0, 0, 0]))
    // Pairs together in both: 4; in A 6, in B 7, of 15: (4 − 2.8) / (6.5 − 2.8).
    #expect(abs(comparison.adjustedRandIndex - 1.2 / 3.7) < 1e-15)
    #expect(comparison.ofA.map(\.nearest) == [1, 0])
    #expect(comparison.ofA.map(\.jaccard) == [2.0 / 3, 0.75])
    // 0.75 itself is not above it.
    #expect(comparison.ofA.map(\.fate) == [.changed, .changed])
    #expect(
      comparison.flows.map { [$0.a, $0.b, $0.rowCount] } == [[0, 0, 1], [0, 1, 2], [1, 0, 3]])
  }

  @Test func `rows without a segment are a segment of their own`() throws {
    let labels = [-1, -1, 0, 0, 1, 1]
    let comparison = try SegmentComparison(
      RowLabels(rows: rows, labels: labels), RowLabels(rows: rows, labels: labels.map { -1 - $0 }))
    #expect(comparison.adjustedRandIndex == 1)
    #expect(comparison.ofA.map(\.segment) == [-1, 0, 1])
    #expect(comparison.ofA.map(\.nearest) == [0, -1, -2])
    #expect(comparison.ofA.allSatisfy { $0.fate == .kept })
  }
}
