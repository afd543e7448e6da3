import Learning

extension ONNXGraph {
  /// The sum of the leaves that each row reaches, tree after tree.
  mutating func sum(of trees: [Tree], over x: Value) -> Value {
    switch profile {
    case .exact:
      squeeze(
        add(
          "TreeEnsemble", [x], ExactTrees(trees).attributes, isMachineLearning: true), axis: 1)
    case .wide:
      // What comes out is a pair of floats: a coarse part that floats hold exactly and the small rest.
      sum(
        cast(
          add(
            "TreeEnsembleRegressor", [x], WideTrees(trees).attributes, isMachineLearning: true),
          to: .double), axis: 1)
    }
  }
}

/// Trees as the attributes of `TreeEnsemble` (ai.onnx.ml 5).
///
/// Nodes of all trees stand in one list, leaves in another. A tree of one leaf is a node whose branches lead to two
/// leaves of its value: onnxruntime takes a root whose branches lead to one for that leaf, but looks it up by the
/// number of the root.
private struct ExactTrees {
  /// Comparisons by their numbers in the format.
  private enum Mode: UInt8 { case atMost = 0, member = 6 }

  private var roots: [Int64] = []
  private var features: [Int64] = []
  private var modes: [Mode] = []
  private var thresholds: [Double] = []
  private var missing: [Int64] = []
  private var branches: [(child: Int64, isLeaf: Int64)] = []
  private var otherwise: [(child: Int64, isLeaf: Int64)] = []
  private var leaves: [Double] = []
  /// The members of each node's set, closed by NaN.
  private var members: [Double] = []

  init(_ trees: [Tree]) {
    for tree in trees { append(tree) }
  }

  private mutating func append(_ tree: Tree) {
    let (firstNode, firstLeaf) = (Int64(features.count), Int64(leaves.count))
    let count = tree.leaves.count
    let turn = Self.turn(of: tree, firstNode, firstLeaf)
    roots.append(firstNode)
    leaves += (0..<count).map { tree.leaves[($0 + turn) % count].value }
    func place(_ child: Int32) -> (Int64, Int64) {
      if child >= 0 { return (firstNode + Int64(child), 0) }
      return (firstLeaf + Int64((Int(~child) + count - turn) % count), 1)
    }
    if tree.nodes.isEmpty {
      append(feature: 0, .atMost, threshold: 0, missingGoesLeft: false)
      branches.append((firstLeaf, 1))
      otherwise.append((firstLeaf + 1, 1))
      leaves.append(leaves[leaves.count - 1])
    }
    for node in tree.nodes {
      if node.isCategorical {
        append(feature: node.feature, .member, threshold: 0, missingGoesLeft: false)
        let places = tree.leftPlaces(of: node)
        // onnxruntime refuses an empty set; no position is negative.
        members += (places.isEmpty ? [-1] : places).map(Double.init) + [.nan]
      } else {
        append(
          feature: node.feature, .atMost, threshold: node.threshold,
          missingGoesLeft: Tree.missingGoesLeft(at: node))
      }
      branches.append(place(node.left))
      otherwise.append(place(node.right))
    }
  }

  /// By how many places the leaves of a tree move on in the list: 1 where a node and a leaf below the root would
  /// have one number, else 0.
  ///
  /// Versions of onnxruntime take such a root for a leaf.
  private static func turn(of tree: Tree, _ firstNode: Int64, _ firstLeaf: Int64) -> Int {
    guard let root = tree.nodes.first, (root.left < 0) != (root.right < 0) else { return 0 }
    let (node, leaf) = (max(root.left, root.right), ~min(root.left, root.right))
    return firstNode + Int64(node) == firstLeaf + Int64(leaf) ? 1 : 0
  }

  private mutating func append(
    feature: Int32, _ mode: Mode, threshold: Double, missingGoesLeft: Bool
  ) {
    features.append(Int64(feature))
    modes.append(mode)
    thresholds.append(threshold)
    missing.append(missingGoesLeft ? 1 : 0)
  }

  var attributes: [(name: String, value: ONNXGraph.Attribute)] {
    var attributes: [(name: String, value: ONNXGraph.Attribute)] = [
      ("n_targets", .integer(1)), ("aggregate_function", .integer(1)),
      ("post_transform", .integer(0)), ("tree_roots", .integers(roots)),
      ("nodes_featureids", .integers(features)),
      ("nodes_modes", .tensor(ONNXTensor([modes.count], .bytes(modes.map(\.rawValue))))),
      ("nodes_splits", .tensor(.vector(thresholds))),
      ("nodes_missing_value_tracks_true", .integers(missing)),
      ("nodes_truenodeids", .integers(branches.map(\.child))),
      ("nodes_trueleafs", .integers(branches.map(\.isLeaf))),
      ("nodes_falsenodeids", .integers(otherwise.map(\.child))),
      ("nodes_falseleafs", .integers(otherwise.map(\.isLeaf))),
      ("leaf_targetids", .integers([Int64](repeating: 0, count: leaves.count))),
      ("leaf_weights", .tensor(.vector(leaves))),
    ]
    if !members.isEmpty { attributes.append(("membership_values", .tensor(.vector(members)))) }
    return attributes
  }
}

