import Learning
import Numerical
import Testing

/// Single rows against batches.
struct SingleRowTests {
  @Test func `a logistic regression gives a row alone what it gives it in a batch`() throws {
    var random = RandomSource(seed: Seed(3))
    let x = Matrix(rowCount: 50, columnCount: 3, values: (0..<150).map { _ in random.normal() })
    let labels = (0..<50).map { x[$0, 0] + random.normal() > 0 ? 1.0 : 0 }
    let model = try LogisticRegression().fit(
      Labeled(x, labels: labels), in: FitContext(seed: Seed(1))
    ).model
    let batch = try model.logOdds(x)
    for row in 0..<50 {
      let alone = Array(x.values[row * 3..<row * 3 + 3]).withUnsafeBufferPointer {
        model.logOdds(row: $0)
      }
      #expect(alone == batch[row])
    }
  }

  @Test func `boosted trees give a row alone what they give it in a batch`() throws {
    let fixture = try BoostingFixture.load()
    for entry in fixture.cases where entry.predictions != entry.scores {
      let model = try entry.estimator("exact").fit(
        fixture.input(entry), in: boostingContext()
      ).model
      let isBinary = model.objective == .binary
      let batch = isBinary ? try model.logOdds(fixture.table(entry), on: .serial) : []
      for (row, values) in fixture.rows(entry).enumerated() {
        let alone = values.withUnsafeBufferPointer { model.logOdds(row: $0) }
        #expect(alone == (isBinary ? batch[row] : nil))
      }
    }
  }
}
