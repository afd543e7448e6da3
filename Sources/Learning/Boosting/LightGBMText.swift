/// A boosting model as LightGBM's text, so that either program predicts with the other's model.
///
/// Version 4 of the format, one tree per iteration. Written models carry what prediction, explanation and
/// importance need; of the training parameters `scale_pos_weight` alone, where events counted more. Spaces
/// in column names become underscores, as LightGBM has it. Categories stand as their codes.
extension GradientBoostingModel {
  public var lightGBMText: String {
    let bodies = trees.enumerated().map { LightGBMTree.text($1, number: $0) }
    var lines = [
      "tree", "version=v4", "num_class=1", "num_tree_per_iteration=1", "label_index=0",
      "max_feature_idx=\(features.count - 1)", "objective=\(objective.lightGBMName)",
      "feature_names=" + features.map { LightGBMTree.name($0.name) }.joined(separator: " "),
      "feature_infos=" + features.map(LightGBMTree.info).joined(separator: " "),
      "tree_sizes=" + bodies.map { "\($0.utf8.count)" }.joined(separator: " "), "", "",
    ]
    lines[lines.count - 1] = bodies.joined() + "end of trees"
    lines += ["", "feature_importances:"]
    let splits = importance.splits
    let used = features.indices.filter { splits[$0] > 0 }
    for index in used.sorted(by: { (splits[$0], $1) > (splits[$1], $0) }) {
      lines.append("\(LightGBMTree.name(features[index].name))=\(splits[index])")
    }
    lines += ["", "parameters:"] + (oddsFactor == 1 ? [] : ["[scale_pos_weight: \(oddsFactor)]"])
    lines += ["", "end of parameters", "", "pandas_categorical:null", ""]
    return lines.joined(separator: "\n")
  }
}

extension BoostingObjective {
  fileprivate var lightGBMName: String {
    switch self {
    case .binary: "binary sigmoid:1"
    case .regression: "regression"
    case .poisson: "poisson"
    }
  }
}

/// The parts of the text.
enum LightGBMTree {
  /// LightGBM has no infinite thresholds.
  static let greatest = 1e300

  static func name(_ name: String) -> String {
    String(name.map { $0.isWhitespace ? "_" : $0 })
  }

  static func info(_ feature: BoostingFeature) -> String {
    switch feature.kind {
    case .number(let range):
      range.map { "[\($0.lowerBound):\($0.upperBound)]" } ?? "none"
    case .category(let levels):
      levels.isEmpty ? "none" : (["-1"] + levels.indices.map { "\($0)" }).joined(separator: ":")
    }
  }

  static func text(_ tree: Tree, number: Int) -> String {
    let (nodes, leaves) = (tree.nodes, tree.leaves)
    func line(_ key: String, _ values: [some CustomStringConvertible]) -> String {
      key + "=" + values.map(\.description).joined(separator: " ")
    }
    var lines = [
      "Tree=\(number)", "num_leaves=\(leaves.count)", "num_cat=\(tree.categorySets.count)",
      line("split_feature", nodes.map(\.feature)), line("split_gain", nodes.map(\.gain)),
      line("threshold", nodes.map(threshold)), line("decision_type", nodes.map(decision)),
      line("left_child", nodes.map(\.left)), line("right_child", nodes.map(\.right)),
      line("leaf_value", leaves.map(\.value)), line("leaf_weight", leaves.map(\.weight)),
      line("leaf_count", leaves.map(\.count)), line("internal_value", nodes.map(\.value)),
      line("internal_weight", nodes.map(\.weight)), line("internal_count", nodes.map(\.count)),
    ]
    if !tree.categorySets.isEmpty {
      var boundaries = [0]
      for set in tree.categorySets {
        boundaries.append(boundaries[boundaries.count - 1] + set.count)
      }
      lines.append(line("cat_boundaries", boundaries))
      lines.append(line("cat_threshold", tree.categorySets.flatMap { $0 }))
    }
    lines += ["is_linear=0", "shrinkage=\(tree.shrinkage)", "", "", ""]
    return lines.joined(separator: "\n")
  }

  private static func threshold(_ node: Tree.Node) -> String {
    if node.isCategorical { return "\(node.categorySet)" }
    return "\(min(max(node.threshold, -greatest), greatest))"
  }

  /// Bit 0 for categories, bit 1 for missing values on the left, then which values are missing.
  private static func decision(_ node: Tree.Node) -> Int {
    (node.isCategorical ? 1 : 0) | (node.missingGoesLeft ? 2 : 0)
      | Int(node.missing.rawValue) << 2
  }
}
