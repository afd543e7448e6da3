import Evaluation
import TestSupport
import Testing

struct ConfusionMatrixTests {
  @Test(arguments: ScoresExample.all)
  func `figures of a cut equal scikit-learn`(example: ScoresExample) throws {
    let groups = try example.groups()
    for cut in example.cuts {
      let found = ConfusionMatrix(groups, threshold: cut.threshold)
      let counts = [
        found.truePositives, found.falsePositives, found.trueNegatives, found.falseNegatives,
      ]
      for (count, expected) in zip(counts, cut.counts) {
        #expect(isClose(count, expected, within: summation))
      }
      #expect(isClose(found.accuracy, cut.accuracy, within: summation))
      #expect(isClose(found.precision, cut.precision, within: summation))
      #expect(isClose(found.recall, cut.recall, within: summation))
      #expect(isClose(found.specificity, cut.specificity, within: summation))
      #expect(isClose(found.f1, cut.f1, within: summation))
      #expect(isClose(found.matthewsCorrelation, cut.mcc, within: summation))
      #expect(isClose(found.balancedAccuracy, cut.balanced_accuracy, within: summation))
    }
  }

  @Test func `a cut includes its threshold`() throws {
    let groups = try BinaryScores(scores: [0.3, 0.5, 0.7], labels: [0, 1, 1]).groups
    let confusion = ConfusionMatrix(groups, threshold: 0.5)
    #expect(confusion.truePositives == 2)
    #expect(confusion.trueNegatives == 1)
    #expect(confusion.matthewsCorrelation == 1)
  }
}
