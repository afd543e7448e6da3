import Experiments
import Reporting
import Testing

struct FoldPlotTests {
  @Test func `every fold has its value, a fold without one a dash`() throws {
    let reading = try PageReading(ClassificationFixture.run())
    // Mean of 0.8, 0.9, 1, 0.7; squares of deviations sum to 0.05, over 3 and rooted 0.1291.
    #expect(
      try reading.rows(after: "Fold by fold").contains([
        "roc_auc", "0.8000", "0.9000", "1", "0.7000", "–", "0.850", "0.129",
      ]))
    #expect(try reading.chart("-folds").numbers("f") == [1, 2, 3, 4])
    #expect(reading.text.contains("roc_auc lies between 0.7000 and 1."))
  }

  @Test func `one fold is no spread`() throws {
    let run = try ClassificationFixture.run { $0.folds = [.init(metric: "roc_auc", values: [0.8])] }
    #expect(try !PageReading(run).hasChart("-folds"))
  }
}
