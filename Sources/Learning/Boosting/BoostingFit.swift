import Numerical

/// One fit from its checked input to its model.
struct BoostingFit {
  let estimator: GradientBoosting
  let training: Labeled<FeatureTable>
  let validation: Labeled<FeatureTable>?
  let previous: GradientBoostingModel?
  let context: FitContext
  let rules: TreeRules

  init(
    _ estimator: GradientBoosting, training: Labeled<FeatureTable>,
    validation: Labeled<FeatureTable>?, continuing previous: GradientBoostingModel?,
    in context: FitContext
  ) throws(LearningError) {
    self.estimator = estimator
    self.training = training
    self.validation = validation
    self.previous = previous
    self.context = context
    rules = try TreeRules(estimator, columnCount: training.features.columns.count)
    if let previous { try previous.requireSameFeatures(as: training.features) }
  }

  func run() throws(LearningError) -> Fit<GradientBoostingModel> {
    let treatments = estimator.treatments(training.features)
    let binned = binned(treatments)
    let data = binned.data
    let start = try startScores()
    let isExact = estimator.histograms == .exact || hasExtremeWeights
    let run = BoostingRun(
      estimator, data: data, rules: rules(for: treatments),
      loss: Derivatives(training, estimator: estimator),
      start: start.scores, seed: context.seed.derived("gradient-boosting"), isExact: isExact,
      on: context.pool)
    var watch = try ValidationWatch(
      validation, estimator: estimator, previous: previous, features: features(data),
      bias: start.bias, on: context.pool)
    var trees: [Tree] = []
    while trees.count < estimator.iterations {
      if context.isCancelled() { throw .cancelled }
      guard let grown = run.addTree() else { break }
      guard run.isFinite else { throw .overflow }
      let tree = binned.statistics.rewritten(grown)
      trees.append(tree)
      if watch?.shouldStop(after: tree, on: context.pool) == true { break }
    }
    var fit = finish(trees, bias: start.bias, data: data, watch: watch, isExact: isExact)
    let columns = treatments.compactMap { $0 }
    fit.trace.diagnostics.categoryColumns = columns.isEmpty ? nil : columns
    return fit
  }

  /// The bins of all columns; the numbers that stood for categories are needed no longer.
  private func binned(_ treatments: [CategoryColumn?]) -> BinnedRows {
    BinnedRows.bins(
      of: training, rules: BinningRules(estimator),
      replacing: treatments.indices.filter { treatments[$0]?.usesTargetStatistics == true },
      seed: context.seed, on: context.pool)
  }

  /// Divisions by statistics of categories are penalised as those by sets of categories are; where there
  /// are such columns, all leaves are held back besides.
  private func rules(for treatments: [CategoryColumn?]) -> TreeRules {
    var rules = rules
    if treatments.contains(where: { $0?.usesTargetStatistics == true }) {
      rules.l2 += estimator.statisticsL2
    }
    rules.extraL2 = treatments.map { $0?.usesTargetStatistics == true ? estimator.categoryL2 : 0 }
    return rules
  }

  private func finish(
    _ grown: [Tree], bias: Double, data: BinnedMatrix, watch: ValidationWatch?, isExact: Bool
  ) -> Fit<GradientBoostingModel> {
    var trees = watch.map { Array(grown.prefix($0.bestCount)) } ?? grown
    if previous == nil {
      // The first tree carries the constant that scores start from.
      if trees.isEmpty {
        trees = [Tree(leaves: [.init(value: 0, weight: 0, count: training.labels.count)])]
      }
      if abs(bias) > TreeRules.epsilon { trees[0].add(bias) }
    }
    let model = GradientBoostingModel(
      objective: estimator.objective, features: features(data),
      trees: (previous?.trees ?? []) + trees, oddsFactor: oddsFactor)
    let hasStoppedEarly = watch.map { $0.losses.count < estimator.iterations } ?? true
    let trace = FitTrace(
      losses: watch?.losses ?? [],
      converged: hasStoppedEarly || grown.count == estimator.iterations,
      warnings: warnings(grown: grown, data: data, isExact: isExact))
    return Fit(model: model, trace: trace)
  }

