import Learning

extension SQLQuery {
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
  /// One CASE asks its way along the branches of higher order and has what leaves them behind THEN, of lower
  /// order. Orders grow by one where two equal ones meet, so cases nest no deeper than the logarithm of the number
  /// of leaves: the parser of SQLite holds a hundred symbols, which are twelve cases.
  private static func leaf(
    of tree: Tree, reachedBy features: SQLColumns, from child: Int32
  ) -> SQLExpression {
    if tree.nodes.isEmpty { return .number(tree.leaves[0].value) }
    let orders = orders(of: tree)
    func order(_ child: Int32) -> Int { child < 0 ? 0 : orders[Int(child)] }
    func leaf(from child: Int32) -> SQLExpression {
      var branches: [(when: SQLCondition, then: SQLExpression)] = []
      var child = child
      while child >= 0 {
        let node = tree.nodes[Int(child)]
        if order(node.left) > order(node.right) {
          branches.append((goesRight(at: node, of: tree, features), leaf(from: node.right)))
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

  /// The order of each node as Strahler gives it to rivers.
  ///
  /// That of the greater branch, one more if both are equal, 0 for leaves. Children have greater numbers than
  /// their parents.
  private static func orders(of tree: Tree) -> [Int] {
    var orders = [Int](repeating: 1, count: tree.nodes.count)
    func order(_ child: Int32) -> Int { child < 0 ? 0 : orders[Int(child)] }
    for (index, node) in tree.nodes.enumerated().reversed() {
      let (left, right) = (order(node.left), order(node.right))
      orders[index] = left == right ? left + 1 : max(left, right)
    }
    return orders
  }

  /// What a value fulfils that does not go left.
  private static func goesRight(
    at node: Tree.Node, of tree: Tree, _ features: SQLColumns
  ) -> SQLCondition {
    let x = features[Int(node.feature)]
    if node.isCategorical { return .either(.isNull(x), .isNotAmong(x, tree.leftPlaces(of: node))) }
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
