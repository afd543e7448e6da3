public import Learning
public import Tabular

extension EncodingOptions: Parameterized {
  public static let schema = Schema<Self>(
    "encode", "Turns columns into numbers: fills gaps, spreads categories over columns.",
    [
      .choice(
        "numeric_imputation", \.numericImputation,
        "What stands for a missing number; refuse fails instead.", aliases: ["numeric"]),
      .flag(
        "missing_indicators", \.missingIndicators,
        "Adds a column that says where a number was missing."),
      .choice(
        "category_coding", \.categoryCoding,
        "one-hot: a column per level; ordinal: one column of level numbers.",
        aliases: ["categories"]),
      .choice(
        "category_imputation", \.categoryImputation,
        "What stands for a missing level; refuse fails instead."),
      .real(
        "rare_share", \.rareShare, .closed(0, 1),
        "Levels of a smaller share of rows are pooled into one.", aliases: ["min_frequency"]),
      .integer(
        "rare_rows", \.rareRows, .closed(1, 1_000_000_000),
        "Levels of fewer rows are pooled too, and their names are not kept."),
      .integer(
        "maximum_levels", \.maximumLevels, .closed(2, 10_000),
        "The most levels a category keeps, the pool among them.",
        aliases: ["max_levels", "max_categories"]),
      .choice(
        "unseen_levels", \.unseenLevels,
        "What becomes of a level met only in scoring: it joins the pool, counts as missing, or is "
          + "refused.", aliases: ["handle_unknown"]),
    ])
}
