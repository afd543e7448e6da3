import Numerical

/// One fit of trees that are averaged, from its input to its model.
struct ForestFit {
  let treeCount: Int
  let rules: ForestRules
  let leafRows: LeafRows
  /// Whether rows are drawn with replacement.
  let bootstrap: Bool
  let rowShare: Double
  let columnsPerNode: ColumnsPerNode
  let isBalanced: Bool
  let maxBins: Int

  func run(_ given: Labeled<FeatureTable>, in context: FitContext) throws(LearningError)
    -> Fit<ForestModel>
  {
    try BoostingInput.check(given, objective: .binary)
    let input = given.withoutUnweightedRows
    let data = BinnedRows.bins(of: input, rules: binning, seed: context.seed, on: context.pool).data
    let targets = ForestTargets(
      input, factors: isBalanced ? input.balancingFactors : (zeros: 1, ones: 1))
    let trees = try grow(data, targets, in: context)
    let model = ForestModel(features: input.features.columns.modelFeatures(data.bins), trees: trees)
    let ignored = data.bins.indices.filter { data.bins[$0].isConstant }.map {
      input.features.columns[$0].name
    }
    let warnings =
      ignored.isEmpty
      ? [] : ["\(ignored.joined(separator: ", ")): constant or missing throughout; not used"]
    return Fit(model: model, trace: FitTrace(warnings: warnings))
  }

  private var binning: BinningRules {
    var rules = BinningRules()
    rules.binLimit = maxBins
    // As few rows as a leaf may have.
    rules.leastRowsPerBin = 1
    rules.leastRowsPerLeaf = 1
    return rules
  }

  private func grow(
    _ data: BinnedMatrix, _ targets: ForestTargets, in context: FitContext
  ) throws(LearningError) -> [Tree] {
    var rules = rules
    rules.leastRows = leafRows.count(rowCount: data.rowCount)
    rules.columnsPerNode = columnsPerNode.count(of: data.columnCount)
    let draw = rowDraw(data.rowCount)
    let seed = context.seed.derived("forest")
    let grown = context.pool.map(count: treeCount) { number -> Tree? in
      if context.isCancelled() { return nil }
      let grower = ForestGrower(
        data, targets: targets, rules: rules, seed: seed.derived("tree", number),
        on: context.pool)
      return grower.grow(draw)
    }
    let trees = grown.compactMap { $0 }
    guard trees.count == treeCount else { throw .cancelled }
    return trees
  }

  /// Bins by columns and by rows, what up to sixteen threads grow at a time, and the trees twice: as they are
  /// and laid out for scoring.
  func predictedBytes(rowCount: Int, columnCount: Int) -> Double {
    let rows = Double(rowCount)
    let stride = Double((columnCount + 7) / 8 * 8)
    let leaves = max(
      1,
      min(
        rows * rowShare / Double(leafRows.count(rowCount: rowCount)),
        Double(rules.leafLimit ?? .max)))
    return rows * (2 * stride + 16 + 40 * Double(min(treeCount, 16)))
      + Double(treeCount) * leaves * 250 + Double(columnCount) * 16_384
  }

  private func rowDraw(_ rowCount: Int) -> RowDraw {
    let count = max(1, min(rowCount, Int((Double(rowCount) * rowShare).rounded())))
    if bootstrap { return .withReplacement(count) }
    return count == rowCount ? .all : .distinct(count)
  }
}

extension Labeled where Features == FeatureTable {
  /// The rows of a positive weight.
  var withoutUnweightedRows: Self {
    guard let weights, weights.contains(0) else { return self }
    return selectingRows(weights.indices.filter { weights[$0] > 0 }, as: .weighted)
  }

  /// What zeros and ones must count for equal totals, half of the whole each.
  var balancingFactors: (zeros: Double, ones: Double) {
    var (zeros, ones) = (0.0, 0.0)
    for (row, label) in labels.enumerated() {
      if label == 1 { ones += weights?[row] ?? 1 } else { zeros += weights?[row] ?? 1 }
    }
    return ((zeros + ones) / (2 * zeros), (zeros + ones) / (2 * ones))
  }
}

extension [FeatureColumn] {
  /// The columns as a model remembers them.
  func modelFeatures(_ bins: [FeatureBins]) -> [BoostingFeature] {
    zip(self, bins).map { column, bins in
      switch column.values {
      case .numbers: BoostingFeature(name: column.name, kind: .number(range: bins.range))
      case .categories(let categories):
        BoostingFeature(name: column.name, kind: .category(levels: categories.levels))
      }
    }
  }
}
