/// Where an artifact comes from (`lineage.json`): enough to make it again, and no clock.
public struct Lineage: Hashable, Sendable, Codable {
  /// `sha256:…` of the training table.
  public let dataFingerprint: String
  /// Rows that were learnt from.
  public let rowCount: Int
  /// The table, column by column; nil in artifacts of a time when it was not recorded.
  public let table: TrainingTable?
  /// Everything that decides the trial, resolved.
  public let configuration: JSONValue
  /// SHA-256 of the configuration's canonical JSON, in hexadecimal; nil where the table is.
  public let configurationDigest: String?
  public let seed: UInt64
  public let engineVersion: String
  /// The run it was taken from; nil while it belongs to a trial, which is the same in every run.
  public internal(set) var run: String?
  public let trial: String

  private enum CodingKeys: String, CodingKey {
    case configuration, seed, run, trial, table
    case configurationDigest = "configuration_sha256"
    case dataFingerprint = "data_fingerprint"
    case rowCount = "rows"
    case engineVersion = "engine_version"
  }

  public init(
    dataFingerprint: String, rowCount: Int, table: TrainingTable? = nil,
    configuration: JSONValue, configurationDigest: String? = nil, seed: UInt64,
    engineVersion: String, run: String? = nil, trial: String
  ) {
    self.table = table
    self.configurationDigest = configurationDigest
    self.dataFingerprint = dataFingerprint
    self.rowCount = rowCount
    self.configuration = configuration
    self.seed = seed
    self.engineVersion = engineVersion
    self.run = run
    self.trial = trial
  }
}

/// A measured value that supports an artifact (`evidence/metrics.json`).
public struct EvidenceMetric: Hashable, Sendable, Codable {
  public let name: String
  public let value: Double
  /// `max` if higher is better, else `min`.
  public let goal: String
  public let split: String
  public let rowCount: Int
  /// The rows of the split when `rowCount` is a sample of them; nil when exact.
  public let sampledFrom: Int?
  /// Where the value lies with 95 % confidence; nil where none was estimated.
  public let interval: Interval?

  /// Bounds of an estimate.
  public struct Interval: Hashable, Sendable, Codable {
    public let lower: Double
    public let upper: Double

    public init(lower: Double, upper: Double) {
      self.lower = lower
      self.upper = upper
    }
  }

  private enum CodingKeys: String, CodingKey {
    case name, value, goal, split, interval
    case rowCount = "rows"
    case sampledFrom = "sampled_from"
  }

  public init(
    name: String, value: Double, goal: String, split: String, rowCount: Int,
    sampledFrom: Int? = nil, interval: Interval? = nil
  ) {
    self.name = name
    self.value = value
    self.goal = goal
    self.split = split
    self.rowCount = rowCount
    self.sampledFrom = sampledFrom
    self.interval = interval
  }
}
