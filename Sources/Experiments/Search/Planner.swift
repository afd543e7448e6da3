internal import Evaluation
internal import Learning
internal import Numerical

/// Plans a study round by round.
///
/// A round is what can be computed before the searches have to know results; where every experiment takes its whole
/// grid, one round is all. What follows is a pure function of the study and of how earlier rounds ended, so that
/// every process that computes a run plans the same, and a run that goes on plans what it had planned.
struct Planner: Sendable {
  /// All that is known so far.
  private(set) var plan: Plan
  /// What is to be computed now; empty at the end.
  private(set) var round: [Plan.Trial] = []
  /// How trials ended that are not seen through, by key.
  private(set) var verdicts: [String: Race.Verdict] = [:]

  private var courses: [Course] = []
  private let maxTrials: Int?

  init(
    _ study: Study, fingerprint: String, rowCount: Int, catalog: Catalog
  ) throws(StudyError) {
    maxTrials = study.limits.maxTrials
    plan = Plan(of: study, fingerprint: fingerprint)
    let data = ContentKey.data(study, fingerprint: fingerprint)
    for experiment in study.experiments {
      let maker = TrialMaker(
        experiment: experiment, data: data, studySeed: study.seed, catalog: catalog)
      var course = Course(
        Proposals(experiment, seed: study.seed, catalog: catalog), maker: maker)
      plan.append(try course.propose())
      courses.append(course)
    }
    let within = Set(limited.trials.map(\.key))
    for index in courses.indices {
      let isClassification = study.experiments[index].task == .classify
      courses[index].race(within, whole: isClassification ? study.split.folds : rowCount)
      plan.notes += courses[index].notes
    }
    openRound()
  }

  /// The plan as far as `limits.max_trials` goes.
  var limited: Plan { plan.limited(to: maxTrials) }

  /// The most trials that a run ends, each key once.
  var bound: Int {
    let known = Set(limited.trials.map(\.key)).count
    return known + min(plan.trialBound - plan.trials.count, max(0, (maxTrials ?? .max) - known))
  }

  /// Whether nothing can follow this round, whatever its results.
  var isLast: Bool { courses.allSatisfy(\.isLast) }

  /// Plans the next round.
  ///
  /// - Parameters:
  ///   - ended: how the trials of all rounds so far ended, by key.
  ///   - facts: reads what is known of trials beside their metrics, by id.
  mutating func advance(
    _ ended: [String: StoredTrial],
    facts: ([Plan.Trial], [String: StoredTrial]) throws(RunError) -> [String: TrialFacts],
    on pool: WorkerPool
  ) throws(RunError) {
    for index in courses.indices {
      for verdict in try courses[index].climb(ended, facts: facts, on: pool) {
        verdicts[verdict.trial.key] = verdict
      }
      do throws(StudyError) {
        plan.append(try courses[index].propose(after: ended))
      } catch {
        throw .study(error)
      }
    }
    openRound()
  }

  private mutating func openRound() {
    plan.trialBound = courses.reduce(0) { $0 + $1.bound }
    let within = Set(limited.trials.map(\.key))
    var keys: Set<String> = []
    round = courses.flatMap(\.open).filter {
      within.contains($0.rung?.trial ?? $0.key) && keys.insert($0.key).inserted
    }
  }
}

/// Where the search of one experiment stands.
private struct Course: Sendable {
  private let maker: TrialMaker
  private var proposals: Proposals
  private var race: Race?
  private var raceNote: String?
  /// Every trial so far with the place of its configuration.
  private var trials: [(trial: Plan.Trial, configuration: Int)] = []
  /// Proposed last.
  private var batch: [Plan.Trial] = []

  init(_ proposals: Proposals, maker: TrialMaker) {
    self.proposals = proposals
    self.maker = maker
  }

  private var experiment: Study.Experiment { maker.experiment }

  var notes: [String] { proposals.notes + [raceNote].compactMap { $0 } }

  /// What is to be computed now.
  var open: [Plan.Trial] { race?.round ?? batch }

  var isLast: Bool { race?.isLast ?? !proposals.isAdaptive }

  /// The most trials there may be.
  var bound: Int {
    let missing = proposals.bound - proposals.grid.configurations.count
    let seeds = experiment.grid.map { ($0.seeds ?? experiment.seeds)?.count ?? 1 }.max() ?? 1
    return trials.count + missing * seeds
  }

  /// Proposes the first trials.
  mutating func propose() throws(StudyError) -> [Plan.Trial] {
    try append(try proposals.next())
  }

  /// Proposes the next trials; none while results are missing.
  mutating func propose(after ended: [String: StoredTrial]) throws(StudyError) -> [Plan.Trial] {
    batch = []
    guard proposals.isAdaptive else { return [] }
    let records = trials.compactMap { own in ended[own.trial.key]?.record(of: own.trial) }
    guard records.count == trials.count else { return [] }
    let places = Dictionary(trials.map { ($0.trial.id, $0.configuration) }) { first, _ in first }
    let ranked = Selection(experiment).order(records).compactMap { standing in
      standing.trials.first.flatMap { places[$0.id] }
    }
    return try append(try proposals.next(ranked: ranked))
  }

  private mutating func append(
    _ configurations: [Grid.Configuration]
  ) throws(StudyError) -> [Plan.Trial] {
    batch = []
    let first = proposals.grid.configurations.count - configurations.count
    for (place, configuration) in configurations.enumerated() {
      let own = maker.trials(configuration, first: trials.count + 1)
      trials += own.map { ($0, first + place) }
      batch += own
      guard trials.count <= Grid.trialLimit else {
        throw StudyError(.tooManyTrials(experiment: experiment.id, limit: Grid.trialLimit))
      }
    }
    return batch
  }

  /// Lets the trials race if the study asks for it.
  ///
  /// - Parameters:
  ///   - within: keys of the trials that may be computed.
  ///   - whole: folds or rows of a whole trial.
  mutating func race(_ within: Set<String>, whole: Int) {
    guard let drop = experiment.search?.drop else { return }
    let baselines = experiment.classification?.baselines ?? []
    let open = batch.filter { within.contains($0.key) }
    let candidates = open.filter { !baselines.contains($0.model) }
    let count = Set(candidates.map(\.stages)).count
    let ladder = Ladder(drop, task: experiment.task, whole: whole, candidateCount: count)
    raceNote = ladder.note(of: experiment.id, count)
    race = Race(
      candidates, exempt: open.filter { baselines.contains($0.model) }, on: ladder, maker: maker)
  }

  mutating func climb(
    _ ended: [String: StoredTrial],
    facts: ([Plan.Trial], [String: StoredTrial]) throws(RunError) -> [String: TrialFacts],
    on pool: WorkerPool
  ) throws(RunError) -> [Race.Verdict] {
    guard let round = race?.round, !round.isEmpty else { return [] }
    let facts = try facts(round, ended)
    do throws(EvaluationError) {
      return try race?.climb(ended, facts: facts, on: pool) ?? []
    } catch {
      throw .ranking(experiment: experiment.id, error)
    }
  }
}
