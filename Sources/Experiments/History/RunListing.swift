/// A run in a line, as lists of runs show it.
public struct RunListing: Hashable, Sendable, Codable {
  public enum State: String, Hashable, Sendable, Codable {
    case running, complete
    /// Told to stop, or out of time: the same command goes on.
    case stopped
    /// Ended without a word, as by a kill: the same command goes on.
    case broken
  }

  /// What an experiment chose.
  public struct Choice: Hashable, Sendable, Codable {
    public let experiment: String
    public let trial: String
    public let model: String
    public let metric: String
    public let value: Double?
  }

  /// Of the directory.
  public let name: String
  public let study: String
  public var state: State
  /// When the last runner began, UTC, ISO 8601; nil where the events do not tell.
  public let started: String?
  public let trialCount: Int
  /// Trials that have ended, however.
  public let endedCount: Int
  public let failedCount: Int
  /// Experiments without a chosen trial are absent.
  public let choices: [Choice]
  public let gateCount: Int
  public let missedGateCount: Int

  private enum CodingKeys: String, CodingKey {
    case name, study, state, started
    case trialCount = "trials"
    case endedCount = "ended"
    case failedCount = "failed"
    case choices = "chosen"
    case gateCount = "gates"
    case missedGateCount = "gates_missed"
  }
}

/// A trial in a line, with the run it belongs to.
public struct TrialListing: Hashable, Sendable, Codable {
  public let run: String
  public let experiment: String
  public let trial: String
  public let model: String
  public let status: TrialRecord.Status
  public let rank: Int?
  public let tier: Int?
  public let isChosen: Bool
  public let reason: String?
  /// Values by name; those of the holdout under `holdout.<name>`.
  public let metrics: [String: Double]

  private enum CodingKeys: String, CodingKey {
    case run, experiment, trial, model, status, rank, tier, reason, metrics
    case isChosen = "chosen"
  }

  public init(
    run: String, experiment: String, trial: String, model: String, status: TrialRecord.Status,
    rank: Int?, tier: Int?, isChosen: Bool, reason: String?, metrics: [String: Double]
  ) {
    self.run = run
    self.experiment = experiment
    self.trial = trial
    self.model = model
    self.status = status
    self.rank = rank
    self.tier = tier
    self.isChosen = isChosen
    self.reason = reason
    self.metrics = metrics
  }
}
