public import Evaluation

/// What a clustering is good for, beside how well its segments are apart.
public enum UsefulnessMeasure: String, CaseIterable, Sendable {
  case valueSpread = "value_spread"
  case describability
  case scoringCost = "scoring_cost"

  public var direction: Direction { self == .scoringCost ? .lowerIsBetter : .higherIsBetter }

  public var summary: String {
    switch self {
    case .valueSpread:
      "η²: the share of the value column’s variance that lies between segments, from 0 to 1. Rows "
        + "without a value are left out, rows in no segment count as a group of their own."
    case .describability:
      "How well a tree of at most three questions about the original columns re-creates the "
        + "segments: the mean over segments of the share of rows that it finds, every segment "
        + "counting the same, rows in no segment being one more. Each row is asked by a tree "
        + "that had not seen it (five folds)."
    case .scoringCost:
      "How many numbers a row is compared with or multiplied by until it has its segment or score: "
        + "all that a clustering keeps, the coefficients of a linear model, the mean path through "
        + "trees; from the shape of the model, not from a clock."
    }
  }
}
