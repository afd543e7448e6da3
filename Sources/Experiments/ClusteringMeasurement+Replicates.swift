internal import Evaluation
internal import Numerical

extension ClusteringMeasurement {
  /// Resamples behind an interval.
  private static let replicateCount = 200

  /// Draws the rows anew, gives the silhouette its interval and returns its replicates.
  ///
  /// The segments stay as they are: what other rows would have made of the same places.
  ///
  /// - Parameter seed: of the study, so that trials are drawn alike.
  mutating func replicate(
    seed: Seed, on pool: WorkerPool
  ) throws(EvaluationError) -> TrialReplicates {
    let name = ClusteringMetric.silhouette.name
    guard let silhouette, let place = metrics.firstIndex(where: { $0.name == name }) else {
      return TrialReplicates(metrics: [:])
    }
    let means = try RowBootstrap.means(
      of: silhouette.values.rows, rows: silhouette.rows, replicateCount: Self.replicateCount,
      seed: seed.derived("intervals"), on: pool)
    let bounds = Quantiles.of(means, at: [0.025, 0.975])
    metrics[place].interval = Interval(lower: bounds[0], upper: bounds[1], level: 0.95)
    return TrialReplicates(metrics: [name: means])
  }
}
