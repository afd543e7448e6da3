/// What was measured when a model was trained (`timings.json`).
///
/// Two measurements never agree, so the manifest does not list the file: equal models stay equal artifacts.
public struct Timings: Hashable, Sendable, Codable, SealedRecord {
  public let latency: LatencyRecord

  public init(latency: LatencyRecord) { self.latency = latency }

  package static let file = "timings.json"
}

/// How fast a classifier answers, measured when it was trained.
public struct LatencyRecord: Hashable, Sendable, Codable {
  /// Microseconds of single-row calls of the model: the first ones after loading, and later ones.
  public let cold: Percentiles
  public let warm: Percentiles
  /// The later ones that were measured.
  public let calls: Int

  public struct Percentiles: Hashable, Sendable, Codable {
    public let p50: Double
    public let p95: Double
    public let p99: Double

    public init(p50: Double, p95: Double, p99: Double) {
      self.p50 = p50
      self.p95 = p95
      self.p99 = p99
    }
  }

  public init(cold: Percentiles, warm: Percentiles, calls: Int) {
    self.cold = cold
    self.warm = warm
    self.calls = calls
  }
}
