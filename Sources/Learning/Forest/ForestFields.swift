/// The parameters that trees and forests share.
enum ForestFields {
  typealias Path<Owner, Value> = any WritableKeyPath<Owner, Value> & Sendable

  static func trees<Owner>(_ path: Path<Owner, Int>) -> Field<Owner> {
    .integer(
      "n_estimators", path, .closed(1, 100_000), "Trees.",
      aliases: ["num_iterations", "num_trees", "n_trees", "trees", "num_boost_round"])
  }

  static func leaves<Owner>(_ path: Path<Owner, TreeLimit>) -> Field<Owner> {
    .value(
      "max_leaf_nodes", path, "Leaves of a tree at most.",
      aliases: ["num_leaves", "max_leaves", "max_leaf"])
  }

  static func depth<Owner>(_ path: Path<Owner, TreeLimit>) -> Field<Owner> {
    .value("max_depth", path, "Divisions above a leaf at most.")
  }

  static func leastRows<Owner>(_ path: Path<Owner, LeafRows>) -> Field<Owner> {
    .value(
      "min_samples_leaf", path,
      "Fewest rows of a leaf; auto is one in ten thousand rows, at least two.",
      aliases: ["min_data_in_leaf", "min_child_samples", "min_node_size"])
  }

  static func columnsPerNode<Owner>(_ path: Path<Owner, ColumnsPerNode>) -> Field<Owner> {
    .value(
      "max_features", path, "Columns that each node looks at, drawn anew.",
      aliases: ["feature_fraction_bynode", "colsample_bynode", "mtry"])
  }

  static func bootstrap<Owner>(_ path: Path<Owner, Bool>) -> Field<Owner> {
    .flag("bootstrap", path, "Whether rows are drawn with replacement for each tree.")
  }

  static func rowShare<Owner>(_ path: Path<Owner, Double>) -> Field<Owner> {
    .real(
      "max_samples", path, .aboveUpTo(0, 1),
      "Rows drawn for each tree, as a share of all; without bootstrap none is drawn twice.",
      aliases: ["bagging_fraction", "subsample", "sample_fraction"])
  }

  static func criterion<Owner>(_ path: Path<Owner, SplitCriterion>) -> Field<Owner> {
    .choice("criterion", path, "What divisions lower: gini or entropy.")
  }

  static func classWeights<Owner>(
    _ path: Path<Owner, LogisticRegression.ClassWeights>
  ) -> Field<Owner> {
    .choice(
      "class_weights", path,
      "balanced gives both classes the same total weight in the choice of divisions; probabilities are "
        + "without it.",
      aliases: ["class_weight"])
  }

  static func maxBins<Owner>(_ path: Path<Owner, Int>) -> Field<Owner> {
    .integer(
      "max_bin", path, .closed(2, 255), "Bins of a column at most.", aliases: ["max_bins"])
  }
}
