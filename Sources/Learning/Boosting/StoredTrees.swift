import Numerical

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
      count >= 0,
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

/// Trees as tables of numbers, for the tensor file; what is decoded is not trusted.
struct StoredTrees: Codable {
  /// A row per tree: how many nodes, leaves and sets of categories.
  let sizes: Matrix
  let nodes: Matrix
  /// Value, weight and count.
  let leaves: Matrix
  /// Every set after the number of its words.
  let categories: Vector
  let shrinkage: Vector

  init(_ trees: [Tree]) {
    sizes = Self.table(
      trees.map { [$0.nodes.count, $0.leaves.count, $0.categorySets.count].map { Double($0) } },
      width: 3)
    nodes = Self.table(trees.lazy.flatMap(\.nodes).map(\.numbers), width: Tree.Node.numberCount)
    leaves = Self.table(
      trees.lazy.flatMap(\.leaves).map { [$0.value, $0.weight, Double($0.count)] }, width: 3)
    let sets = trees.flatMap(\.categorySets)
    categories = Vector(sets.flatMap { [Double($0.count)] + $0.map { Double($0) } })
    shrinkage = Vector(trees.map(\.shrinkage))
  }

  private static func table(_ rows: some Sequence<[Double]>, width: Int) -> Matrix {
    var values: [Double] = []
    for row in rows { values += row }
    return Matrix(rowCount: values.count / width, columnCount: width, values: values)
  }

  /// Nil unless the tables describe trees over these features.
  func trees(features: [BoostingFeature]) -> [Tree]? {
    guard sizes.columnCount == 3, sizes.rowCount > 0, shrinkage.count == sizes.rowCount,
      nodes.columnCount == Tree.Node.numberCount || nodes.rowCount == 0,
      leaves.columnCount == 3
    else { return nil }
    var reader = StoredTreeReader(tables: self)
    var trees: [Tree] = []
    for index in 0..<sizes.rowCount {
      guard let tree = reader.nextTree(index), tree.isSound(features: features),
        tree.isExplainable(featureCount: features.count)
      else { return nil }
      trees.append(tree)
    }
    return trees
  }
}

private struct StoredTreeReader {
  let tables: StoredTrees
  private var (nextNode, nextLeaf, nextCategory) = (0, 0, 0)

  init(tables: StoredTrees) { self.tables = tables }

  mutating func nextTree(_ index: Int) -> Tree? {
    let (sizes, nodes, leaves) = (tables.sizes, tables.nodes, tables.leaves)
    guard let nodeCount = UInt32(exactly: sizes[index, 0]).map(Int.init),
      let leafCount = UInt32(exactly: sizes[index, 1]).map(Int.init),
      let setCount = UInt32(exactly: sizes[index, 2]).map(Int.init),
      nodeCount <= nodes.rowCount - nextNode, leafCount <= leaves.rowCount - nextLeaf,
      tables.shrinkage[index].isFinite
    else { return nil }
    var tree = Tree(leaves: [], shrinkage: tables.shrinkage[index])
    for row in nextNode..<nextNode + nodeCount {
      let start = row * Tree.Node.numberCount
      guard let node = Tree.Node(nodes.values[start..<start + Tree.Node.numberCount])
      else { return nil }
      tree.nodes.append(node)
    }
    for row in nextLeaf..<nextLeaf + leafCount {
      guard leaves[row, 0].isFinite, leaves[row, 1].isFinite,
        let count = Int(exactly: leaves[row, 2]), count >= 0
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
    let categories = tables.categories
    guard nextCategory < categories.count,
      let size = UInt16(exactly: categories[nextCategory]).map(Int.init),
      size < categories.count - nextCategory
    else { return nil }
    let words = categories[nextCategory + 1..<nextCategory + 1 + size].compactMap {
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

  /// Whether explaining a row takes no more than a tree of this size may ask for.
  ///
  /// A chain of nodes would take the cube of its length; trees of fits stay far below.
  func isExplainable(featureCount: Int) -> Bool {
    var depths = [Double](repeating: 0, count: nodes.count)
    var cost = 0.0
    for (index, node) in nodes.enumerated() {
      let depth = depths[index] + 1
      for child in [Int(node.left), Int(node.right)] {
        if child >= 0 {
          depths[child] = depth
        } else {
          // Numbers kept for the path to a leaf: its edges, and quadrature over its features.
          cost += depth * (8 + min(depth, Double(featureCount)))
        }
      }
    }
    return cost <= 8192 * Double(leaves.count + 256)
  }
}
