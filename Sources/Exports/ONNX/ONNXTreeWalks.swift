/// `TreeEnsemble` by its attributes: one target, summed.
struct ExactTreeWalk {
  private let node: ONNXGraph.Node
  private let modes: [UInt8]
  /// The members of each node's set.
  private let sets: [Set<Double>]

  init(_ node: ONNXGraph.Node) {
    self.node = node
    guard case .tensor(let tensor)? = node["nodes_modes"], case .bytes(let modes) = tensor.values
    else { preconditionFailure("modes are bytes") }
    self.modes = modes
    var members = node.doubles("membership_values")[...]
    sets = modes.map { mode in
      guard mode == 6 else { return [] }
      let own = members.prefix { !$0.isNaN }
      members = members.dropFirst(own.count + 1)
      return Set(own)
    }
  }

  func sums(_ x: ONNXTensor) -> ONNXTensor {
    let (rows, width) = (x.doubles, x.shape[1])
    let features = node.integers("nodes_featureids")
    let (thresholds, leaves) = (node.doubles("nodes_splits"), node.doubles("leaf_weights"))
    let missing = node.integers("nodes_missing_value_tracks_true")
    let left = (node.integers("nodes_truenodeids"), node.integers("nodes_trueleafs"))
    let right = (node.integers("nodes_falsenodeids"), node.integers("nodes_falseleafs"))
    let roots = node.integers("tree_roots")
    let sums = (0..<x.shape[0]).map { row in
      roots.reduce(0.0) { sum, root in
        var (place, isLeaf) = (Int(root), false)
        while !isLeaf {
          let value = rows[row * width + Int(features[place])]
          let goesLeft =
            modes[place] == 6
            ? sets[place].contains(value)
            : value <= thresholds[place] || (value.isNaN && missing[place] == 1)
          let side = goesLeft ? left : right
          (place, isLeaf) = (Int(side.0[place]), side.1[place] == 1)
        }
        return sum + leaves[place]
      }
    }
    return ONNXTensor([x.shape[0], 1], .doubles(sums))
  }
}

/// `TreeEnsembleRegressor` by its attributes: sums of doubles that come out as floats.
struct WideTreeWalk {
  private let node: ONNXGraph.Node
  /// Where the entry of a tree and a node stands, trees one behind the other.
  private var starts: [Int] = []
  private var weights: [[Double]]
  private let targetCount: Int

  init(_ node: ONNXGraph.Node) {
    self.node = node
    targetCount = Int(node.integer("n_targets"))
    let trees = node.integers("nodes_treeids")
    for (place, tree) in trees.enumerated() where starts.count == Int(tree) {
      starts.append(place)
    }
    weights = [[Double]](repeating: [], count: trees.count)
    let values = node.doubles("target_weights_as_tensor")
    let targets = zip(node.integers("target_treeids"), node.integers("target_nodeids"))
    for ((tree, own), value) in zip(targets, values) {
      weights[starts[Int(tree)] + Int(own)].append(value)
    }
  }

  func sums(_ x: ONNXTensor) -> ONNXTensor {
    let (rows, width) = (x.doubles, x.shape[1])
    guard case .texts(let modes)? = node["nodes_modes"] else {
      preconditionFailure("modes are texts")
    }
    let features = node.integers("nodes_featureids")
    let thresholds = node.doubles("nodes_values_as_tensor")
    let missing = node.integers("nodes_missing_value_tracks_true")
    let left = node.integers("nodes_truenodeids")
    let right = node.integers("nodes_falsenodeids")
    var sums: [Float] = []
    for row in 0..<x.shape[0] {
      var own = [Double](repeating: 0, count: targetCount)
      for start in starts {
        var place = start
        while modes[place] != "LEAF" {
          let value = rows[row * width + Int(features[place])]
          let holds =
            modes[place] == "BRANCH_EQ" ? value == thresholds[place] : value <= thresholds[place]
          let goesLeft = holds || (value.isNaN && missing[place] == 1)
          place = start + Int(goesLeft ? left[place] : right[place])
        }
        for target in own.indices { own[target] += weights[place][target] }
      }
      sums += own.map { Float($0) }
    }
    return ONNXTensor([x.shape[0], targetCount], .floats(sums))
  }
}
