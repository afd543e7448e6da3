import Evaluation
import TestSupport
import Testing

struct GainsTableTests {
  static let scores = [
    0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5,
    0.45, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05, 0.01,
  ]
  static let labels: [Double] = [1, 1, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]

  // Six of twenty are positive, a base rate of 0.3. Fours from the top hold 3, 2, 1, 0, 0 positives and 1, 2, 3,
  // 4, 4 of the 14 negatives. Lift is the rate over 0.3, capture the positives over 6; KS is the
  // difference of the shares found so far: 3/6 − 1/14, 5/6 − 3/14, 1 − 6/14, 1 − 10/14, 0.
  @Test func `twenty rows in five bins have the table worked out by hand`() throws {
    let table = try GainsTable(BinaryScores(scores: Self.scores, labels: Self.labels), bins: 5)
    #expect(table.baseRate == 0.3)
    #expect(table.rows.map(\.bin) == [1, 2, 3, 4, 5])
    #expect(table.rows.map(\.rowCount) == [4, 4, 4, 4, 4])
    #expect(table.rows.map(\.threshold) == [0.8, 0.6, 0.4, 0.2, 0.01])
    expectClose(table.rows.map(\.predicted), [0.875, 0.675, 0.475, 0.275, 0.0775])
    expectClose(table.rows.map(\.actual), [0.75, 0.5, 0.25, 0, 0])
    expectClose(table.rows.map(\.lift), [2.5, 5.0 / 3, 5.0 / 6, 0, 0])
    expectClose(table.rows.map(\.gain), [1.5, 2.0 / 3, -1.0 / 6, -1, -1])
    expectClose(table.rows.map(\.capture), [1.0 / 2, 1.0 / 3, 1.0 / 6, 0, 0])
    let cumulative = table.rows.map(\.cumulative)
    #expect(cumulative.map(\.rowCount) == [4, 8, 12, 16, 20])
    expectClose(cumulative.map(\.share), [0.2, 0.4, 0.6, 0.8, 1])
    expectClose(cumulative.map(\.predicted), [0.875, 0.775, 0.675, 0.575, 0.4755])
    expectClose(cumulative.map(\.actual), [0.75, 0.625, 0.5, 0.375, 0.3])
    expectClose(cumulative.map(\.lift), [2.5, 25.0 / 12, 5.0 / 3, 1.25, 1])
    expectClose(cumulative.map(\.gain), [1.5, 13.0 / 12, 2.0 / 3, 0.25, 0])
    expectClose(cumulative.map(\.capture), [0.5, 5.0 / 6, 1, 1, 1])
    expectClose(cumulative.map(\.ks), [3.0 / 7, 13.0 / 21, 4.0 / 7, 2.0 / 7, 0])
  }

