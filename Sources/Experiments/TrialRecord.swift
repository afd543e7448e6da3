public import Evaluation
public import Learning

/// One trial of a grid: what was asked, how it ended, what was measured.
public struct TrialRecord: Hashable, Sendable, Codable {
  public enum Status: String, Hashable, Sendable, Codable {
    case planned, running, done, failed, skipped, stopped
    /// Left before it was seen through, as a search says of a loser.
    case dropped
  }

  /// The first 12 hexadecimal digits of the trial's key.
  public let id: String
  public let experiment: String
  public let model: String
  /// Parameters by stage in pipeline order: encode, power, standardize, pca, then the model.
  public let stages: [StageRecord]
  public var status: Status
  /// Why the trial failed, was skipped, dropped or stopped; nil when done.
  public var reason: String?
  /// False where the clock or the machine decided how the trial ended: another run may end otherwise.
  ///
  /// Nil everywhere else.
  public var isReproducible: Bool?
  public var metrics: [MetricRecord]
  /// Sentences from the fit that a user should read.
  public var warnings: [String]
  /// The seed of the fit in an experiment with seeds; nil for the study's own.
  public var seed: UInt64?

  public init(
    id: String, experiment: String, model: String, stages: [StageRecord], status: Status,
    reason: String? = nil, isReproducible: Bool? = nil, metrics: [MetricRecord] = [],
    warnings: [String] = []
  ) {
    self.id = id
    self.experiment = experiment
    self.model = model
    self.stages = stages
    self.status = status
    self.reason = reason
    self.isReproducible = isReproducible
    self.metrics = metrics
    self.warnings = warnings
  }

  public subscript(metric name: String) -> MetricRecord? { metrics.first { $0.name == name } }
}

/// One step of a trial's pipeline with its resolved parameters.
public struct StageRecord: Hashable, Sendable, Codable {
  public let name: String
  public let parameters: Parameters

  public init(name: String, parameters: Parameters) {
    self.name = name
    self.parameters = parameters
  }
}

/// A measured value with what it was measured on.
public struct MetricRecord: Hashable, Sendable, Codable {
  public let name: String
  public let value: Double
  public let direction: Direction
  /// The rows it was computed from: `all`, `train`, `holdout`, or `folds` for rows each scored by a pipeline
  /// that had not seen them.
  public let split: String
  public let rowCount: Int
  /// The rows of that split when `rowCount` is a sample of them; nil when exact.
  public let sampledFrom: Int?
  /// Where the value would lie for other rows from the same source; nil where it was not estimated.
  public internal(set) var interval: Interval?
  /// How far chance in taking the value moves it; nil where that is not known.
  public let standardError: Double?
  /// The gap of the same rows as one segment, by the same references; nil for every other metric and in files
  /// of a version without it.
  public let ofOneSegment: Double?

  public init(
    name: String, value: Double, direction: Direction, split: String, rowCount: Int,
    sampledFrom: Int? = nil, interval: Interval? = nil, standardError: Double? = nil,
    ofOneSegment: Double? = nil
  ) {
    self.name = name
    self.value = value
    self.direction = direction
    self.split = split
    self.rowCount = rowCount
    self.sampledFrom = sampledFrom
    self.interval = interval
    self.standardError = standardError
    self.ofOneSegment = ofOneSegment
  }
}
