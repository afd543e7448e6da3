public import Learning

/// The answers to a table, row by row.
public struct SegmentScores: RowScores {
  /// The segment's number (−1 for none) and what goes with it.
  public let assignments: Assignments
  /// Nil unless the rows pass principal components.
  public let reconstructionErrors: [Double]?
  public let statuses: [RowStatus]
  public let summary: ScoringSummary
}