  private func expectClose(_ found: [Double], _ expected: [Double]) {
    #expect(found.count == expected.count)
    for (a, b) in zip(found, expected) { #expect(isClose(a, b, within: 1e-14), "\(a) \(b)") }
  }

  // Of five bins of four rows, the six rows at 0.9 fill the first, the two at 0.8 end the second at eight
  // rows, the twelve at 0.1 are the rest.
  @Test func `rows of equal score stay in one bin`() throws {
    let scores =
      [Double](repeating: 0.9, count: 6) + [0.8, 0.8]
      + [Double](repeating: 0.1, count: 12)
    let table = try GainsTable(BinaryScores(scores: scores, labels: Self.labels), bins: 5)
    #expect(table.rows.map(\.bin) == [1, 2, 3])
    #expect(table.rows.map(\.rowCount) == [6, 2, 12])
    #expect(table.rows.map(\.threshold) == [0.9, 0.8, 0.1])
    #expect(table.rows[2].cumulative.capture == 1)
  }

  // Ten rows at 0.9 fill the first two bins of five, so the third follows.
  @Test func `a bin filled by the one before is absent`() throws {
    let scores = [Double](repeating: 0.9, count: 10) + Self.scores[10...]
    let table = try GainsTable(BinaryScores(scores: scores, labels: Self.labels), bins: 5)
    #expect(table.rows.map(\.bin) == [1, 3, 4, 5])
    #expect(table.rows.map(\.rowCount) == [10, 2, 4, 4])
  }

  @Test(arguments: [1, 3, 7, 20, 1000])
  func `any number of bins covers every row once`(bins: Int) throws {
    let table = try GainsTable(BinaryScores(scores: Self.scores, labels: Self.labels), bins: bins)
    #expect(table.rows.reduce(0) { $0 + $1.rowCount } == 20)
    #expect(table.rows.count == min(bins, 20))
    #expect(table.rows.map(\.bin) == table.rows.map(\.bin).sorted())
    #expect(table.rows.last?.cumulative.rowCount == 20)
  }

  /// A weight of 2 is a row twice.
  @Test func `weights count rows`() throws {
    let weights = Self.scores.indices.map { $0 % 3 == 0 ? 2.0 : 1 }
    let doubled = Self.scores.indices.flatMap { [Int](repeating: $0, count: Int(weights[$0])) }
    let weighted = try GainsTable(
      BinaryScores(scores: Self.scores, labels: Self.labels, weights: weights), bins: 4)
    let repeated = try GainsTable(
      BinaryScores(
        scores: doubled.map { Self.scores[$0] }, labels: doubled.map { Self.labels[$0] }), bins: 4)
    #expect(weighted.rows.map(\.weight) == repeated.rows.map(\.weight))
    #expect(weighted.rows.map(\.lift) == repeated.rows.map(\.lift))
    #expect(weighted.rows.map(\.cumulative.ks) == repeated.rows.map(\.cumulative.ks))
  }

  // Three bins of two rows. The first two tie as predictions and not as ranks; the fifth row is predicted
  // more than the third and fourth, and ranked below them all the same. Of 2 positives and 4 negatives the bins
  // hold 1, 1, 0 and 1, 1, 2.
  @Test func `ranks decide bins and predictions are told`() throws {
    let labels: [Double] = [1, 0, 1, 0, 0, 0]
    let ranks = try BinaryScores(scores: [3, 2, 1, 0, -1, -2], labels: labels)
    let predicted = try BinaryScores(scores: [0.8, 0.8, 0.5, 0.4, 0.6, 0.1], labels: labels)
    let table = try GainsTable(ranks, predicted: predicted, bins: 3)
    #expect(table.rows.map(\.rowCount) == [2, 2, 2])
    #expect(table.rows.map(\.threshold) == [0.8, 0.4, 0.1])
    expectClose(table.rows.map(\.predicted), [0.8, 0.45, 0.35])
    expectClose(table.rows.map(\.cumulative.predicted), [0.8, 2.5 / 4, 3.2 / 6])
    expectClose(table.rows.map(\.cumulative.capture), [0.5, 1, 1])
    expectClose(table.rows.map(\.cumulative.ks), [0.25, 0.5, 0])
    let third = try ranks.groups.capture(inBest: 1.0 / 3)
    expectClose([table.rows[0].cumulative.capture], [third])
    // With a bin for every row no cut lies between the ends of bins.
    let finest = try GainsTable(ranks, predicted: predicted, bins: 6)
    let distance = try ranks.groups.kolmogorovSmirnov().distance
    #expect(finest.rows.map(\.cumulative.ks).max() == distance)
  }

  @Test func `weights count predictions`() throws {
    let labels: [Double] = [1, 0, 0]
    let weights: [Double] = [1, 3, 0]
    let table = try GainsTable(
      BinaryScores(scores: [5, 5, 5], labels: labels, weights: weights),
      predicted: BinaryScores(scores: [0.2, 0.6, 0.1], labels: labels, weights: weights))
    // (0.2 + 3 · 0.6) / 4; a row of weight 0 is absent.
    expectClose(table.rows.map(\.predicted), [0.5])
    #expect(table.rows.map(\.threshold) == [0.2])
  }

  @Test func `ranks and predictions are of the same rows`() throws {
    let ranks = try BinaryScores(scores: [1, 2, 3], labels: [0, 1, 1])
    let others = try BinaryScores(scores: [0.1, 0.2, 0.3], labels: [0, 0, 1])
    #expect(throws: EvaluationError.differentRows(candidate: 1)) {
      try GainsTable(ranks, predicted: others)
    }
  }

  // Bins end at 6, 8 and 20 of twenty rows with 4, 5 and 6 of the six positives; within a bin of equal scores
  // the metric counts evenly too.
  @Test func `what any share finds lies on lines between the ends of bins`() throws {
    let scores =
      [Double](repeating: 0.9, count: 6) + [0.8, 0.8]
      + [Double](repeating: 0.1, count: 12)
    let rows = try BinaryScores(scores: scores, labels: Self.labels)
    let table = try GainsTable(rows, bins: 5)
    let shares = [0.15, 0.3, 0.35, 0.4, 0.7, 1]
    let found = shares.map { table.capture(inBest: $0) }
    expectClose(found, [2.0 / 6, 4.0 / 6, 4.5 / 6, 5.0 / 6, 5.5 / 6, 1])
    expectClose(found, try shares.map { try rows.groups.capture(inBest: $0) })
    #expect(table.capture(inBest: 0) == 0)
  }

  @Test func `a table needs a bin and both classes`() throws {
    let scores = try BinaryScores(scores: Self.scores, labels: Self.labels)
    #expect(throws: EvaluationError.count(.bins, needed: 1, found: 0)) {
      try GainsTable(scores, bins: 0)
    }
    let one = try BinaryScores(scores: [0.1, 0.2], labels: [0, 0])
    #expect(throws: EvaluationError.oneClass(label: 0, rows: 2)) { try GainsTable(one) }
  }
}
