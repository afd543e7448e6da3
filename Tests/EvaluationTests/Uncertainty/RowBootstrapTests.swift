import Evaluation
import Numerical
import Testing

struct RowBootstrapTests {
  private let rows = Array(0..<2000)
  private var values: [Double] {
    var source = RandomSource(seed: Seed(5))
    return rows.map { _ in source.normal() }
  }

  // The mean of 2,000 standard normal values has a standard deviation of 1 / √2000 = 0.0224. That of 1,000
  // replicates is known to 1 / √2000 = 2.2 %; the bound is four times that.
  @Test func `replicates spread as means of new rows would`() throws {
    let values = values
    let means = try RowBootstrap.means(
      of: values, rows: rows, replicateCount: 1000, seed: Seed(1))
    let moments = Moments(means)
    let sample = Moments(values)
    let expected = ((sample.sampleVariance ?? 0) / 2000).squareRoot()
    let found = (moments.sampleVariance ?? 0).squareRoot()
    #expect(abs(found / expected - 1) < 0.09)
    // The mean of the replicates is known to expected / √1000; the bound is four times that.
    #expect(abs(moments.mean - sample.mean) < 4 * expected / 1000.squareRoot())
  }

  @Test func `fewer replicates are the first of more`() throws {
    let values = values
    let many = try RowBootstrap.means(of: values, rows: rows, replicateCount: 100, seed: Seed(1))
    let few = try RowBootstrap.means(of: values, rows: rows, replicateCount: 50, seed: Seed(1))
    #expect(few == Array(many.prefix(50)))
  }

  @Test func `a row counts alike in every sample that holds it`() throws {
    // One row alone: its mean is the value where it is drawn at all, whatever stands beside it.
    let alone = try RowBootstrap.means(of: [3], rows: [1234], replicateCount: 64, seed: Seed(2))
    #expect(alone.allSatisfy { $0 == 3 })
    let pair = try RowBootstrap.means(
      of: [1, 0], rows: [1234, 7], replicateCount: 64, seed: Seed(2))
    let turned = try RowBootstrap.means(
      of: [0, 1], rows: [7, 1234], replicateCount: 64, seed: Seed(2))
    // Where neither row is drawn both fall back to their mean.
    #expect(pair == turned)
  }

  @Test func `threads change nothing`() throws {
    let values = values
    let one = try RowBootstrap.means(of: values, rows: rows, replicateCount: 20, seed: Seed(3))
    for threads in [2, 3, 8] {
      #expect(
        try RowBootstrap.means(
          of: values, rows: rows, replicateCount: 20, seed: Seed(3),
          on: WorkerPool(threadCount: threads)) == one)
    }
  }

  @Test func `nothing to draw from is refused`() {
    #expect(throws: EvaluationError.noRows) {
      try RowBootstrap.means(of: [], rows: [], replicateCount: 20, seed: Seed(3))
    }
    #expect(throws: EvaluationError.lengths(expected: 1, found: 0)) {
      try RowBootstrap.means(of: [1], rows: [], replicateCount: 20, seed: Seed(3))
    }
    #expect(throws: EvaluationError.count(.replicates, needed: 2, found: 1)) {
      try RowBootstrap.means(of: [1], rows: [0], replicateCount: 1, seed: Seed(3))
    }
  }
}
