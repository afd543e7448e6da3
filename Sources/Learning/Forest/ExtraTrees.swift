/// Averages the shares of many deep trees whose divisions are drawn at random.
///
/// Every node looks at a few columns drawn anew, draws one division of each and takes the one that makes the
/// two sides purest: at a number drawn evenly from the range of the node's values, as far as that leaves both
/// sides enough rows, or into two random sets of categories. Numbers fall between bins. Otherwise as
/// `RandomForest`, but every tree learns from all rows.
///
/// - Shape: n rows, any number of columns; n labels of 0 and 1, at least two of each.
/// - Missing values: allowed in features. Constant and all-missing columns: ignored.
/// - Throws: `LearningError.parameter`, `.rows`, `.rowCounts`, `.tooManyRows`, `.label`, `.events`, `.weight`,
///   `.noWeight`, `.cancelled`.
/// - Complexity: as `RandomForest`.
/// - Source: Geurts, Ernst and Wehenkel (2006).
public struct ExtraTrees: Estimator {
  public var trees = 100
  public var columnsPerNode = ColumnsPerNode.squareRoot
  public var leastRows = LeafRows.automatic
  public var leaves = TreeLimit.none
  public var depth = TreeLimit.none
  public var bootstrap = false
  public var rowShare = 1.0
  public var criterion = SplitCriterion.gini
  public var classWeights = LogisticRegression.ClassWeights.none
  public var maxBins = 255

  public init() {}

  public static let schema = Schema<Self>(
    "extra-trees", "The mean of deep trees whose divisions are drawn at random.",
    [
      ForestFields.trees(\.trees), ForestFields.columnsPerNode(\.columnsPerNode),
      ForestFields.leastRows(\.leastRows), ForestFields.leaves(\.leaves),
      ForestFields.depth(\.depth), ForestFields.bootstrap(\.bootstrap),
      ForestFields.rowShare(\.rowShare), ForestFields.criterion(\.criterion),
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
      treeCount: trees,
      rules: ForestRules(
        leafLimit: leaves.limit, depthLimit: depth.limit,
        criterion: criterion,
        drawsDivisions: true),
      leafRows: leastRows, bootstrap: bootstrap, rowShare: rowShare, columnsPerNode: columnsPerNode,
      isBalanced: classWeights == .balanced, maxBins: maxBins)
  }
}
