public import Artifacts
public import Evaluation
public import Tabular

/// A run as its directory tells it: everything a report needs.
public struct RunRecord: Sendable, Encodable {
  public var study: String
  public var engineVersion: String
  public var data: DataRecord
  public var experiments: [ExperimentRecord]
  /// Empty for a study without gates and for a run that has not come to its end.
  public var gates: [GateRecord]
  /// Nil for a run that has come to its end.
  public var partial: Partial?

  /// How far a run came that has not come to its end.
  public struct Partial: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Trials that have ended, however.
    public let ended: Int
    /// The most trials there may be.
    public let planned: Int

    public init(ended: Int, planned: Int) {
      self.ended = ended
      self.planned = planned
    }

    public var description: String { "partial: \(ended) of \(planned) trials" }
  }

  public init(
    study: String, engineVersion: String, data: DataRecord, experiments: [ExperimentRecord],
    gates: [GateRecord] = [], partial: Partial? = nil
  ) {
    self.partial = partial
    self.study = study
    self.engineVersion = engineVersion
    self.data = data
    self.experiments = experiments
    self.gates = gates
  }
}

/// The table a run was computed from (`data.json`).
public struct DataRecord: Hashable, Sendable, Codable {
  public struct ColumnRecord: Hashable, Sendable, Codable {
    public let name: String
    public let kind: ColumnKind
    /// What the column is for, such as `feature`, `id`, `target` or `ignore`.
    public let role: String
    public let missing: Int

    public init(name: String, kind: ColumnKind, role: String, missing: Int) {
      self.name = name
      self.kind = kind
      self.role = role
      self.missing = missing
    }
  }

  /// The source as the study writes it.
  public let source: String
  public let fingerprint: String
  public let rowCount: Int
  public let columns: [ColumnRecord]
  /// Columns of the source that were passed over; nil for none.
  public let unreadColumns: [String]?
  /// What took rows away before anything else, in order; nil for nothing.
  public let filters: [RowFilter]?

  public init(
    source: String, fingerprint: String, rowCount: Int, columns: [ColumnRecord],
    unreadColumns: [String]? = nil, filters: [RowFilter]? = nil
  ) {
    self.unreadColumns = unreadColumns
    self.filters = filters
    self.source = source
    self.fingerprint = fingerprint
    self.rowCount = rowCount
    self.columns = columns
  }
}

/// One experiment of a run: its trials in leaderboard order and the evidence for the best.
public struct ExperimentRecord: Sendable, Encodable {
  public let id: String
  public let task: Study.Experiment.Task
  /// The metric that ranks the leaderboard.
  public let metric: String
  public let direction: Direction
  /// How tiers were made; nil without tiers.
  public var tiers: TierRecord?
  /// Eligible trials best first, then those that miss a requirement, then failures.
  public var leaderboard: [LeaderboardRow]
  /// Evidence by trial id, for the chosen trial and the best trial of every model; of clusterings.
  public var evidence: [String: ClusteringEvidence]
  /// The same of classifiers.
  public var classification: [String: ClassificationEvidence]
  /// Columns that know the outcome too well, in the order of the table.
  public var leaks: [LeakFinding]
  /// By trial id, for trials that are done.
  public var timings: [String: TrialTimings]
  /// How the chosen trial treats groups; nil where no column is sensitive.
  public var fairness: FairnessEvidence?

  public init(
    id: String, task: Study.Experiment.Task = .cluster, metric: String, direction: Direction,
    tiers: TierRecord? = nil, leaderboard: [LeaderboardRow],
    evidence: [String: ClusteringEvidence] = [:],
    classification: [String: ClassificationEvidence] = [:], leaks: [LeakFinding] = [],
    timings: [String: TrialTimings] = [:], fairness: FairnessEvidence? = nil
  ) {
    self.fairness = fairness
    self.id = id
    self.task = task
    self.classification = classification
    self.leaks = leaks
    self.timings = timings
    self.metric = metric
    self.direction = direction
    self.tiers = tiers
    self.leaderboard = leaderboard
    self.evidence = evidence
  }

  /// The winner, if any trial is eligible.
  public var chosen: LeaderboardRow? { leaderboard.first { $0.isChosen } }
}

/// A trial's place in its experiment.
public struct LeaderboardRow: Hashable, Sendable, Codable {
  /// Place among eligible trials from 1; nil for the others.
  public let rank: Int?
  public let isChosen: Bool
  /// Trials of one tier cannot be put in order; nil where that was not looked into.
  public let tier: Int?
  /// Requirements of the study the trial misses, as sentences.
  public let unmet: [String]
  /// Of a configuration under several seeds, the one whose ranking metric is the median.
  public let trial: TrialRecord
  /// Nil in an experiment without seeds.
  public let seeds: SeedSummary?

  public init(
    rank: Int?, isChosen: Bool, tier: Int? = nil, unmet: [String], trial: TrialRecord,
    seeds: SeedSummary? = nil
  ) {
    self.rank = rank
    self.isChosen = isChosen
    self.tier = tier
    self.unmet = unmet
    self.trial = trial
    self.seeds = seeds
  }

  /// Every trial of the row.
  public var trials: [TrialRecord] { seeds?.trials ?? [trial] }

  /// With another record of its trial.
  func replacing(_ trial: TrialRecord) -> LeaderboardRow {
    LeaderboardRow(
      rank: rank, isChosen: isChosen, tier: tier, unmet: unmet, trial: trial, seeds: seeds)
  }
}
