public import Numerical

/// A sum of decision trees and what its score means.
public struct GradientBoostingModel: Sendable {
  public let objective: BoostingObjective
  /// The columns it was fitted to, in order.
  public let features: [BoostingFeature]
  /// By how much the odds are too high because events counted more than other rows; 1 if they did not.
  public let oddsFactor: Double
  /// The first tree carries the constant that scores start from.
  package let trees: [Tree]
  private let scorer: ForestScorer

  package init(
    objective: BoostingObjective, features: [BoostingFeature], trees: [Tree], oddsFactor: Double = 1
  ) {
    self.objective = objective
    self.oddsFactor = oddsFactor
    self.features = features
    self.trees = trees
    scorer = ForestScorer(trees, featureCount: features.count)
  }

  public var treeCount: Int { trees.count }

  /// The raw score of every row: log-odds, a mean or the logarithm of a rate.
  ///
  /// Columns are matched by name, categories by level; levels that the model does not know count as
  /// missing, columns that it does not know are ignored.
  ///
  /// - Throws: `LearningError.featureMissing`, `.featureKind`.
  /// - Complexity: O(rows · trees · leaves / 8).
  public func scores(_ table: FeatureTable, on pool: WorkerPool) throws(LearningError) -> [Double] {
    scorer.sums(try AlignedFeatures(table, to: features), on: pool)
  }

  /// What every row is predicted to have: a probability, a mean or a rate.
  public func predictions(_ table: FeatureTable, on pool: WorkerPool) throws(LearningError)
    -> [Double]
  {
    try scores(table, on: pool).map(objective.prediction)
  }

  /// The raw score of one row, without allocating.
  ///
  /// - Parameter row: a value per feature in the order of `features`: numbers, or category codes as
  ///   numbers; NaN for a missing value.
  /// - Complexity: O(trees · depth).
  public func score(_ row: UnsafeBufferPointer<Double>) -> Double {
    precondition(row.count == features.count, "a row has a value per feature")
    guard let start = row.baseAddress else { return trees.reduce(0) { $0 + $1.leaves[0].value } }
    return scorer.sum(start)
  }

  /// What one row is predicted to have; see `score`.
  public func prediction(_ row: UnsafeBufferPointer<Double>) -> Double {
    objective.prediction(ofScore: score(row))
  }

  /// Refuses a table that further trees could not be fitted to.
  func requireSameFeatures(as table: FeatureTable) throws(LearningError) {
    guard table.columns.count == features.count else {
      throw .width(expected: features.count, found: table.columns.count)
    }
    for (feature, column) in zip(features, table.columns) {
      guard feature.name == column.name else { throw .featureMissing(name: feature.name) }
      switch (feature.kind, column.values) {
      case (.number, .numbers): continue
      case (.category(let levels), .categories(let categories)) where levels == categories.levels:
        continue
      default:
        throw .featureKind(name: feature.name, isCategorical: feature.isCategorical)
      }
    }
  }
}

extension GradientBoostingModel: Hashable {
  public static func == (a: Self, b: Self) -> Bool {
    a.objective == b.objective && a.features == b.features && a.trees == b.trees
      && a.oddsFactor == b.oddsFactor
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(objective)
    hasher.combine(features)
    hasher.combine(trees)
  }
}

/// How much each feature contributes to a model, one entry per feature.
public struct FeatureImportance: Hashable, Sendable {
  /// Total gain of its divisions.
  public let gain: [Double]
  /// Number of its divisions.
  public let splits: [Int]
}

extension GradientBoostingModel {
  public var importance: FeatureImportance {
    var gain = [Double](repeating: 0, count: features.count)
    var splits = [Int](repeating: 0, count: features.count)
    for tree in trees {
      for node in tree.nodes {
        gain[Int(node.feature)] += node.gain
        splits[Int(node.feature)] += 1
      }
    }
    return FeatureImportance(gain: gain, splits: splits)
  }
}
