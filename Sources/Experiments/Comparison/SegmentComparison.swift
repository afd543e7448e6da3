package import Evaluation

/// Which segment of A became which of B, on the same rows.
public struct SegmentComparison: Hashable, Sendable, Encodable {
  /// A segment and the one of the other side most like it.
  public struct Match: Hashable, Sendable, Encodable {
    /// How much of it is left, on the scale of stability: more than ¾ alike, more than half, less.
    public enum Fate: String, Hashable, Sendable, Encodable { case kept, changed, dissolved }

    public let segment: Int
    public let rowCount: Int
    public let nearest: Int
    /// Rows in both over rows in either.
    public let jaccard: Double
    public let fate: Fate

    private enum CodingKeys: String, CodingKey {
      case segment, nearest, jaccard, fate
      case rowCount = "rows"
    }

    init(_ overlap: Agreement.Overlap) {
      segment = overlap.label
      rowCount = overlap.rowCount
      nearest = overlap.nearestLabel
      jaccard = overlap.jaccard
      fate = jaccard > 0.75 ? .kept : jaccard > 0.5 ? .changed : .dissolved
    }
  }

  public let rowCount: Int
  /// By segment number; empty where a side has no names.
  public let names: Pair<[String]>
  /// The Rand index corrected for chance: 1 for equal segments, about 0 for unrelated ones.
  public let adjustedRandIndex: Double
  /// Mutual information over the mean of the entropies, 0 to 1.
  public let mutualInformation: Double
  /// By segment of A.
  public let ofA: [Match]
  /// By segment of B.
  public let ofB: [Match]
  /// By segment of A, then of B; pairs without rows are absent.
  public let flows: [RowPairing]

  private enum CodingKeys: String, CodingKey {
    case flows, names
    case rowCount = "rows"
    case adjustedRandIndex = "adjusted_rand_index"
    case mutualInformation = "mutual_information"
    case ofA = "of_a"
    case ofB = "of_b"
  }

  /// Compares segments of the same rows in the same order.
  ///
  /// - Complexity: O(n log n).
  package init(
    _ a: RowLabels, _ b: RowLabels, names: Pair<[String]> = Pair([], [])
  ) throws(EvaluationError) {
    self.names = names
    rowCount = a.labels.count
    adjustedRandIndex = try Agreement.adjustedRandIndex(a.labels, b.labels)
    mutualInformation = try Agreement.normalizedMutualInformation(a.labels, b.labels)
    ofA = try Agreement.jaccard(of: a.labels, with: b.labels).map(Match.init)
    ofB = try Agreement.jaccard(of: b.labels, with: a.labels).map(Match.init)
    var flows: [RowPairing] = []
    let pairs = zip(a.labels, b.labels).sorted { $0 < $1 }
    var start = 0
    while start < pairs.count {
      var end = start + 1
      while end < pairs.count, pairs[end] == pairs[start] { end += 1 }
      flows.append(RowPairing(a: pairs[start].0, b: pairs[start].1, rowCount: end - start))
      start = end
    }
    self.flows = flows
  }
}
