/// How a classifier does on a part of the rows.
public struct ScoreSlice: Sendable {
  /// The part's value of the column, or −1 for rows without one.
  public let code: Int
  public let rowCount: Int
  public let positiveCount: Int
  public let meanScore: Double
  /// The share of positives.
  public let rate: Double
  /// In the order of the metrics asked for; why not, where a metric is not defined in the part.
  public let values: [Result<Double, EvaluationError>]
  /// The part's rows, for what more is asked of them.
  public let scores: BinaryScores

  /// Evaluates each part of the rows that share a code, in ascending order of the code.
  ///
  /// Parts whose rows all have weight 0 are left out.
  ///
  /// - Parameters:
  ///   - codes: the part of each row: a level of a category, a segment.
  ///   - threshold: rows at or above it are predicted positive.
  /// - Throws: as `BinaryScores`, `.lengths` for codes.
  /// - Complexity: O(n + parts) beside the metrics.
  public static func evaluate(
    scores: [Double], labels: [Double], weights: [Double]? = nil, by codes: [Int],
    metrics: [ClassificationMetric], threshold: Double
  ) throws(EvaluationError) -> [ScoreSlice] {
    guard codes.count == scores.count else {
      throw .lengths(expected: scores.count, found: codes.count)
    }
    _ = try BinaryScores(scores: scores, labels: labels, weights: weights)
    let index = LabelIndex(codes)
    let rowsByCode = index.rowsByCode
    var slices: [ScoreSlice] = []
    for code in index.codesByLabel {
      let rows = rowsByCode[code]
      let partWeights = weights.map { weights in rows.map { weights[$0] } }
      if let partWeights, !partWeights.contains(where: { $0 > 0 }) { continue }
      let part = try BinaryScores(
        scores: rows.map { scores[$0] }, labels: rows.map { labels[$0] }, weights: partWeights)
      slices.append(
        ScoreSlice(
          code: index.labels[code], part, rows: rows, metrics: metrics, threshold: threshold))
    }
    return slices
  }

  private init(
    code: Int, _ part: BinaryScores, rows: [Int], metrics: [ClassificationMetric],
    threshold: Double
  ) {
    self.code = code
    rowCount = part.rowCount
    positiveCount = part.positiveCount
    meanScore = part.groups.meanScore
    rate = part.groups.baseRate
    scores = part
    values = metrics.map { metric in
      Result { () throws(EvaluationError) in
        try metric.value(part.groups, threshold: threshold)
      }.mapError {
        if case .notProbability(let row) = $0 { .notProbability(row: rows[row]) } else { $0 }
      }
    }
  }
}
