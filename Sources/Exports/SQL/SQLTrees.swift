import Learning

extension SQLQuery {
  /// Databases take nested operations to a depth only, and divisions by category nest wherever they go left.
  static let deepestTree = 200
  private static let treesPerStage = 100

  /// The sum of the leaves that a row reaches, tree after tree.
  mutating func sum(of trees: [Tree], over features: SQLColumns) -> SQLExpression {
    var sum = SQLExpression.number(0)
    var features = features
    for start in stride(from: 0, to: trees.count, by: Self.treesPerStage) {
      let some = trees[start..<min(start + Self.treesPerStage, trees.count)]
      let terms = some.map { Self.leaf(of: $0, reachedBy: features, from: 0) }
      let next = add("trees", ("s", [.sum([sum] + terms)]), ("x", features))
      sum = next[0][0]
      features = next[1]
    }
    return sum
  }

  /// The value of the leaf that a row reaches from a node.
  ///
  /// One CASE asks its way along the longest path and has what branches off it behind THEN, so that cases nest
  /// as deep as the logarithm of the tree's size, not as the tree: the parser of SQLite holds a hundred.
  private static func leaf(
    of tree: Tree, reachedBy features: SQLColumns, from child: Int32
  ) -> SQLExpression {
    if tree.nodes.isEmpty { return .number(tree.leaves[0].value) }
    let heights = heights(of: tree)
    func height(_ child: Int32) -> Int { child < 0 ? 0 : heights[Int(child)] }
    func leaf(from child: Int32) -> SQLExpression {
      var branches: [(when: SQLCondition, then: SQLExpression)] = []
      var child = child
      while child >= 0 {
        let node = tree.nodes[Int(child)]
        if !node.isCategorical, height(node.left) > height(node.right) {
          branches.append((goesRight(at: node, features), leaf(from: node.right)))
          child = node.left
        } else {
          branches.append((goesLeft(at: node, of: tree, features), leaf(from: node.left)))
          child = node.right
        }
      }
      let last = SQLExpression.number(tree.leaves[Int(~child)].value)
      return branches.isEmpty ? last : .choice(branches, otherwise: last)
    }
    return leaf(from: child)
  }

  /// The most divisions from each node to a leaf; children have greater numbers than their parents.
  private static func heights(of tree: Tree) -> [Int] {
    var heights = [Int](repeating: 1, count: tree.nodes.count)
    for (index, node) in tree.nodes.enumerated().reversed() {
      for child in [node.left, node.right] where child >= 0 {
        heights[index] = max(heights[index], heights[Int(child)] + 1)
      }
    }
    return heights
  }

  /// What a number fulfils that does not go left.
  private static func goesRight(at node: Tree.Node, _ features: SQLColumns) -> SQLCondition {
    let x = features[Int(node.feature)]
    let isAbove = SQLCondition.compare(.number(bounded(node.threshold)), .less, x)
    return Tree.missingGoesLeft(at: node) ? isAbove : .either(.isNull(x), isAbove)
  }

  private static func goesLeft(
    at node: Tree.Node, of tree: Tree, _ features: SQLColumns
  ) -> SQLCondition {
    let x = features[Int(node.feature)]
    if node.isCategorical { return .isAmong(x, tree.leftPlaces(of: node)) }
    let isBelow = SQLCondition.compare(x, .atMost, .number(bounded(node.threshold)))
    return Tree.missingGoesLeft(at: node) ? .either(.isNull(x), isBelow) : isBelow
  }

  /// No dialect but one has infinite numbers.
  private static func bounded(_ threshold: Double) -> Double {
    min(max(threshold, -.greatestFiniteMagnitude), .greatestFiniteMagnitude)
  }
}
