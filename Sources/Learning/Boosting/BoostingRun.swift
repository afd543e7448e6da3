import Numerical

/// Adds trees one after another, each fitted to the derivatives that the ones before it left.
final class BoostingRun {
  let estimator: GradientBoosting
  let data: BinnedMatrix
  let seed: Seed
  let pool: WorkerPool
  let training: TrainingScores
  private let grower: TreeGrower
  private let quantized: QuantizedHistograms?
  private var extremes: DerivativeExtremes
  private var iteration = 0

  init(
    _ estimator: GradientBoosting, data: BinnedMatrix, rules: TreeRules, loss: Derivatives,
    start: [Double], seed: Seed, isExact: Bool, on pool: WorkerPool
  ) {
    self.estimator = estimator
    self.data = data
    self.seed = seed
    self.pool = pool
    training = TrainingScores(data, loss: loss, start: start, isExact: isExact)
    let histograms: any Histograms
    if isExact {
      quantized = nil
      histograms = ExactHistograms(
        data, slotCount: rules.leafLimit, derivatives: training.derivatives)
    } else {
      let own = QuantizedHistograms(data, slotCount: rules.leafLimit)
      quantized = own
      histograms = own
    }
    grower = TreeGrower(data, rules: rules, histograms: histograms, on: pool)
    extremes = training.derive(on: pool)
  }

  /// Whether all scores are finite.
  var isFinite: Bool { extremes.isFinite }

  /// Grows the next tree, shrunk, and adds it to the scores; nil if no split gains anything.
  func addTree() -> Tree? {
    let sampling = rowSampling()
    let scale = quantized.map { histograms -> DerivativeScale in
      var factor: Float = 1
      if case .oneSide(_, _, _, let amplification) = sampling { factor = amplification }
      histograms.scale = DerivativeScale(extremes, factor: factor, rowCount: data.rowCount)
      return histograms.scale
    }
    let root = RecordPass(
      derivatives: training.derivatives, rowCount: data.rowCount, sampling: sampling,
      scale: scale, noiseKey: seed.derived("rounding", iteration).value
    ).run(to: grower.partition.records, on: pool)
    let columns = ColumnSample.draw(
      estimator.featureFraction, of: [Bool](repeating: true, count: data.columnCount),
      seed: seed.derived("columns", iteration))
    var tree = grower.grow(
      rowCount: root.count, root: root, columns: columns, seed: seed.derived("tree", iteration))
    iteration += 1
    guard !tree.nodes.isEmpty else { return nil }
    tree.shrink(by: estimator.learningRate)
    extremes = training.add(tree, grown: GrownRows(grower), on: pool)
    return tree
  }

  private func rowSampling() -> RowSampling {
    switch estimator.sampling {
    case .bagging:
      guard estimator.baggingFrequency > 0, estimator.baggingFraction < 1 else { return .all }
      let round = iteration / estimator.baggingFrequency
      return .bag(
        key: seed.derived("bagging", round).value,
        limit: RowNoise.limit(estimator.baggingFraction))
    case .goss:
      // The first trees learn from all rows, as their gradients say little yet.
      guard Double(iteration) >= 1 / estimator.learningRate else { return .all }
      return .oneSide(
        top: estimator.topRate, other: estimator.otherRate,
        key: seed.derived("one-side", iteration).value, derivatives: training.derivatives,
        rowCount: data.rowCount, on: pool)
    }
  }
}
