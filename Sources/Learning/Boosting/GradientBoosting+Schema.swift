extension GradientBoosting {
  public static let schema = Schema<Self>(
    "gradient-boosting", "Gradient-boosted decision trees on histograms.",
    growth + sampled + penalties + binning + categories + constraints + control)

  private static let growth: [Field<Self>] = [
    .choice("objective", \.objective, "What is predicted: a 0/1 target, a number, or a count."),
    .integer(
      "num_iterations", \.iterations, .closed(1, 100_000), "Trees at most.",
      aliases: [
        "n_estimators", "num_trees", "iterations", "n_iter", "num_rounds", "nrounds", "max_iter",
        "num_round", "num_boost_round", "num_tree", "num_iteration",
      ]),
    .real(
      "learning_rate", \.learningRate, .aboveUpTo(0, 1_000_000),
      "Share of each tree's step that is taken.",
      aliases: ["shrinkage_rate", "eta"]),
    .integer(
      "num_leaves", \.leaves, .closed(2, 32_768), "Leaves of a tree at most.",
      aliases: ["num_leaf", "max_leaves", "max_leaf", "max_leaf_nodes"]),
    .integer(
      "max_depth", \.maxDepth, .closed(-1, 32_768),
      "Divisions above a leaf at most; -1 for no limit."),
    .integer(
      "min_data_in_leaf", \.minDataInLeaf, .closed(0, 1_000_000_000), "Fewest rows of a leaf.",
      aliases: [
        "min_data_per_leaf", "min_data", "min_child_samples", "min_samples_leaf",
      ]),
    .real(
      "min_sum_hessian_in_leaf", \.minHessianInLeaf, .atLeast(0),
      "Least sum of hessians of a leaf.",
      aliases: [
        "min_sum_hessian_per_leaf", "min_sum_hessian", "min_hessian", "min_child_weight",
      ]),
  ]

  private static let sampled: [Field<Self>] = [
    .real(
      "bagging_fraction", \.baggingFraction, .aboveUpTo(0, 1),
      "Share of the rows a tree learns from, drawn anew every bagging_freq trees.",
      aliases: ["sub_row", "subsample", "bagging"]),
    .integer(
      "bagging_freq", \.baggingFrequency, .closed(0, 100_000),
      "Trees per draw of rows; 0 uses all rows.",
      aliases: ["subsample_freq"]),
    .real(
      "feature_fraction", \.featureFraction, .aboveUpTo(0, 1),
      "Share of the columns a tree may use.",
      aliases: ["sub_feature", "colsample_bytree"]),
    .real(
      "feature_fraction_bynode", \.featureFractionByNode, .aboveUpTo(0, 1),
      "Share of a tree's columns that a node may use.",
      aliases: ["sub_feature_bynode", "colsample_bynode"]),
    .choice(
      "data_sample_strategy", \.sampling,
      "How rows are drawn: bagging, or goss, which keeps rows with great gradients."),
    .real("top_rate", \.topRate, .closed(0, 1), "goss: share of rows kept for their gradients."),
    .real("other_rate", \.otherRate, .closed(0, 1), "goss: share of rows drawn from the rest."),
  ]

  private static let penalties: [Field<Self>] = [
    .real(
      "lambda_l1", \.l1, .atLeast(0), "L1 penalty of leaf values.",
      aliases: ["reg_alpha", "l1_regularization"]),
    .real(
      "lambda_l2", \.l2, .atLeast(0), "L2 penalty of leaf values.",
      aliases: ["reg_lambda", "lambda", "l2_regularization"]),
    .real(
      "min_gain_to_split", \.minGain, .atLeast(0), "Least gain of a division.",
      aliases: ["min_split_gain"]),
    .real(
      "max_delta_step", \.maxDeltaStep, .atLeast(0),
      "Greatest absolute value of a leaf before shrinkage; 0 for no limit.",
      aliases: ["max_tree_output", "max_leaf_output"]),
  ]

  private static let binning: [Field<Self>] = [
    .integer(
      "max_bin", \.maxBins, .closed(2, 255), "Bins of a column at most.", aliases: ["max_bins"]),
    .integer("min_data_in_bin", \.minDataInBin, .closed(1, 1_000_000_000), "Fewest rows of a bin."),
    .integer(
      "bin_construct_sample_cnt", \.binSample, .closed(1, 1_000_000_000),
      "Rows looked at to choose bins.", aliases: ["subsample_for_bin"]),
    .flag("use_missing", \.usesMissing, "Whether missing values have a way of their own."),
    .flag("zero_as_missing", \.zeroIsMissing, "Whether zeros count as missing."),
    .choice(
      "histograms", \.histograms,
      "Sums of derivatives: quantized to whole numbers, or exact doubles as LightGBM adds them."),
  ]

  private static let categories: [Field<Self>] = [
    .choice(
      "categories", \.categoryTreatment,
      "Columns of categories: sets found at every node, statistics (the mean target of each category "
        + "over earlier rows of a random order), or automatic by their number."),
    .integer(
      "min_levels_for_statistics", \.statisticsFromLevels, .closed(2, 1_000_000_000),
      "automatic: statistics from this many categories on."),
    .real(
      "statistics_l2", \.statisticsL2, .atLeast(0),
      "Further L2 penalty of all leaf values where a column stands by statistics of its categories."
    ),
    .integer(
      "max_cat_threshold", \.maxCategoriesPerSplit, .closed(1, 255),
      "Categories of a set that goes left at most."),
    .real(
      "cat_l2", \.categoryL2, .atLeast(0), "Further L2 penalty of categorical divisions."),
    .real(
      "cat_smooth", \.categorySmoothing, .atLeast(0),
      "Smooths the order of categories; rarer ones than this are not considered."),
    .integer(
      "max_cat_to_onehot", \.maxOneHotCategories, .closed(1, 255),
      "Up to this many bins categories are tried one against the rest."),
    .integer(
      "min_data_per_group", \.minDataPerGroup, .closed(1, 1_000_000_000),
      "Fewest rows by which sets of categories grow."),
  ]

  private static let constraints: [Field<Self>] = [
    .value(
      "monotone_constraints", \.monotone,
      "Per column 1 where predictions must not fall with it, -1 where not rise, 0 where free.",
      aliases: ["mc", "monotone_constraint", "monotonic_cst"]),
    .value(
      "interaction_constraints", \.interactions,
      "Sets of column numbers (from 0) that may meet in one path; other columns are not used."),
  ]

  private static let control: [Field<Self>] = [
    .real(
      "scale_pos_weight", \.positiveWeight, .aboveUpTo(0, 1_000_000),
      "binary: weight of rows labelled 1."
    ),
    .flag(
      "is_unbalance", \.isUnbalanced, "binary: weigh the rarer label up to the other's total.",
      aliases: ["unbalance", "unbalanced_sets"]),
    .flag("boost_from_average", \.startsFromAverage, "Whether scores start at the best constant."),
    .real(
      "poisson_max_delta_step", \.poissonMaxDeltaStep, .aboveUpTo(0, 100),
      "poisson: logarithm of the factor by which hessians are enlarged."),
    .integer(
      "early_stopping_round", \.earlyStoppingRounds, .closed(0, 100_000),
      "Trees without improvement on the validation part before stopping; 0 never stops.",
      aliases: ["early_stopping_rounds", "early_stopping", "n_iter_no_change"]),
    .real(
      "early_stopping_min_delta", \.earlyStoppingMinDelta, .atLeast(0),
      "What counts as an improvement."),
    .real(
      "validation_fraction", \.validationFraction, .closed(0.001, 0.9),
      "Share of the rows kept for early stopping where no validation part is given."),
  ]
}
