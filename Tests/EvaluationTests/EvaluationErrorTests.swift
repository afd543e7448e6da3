import Evaluation
import Testing

struct EvaluationErrorTests {
  @Test(arguments: [
    (EvaluationError.clusters(found: 1, rows: 40), ["2 clusters", "found 1 in 40 rows"]),
    (.nonFinite(row: 0, column: 2), ["row 1, column 3"]),
    (.tooFew(.times, needed: 4, found: 2), ["4 distinct times", "found 2"]),
    (.rareClass(label: 1, rows: 2, needed: 5), ["class 1 has 2 rows", "needs 5", "fewer folds"]),
    (.emptyTraining(fold: 0), ["fold 1 ", "shorter gap"]),
    (.emptyTest(fold: 2), ["fold 3 ", "fewer folds"]),
    (.oneClass(label: 0, rows: 9), ["all 9 rows", "label 0"]),
    (.notProbability(row: 4), ["row 5 ", "calibrate"]),
    (.label(row: 0), ["row 1 ", "neither 0 nor 1"]),
    (.weight(row: 1), ["row 2 "]),
    (.count(.bins, needed: 1, found: 0), ["1 bins", "found 0"]),
    (.fraction(.contacts, found: 2), ["between 0 and 1", "found 2"]),
    (.unknownMetric(name: "auk", known: ["roc_auc"]), ["no metric auk", "roc_auc"]),
    (.noRows, ["no rows"]),
  ])
  func `an error says what, where and what to do in one line`(
    error: EvaluationError, parts: [String]
  ) {
    let text = "\(error)"
    for part in parts { #expect(text.contains(part), "\(text)") }
    #expect(!text.contains("\n"))
  }
}
