import Numerical

/// Stands a number for each category of columns with many: the smoothed mean target of its rows.
///
/// While trees are grown, a row sees only the rows before it in a random order, so that no label leaks into
/// its own feature (ordered target statistics: Prokhorenkova et al., 2018). Afterwards every category has one
/// number, a division by that number is a division of the categories, and trees are rewritten to ask for
/// those: a model knows nothing of statistics.
///
/// Means are shrunk to that of all rows by empirical Bayes: the less the categories of a column differ beyond
/// chance, the more rows the common mean counts for.
struct TargetStatistics: Sendable {
  private struct Statistics: Sendable {
    /// By category, of all rows.
    let values: [Double]
    /// Of a category without rows.
    let prior: Double
  }

  /// By feature; nil where the column stays as it is.
  private let statistics: [Statistics?]

  /// - Parameter features: the columns to replace, all of them categorical.
  /// - Returns: the statistics, and the table with numbers in place of those columns.
  static func stand(
    for features: [Int], of input: Labeled<FeatureTable>, seed: Seed, on pool: WorkerPool
  ) -> (statistics: TargetStatistics, table: FeatureTable) {
    var order = RandomSource(seed: seed)
    let rows = features.isEmpty ? [] : order.permutation(count: input.features.rowCount)
    let results = pool.map(count: features.count) { index -> (Statistics, [Double])? in
      guard case .categories(let categories) = input.features.columns[features[index]].values
      else { return nil }
      return ordered(categories, input, rows: rows)
    }
    var statistics = [Statistics?](repeating: nil, count: input.features.columns.count)
    var columns = input.features.columns
    for (feature, result) in zip(features, results) {
      guard let (own, numbers) = result else { continue }
      statistics[feature] = own
      columns[feature] = FeatureColumn(columns[feature].name, .numbers(numbers))
    }
    return (
      TargetStatistics(statistics: statistics),
      FeatureTable(rowCount: input.features.rowCount, columns: columns)
    )
  }

  private static func ordered(
    _ categories: Categories, _ input: Labeled<FeatureTable>, rows: [Int]
  ) -> (Statistics, [Double]) {
    var (sum, total) = (0.0, 0.0)
    for (row, label) in input.labels.enumerated() {
      sum += label * (input.weights?[row] ?? 1)
      total += input.weights?[row] ?? 1
    }
    let prior = sum / total
    let priorRows = CategoryPrior.strength(
      categories, labels: input.labels, weights: input.weights, mean: prior)
    var sums = [SIMD2<Double>](
      repeating: SIMD2(prior * priorRows, priorRows), count: categories.levels.count)
    var numbers = [Double](repeating: .nan, count: rows.count)
    for row in rows {
      let code = Int(categories.codes[row])
      guard code >= 0 else { continue }
      numbers[row] = sums[code][0] / sums[code][1]
      let weight = input.weights?[row] ?? 1
      sums[code] += SIMD2(input.labels[row] * weight, weight)
    }
    return (Statistics(values: sums.map { $0[0] / $0[1] }, prior: prior), numbers)
  }

  /// The same tree asking for categories where it asked for their numbers.
  func rewritten(_ tree: Tree) -> Tree {
    var tree = tree
    for index in tree.nodes.indices {
      let node = tree.nodes[index]
      guard let own = statistics[Int(node.feature)] else { continue }
      // Missing and unknown categories always go right at a node of categories.
      let othersGoLeft =
        node.missing == .nan ? node.missingGoesLeft : own.prior <= node.threshold
      var words = [UInt32](repeating: 0, count: (own.values.count + 31) / 32)
      for (category, value) in own.values.enumerated()
      where (value <= node.threshold) != othersGoLeft {
        words[category / 32] |= 1 << UInt32(category % 32)
      }
      while words.count > 1, words.last == 0 { words.removeLast() }
      if othersGoLeft {
        (tree.nodes[index].left, tree.nodes[index].right) = (node.right, node.left)
      }
      tree.nodes[index].isCategorical = true
      tree.nodes[index].missing = .nan
      tree.nodes[index].missingGoesLeft = false
      tree.nodes[index].threshold = 0
      tree.nodes[index].categorySet = Int32(tree.categorySets.count)
      tree.categorySets.append(words)
    }
    return tree
  }
}

/// What becomes of columns of categories.
public enum CategoryTreatment: String, CaseIterable, Hashable, Sendable {
  /// Statistics for columns of many categories, sets for the others.
  case automatic
  /// Sets of categories, found among them at every node.
  case sets
  /// The mean target of each category, seen only by later rows of a random order.
  case statistics
}

extension GradientBoosting {
  /// Which columns of categories stand by the mean target of their categories.
  func treatments(_ table: FeatureTable) -> [CategoryColumn?] {
    table.columns.map { column in
      guard case .categories(let categories) = column.values else { return nil }
      let levels = Self.metCount(categories)
      let byTarget =
        switch categoryTreatment {
        case .sets: false
        case .statistics: true
        case .automatic: levels >= statisticsFromLevels
        }
      return CategoryColumn(
        name: column.name, levelCount: levels, usesTargetStatistics: byTarget)
    }
  }

  private static func metCount(_ categories: Categories) -> Int {
    var isMet = [Bool](repeating: false, count: categories.levels.count)
    for code in categories.codes where code >= 0 { isMet[Int(code)] = true }
    return isMet.count { $0 }
  }
}
