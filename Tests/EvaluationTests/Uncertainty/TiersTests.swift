import Evaluation
import Numerical
import Testing

struct TiersTests {
  /// Replicates × candidates: estimates and noise, some of it shared by all candidates.
  private func replicates(_ centers: [Double], spread: Double, seed: UInt64) -> Matrix {
    var source = RandomSource(seed: Seed(seed))
    let rows = (0..<400).map { _ in
      let shared = source.normal()
      return centers.map { $0 + shared + spread * source.normal() }
    }
    return Matrix(rows: rows)
  }

  // Differences of 0.01 with a standard deviation of 0.014, and of 1 with the same: two groups whatever is
  // shared.
  @Test func `candidates far apart have tiers of their own`() throws {
    let estimates = [0.51, 1.5, 0.5, 1.51, -2]
    let tiers = try Tiers.ofReplicates(
      estimates: estimates, replicates: replicates(estimates, spread: 0.01, seed: 1),
      direction: .higherIsBetter)
    #expect(tiers == [2, 1, 2, 1, 3])
    let losses = try Tiers.ofReplicates(
      estimates: estimates, replicates: replicates(estimates, spread: 0.01, seed: 1),
      direction: .lowerIsBetter)
    #expect(losses == [2, 3, 2, 3, 1])
  }

  // Estimates are drawn as the replicates are. At a level of 0.95, 285 of 300 studies have one tier, with a
  // standard deviation of 4; the bound lies three of them below.
  @Test func `candidates that differ by noise only share one tier`() throws {
    var source = RandomSource(seed: Seed(77))
    var single = 0
    for study in 0..<300 {
      let estimates = (0..<8).map { _ in 0.8 + 0.01 * source.normal() }
      let found = try Tiers.ofReplicates(
        estimates: estimates,
        replicates: replicates(estimates, spread: 0.01, seed: UInt64(study)),
        direction: .higherIsBetter)
      if found.allSatisfy({ $0 == 1 }) { single += 1 }
    }
    #expect(single >= 273)
  }

  @Test func `folds that differ by noise only share one tier`() throws {
    var source = RandomSource(seed: Seed(78))
    var single = 0
    for _ in 0..<300 {
      let scores = (0..<8).map { _ in (0..<5).map { _ in source.normal(mean: 0.8, deviation: 0.02) }
      }
      let tiers = try Tiers.ofFolds(scores: scores, testRatio: 0.25, direction: .higherIsBetter)
      if tiers.allSatisfy({ $0 == 1 }) { single += 1 }
    }
    #expect(single >= 273)
  }

  @Test func `folds that agree on a lead part candidates`() throws {
    let good = [0.80, 0.81, 0.79, 0.82, 0.80]
    let close = [0.81, 0.80, 0.79, 0.81, 0.80]
    let bad = good.map { $0 - 0.2 }
    let tiers = try Tiers.ofFolds(
      scores: [bad, close, good], testRatio: 0.25, direction: .higherIsBetter)
    #expect(tiers == [2, 1, 1])
  }

  @Test func `copies share a tier and the first leads`() throws {
    let estimates = [0.7, 0.7, 0.6]
    let rows = Matrix(rows: [[0.7, 0.7, 0.6], [0.8, 0.8, 0.7], [0.6, 0.6, 0.5]])
    let tiers = try Tiers.ofReplicates(
      estimates: estimates, replicates: rows, direction: .higherIsBetter)
    #expect(tiers == [1, 1, 2])
  }

  @Test(arguments: 2...8)
  func `threads change no tier`(threads: Int) throws {
    let estimates = (0..<20).map { 0.8 + 0.002 * Double($0) }
    let drawn = replicates(estimates, spread: 0.005, seed: 3)
    #expect(
      try Tiers.ofReplicates(
        estimates: estimates, replicates: drawn, direction: .higherIsBetter,
        on: WorkerPool(threadCount: threads))
        == Tiers.ofReplicates(
          estimates: estimates, replicates: drawn, direction: .higherIsBetter))
  }

  // On the rows 0.7 and 0.6 differ in every replicate, but their folds lie in either order.
  @Test func `candidates that the rows part and the folds do not share a tier`() throws {
    let rows = Matrix(
      rows: (0..<50).map { index -> [Double] in
        let shared = 0.01 * Double(index % 3)
        return [0.7 + shared, 0.6 + shared, 0.2 + shared]
      })
    let folds = [[0.9, 0.5, 0.8, 0.6], [0.5, 0.8, 0.5, 0.6], [0.2, 0.2, 0.21, 0.2]]
    func tiers(_ folds: (scores: [[Double]], testRatio: Double)?) throws -> [Int] {
      try Tiers.ofReplicates(
        estimates: [0.7, 0.6, 0.2], replicates: rows, folds: folds, direction: .higherIsBetter)
    }
    #expect(try tiers(nil) == [1, 2, 3])
    #expect(try tiers((folds, 1.0 / 3)) == [1, 1, 2])
    #expect(throws: EvaluationError.lengths(expected: 3, found: 2)) {
      try tiers((Array(folds.prefix(2)), 1.0 / 3))
    }
  }

  @Test func `one candidate is a tier and none is refused`() throws {
    #expect(
      try Tiers.ofFolds(scores: [[1, 2]], testRatio: 0.5, direction: .lowerIsBetter) == [1])
    #expect(throws: EvaluationError.count(.candidates, needed: 1, found: 0)) {
      try Tiers.ofFolds(scores: [], testRatio: 0.5, direction: .lowerIsBetter)
    }
    #expect(throws: EvaluationError.missingValue(row: 1)) {
      try Tiers.ofFolds(
        scores: [[1, 2], [1, .nan]], testRatio: 0.5, direction: .lowerIsBetter)
    }
    #expect(throws: EvaluationError.lengths(expected: 1, found: 2)) {
      try Tiers.ofReplicates(
        estimates: [1], replicates: Matrix(rowCount: 3, columnCount: 2),
        direction: .lowerIsBetter)
    }
  }
}
