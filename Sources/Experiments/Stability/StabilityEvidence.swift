public import Evaluation

/// What refits of a clustering show: which segments come back, and whether there are that many.
public struct StabilityEvidence: Hashable, Sendable, Codable {
  public var options: Study.Stability
  /// The rows that refits vary.
  public var rowCount: Int
  /// The training rows when these are a sample of them; nil for all.
  public var sampledFrom: Int?
  /// Replicates whose fit failed; they count as finding no segment again.
  public var failedCount: Int
  public var stability: ClusterStability
  public var predictionStrength: PredictionStrength?
  public var gap: GapStatistic?
  /// Of all rows as one segment, by the same references; nil in evidence of a version without it.
  public var gapOfOne: GapStatistic?
  public var consensus: Consensus?
  /// The rows that consensus was counted on, which may be fewer.
  public var consensusRowCount: Int?

  public init(
    options: Study.Stability, rowCount: Int, sampledFrom: Int? = nil, failedCount: Int = 0,
    stability: ClusterStability, predictionStrength: PredictionStrength? = nil,
    gap: GapStatistic? = nil, gapOfOne: GapStatistic? = nil, consensus: Consensus? = nil,
    consensusRowCount: Int? = nil
  ) {
    self.options = options
    self.rowCount = rowCount
    self.sampledFrom = sampledFrom
    self.failedCount = failedCount
    self.stability = stability
    self.predictionStrength = predictionStrength
    self.gap = gap
    self.gapOfOne = gapOfOne
    self.consensus = consensus
    self.consensusRowCount = consensusRowCount
  }
}
