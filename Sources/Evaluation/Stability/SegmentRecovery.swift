/// How one replicate brings the segments of a clustering back.
public struct SegmentRecovery: Hashable, Sendable {
  /// For each segment 0 ..< segmentCount the Jaccard similarity of its compared rows with the most similar
  /// segment of the replicate; 0 for one that no compared row belongs to.
  public let similarities: [Double]
  /// The same of the rows in no segment, which are compared with the replicate's alone; nil where the
  /// clustering has none.
  public let noiseSimilarity: Double?
  /// Of the compared rows; rows in no segment count as one more segment.
  public let adjustedRandIndex: Double
  /// The rows that were compared.
  public let rowCount: Int

  /// Compares the labels of a clustering with those of a replicate, from one table of their overlaps.
  ///
  /// - Parameters:
  ///   - reference: the labels of all rows, −1 or below `segmentCount`.
  ///   - rows: for each row of the replicate its place in `reference`; −1 for rows that are not compared.
  ///   - labels: of the replicate's rows.
  /// - Throws: `.lengths` when `rows` and `labels` differ in length.
  /// - Complexity: O(n).
  /// - Source: Hennig (2007), as in R's fpc.
  public init(
    of reference: [Int], segmentCount: Int, rows: [Int], labels: [Int]
  ) throws(EvaluationError) {
    guard rows.count == labels.count else {
      throw .lengths(expected: rows.count, found: labels.count)
    }
    var (expected, found): ([Int], [Int]) = ([], [])
    expected.reserveCapacity(rows.count)
    found.reserveCapacity(rows.count)
    for (row, label) in zip(rows, labels) where row >= 0 {
      expected.append(reference[row])
      found.append(label)
    }
    let table = try ContingencyTable(expected, found)
    var similarities = [Double](repeating: 0, count: segmentCount)
    var noise: Double?
    for cell in table.cells {
      let (label, other) = (
        table.firstIndex.labels[cell.first], table.secondIndex.labels[cell.second]
      )
      if similarities.indices.contains(label), other >= 0 {
        similarities[label] = max(similarities[label], table.jaccard(of: cell))
      } else if label < 0, other < 0 {
        noise = table.jaccard(of: cell)
      }
    }
    self.similarities = similarities
    noiseSimilarity = noise ?? (reference.contains { $0 < 0 } ? 0 : nil)
    adjustedRandIndex = table.adjustedRandIndex
    rowCount = expected.count
  }
  /// A replicate that came to nothing: no segment is found again and nothing agrees.
  public init(losing reference: [Int], segmentCount: Int) {
    similarities = [Double](repeating: 0, count: segmentCount)
    noiseSimilarity = reference.contains { $0 < 0 } ? 0 : nil
    adjustedRandIndex = 0
    rowCount = 0
  }
}
