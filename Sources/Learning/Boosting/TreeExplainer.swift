public import Numerical

/// Divides a score among the features of its row: exact path-dependent TreeSHAP.
///
/// A feature's contribution is its Shapley value in the game where a tree, walked without some of its
/// features, takes both ways at their nodes by the shares of the fitted rows. For a leaf of value v whose
/// path asks m features, with zᵢ the product of the shares at feature i's nodes and oᵢ 1 if the row passes
/// them all and 0 otherwise,
///
///     φᵢ = v (oᵢ − zᵢ) ∫₀¹ Πⱼ≠ᵢ (t oⱼ + (1 − t) zⱼ) dt,
///
/// a polynomial of degree m − 1 that ⌈m / 2⌉ Gauss-Legendre nodes integrate exactly. All terms have one
/// sign: nothing cancels.
///
/// - Units: raw scores. Contributions and the expected value add up to the row's score.
/// - Complexity: O(rows · trees · leaves · depth).
/// - Source: Lundberg et al. (2020); the multilinear extension: Owen (1972). Checked against: fixture
///   `boosting.json` (`pred_contrib` of LightGBM 4.7.0) and the definition on small trees.
public struct TreeExplainer: Sendable {
  public let features: [BoostingFeature]
  /// The mean score over the fitted rows.
  public let expectedValue: Double
  /// Nil where they are made anew for every block of rows.
  private let plans: [ExplanationPlan]?
  private let decisions: ForestDecisions
  private let trees: [Tree]

  public init(_ model: GradientBoostingModel) {
    self.init(model.trees, features: model.features)
  }

  /// - Parameter keepsPlans: worth it for more than a block of rows; without, a plan's memory serves the next.
  init(_ trees: [Tree], features: [BoostingFeature], keepsPlans: Bool = true) {
    self.features = features
    self.trees = trees
    decisions = ForestDecisions(trees, featureCount: features.count)
    var rules = QuadratureRules()
    var plans: [ExplanationPlan]? = keepsPlans ? [] : nil
    var expected = 0.0
    for tree in trees {
      let paths = TreePaths(tree)
      expected += paths.expectedValue
      plans?.append(ExplanationPlan(paths, &rules))
    }
    self.plans = plans
    expectedValue = expected
  }

  /// About the memory of what was prepared: the paths, and the thresholds of the features.
  var byteCount: Int { (plans ?? []).reduce(2048 * features.count) { $0 + $1.byteCount } }

  static let blockRows = 64

  /// One row per row of the table: a contribution per feature, then the expected value.
  ///
  /// - Throws: `LearningError.featureMissing`, `.featureKind`.
  public func contributions(_ table: FeatureTable, on pool: WorkerPool) throws(LearningError)
    -> Matrix
  {
    let rows = try AlignedFeatures(table, to: features)
    let width = features.count + 1
    let chunks = RowChunks(count: rows.rowCount, size: Self.blockRows)
    return Matrix(rowCount: rows.rowCount, columnCount: width) { values in
      guard let start = values.baseAddress else { return }
      nonisolated(unsafe) let target = start
      pool.forEachChunk(count: chunks.count) { chunk in
        let range = chunks[chunk]
        decisions.withBlock(range, rows) { block in
          explain(block, count: range.count, to: target + range.lowerBound * width)
        }
      }
    }
  }

  /// The contributions of one row, then the expected value.
  ///
  /// - Parameter row: as in `GradientBoostingModel.score`.
  public func contributions(_ row: UnsafeBufferPointer<Double>) -> [Double] {
    precondition(row.count == features.count, "a row has a value per feature")
    return [Double](unsafeUninitializedCapacity: features.count + 1) { target, count in
      count = features.count + 1
      guard let start = target.baseAddress else { return }
      explain(.row(row), count: 1, to: start)
    }
  }

  private func explain(
    _ block: ForestDecisions.Block, count: Int, to target: UnsafeMutablePointer<Double>
  ) {
    let width = features.count
    var rules = QuadratureRules()
    withUnsafeTemporaryAllocation(of: SIMD4<Double>.self, capacity: max(1, count * width)) {
      sums in
      guard let sums = sums.baseAddress else { return }
      sums.update(repeating: .zero, count: count * width)
      for (number, tree) in trees.enumerated() {
        let plan = plans?[number] ?? ExplanationPlan(TreePaths(tree), &rules)
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(1, tree.nodes.count)) {
          goesLeft in
          guard let goesLeft = goesLeft.baseAddress else { return }
          decisions.write(block, count: count, tree: number, tree, to: goesLeft)
          plan.add(goesLeft, count: count, width: width, to: sums)
        }
      }
      for row in 0..<count {
        let place = target + row * (width + 1)
        for feature in 0..<width { place[feature] = sums[row * width + feature].sum() }
        place[width] = expectedValue
      }
    }
  }
}
