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
  ])
  func `an error says what, where and what to do in one line`(
    error: EvaluationError, parts: [String]
  ) {
    let text = "\(error)"
    for part in parts { #expect(text.contains(part), "\(text)") }
    #expect(!text.contains("\n"))
  }
}