/// Trees as the attributes of `TreeEnsembleRegressor` (ai.onnx.ml 3).
///
/// It has no sets: a node of one is a chain of comparisons with its members, all leading to the same child.
private struct WideTrees {
  private enum Mode: String {
    case atMost = "BRANCH_LEQ"
    case equal = "BRANCH_EQ"
    case leaf = "LEAF"
  }

  private var trees: [Int64] = []
  private var nodes: [Int64] = []
  private var features: [Int64] = []
  private var modes: [Mode] = []
  private var thresholds: [Double] = []
  private var missing: [Int64] = []
  private var branches: [Int64] = []
  private var otherwise: [Int64] = []
  private var leaves: [(tree: Int64, node: Int64, value: Double)] = []

  init(_ trees: [Tree]) {
    for (number, tree) in trees.enumerated() { append(tree, number: Int64(number)) }
  }

  /// Numbers a tree's entries: chains of comparisons in the order of the nodes, then the leaves.
  private mutating func append(_ tree: Tree, number: Int64) {
    let sets = tree.nodes.map { $0.isCategorical ? tree.leftPlaces(of: $0) : [] }
    var starts: [Int64] = []
    var next: Int64 = 0
    for set in sets {
      starts.append(next)
      next += Int64(max(set.count, 1))
    }
    func place(_ child: Int32) -> Int64 {
      child < 0 ? next + Int64(~child) : starts[Int(child)]
    }
    for (index, node) in tree.nodes.enumerated() {
      let (left, right) = (place(node.left), place(node.right))
      guard node.isCategorical else {
        let goesLeft = Tree.missingGoesLeft(at: node)
        append(number, starts[index], node.feature, .atMost, node.threshold, goesLeft, left, right)
        continue
      }
      // No position is negative: an empty set has no member.
      let members = sets[index].isEmpty ? [-1] : sets[index]
      for (link, member) in members.enumerated() {
        let own = starts[index] + Int64(link)
        let rest = link == members.count - 1 ? right : own + 1
        append(number, own, node.feature, .equal, Double(member), false, left, rest)
      }
    }
    for (leaf, value) in tree.leaves.map(\.value).enumerated() {
      append(number, next + Int64(leaf), 0, .leaf, 0, false, 0, 0)
      leaves.append((number, next + Int64(leaf), value))
    }
  }

  private mutating func append(
    _ tree: Int64, _ node: Int64, _ feature: Int32, _ mode: Mode, _ threshold: Double,
    _ missingGoesLeft: Bool, _ left: Int64, _ right: Int64
  ) {
    trees.append(tree)
    nodes.append(node)
    features.append(Int64(feature))
    modes.append(mode)
    thresholds.append(threshold)
    missing.append(missingGoesLeft ? 1 : 0)
    branches.append(left)
    otherwise.append(right)
  }

  /// The leaves' values on a grid so coarse that a float holds any sum of them, and what that leaves.
  private var parts: [(coarse: Double, rest: Double)] {
    var reach = [Double](repeating: 0, count: Int(trees.last ?? 0) + 1)
    for leaf in leaves { reach[Int(leaf.tree)] = max(reach[Int(leaf.tree)], abs(leaf.value)) }
    let total = reach.reduce(0, +)
    guard total > 0 else { return leaves.map { ($0.value, 0) } }
    // 2²³ steps up to twice the greatest sum: a float counts to 2²⁴.
    let step = total.binade * 4 * 0x1p-23
    return leaves.map { leaf in
      let coarse = (leaf.value / step).rounded() * step
      return (coarse, leaf.value - coarse)
    }
  }

  var attributes: [(name: String, value: ONNXGraph.Attribute)] {
    let weights = parts.flatMap { [$0.coarse, $0.rest] }
    return [
      ("n_targets", .integer(2)), ("aggregate_function", .text("SUM")),
      ("post_transform", .text("NONE")), ("nodes_treeids", .integers(trees)),
      ("nodes_nodeids", .integers(nodes)), ("nodes_featureids", .integers(features)),
      ("nodes_modes", .texts(modes.map(\.rawValue))),
      ("nodes_values_as_tensor", .tensor(.vector(thresholds))),
      ("nodes_missing_value_tracks_true", .integers(missing)),
      ("nodes_truenodeids", .integers(branches)), ("nodes_falsenodeids", .integers(otherwise)),
      ("target_treeids", .integers(leaves.flatMap { [$0.tree, $0.tree] })),
      ("target_nodeids", .integers(leaves.flatMap { [$0.node, $0.node] })),
      ("target_ids", .integers(leaves.flatMap { _ in [0, 1] })),
      ("target_weights_as_tensor", .tensor(.vector(weights))),
    ]
  }
}
