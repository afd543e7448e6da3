/// Which segments of a clustering come back when its rows are varied.
///
/// A segment that owes its rows to chance is put together differently by every replicate. The mean of
/// its similarities says how far to trust it; `Reading` has the usual words.
///
/// - Source: Hennig (2007), Cluster-wise assessment of cluster stability. Checked against: fixture
///   `stability.json` (R's fpc 2.2).
public struct ClusterStability: Hashable, Sendable, Codable {
  /// A replicate in which a segment's similarity is at most this has lost it.
  public static let dissolution = 0.5
  /// A replicate in which a segment's similarity is above this has found it again.
  public static let recovery = 0.75

  /// What a mean similarity says of a segment.
  public enum Reading: String, Hashable, Sendable, Codable, CaseIterable {
    case doubtful, pattern, valid
    case highlyStable = "highly stable"

    /// Hennig's scale: below 0.60, below 0.75, below 0.85, and above.
    public init(_ mean: Double) {
      self =
        switch mean {
        case 0.85...: .highlyStable
        case 0.75...: .valid
        case 0.60...: .pattern
        default: .doubtful
        }
    }

    /// The least mean that is read so.
    public var threshold: Double {
      switch self {
      case .doubtful: 0
      case .pattern: 0.60
      case .valid: 0.75
      case .highlyStable: 0.85
      }
    }
  }

  public struct Segment: Hashable, Sendable, Codable {
    /// The segment's number, −1 for the rows in none.
    public let label: Int
    /// The mean over replicates of the Jaccard similarity with the replicate's most similar segment.
    public let mean: Double
    /// Replicates of a similarity of at most 0.5.
    public let dissolved: Int
    /// Replicates of a similarity above 0.75.
    public let recovered: Int

    public var reading: Reading { Reading(mean) }

    init(_ label: Int, _ similarities: [Double]) {
      self.label = label
      mean = similarities.reduce(0, +) / Double(similarities.count)
      dissolved = similarities.count { $0 <= ClusterStability.dissolution }
      recovered = similarities.count { $0 > ClusterStability.recovery }
    }
  }

  public let replicateCount: Int
  /// In ascending order of number.
  public let segments: [Segment]
  /// The rows in no segment, compared with each other; nil where the clustering has none.
  public let noise: Segment?
  /// Agreement of whole labelings, over replicates.
  public let adjustedRandIndex: Distribution

  /// - Throws: `.count` without replicates or segments.
  public init(_ replicates: [SegmentRecovery]) throws(EvaluationError) {
    guard let first = replicates.first else { throw .count(.replicates, needed: 1, found: 0) }
    guard !first.similarities.isEmpty else { throw .clusters(found: 0, rows: first.rowCount) }
    replicateCount = replicates.count
    segments = first.similarities.indices.map { segment in
      Segment(segment, replicates.map { $0.similarities[segment] })
    }
    let noises = replicates.compactMap(\.noiseSimilarity)
    noise = noises.isEmpty ? nil : Segment(-1, noises)
    adjustedRandIndex = Distribution(replicates.map(\.adjustedRandIndex))
  }

  /// The mean over segments of their means.
  public var mean: Double { segments.reduce(0) { $0 + $1.mean } / Double(segments.count) }

  /// The least of the segments' means.
  public var minimum: Double { segments.reduce(.infinity) { min($0, $1.mean) } }
}
