import Evaluation
import Numerical
import TestSupport
import Testing

struct PredictionStrengthTests {
  /// The nearest of `centers` for each row.
  private static func nearest(_ rows: [Int], _ x: [[Double]], _ centers: [[Double]]) -> [Int] {
    rows.map { row in
      let distances = centers.map { center in
        zip(center, x[row]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      return distances.indices.min { distances[$0] < distances[$1] } ?? 0
    }
  }

  /// A quotient of whole numbers and a mean of two; R rounds as we do, but for one unit of the last digit.
  @Test func `every halving has the strength that fpc found`() throws {
    let fixture = try StabilityFixture.load()
    for example in fixture.strengths {
      for (index, expected) in example.strengths.enumerated() {
        let (a, b) = (example.halves[2 * index], example.halves[2 * index + 1])
        let first = try PredictionStrength.strength(
          of: a.labels, predictedAs: Self.nearest(a.rows, fixture.iris, b.centers))
        let second = try PredictionStrength.strength(
          of: b.labels, predictedAs: Self.nearest(b.rows, fixture.iris, a.centers))
        #expect(isClose((first + second) / 2, expected, within: 1e-15), "k = \(example.k)")
      }
      let strength = try PredictionStrength(example.strengths)
      #expect(isClose(strength.mean, example.mean, within: 1e-15))
    }
  }

  // Segment 0 has 3 rows, 6 ordered pairs, of which the prediction joins {0, 1}: 2. Segment 1 has one row.
  @Test func `four rows have the least share of pairs`() throws {
    #expect(
      try PredictionStrength.strength(of: [0, 0, 0, 1], predictedAs: [5, 5, 6, 6]) == 1.0 / 3)
  }

  @Test func `rows in no segment are in no pair`() throws {
    #expect(try PredictionStrength.strength(of: [-1, -1, 0, 0], predictedAs: [0, 1, 2, 2]) == 1)
    #expect(
      try PredictionStrength.strength(of: [0, 0, 0, 0], predictedAs: [-1, -1, 1, 1]) == 1.0 / 6)
  }

  @Test func `a half without segments predicts nothing`() throws {
    #expect(try PredictionStrength.strength(of: [-1, -1, -1], predictedAs: [0, 0, 0]) == 0)
    #expect(try PredictionStrength.strength(of: [-1, -1, 0], predictedAs: [-1, -1, -1]) == 1)
  }

  @Test func `a halving has every row once`() {
    let halves = PredictionStrength.halving(3, rowCount: 11, seed: Seed(1))
    #expect(halves.first.count == 5)
    #expect((halves.first + halves.second).sorted() == Array(0..<11))
    let other = PredictionStrength.halving(4, rowCount: 11, seed: Seed(1))
    #expect(other.first != halves.first)
  }

  // Values 0.5 and 1: mean 0.75, variance 0.125, over two 0.0625.
  @Test func `the standard error is that of the mean`() throws {
    let strength = try PredictionStrength([0.5, 1])
    #expect(strength.mean == 0.75)
    #expect(strength.standardError == 0.25)
    #expect(try PredictionStrength([1]).standardError == nil)
    #expect(throws: EvaluationError.count(.replicates, needed: 1, found: 0)) {
      try PredictionStrength([])
    }
  }
}
