internal import Evaluation
internal import Numerical

/// What tells a trial from others that differ by chance only (`replicates.json`).
///
/// Replicates are drawn by the study's seed, the same for every trial of an experiment, so that two trials
/// are compared on the same resamples.
package struct TrialReplicates: Hashable, Sendable, Codable {
  static let file = "replicates.json"

  /// By metric, its value on every resample of the measured rows.
  package var metrics: [String: [Double]]
  /// By metric, its value on every fold; empty without folds.
  package var folds: [String: [Double]]
  /// Rows tested over rows trained on, in the mean over the folds.
  package var testRatio: Double

  package init(
    metrics: [String: [Double]], folds: [String: [Double]] = [:], testRatio: Double = 0
  ) {
    self.metrics = metrics
    self.folds = folds
    self.testRatio = testRatio
  }
}

extension TrialReplicates {
  /// The standard deviation over folds of a metric; nil without two folds.
  func foldSpread(of metric: String) -> Double? {
    folds[metric].flatMap { Moments($0).sampleVariance }.map { $0.squareRoot() }
  }
}

/// The trials of an experiment side by side, as far as chance can be told from merit.
struct ComparedTrials {
  let estimates: [Double]
  /// Replicates × trials.
  let replicates: Matrix
  /// Trials × folds; nil where trials have none or a fold has no value.
  let folds: (scores: [[Double]], testRatio: Double)?

  /// Nil if a trial has no replicates of the metric.
  init?(_ trials: [TrialRecord], metric: String, replicates stored: [String: TrialReplicates]) {
    let own = trials.map { stored[$0.id] }
    let columns = own.compactMap { $0?.metrics[metric] }
    let values = trials.compactMap { $0[metric: metric]?.value }
    guard !trials.isEmpty, columns.count == trials.count, values.count == trials.count,
      let count = columns.map(\.count).min(), count >= 2, columns.allSatisfy({ $0.count == count })
    else { return nil }
    estimates = values
    replicates = Matrix(rowCount: count, columnCount: columns.count) { target in
      for (column, values) in columns.enumerated() {
        for row in 0..<count { target[row * columns.count + column] = values[row] }
      }
    }
    let scores = own.compactMap { $0?.folds[metric] }
    folds =
      scores.count == trials.count && Set(scores.map(\.count)).count == 1 && scores[0].count > 1
      ? (scores, own.compactMap { $0?.testRatio }.max() ?? 0) : nil
  }
}
