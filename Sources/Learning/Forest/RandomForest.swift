/// Averages the shares of many deep trees, each grown from rows drawn with replacement.
///
/// Every node looks at a few columns drawn anew and takes the division that makes the two sides purest.
/// Columns, categories, missing values and class weights are treated as in `DecisionTree`. Where scikit-learn's
/// `RandomForestClassifier` divides between any two values, this one divides between at most `max_bin` bins of
/// about equal count, and leaves keep at least two rows, more of many, so that the forest does not outgrow
/// the table.
///
/// - Shape: n rows, any number of columns; n labels of 0 and 1, at least two of each.
/// - Missing values: allowed in features. Constant and all-missing columns: ignored.
/// - Throws: `LearningError.parameter`, `.rows`, `.rowCounts`, `.tooManyRows`, `.label`, `.events`, `.weight`,
///   `.noWeight`, `.cancelled`.
/// - Complexity: O(trees · n · columns per node · depth) time; n · (2 · columns + 48 · threads) bytes beside the
///   input and about 200 bytes per leaf of the model.
/// - Source: Breiman (2001).
public struct RandomForest: Estimator {
  public var trees = 100
  public var columnsPerNode = ColumnsPerNode.squareRoot
  public var leastRows = LeafRows.automatic
  public var leaves = TreeLimit.none
  public var depth = TreeLimit.none
  public var bootstrap = true
  public var rowShare = 1.0
  public var criterion = SplitCriterion.gini
  public var classWeights = LogisticRegression.ClassWeights.none
  public var maxBins = 255

  public init() {}

  public static let schema = Schema<Self>(
    "random-forest", "The mean of deep trees, each of rows drawn with replacement.",
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
        criterion: criterion),
      leafRows: leastRows, bootstrap: bootstrap, rowShare: rowShare, columnsPerNode: columnsPerNode,
      isBalanced: classWeights == .balanced, maxBins: maxBins)
  }
}
