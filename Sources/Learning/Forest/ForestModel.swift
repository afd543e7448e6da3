public import Numerical

/// Trees whose leaves are shares of events, averaged.
public struct ForestModel: Sendable {
  /// The columns it was fitted to, in order.
  public let features: [BoostingFeature]
  package let trees: [Tree]
  private let scorer: ForestScorer

  package init(features: [BoostingFeature], trees: [Tree]) {
    self.features = features
    self.trees = trees
    scorer = ForestScorer(trees, featureCount: features.count)
  }

  public var treeCount: Int { trees.count }

  /// The mean over the trees of the share of events in the leaf that a row reaches.
  ///
  /// Columns are matched by name, categories by level; levels that the model does not know count as
  /// missing, columns that it does not know are ignored.
  ///
  /// - Throws: `LearningError.featureMissing`, `.featureKind`.
  /// - Complexity: O(rows · trees · depth).
  public func probabilities(_ table: FeatureTable, on pool: WorkerPool) throws(LearningError)
    -> [Double]
  {
    let count = Double(trees.count)
    return scorer.sums(try AlignedFeatures(table, to: features), on: pool).map { $0 / count }
  }
}

extension ForestModel: Classifier {
  /// - Throws: `LearningError.featureMissing`, `.featureKind`.
  public func logOdds(_ x: FeatureTable, on pool: WorkerPool) throws(LearningError) -> [Double] {
    try probabilities(x, on: pool).map { probability in
      let p = min(max(probability, Double.ulpOfOne), 1 - Double.ulpOfOne)
      return PortableLogarithm.of(p / (1 - p))
    }
  }

  /// Exact path-dependent TreeSHAP of the probability; see `TreeExplainer`.
  ///
  /// One tree after another is explained for all rows: the tables of a whole forest would outgrow it many
  /// times.
  ///
  /// - Throws: `LearningError.featureMissing`, `.featureKind`.
  /// - Complexity: O(rows · trees · leaves · depth).
  public func contributions(
    _ x: FeatureTable, on pool: WorkerPool
  ) throws(LearningError) -> Contributions {
    try contributions(x, by: [], on: pool)
  }

  /// Keeps the tables of as many trees as `explainerBytes` hold; those of the others are made for every batch.
  public func explainer() -> ScoreExplainer {
    let kept = firstExplainers
    return ScoreExplainer {
      (x: FeatureTable, pool: WorkerPool) throws(LearningError) -> Contributions in
      try self.contributions(x, by: kept, on: pool)
    }
  }

  private static let explainerBytes = 1 << 28

  private var firstExplainers: [TreeExplainer] {
    var kept: [TreeExplainer] = []
    var room = Self.explainerBytes
    for tree in trees {
      let explainer = TreeExplainer([tree], features: features)
      room -= explainer.byteCount
      if room < 0 { break }
      kept.append(explainer)
    }
    return kept
  }

  /// - Parameter kept: explainers of the first trees.
  private func contributions(
    _ x: FeatureTable, by kept: [TreeExplainer], on pool: WorkerPool
  ) throws(LearningError) -> Contributions {
    let width = features.count
    var sums = [Double](repeating: 0, count: x.rowCount * width)
    var expected = 0.0
    for (place, tree) in trees.enumerated() {
      let explainer =
        kept.indices.contains(place) ? kept[place] : TreeExplainer([tree], features: features)
      let values = try explainer.contributions(x, on: pool)
      for row in 0..<x.rowCount {
        for column in 0..<width { sums[row * width + column] += values[row, column] }
      }
      expected += explainer.expectedValue
    }
    let count = Double(trees.count)
    return Contributions(
      values: Matrix(
        rowCount: x.rowCount, columnCount: width, values: sums.map { $0 / count }),
      expected: expected / count, scale: .probability)
  }

  /// By how much the divisions by each column lowered the impurity, summed over the trees.
  public var columnImportance: ColumnImportance? {
    var gains = [Double](repeating: 0, count: features.count)
    for tree in trees {
      for node in tree.nodes { gains[Int(node.feature)] += node.gain }
    }
    return ColumnImportance(measure: .gain, values: gains)
  }

  public var scoringCost: Double { trees.reduce(0) { $0 + $1.meanPathLength } }
}

extension ForestModel: Hashable {
  public static func == (a: Self, b: Self) -> Bool {
    a.features == b.features && a.trees == b.trees
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(features)
    hasher.combine(trees)
  }
}

extension ForestModel: Codable {
  private enum CodingKeys: String, CodingKey { case features, trees }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(features, forKey: .features)
    try container.encode(StoredTrees(trees), forKey: .trees)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let features = try container.decode([BoostingFeature].self, forKey: .features)
    let stored = try container.decode(StoredTrees.self, forKey: .trees)
    guard let trees = stored.trees(features: features),
      trees.allSatisfy({ $0.leaves.allSatisfy { 0...1 ~= $0.value } })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .trees, in: container,
        debugDescription: "the numbers do not describe trees whose leaves are shares")
    }
    self.init(features: features, trees: trees)
  }
}
