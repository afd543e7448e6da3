import Numerical

extension GradientBoostingModel: Codable {
  private enum CodingKeys: String, CodingKey {
    case objective, oddsFactor, features, sizes, nodes, leaves, categories, shrinkage
  }

  /// Nodes and leaves of all trees as two tables of numbers, for the tensor file.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(objective, forKey: .objective)
    try container.encode(oddsFactor, forKey: .oddsFactor)
    try container.encode(features, forKey: .features)
    let sizes = trees.flatMap { [$0.nodes.count, $0.leaves.count, $0.categorySets.count] }
    try container.encode(
      Matrix(rowCount: trees.count, columnCount: 3, values: sizes.map { Double($0) }),
      forKey: .sizes)
    let nodes = trees.flatMap { $0.nodes.flatMap(\.numbers) }
    try container.encode(
      Matrix(
        rowCount: nodes.count / Tree.Node.numberCount, columnCount: Tree.Node.numberCount,
        values: nodes),
      forKey: .nodes)
    let leaves = trees.flatMap { $0.leaves.flatMap { [$0.value, $0.weight, Double($0.count)] } }
    try container.encode(
      Matrix(rowCount: leaves.count / 3, columnCount: 3, values: leaves), forKey: .leaves)
    let sets = trees.flatMap(\.categorySets)
    try container.encode(
      Vector(sets.flatMap { [Double($0.count)] + $0.map { Double($0) } }), forKey: .categories)
    try container.encode(Vector(trees.map(\.shrinkage)), forKey: .shrinkage)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let features = try container.decode([BoostingFeature].self, forKey: .features)
    var stored = StoredTrees(
      sizes: try container.decode(Matrix.self, forKey: .sizes),
      nodes: try container.decode(Matrix.self, forKey: .nodes),
      leaves: try container.decode(Matrix.self, forKey: .leaves),
      categories: try container.decode(Vector.self, forKey: .categories),
      shrinkage: try container.decode(Vector.self, forKey: .shrinkage))
    guard let trees = stored.trees(features: features) else {
      throw DecodingError.dataCorruptedError(
        forKey: .nodes, in: container, debugDescription: "the numbers do not describe trees")
    }
    let oddsFactor = try container.decode(Double.self, forKey: .oddsFactor)
    guard oddsFactor > 0, oddsFactor.isFinite else {
      throw DecodingError.dataCorruptedError(
        forKey: .oddsFactor, in: container, debugDescription: "a factor of odds is positive")
    }
    self.init(
      objective: try container.decode(BoostingObjective.self, forKey: .objective),
      features: features, trees: trees, oddsFactor: oddsFactor)
  }
}

extension Tree.Node {
  static let numberCount = 12

  fileprivate var numbers: [Double] {
    [
      Double(feature), Double(left), Double(right), Double(missing.rawValue),
      missingGoesLeft ? 1 : 0, isCategorical ? 1 : 0, Double(categorySet),
      min(threshold, .greatestFiniteMagnitude), gain, value,
      weight, Double(count),
    ]
  }

  /// Nil unless whole numbers stand where they must.
  fileprivate init?(_ numbers: ArraySlice<Double>) {
    let numbers = Array(numbers)
    guard let feature = Int32(exactly: numbers[0]), let left = Int32(exactly: numbers[1]),
      let right = Int32(exactly: numbers[2]),
      let missing = UInt8(exactly: numbers[3]).flatMap(MissingValues.init),
      let missingSide = UInt8(exactly: numbers[4]), missingSide < 2,
      let kind = UInt8(exactly: numbers[5]), kind < 2,
      let categorySet = Int32(exactly: numbers[6]), let count = Int(exactly: numbers[11]),
      numbers[7...10].allSatisfy(\.isFinite)
    else { return nil }
    self.init(
      feature: feature, left: left, right: right, missing: missing,
      missingGoesLeft: missingSide == 1, isCategorical: kind == 1, categorySet: categorySet,
      // JSON has no infinity; a threshold above all numbers stands as the greatest of them.
      threshold: numbers[7] == .greatestFiniteMagnitude ? .infinity : numbers[7], gain: numbers[8],
      value: numbers[9], weight: numbers[10],
      count: count)
  }
}

