import Evaluation
import Numerical
import Testing

struct ParetoFrontsTests {
  @Test func `a candidate is beaten by one that is no worse anywhere and better somewhere`() throws
  {
    let figures: [[Double]] = [[3, 1], [1, 3], [2, 2], [1, 1], [3, 1], [0, 0]]
    #expect(
      try ParetoFronts.of(figures, directions: [.higherIsBetter, .higherIsBetter])
        == [1, 1, 1, 2, 1, 3])
  }

  @Test func `directions turn figures round`() throws {
    let figures: [[Double]] = [[3, 1], [1, 3], [3, 3]]
    #expect(
      try ParetoFronts.of(figures, directions: [.higherIsBetter, .lowerIsBetter]) == [1, 3, 2])
  }

  @Test func `one figure ranks`() throws {
    #expect(try ParetoFronts.of([[2], [5], [2]], directions: [.lowerIsBetter]) == [1, 2, 1])
    #expect(try ParetoFronts.of([], directions: [.lowerIsBetter]) == [])
  }

  @Test func `no front holds a candidate that another of it beats`() throws {
    var source = RandomSource(seed: Seed(9))
    let figures = (0..<200).map { _ in (0..<3).map { _ in (10 * source.uniform()).rounded() } }
    let fronts = try ParetoFronts.of(
      figures, directions: [.higherIsBetter, .higherIsBetter, .higherIsBetter])
    for (a, front) in zip(figures, fronts) {
      func beats(_ b: [Double]) -> Bool { zip(b, a).allSatisfy { $0 >= $1 } && b != a }
      let beaten = zip(figures, fronts).filter { beats($0.0) }.map(\.1)
      #expect(!beaten.contains { $0 >= front })
      #expect(front == (beaten.max() ?? 0) + 1)
    }
  }

  @Test func `figures that are missing or too many are refused`() {
    #expect(throws: EvaluationError.missingValue(row: 1)) {
      try ParetoFronts.of([[1], [.nan]], directions: [.lowerIsBetter])
    }
    #expect(throws: EvaluationError.lengths(expected: 1, found: 2)) {
      try ParetoFronts.of([[1, 2]], directions: [.lowerIsBetter])
    }
  }
}
