internal import Evaluation

/// Metrics by fold of two classifiers that were trained and scored on the same folds.
///
/// Pairing by rows knows how other rows would have come out, not how other training rows would have changed
/// the models: the folds do (`ResampledTest`). Tiers ask both, and so does a comparison.
struct PairedFolds {
  private let a: RowScores.Folds
  private let b: RowScores.Folds

  /// Nil unless both put every row into the same fold.
  init?(_ a: RowScores, _ b: RowScores) {
    guard a.rows == b.rows, let ofA = a.folds, let ofB = b.folds, ofA.numbers == ofB.numbers
    else { return nil }
    self.a = ofA
    self.b = ofB
  }

  /// Gives the differing metrics of the folds the test over them.
  ///
  /// A metric without a value on every one of at least two folds of both stays as it is.
  func test(_ metrics: [MetricComparison]) -> [MetricComparison] {
    metrics.map { metric in
      guard metric.split == "folds", let difference = metric.difference, difference != 0,
        let ofA = a.values[metric.name], let ofB = b.values[metric.name],
        let found = try? ResampledTest(
          ofB, ofA, testRatio: max(a.testRatio, b.testRatio), level: TierRecord.level),
        // What is beyond the range of numbers could not be written.
        [found.difference, found.pValue, found.interval.lower, found.interval.upper]
          .allSatisfy(\.isFinite)
      else { return metric }
      var tested = metric
      tested.foldTest = MetricComparison.FoldTest(foldCount: ofA.count, test: found)
      return tested
    }
  }
}
