import Numerical

/// Follows the loss on rows that no tree is fitted to.
struct ValidationWatch {
  private(set) var losses: [Double] = []
  /// Trees up to and with the best iteration.
  private(set) var bestCount = 0
  private var best = Double.infinity
  private let estimator: GradientBoosting
  private let labels: [Double]
  private let weights: [Double]?
  private let rows: AlignedFeatures
  private var scores: [Double]

  /// Nil without a validation part.
  init?(
    _ part: Labeled<FeatureTable>?, estimator: GradientBoosting,
    previous: GradientBoostingModel?, features: [BoostingFeature], bias: Double,
    on pool: WorkerPool
  ) throws(LearningError) {
    guard let part else { return nil }
    self.estimator = estimator
    labels = part.labels
    weights = part.weights
    rows = try AlignedFeatures(part.features, to: features)
    scores =
      try previous?.scores(part.features, on: pool)
      ?? [Double](repeating: bias, count: part.labels.count)
  }

  /// Takes note of a further tree; true if the loss has not improved for long enough.
  mutating func shouldStop(after tree: Tree, on pool: WorkerPool) -> Bool {
    let steps = ForestScorer([tree], featureCount: rows.sources.count).sums(rows, on: pool)
    for row in scores.indices { scores[row] += steps[row] }
    let loss = meanLoss(on: pool)
    losses.append(loss)
    if loss < best - estimator.earlyStoppingMinDelta {
      best = loss
      bestCount = losses.count
    }
    let rounds = estimator.earlyStoppingRounds
    if rounds == 0 { bestCount = losses.count }
    return rounds > 0 && losses.count - bestCount >= rounds
  }

  private func meanLoss(on pool: WorkerPool) -> Double {
    let chunks = RowChunks(count: scores.count, size: 4096)
    let sums = pool.map(count: chunks.count) { chunk in
      var (sum, total) = (0.0, 0.0)
      for row in chunks[chunk] {
        let weight = weights?[row] ?? 1
        sum += weight * estimator.objective.loss(label: labels[row], score: scores[row])
        total += weight
      }
      return SIMD2(sum, total)
    }
    let joined = sums.reduce(.zero, +)
    return joined[0] / joined[1]
  }
}
