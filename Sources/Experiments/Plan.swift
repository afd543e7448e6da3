internal import Artifacts
internal import Foundation
public import Learning
internal import Tabular

/// Every trial of a study with its resolved parameters, before anything runs.
public struct Plan: Hashable, Sendable, Codable {
  /// One trial: a pipeline to fit and to measure.
  public struct Trial: Hashable, Sendable, Codable {
    /// Place in the experiment, from 1.
    public let number: Int
    /// The first 12 digits of the key.
    public let id: String
    /// SHA-256 over everything that decides the trial's result.
    public let key: String
    public let experiment: String
    public let model: String
    /// Steps in pipeline order, the model last.
    public let stages: [StageRecord]
    /// The content key of each step: of its own parameters and all that stands before it.
    public let stageKeys: [String]
    /// The part of the model's fit that trials share, such as a merge tree, if the model has one.
    public let modelStage: StageRecord?
    public let modelStageKey: String?
    /// The seed of the model's fit in an experiment with seeds; nil for the study's own.
    public let seed: UInt64?
    /// The part of a trial that this is; nil for a whole trial.
    public let rung: Rung?
  }

  /// A step that is computed once, however many trials pass through it.
  public struct Stage: Hashable, Sendable, Codable {
    public let name: String
    public let key: String
    public let parameters: Parameters
    public let trialCount: Int
  }

  public let study: String
  public let engineVersion: String
  public let fingerprint: String
  /// In execution order: round by round of the searches, within each by experiments and blocks.
  public private(set) var trials: [Trial]
  /// The most trials that a run comes to: more than `trials` where a search goes by results.
  public internal(set) var trialBound: Int
  /// Steps in order of first use; shared ones have a `trialCount` above 1.
  public private(set) var stages: [Stage]
  /// Sentences for the user, such as that combinations were merged.
  public internal(set) var notes: [String] = []
  /// The first 8 digits of a SHA-256 over all that decides the run's results.
  public let runKey: String

  /// What is known of a study's trials before a run.
  ///
  /// - Parameters:
  ///   - fingerprint: of the table, see `Table.fingerprint`.
  ///   - rowCount: rows to learn from, which decide on what samples trials are dropped.
  /// - Throws: `StudyError` where a block has no trial or an experiment too many.
  public init(
    _ study: Study, fingerprint: String, rowCount: Int = 0, catalog: Catalog = .standard
  ) throws(StudyError) {
    self = try Planner(
      study, fingerprint: fingerprint, rowCount: rowCount, catalog: catalog
    ).plan
  }

  /// The plan of a study without a trial.
  init(of study: Study, fingerprint: String) {
    self.study = study.name
    self.engineVersion = Engine.version
    self.fingerprint = fingerprint
    trials = []
    stages = []
    trialBound = 0
    runKey = String(ContentKey.run(study, fingerprint: fingerprint).prefix(8))
  }

  mutating func append(_ new: [Trial]) {
    trials += new
    stages = Self.stages(of: trials)
  }

  /// The name of the run's directory.
  public var runName: String { "\(study)-\(runKey)" }

  /// The plan without the trials after the first `limit`; trials that mean the same count once.
  func limited(to limit: Int?) -> Plan {
    guard let limit else { return self }
    var keys: Set<String> = []
    var plan = self
    plan.trials = trials.filter {
      keys.contains($0.key) || (keys.count < limit && keys.insert($0.key).inserted)
    }
    return plan
  }

  private static func stages(of trials: [Trial]) -> [Stage] {
    var counts: [String: Int] = [:]
    for key in trials.flatMap({ $0.allStages.map(\.key) }) { counts[key, default: 0] += 1 }
    var listed: Set<String> = []
    var stages: [Stage] = []
    for trial in trials {
      for (stage, key) in trial.allStages where listed.insert(key).inserted {
        stages.append(
          Stage(
            name: stage.name, key: key, parameters: stage.parameters, trialCount: counts[key] ?? 1))
      }
    }
    return stages
  }
}

extension Plan.Trial {
  /// Every step in the order of execution, the shared part of the model before the model.
  fileprivate var allStages: [(stage: StageRecord, key: String)] {
    var all = zip(stages, stageKeys).map { (stage: $0, key: $1) }
    if let modelStage, let modelStageKey {
      all.insert((modelStage, modelStageKey), at: all.count - 1)
    }
    return all
  }
}
