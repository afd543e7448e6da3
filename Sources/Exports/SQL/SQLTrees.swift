import Learning

extension SQLQuery {
  /// Databases take nested operations to a depth only (SQLite: 1000), and a sum counts once a term.
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

  /// The value of the leaf below a node; at most `deepestTree` calls deep.
  private static func leaf(
    of tree: Tree, reachedBy features: SQLColumns, from child: Int32
  ) -> SQLExpression {
    if tree.nodes.isEmpty { return .number(tree.leaves[0].value) }
    if child < 0 { return .number(tree.leaves[Int(~child)].value) }
    let node = tree.nodes[Int(child)]
    return .choice(
      [
        (
          goesLeft(at: node, of: tree, features),
          leaf(of: tree, reachedBy: features, from: node.left)
        )
      ],
      otherwise: leaf(of: tree, reachedBy: features, from: node.right))
  }

  private static func goesLeft(
    at node: Tree.Node, of tree: Tree, _ features: SQLColumns
  ) -> SQLCondition {
    let x = features[Int(node.feature)]
    if node.isCategorical { return .isAmong(x, tree.leftPlaces(of: node)) }
    // No dialect but one has infinite numbers.
    let greatest = Double.greatestFiniteMagnitude
    let threshold = min(max(node.threshold, -greatest), greatest)
    let isBelow = SQLCondition.compare(x, .atMost, .number(threshold))
    return Tree.missingGoesLeft(at: node) ? .either(.isNull(x), isBelow) : isBelow
  }
}