/// The tables of a stored model while they are read; nothing in them is trusted.
private struct StoredTrees {
  let sizes: Matrix
  let nodes: Matrix
  let leaves: Matrix
  let categories: Vector
  let shrinkage: Vector
  private var (nextNode, nextLeaf, nextCategory) = (0, 0, 0)

  init(sizes: Matrix, nodes: Matrix, leaves: Matrix, categories: Vector, shrinkage: Vector) {
    self.sizes = sizes
    self.nodes = nodes
    self.leaves = leaves
    self.categories = categories
    self.shrinkage = shrinkage
  }

  mutating func trees(features: [BoostingFeature]) -> [Tree]? {
    guard sizes.columnCount == 3, sizes.rowCount > 0, shrinkage.count == sizes.rowCount,
      nodes.columnCount == Tree.Node.numberCount || nodes.rowCount == 0,
      leaves.columnCount == 3
    else { return nil }
    var trees: [Tree] = []
    for index in 0..<sizes.rowCount {
      guard let tree = nextTree(index), tree.isSound(features: features) else { return nil }
      trees.append(tree)
    }
    return trees
  }

  private mutating func nextTree(_ index: Int) -> Tree? {
    guard let nodeCount = UInt32(exactly: sizes[index, 0]).map(Int.init),
      let leafCount = UInt32(exactly: sizes[index, 1]).map(Int.init),
      let setCount = UInt32(exactly: sizes[index, 2]).map(Int.init),
      nodeCount <= nodes.rowCount - nextNode, leafCount <= leaves.rowCount - nextLeaf,
      shrinkage[index].isFinite
    else { return nil }
    var tree = Tree(leaves: [], shrinkage: shrinkage[index])
    for row in nextNode..<nextNode + nodeCount {
      let start = row * Tree.Node.numberCount
      guard let node = Tree.Node(nodes.values[start..<start + Tree.Node.numberCount])
      else { return nil }
      tree.nodes.append(node)
    }
    for row in nextLeaf..<nextLeaf + leafCount {
      guard leaves[row, 0].isFinite, leaves[row, 1].isFinite,
        let count = Int(exactly: leaves[row, 2])
      else { return nil }
      tree.leaves.append(.init(value: leaves[row, 0], weight: leaves[row, 1], count: count))
    }
    for _ in 0..<setCount {
      guard let set = nextSet() else { return nil }
      tree.categorySets.append(set)
    }
    (nextNode, nextLeaf) = (nextNode + nodeCount, nextLeaf + leafCount)
    return tree
  }

  private mutating func nextSet() -> [UInt32]? {
    guard nextCategory < categories.count,
      let size = UInt16(exactly: categories[nextCategory]).map(Int.init),
      size < categories.count - nextCategory
    else { return nil }
    let words = categories[nextCategory + 1...nextCategory + size].compactMap {
      UInt32(exactly: $0)
    }
    nextCategory += 1 + size
    return words.count == size ? words : nil
  }
}

extension Tree {
  /// Whether every node and leaf hangs in one place below the root and asks for what there is.
  func isSound(features: [BoostingFeature]) -> Bool {
    guard leaves.count == nodes.count + 1 else { return false }
    var isPlaced = [Bool](repeating: false, count: nodes.count)
    var isReached = [Bool](repeating: false, count: leaves.count)
    for (index, node) in nodes.enumerated() {
      guard node.feature >= 0, Int(node.feature) < features.count,
        features[Int(node.feature)].isCategorical == node.isCategorical,
        !node.isCategorical
          || node.categorySet >= 0 && Int(node.categorySet) < categorySets.count
      else { return false }
      for child in [Int(node.left), Int(node.right)] {
        // A child behind its parent: no loops, and one pass reaches everything.
        if child > index, child < nodes.count, !isPlaced[child] {
          isPlaced[child] = true
        } else if child < 0, ~child < leaves.count, !isReached[~child] {
          isReached[~child] = true
        } else {
          return false
        }
      }
    }
    return true
  }
}
