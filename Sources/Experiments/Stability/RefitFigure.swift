internal import Evaluation

/// A figure that refits of a trial's model give, under the name that studies use.
enum RefitFigure: String, CaseIterable, Sendable {
  /// The mean over segments of how well each is found again.
  case stability
  /// The least of the segments.
  case leastStability = "stability.min"
  /// The mean adjusted Rand index with the replicates.
  case adjustedRandIndex = "stability_ari"
  case predictionStrength = "prediction_strength"
  /// The share of pairs of rows that are neither together nor apart.
  case ambiguousShare = "pac"
  /// The area under the distribution of how often pairs of rows are together.
  case consensusArea = "consensus_area"
  case gap

  /// Taken whenever replicates are; the others only where a study names them.
  static let ofReplicates: [RefitFigure] = [.stability, .leastStability, .adjustedRandIndex]

  var direction: Direction { self == .ambiguousShare ? .lowerIsBetter : .higherIsBetter }
}

extension Study.Experiment {
  /// What the refits of its stability are asked for.
  var refitFigures: Set<RefitFigure> {
    Set(metrics.compactMap { ClusteringMeasures[$0]?.refitFigure })
  }
}
