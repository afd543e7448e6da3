internal import CLibrary

/// How far two labelings of the same rows agree, whatever the names of their clusters.
///
/// Every label is a cluster, −1 too. All figures are symmetric, unless said otherwise, and come from one
/// table of overlaps in O(n) time and memory.
public enum Agreement {
  /// The Rand index corrected for chance (Hubert and Arabie, 1985).
  ///
  /// With pairs of rows counted by whether each labeling puts them together (a: both, b and c: only one,
  /// d: neither), ARI = 2 (a·d − b·c) / ((a + b)(b + d) + (a + c)(c + d)): 1 for equal partitions,
  /// about 0 for independent ones, down to −½. Pairs and products are exact integers; one division rounds.
  /// Two labelings that are equal up to names have 1, also where both are trivial or empty.
  ///
  /// - Throws: `.lengths` when the labelings differ in length.
  /// - Source: Checked against: fixture `agreement.json` (scikit-learn 1.9.1).
  public static func adjustedRandIndex(_ a: [Int], _ b: [Int]) throws(EvaluationError) -> Double {
    try ContingencyTable(a, b).adjustedRandIndex
  }

  /// Mutual information divided by the arithmetic mean of the two entropies.
  ///
  /// I = Σ p(i, j) log (p(i, j) / p(i) p(j)), from 0 (independent) to 1 (equal up to names). Two labelings
  /// that are equal up to names have 1, also where both are trivial or empty.
  ///
  /// - Throws: `.lengths` when the labelings differ in length.
  /// - Source: Checked against: fixture `agreement.json` (scikit-learn 1.9.1).
  public static func normalizedMutualInformation(_ a: [Int], _ b: [Int]) throws(EvaluationError)
    -> Double
  {
    let table = try ContingencyTable(a, b)
    if table.isIdentity { return 1 }
    let (first, second) = (table.firstIndex.counts, table.secondIndex.counts)
    if first.count == 1 || second.count == 1 { return 0 }
    let n = Double(table.rowCount)
    var information = 0.0
    for cell in table.cells {
      let count = Double(cell.count)
      let expected = Double(first[cell.first]) * Double(second[cell.second]) / n
      information += count / n * log(count / expected)
    }
    let entropies = entropy(of: first, rows: n) + entropy(of: second, rows: n)
    return min(1, max(0, information / (entropies / 2)))
  }

  /// A cluster and the cluster of another labeling most like it.
  public struct Overlap: Hashable, Sendable {
    public let label: Int
    public let rowCount: Int
    /// The other labeling's cluster of greatest Jaccard similarity; the smaller label among equals.
    public let nearestLabel: Int
    /// |both| / |either|, from 0 to 1.
    public let jaccard: Double
  }

  /// For each cluster of `labels`, ascending, the most similar cluster of `others`.
  ///
  /// Not symmetric.
  ///
  /// - Throws: `.lengths` when the labelings differ in length.
  /// - Source: Hennig (2007), the similarity behind cluster-wise stability.
  public static func jaccard(of labels: [Int], with others: [Int]) throws(EvaluationError)
    -> [Overlap]
  {
    let table = try ContingencyTable(labels, others)
    var best = [Overlap?](repeating: nil, count: table.firstIndex.counts.count)
    for cell in table.cells {
      let overlap = Overlap(
        label: table.firstIndex.labels[cell.first],
        rowCount: table.firstIndex.counts[cell.first],
        nearestLabel: table.secondIndex.labels[cell.second], jaccard: table.jaccard(of: cell))
      if best[cell.first].map({ overlap.isNearer(than: $0) }) ?? true {
        best[cell.first] = overlap
      }
    }
    return table.firstIndex.codesByLabel.compactMap { best[$0] }
  }

  private static func entropy(of counts: [Int], rows: Double) -> Double {
    counts.reduce(0) { $0 - Double($1) / rows * log(Double($1) / rows) }
  }
}

extension Agreement.Overlap {
  fileprivate func isNearer(than other: Self) -> Bool {
    jaccard > other.jaccard || (jaccard == other.jaccard && nearestLabel < other.nearestLabel)
  }
}
