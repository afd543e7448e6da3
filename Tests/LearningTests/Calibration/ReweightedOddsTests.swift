import Learning
import Numerical
import TestSupport
import Testing

struct ReweightedOddsTests {
  // Odds of 3 learned with ones counted six times are odds of one half: a third.
  @Test func `odds are divided by the ratio of the factors`() throws {
    let undone = try ReweightedOdds(onesFactor: 6).undone([0, 0.75, 1])
    #expect(undone[0] == 0 && undone[2] == 1)
    #expect(isClose(undone[1], 1.0 / 3, within: 1e-15))
    let both = try ReweightedOdds(onesFactor: 12, zerosFactor: 2).undone([0.75])
    #expect(isClose(both[0], 1.0 / 3, within: 1e-15))
  }

  /// An intercept alone learns the rate it is shown, so weighting and undoing meet exactly.
  @Test func `undoing gives back the rate of the data`() throws {
    let labels: [Double] = [1, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    let model = try LogisticRegression().fit(
      Labeled(
        Matrix(rowCount: 10, columnCount: 0), labels: labels,
        weights: labels.map { $0 == 1 ? 4 : 1 }),
      in: FitContext(seed: Seed(0))
    ).model
    let weighted = try model.probabilities(Matrix(rowCount: 1, columnCount: 0))
    #expect(isClose(weighted[0], 0.5, within: 1e-12))
    #expect(isClose(try ReweightedOdds(onesFactor: 4).undone(weighted)[0], 0.2, within: 1e-12))
  }

  @Test func `what is no probability is refused`() {
    #expect(throws: LearningError.probability(row: 1)) {
      try ReweightedOdds(onesFactor: 2).undone([0.5, 1.01])
    }
  }
}