  private func warnings(grown: [Tree], data: BinnedMatrix, isExact: Bool) -> [String] {
    var found: [String] = []
    let ignored = data.bins.indices.filter { data.bins[$0].isConstant }.map {
      training.features.columns[$0].name
    }
    if !ignored.isEmpty {
      found.append(
        "\(ignored.joined(separator: ", ")): constant, missing throughout or too rarely different; "
          + "not used")
    }
    if grown.count < estimator.iterations, validation == nil {
      found.append(
        "training ended after \(grown.count) of \(estimator.iterations) trees: no further division "
          + "lowers the objective")
    }
    if isExact, estimator.histograms == .quantized {
      found.append("weights differ by more than a thousand times: sums were kept in doubles")
    }
    return found
  }

  /// Whether rounding to the scale of the greatest weight would drown most rows.
  private var hasExtremeWeights: Bool {
    guard let weights = training.weights, let greatest = weights.max() else { return false }
    return greatest > 1000 * weights.reduce(0, +) / Double(weights.count)
  }

  private var oddsFactor: Double {
    let (zeros, ones) = Derivatives.classWeights(training, estimator: estimator)
    return ones / zeros
  }

  private func features(_ data: BinnedMatrix) -> [BoostingFeature] {
    zip(training.features.columns, data.bins).map { column, bins in
      switch column.values {
      case .numbers: BoostingFeature(name: column.name, kind: .number(range: bins.range))
      case .categories(let categories):
        BoostingFeature(name: column.name, kind: .category(levels: categories.levels))
      }
    }
  }

  /// The scores before the first new tree, and the constant among them.
  private func startScores() throws(LearningError) -> (scores: [Double], bias: Double) {
    if let previous {
      return (try previous.scores(training.features, on: context.pool), 0)
    }
    guard estimator.startsFromAverage else {
      return ([Double](repeating: 0, count: training.labels.count), 0)
    }
    var (sum, total) = (0.0, 0.0)
    for (row, label) in training.labels.enumerated() {
      // As the derivatives see them.
      let weight = Double(Float(training.weights?[row] ?? 1))
      sum += Double(Float(label)) * weight
      total += weight
    }
    let bias = estimator.objective.score(ofMean: sum / total)
    return ([Double](repeating: bias, count: training.labels.count), bias)
  }
}

extension TreeRules {
  init(_ estimator: GradientBoosting, columnCount: Int) throws(LearningError) {
    leafLimit = estimator.leaves
    depthLimit = estimator.maxDepth > 0 ? estimator.maxDepth : nil
    leastRows = estimator.minDataInLeaf
    leastHessian = estimator.minHessianInLeaf
    l1 = estimator.l1
    l2 = estimator.l2
    leastGain = estimator.minGain
    stepLimit = estimator.maxDeltaStep
    categoryLimit = estimator.maxCategoriesPerSplit
    categoryL2 = estimator.categoryL2
    categorySmoothing = estimator.categorySmoothing
    oneHotLimit = estimator.maxOneHotCategories
    leastRowsPerGroup = estimator.minDataPerGroup
    featureShareByNode = estimator.featureFractionByNode
    if case .directions(let directions) = estimator.monotone {
      guard directions.count == columnCount else {
        throw .width(expected: directions.count, found: columnCount)
      }
      monotone = directions.map { Int8($0) }
    }
    if case .sets(let sets) = estimator.interactions {
      if let greatest = sets.joined().max(), greatest >= columnCount {
        throw .width(expected: greatest + 1, found: columnCount)
      }
      interactions = sets
    }
  }
}

extension BinningRules {
  init(_ estimator: GradientBoosting) {
    binLimit = estimator.maxBins
    leastRowsPerBin = estimator.minDataInBin
    sampleSize = estimator.binSample
    usesMissing = estimator.usesMissing
    zeroIsMissing = estimator.zeroIsMissing
    leastRowsPerLeaf = estimator.minDataInLeaf
  }
}
