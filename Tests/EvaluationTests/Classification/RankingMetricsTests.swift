import Evaluation
import Numerical
import TestSupport
import Testing

struct RankingMetricsTests {
  @Test(arguments: ScoresExample.all)
  func `areas under the curves equal scikit-learn`(example: ScoresExample) throws {
    let groups = try example.groups()
    #expect(isClose(try groups.rocAUC(), example.roc_auc, within: summation))
    #expect(isClose(try groups.averagePrecision(), example.pr_auc, within: summation))
  }

  @Test(arguments: ScoresExample.all)
  func `the Kolmogorov-Smirnov distance equals scipy`(example: ScoresExample) throws {
    guard let ks = example.ks else { return }
    let found = try example.groups().kolmogorovSmirnov()
    #expect(isClose(found.distance, ks, within: summation))
    let confusion = ConfusionMatrix(try example.groups(), threshold: found.threshold)
    let distance = abs(confusion.recall - (1 - confusion.specificity))
    #expect(isClose(distance, ks, within: summation))
  }

  @Test(arguments: ScoresExample.all)
  func `captures take rows of equal score in part`(example: ScoresExample) throws {
    let groups = try example.groups()
    for expected in example.captures {
      let capture = try groups.capture(inBest: expected.share)
      #expect(isClose(capture, expected.capture, within: summation), "\(expected.share)")
      let lift = try groups.lift(inBest: expected.share)
      #expect(isClose(lift, expected.capture / expected.share, within: 100 * summation))
    }
  }

  /// Every pair of a positive and a negative counted.
  @Test(arguments: 0..<10)
  func `the area equals the share of pairs in order`(seed: Int) throws {
    var source = RandomSource(seed: Seed(UInt64(seed)))
    let n = 60
    let scores = (0..<n).map { _ in Double(source.integer(below: 2 + 5 * seed)) / 50 }
    let labels = (0..<n).map { $0 < 2 ? Double($0) : source.uniform() < 0.4 ? 1 : 0 }
    let weights = (0..<n).map { _ in Double(source.integer(below: 4) + 1) }
    var (won, pairs) = (0.0, 0.0)
    for i in 0..<n where labels[i] == 1 {
      for j in 0..<n where labels[j] == 0 {
        let weight = weights[i] * weights[j]
        pairs += weight
        won += scores[i] > scores[j] ? weight : scores[i] == scores[j] ? weight / 2 : 0
      }
    }
    let groups = try BinaryScores(scores: scores, labels: labels, weights: weights).groups
    #expect(try groups.rocAUC() == won / pairs)
  }

  // Best 25 % of 10 rows are 2.5 rows: the positive at 0.9 and 1.5 of the three rows at 0.8, two of them
  // positive: 1 + 1.5 · 2/3 = 2 of 4.
  @Test func `a limit cuts through equal scores`() throws {
    let groups = try BinaryScores(
      scores: [0.9, 0.8, 0.8, 0.8, 0.3, 0.3, 0.2, 0.1, 0.1, 0.1],
      labels: [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    ).groups
    #expect(try groups.positives(inBest: 0.25) == 2)
    #expect(try groups.capture(inBest: 0.25) == 0.5)
    #expect(try groups.lift(inBest: 0.25) == 2)
    #expect(try groups.capture(inBest: 1) == 1)
  }

  @Test(arguments: [0, -0.1, 1.1, .nan])
  func `a share outside its range is refused`(share: Double) throws {
    let groups = try BinaryScores(scores: [0.1, 0.2], labels: [0, 1]).groups
    #expect(throws: EvaluationError.self) { try groups.lift(inBest: share) }
  }

  @Test func `an increasing map changes no order`() throws {
    let example = ScoresExample.all[0]
    let mapped = try BinaryScores(
      scores: example.scores.map { $0 * $0 * 40 - 7 }, labels: example.labels
    ).groups
    let groups = try example.groups()
    #expect(try mapped.rocAUC() == groups.rocAUC())
    #expect(try mapped.averagePrecision() == groups.averagePrecision())
    #expect(
      try mapped.kolmogorovSmirnov().distance == groups.kolmogorovSmirnov().distance)
  }
}
