public import Learning
public import Tabular

extension ColumnOptions: Parameterized {
  public static let schema = Schema<Self>(
    "columns", "Reads columns as they are: numbers with gaps, categories.",
    [
      .integer(
        "rare_rows", \.rareRows, .closed(1, 1_000_000_000),
        "Levels of fewer rows are pooled into one, and their names are not kept.",
        aliases: ["min_frequency"]),
      .integer(
        "maximum_levels", \.maximumLevels, .closed(1, 10_000_000),
        "The most levels a category keeps; the rarest are pooled.", aliases: ["max_levels"]),
      .choice(
        "unseen_levels", \.unseenLevels,
        "What becomes of a level met only in scoring: it joins the pool or counts as missing, or is "
          + "refused.", aliases: ["handle_unknown"]),
    ])
}
