import Evaluation
import Experiments

/// What `cohort run --json` prints; docs/ci.md describes it.
struct RunResult: Encodable {
  private static let listedTrials = 10

  struct Exit: Encodable {
    let code: Int32
    let reason: String?
  }

  struct Experiment: Encodable {
    let id: String
    let task: Study.Experiment.Task
    let metric: String
    let direction: Direction
    /// Trials by how they ended.
    let eligible: Int
    let unmet: Int
    let unfinished: Int
    let tiers: TierRecord?
    let chosen: LeaderboardRow?
    /// The first of the leaderboard.
    let leaderboard: [LeaderboardRow]

    init(_ experiment: ExperimentRecord) {
      id = experiment.id
      task = experiment.task
      metric = experiment.metric
      direction = experiment.direction
      let rows = experiment.leaderboard
      eligible = rows.count { $0.rank != nil }
      unmet = rows.count { $0.rank == nil && $0.trial.status == .done }
      unfinished = rows.count { $0.trial.status != .done }
      tiers = experiment.tiers
      chosen = experiment.chosen
      leaderboard = Array(rows.prefix(RunResult.listedTrials))
    }
  }

  let run: String
  let study: String
  let trials: Int
  let computed: Int
  let reused: Int
  /// By other runners of the study in the meantime.
  let shared: Int
  let failed: Int
  /// What the computed trials had in common, and what that has saved.
  let sharing: StageSharing
  let changes: StudyChanges?
  let complete: Bool
  let seconds: Double
  let exit: Exit
  let gates: [GateRecord]
  let chosen: [LeaderboardRow]
  let experiments: [Experiment]
  /// Models that the study has put into the registry.
  let registered: [StudyRegistration.Registered]
  let notes: [String]

  init(_ outcome: RunOutcome) {
    let summary = outcome.summary
    run = summary.directory.path
    study = summary.record.study
    trials = summary.trialCount
    computed = summary.computedCount
    reused = summary.reusedCount
    shared = summary.sharedCount
    changes = summary.changes
    failed = summary.failedCount
    sharing = summary.sharing
    complete = summary.ending == .complete
    seconds = (1000 * outcome.seconds).rounded() / 1000
    let failure = outcome.failure
    exit = Exit(code: (failure?.status ?? .done).rawValue, reason: failure?.description)
    gates = summary.record.gates
    chosen = summary.record.experiments.compactMap(\.chosen)
    experiments = summary.record.experiments.map(Experiment.init)
    registered = outcome.registered
    notes = summary.notes
  }
}
