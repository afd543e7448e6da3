import Evaluation
import Numerical
import Testing

struct SelectionBiasTests {
  /// Estimates of candidates of equal worth, and replicates about them with the same spread.
  private func study(_ seed: UInt64, count: Int) -> (estimates: [Double], replicates: Matrix) {
    var source = RandomSource(seed: Seed(seed))
    let estimates = (0..<count).map { _ in 0.7 + 0.01 * source.normal() }
    let rows = (0..<400).map { _ in estimates.map { $0 + 0.01 * source.normal() } }
    return (estimates, Matrix(rows: rows))
  }

  // The best of 10 equal candidates lies 1.539 standard deviations too high in the mean (order statistics of
  // normal numbers). Replicates about unequal estimates choose less freely, so the correction stays below;
  // it must take away between a third and all of it.
  @Test func `the best of equal candidates loses much of its luck`() throws {
    var (flattery, bias) = (0.0, 0.0)
    for seed in 0..<100 {
      let (estimates, replicates) = study(UInt64(seed), count: 10)
      flattery += ((estimates.max() ?? 0) - 0.7) / 100
      bias +=
        try SelectionBias.ofBest(
          estimates: estimates, replicates: replicates, direction: .higherIsBetter) / 100
    }
    // A standard deviation of about 0.006 / √100 about 0.01539.
    #expect(abs(flattery - 0.01539) < 0.0024)
    #expect(bias > flattery / 3 && bias < flattery)
  }

  @Test func `losses are corrected the other way by as much`() throws {
    let (estimates, replicates) = study(1, count: 6)
    let turned = Matrix(
      rowCount: replicates.rowCount, columnCount: 6, values: replicates.values.map { -$0 })
    #expect(
      try SelectionBias.ofBest(
        estimates: estimates.map { -$0 }, replicates: turned, direction: .lowerIsBetter)
        == SelectionBias.ofBest(
          estimates: estimates, replicates: replicates, direction: .higherIsBetter))
  }

  @Test func `a lead that no replicate questions is not flattered`() throws {
    let rows = (0..<100).map { [0.9 + ($0 % 2 == 0 ? 0.01 : -0.01), 0.1] }
    let bias = try SelectionBias.ofBest(
      estimates: [0.9, 0.1], replicates: Matrix(rows: rows), direction: .higherIsBetter)
    #expect(bias < 1e-12)  // rounding of a sum of 100 numbers near 1
  }

  @Test func `nothing to choose from is refused`() {
    #expect(throws: EvaluationError.count(.candidates, needed: 1, found: 0)) {
      try SelectionBias.ofBest(
        estimates: [], replicates: Matrix(rowCount: 1, columnCount: 0), direction: .lowerIsBetter)
    }
    #expect(throws: EvaluationError.lengths(expected: 1, found: 2)) {
      try SelectionBias.ofBest(
        estimates: [1], replicates: Matrix(rowCount: 1, columnCount: 2), direction: .lowerIsBetter)
    }
  }
}
