/// One tree of questions, small enough to be read.
///
/// A node asks for the value of one column and sends its rows two ways; a row's probability is the share of
/// events among the fitted rows of its leaf. The leaf whose division makes the two sides purest is divided
/// first, until there are `max_leaf_nodes`. Numbers are cut into at most `max_bin` bins and divided between
/// bins; categories are divided into sets in the order of their shares of events; missing values go to the
/// side where they gain most, categories that a node has not met to the right.
///
/// `class_weights: balanced` moves divisions, not probabilities: leaves give shares of the rows as they are.
///
/// - Shape: n rows, any number of columns; n labels of 0 and 1, at least two of each.
/// - Missing values: allowed in features. Constant and all-missing columns: ignored.
/// - Throws: `LearningError.parameter`, `.rows`, `.rowCounts`, `.tooManyRows`, `.label`, `.events`, `.weight`,
///   `.noWeight`, `.cancelled`.
/// - Complexity: O(n · columns · depth) time; n · (2 · columns + 48) bytes beside the input.
/// - Source: Breiman, Friedman, Olshen and Stone (1984). Checked against: fixture `forest.json`
///   (scikit-learn 1.9.1, whose trees these are where no column has more than `max_bin` values).
public struct DecisionTree: Estimator {
  public var leaves = TreeLimit.count(31)
  public var depth = TreeLimit.none
  public var leastRows = LeafRows.count(20)
  public var criterion = SplitCriterion.gini
  public var classWeights = LogisticRegression.ClassWeights.none
  public var maxBins = 255

  public init() {}

  public static let schema = Schema<Self>(
    "decision-tree", "One small tree whose leaves are shares of events.",
    [
      ForestFields.leaves(\.leaves), ForestFields.depth(\.depth),
      ForestFields.leastRows(\.leastRows), ForestFields.criterion(\.criterion),
      ForestFields.classWeights(\.classWeights), ForestFields.maxBins(\.maxBins),
    ])

  public func predictedBytes(rowCount: Int, columnCount: Int) -> Double {
    plan.predictedBytes(rowCount: rowCount, columnCount: columnCount)
  }

  public func fit(_ input: Labeled<FeatureTable>, in context: FitContext) throws(LearningError)
    -> Fit<ForestModel>
  {
    try requireValid()
    return try plan.run(input, in: context)
  }

  private var plan: ForestFit {
    ForestFit(
      treeCount: 1,
      rules: ForestRules(
        leafLimit: leaves.limit, depthLimit: depth.limit,
        criterion: criterion),
      leafRows: leastRows, bootstrap: false, rowShare: 1, columnsPerNode: .all,
      isBalanced: classWeights == .balanced,
      maxBins: maxBins)
  }
}
