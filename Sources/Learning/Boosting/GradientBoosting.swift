import Numerical

/// Adds up small decision trees, each fitted to what the ones before it left unexplained.
///
/// Features are cut into at most 255 bins. A tree starts as one leaf; the leaf whose best division
/// lowers the objective most is divided, until there are `num_leaves`. A leaf's value is the Newton step
/// −Σg / (Σh + λ₂), shrunk by the learning rate. Missing values go to the side where they gain most;
/// few categories are divided into sets in the order of their mean gradient, columns of ten and more stand
/// by the mean target of their categories (`TargetStatistics`). Names, defaults and all other rules are
/// LightGBM's.
///
/// Histograms hold whole numbers by default: derivatives are rounded, at random and without bias, so
/// finely that the sums over all rows fit 32 bits. Sums are then exact in any order, and the model is the
/// same for every number of threads. With `histograms: exact` sums are of doubles in the order of rows, as
/// LightGBM adds them, and the trees are LightGBM's wherever gains are not tied.
///
/// - Shape: n rows, any number of columns; labels 0 and 1 for `binary`, at least two of each; numbers for
///   `regression`; not negative for `poisson`.
/// - Missing values: allowed in features. Constant and all-missing columns: ignored.
/// - Throws: `LearningError.rows`, `.rowCounts`, `.label`, `.events`, `.weight`, `.noWeight`, `.overflow`,
///   `.parameter`, `.cancelled`.
/// - Complexity: O(trees · n · columns) time; n · (2 · columns + 32) bytes beside the input, and for
///   histograms leaves · columns · 2 kB.
/// - Source: Friedman (2001); Ke et al. (2017); Shi et al. (2022) for whole numbers. Checked against:
///   fixture `boosting.json` (LightGBM 4.7.0).
public struct GradientBoosting: Estimator {
  public var objective = BoostingObjective.binary
  public var iterations = 100
  public var learningRate = 0.1
  public var leaves = 31
  public var maxDepth = -1
  public var minDataInLeaf = 20
  public var minHessianInLeaf = 1e-3
  public var baggingFraction = 1.0
  public var baggingFrequency = 0
  public var featureFraction = 1.0
  public var featureFractionByNode = 1.0
  public var sampling = RowSamplingStrategy.bagging
  public var topRate = 0.2
  public var otherRate = 0.1
  public var l1 = 0.0
  public var l2 = 0.0
  public var minGain = 0.0
  public var maxDeltaStep = 0.0
  public var maxBins = 255
  public var minDataInBin = 3
  public var binSample = 200_000
  public var usesMissing = true
  public var zeroIsMissing = false
  public var maxCategoriesPerSplit = 32
  public var categoryL2 = 10.0
  public var categorySmoothing = 10.0
  public var maxOneHotCategories = 4
  public var minDataPerGroup = 100
  public var categoryTreatment = CategoryTreatment.automatic
  public var statisticsFromLevels = 10
  public var statisticsL2 = 50.0
  public var monotone = MonotoneConstraints.none
  public var interactions = InteractionConstraints.none
  public var positiveWeight = 1.0
  public var isUnbalanced = false
  public var startsFromAverage = true
  public var poissonMaxDeltaStep = 0.7
  public var earlyStoppingRounds = 0
  public var earlyStoppingMinDelta = 0.0
  public var validationFraction = 0.1
  public var histograms = HistogramArithmetic.quantized

  public init() {}

  public func fit(_ input: Labeled<FeatureTable>, in context: FitContext) throws(LearningError)
    -> Fit<GradientBoostingModel>
  {
    try fit(input, validation: nil, continuing: nil, in: context)
  }

  /// Fits with a validation part of one's own, or adds trees to a model.
  ///
  /// - Parameters:
  ///   - validation: what early stopping looks at; nil takes `validation_fraction` of the rows if
  ///     `early_stopping_round` is above 0.
  ///   - model: a model whose trees stay and whose scores are the start; its features must be the
  ///     table's.
  public func fit(
    _ input: Labeled<FeatureTable>, validation: Labeled<FeatureTable>?,
    continuing model: GradientBoostingModel? = nil, in context: FitContext
  ) throws(LearningError) -> Fit<GradientBoostingModel> {
    do throws(ParameterError) {
      try Self.schema.validate(self)
    } catch {
      throw .parameter(error)
    }
    try BoostingInput.check(input, objective: objective)
    if let validation { try BoostingInput.check(validation, objective: objective, isPart: true) }
    let parts =
      validation.map { (training: input, validation: Optional($0)) }
      ?? BoostingInput.divided(input, by: self, seed: context.seed)
    try BoostingInput.check(parts.training, objective: objective)
    let session = try BoostingFit(
      self, training: parts.training, validation: parts.validation, continuing: model,
      in: context)
    return try session.run()
  }

  public func predictedBytes(rowCount: Int, columnCount: Int) -> Double {
    let stride = Double((columnCount + 7) / 8 * 8)
    let entry = histograms == .exact ? 16.0 : 8.0
    return Double(rowCount) * (2 * stride + 40) + Double(leaves + 8) * stride * 256 * entry
  }
}

/// How rows are drawn for each tree.
public enum RowSamplingStrategy: String, CaseIterable, Hashable, Sendable {
  /// Each row with the same probability.
  case bagging
  /// Rows with great gradients always, of the others a sample that stands for all of them.
  case goss
}

/// How derivatives are summed into histograms.
public enum HistogramArithmetic: String, CaseIterable, Hashable, Sendable {
  /// Rounded to whole numbers, summed exactly.
  case quantized
  /// Doubles, summed in the order of rows.
  case exact
}
