public import Numerical

/// How firmly pairs of items stay together or apart over many clusterings of samples of them.
///
/// The consensus of a pair is the share of the runs with both that put them together. With clear segments
/// every pair has nearly 0 or nearly 1. Pairs that no run had both of are left out, a row in no segment
/// is together with none.
///
/// The n × n matrix is never stored: labels are compared 32 runs at a time, in tiles, and every pair
/// adds one to the count of its (runs with both, runs together).
///
/// - Complexity: O(n² · runs / 32) time, O(n · runs) bytes.
/// - Source: Monti, Tamayo, Mesirov and Golub (2003); Șenbabaoğlu, Michailidis and Li (2014) for the
///   share of ambiguous pairs.
public struct Consensus: Hashable, Sendable, Codable {
  /// A segment and how firmly its pairs stay together.
  public struct Segment: Hashable, Sendable, Codable {
    public let label: Int
    /// The mean consensus of its pairs; nil without a pair that some run had both of.
    public let mean: Double?
  }

  /// Pairs of a consensus above the first and up to the second of these are ambiguous.
  public static let ambiguity = (low: 0.1, high: 0.9)

  public let runCount: Int
  /// Pairs that some run had both of.
  public let pairCount: Int
  /// In ascending order of label.
  public let segments: [Segment]
  /// The share of pairs of a consensus of at most 0, 0.01 … 1.
  public let distribution: [Double]
  /// The share of ambiguous pairs (PAC): those between 0.1 and 0.9.
  public let ambiguousShare: Double
  /// The area under the distribution, which grows with the number of segments: one minus the mean consensus.
  ///
  /// Monti et al. add up the greater end of every step. Where pairs are together always or never, that sum is
  /// 1 for any number of segments.
  public let area: Double

  /// - Parameter labels: the segments of the items, −1 for none; what `segments` is about.
  /// - Throws: `.count` without runs, `.tooManySegments`, `.noRows` where no run has two items.
  public init(
    of runs: [Labeling], labels: [Int], on pool: WorkerPool
  ) throws(EvaluationError) {
    let pairs = try ConsensusPairs(runs, labels: labels, on: pool)
    try self.init(pairs)
  }

  init(_ pairs: ConsensusPairs) throws(EvaluationError) {
    let levels = pairs.levels
    pairCount = levels.reduce(0) { $0 + $1.pairs }
    guard pairCount > 0 else { throw .noRows }
    runCount = pairs.runCount
    segments = pairs.segments
    let total = Double(pairCount)
    func share(upTo bound: Double) -> Double {
      Double(levels.lazy.filter { $0.consensus <= bound }.reduce(0) { $0 + $1.pairs }) / total
    }
    distribution = (0...100).map { share(upTo: Double($0) / 100) }
    ambiguousShare = share(upTo: Self.ambiguity.high) - share(upTo: Self.ambiguity.low)
    area = levels.reduce(0) { $0 + (1 - $1.consensus) * Double($1.pairs) } / total
  }

  /// How much the area under the distribution grows with each number of segments: the first area itself,
  /// then relative to the one before.
  ///
  /// - Parameter areas: of ascending numbers of segments from 2.
  public static func areaGains(_ areas: [Double]) -> [Double] {
    areas.indices.map { index in
      guard index > 0, areas[index - 1] > 0 else { return areas[index] }
      return (areas[index] - areas[index - 1]) / areas[index - 1]
    }
  }
}
