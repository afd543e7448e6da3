internal import Evaluation
internal import Learning
internal import Numerical
internal import Tabular

/// Trials carried out on a sample for their costs; what they find is thrown away.
struct SampleRun {
  private let data: TrialData
  private let preparation: Preparation
  private let steps: PlannedSteps
  private let pool: WorkerPool
  private let uptime: @Sendable () -> Double
  private let end: Double
  private let training: Table
  /// By `PlannedStep.kindName`.
  private var measured: [String: (count: Int, seconds: Double)] = [:]
  /// Columns that models see, by the key of the last step before them.
  private(set) var columnCounts: [String: Int] = [:]

  init(
    data: TrialData, preparation: Preparation, steps: PlannedSteps, pool: WorkerPool,
    uptime: @escaping @Sendable () -> Double, end: Double
  ) {
    self.data = data
    self.preparation = preparation
    self.steps = steps
    self.pool = pool
    self.uptime = uptime
    self.end = end
    training = data.training
  }

  var meanSeconds: [String: Double] { measured.mapValues { $0.seconds / Double($0.count) } }

  private func context(_ pool: WorkerPool) -> FitContext {
    FitContext(seed: preparation.seed, pool: pool) { [uptime, end] in uptime() >= end }
  }

  /// A trial that fails or takes too long leaves the costs of the steps it came to the end of.
  mutating func carryOut(_ place: Int) {
    let entry = steps.trials[place]
    guard
      let experiment = preparation.study.experiments.first(where: {
        $0.id == entry.trial.experiment
      })
    else { return }
    let own = entry.steps.map { steps.all[$0] }
    do throws(TrialFailure) {
      switch experiment.task {
      case .cluster: try cluster(entry.trial, own, experiment)
      case .classify: try classify(entry.trial, own, experiment)
      }
    } catch {
      // The run itself will say what is wrong with the trial.
    }
  }

  private mutating func cluster(
    _ trial: Plan.Trial, _ own: [PlannedStep], _ experiment: Study.Experiment
  ) throws(TrialFailure) {
    guard let encode = trial.stages.first, let model = trial.stages.last else { return }
    let (data, preparation, training) = (data, preparation, training)
    let work = StepWork(context(pool))
    func step(_ kind: PlannedStep.Kind, _ key: String? = nil) -> PlannedStep? {
      own.first { $0.kind == kind && (key == nil || $0.step.key == key) }
    }
    var prepared = try timing(step(.preparation, trial.stageKeys[0])) { () throws(TrialFailure) in
      try preparation.encode(training, features: data.features, by: encode, on: work.context.pool)
    }
    for depth in trial.stages.indices.dropFirst().dropLast() {
      let before = prepared
      prepared = try timing(step(.preparation, trial.stageKeys[depth])) {
        () throws(TrialFailure) in
        try preparation.apply(trial.stages[depth], to: before, in: work)
      }
    }
    columnCounts[trial.stageKeys.dropLast().last ?? ""] = prepared.matrix.columnCount
    let rows = prepared
    let stage = try timing(step(.modelStage)) { () throws(TrialFailure) in
      try preparation.stage(model, rows, in: work)
    }
    let refits = try timing(step(.refits)) { () throws(TrialFailure) in
      try Refits(
        of: trial, in: experiment, rows, isShared: step(.refits) != nil, preparation, work: work)
    }
    let context = context(steps.isSideBySide(trial, on: pool) ? .serial : pool)
    _ = try timing(step(.fit)) { () throws(TrialFailure) in
      try TrialOutcome(
        trial, metrics: experiment.metrics, prepared: rows, stage: stage, refits: refits,
        training: training, data: data, preparation: preparation, context: context)
    }
  }

  private mutating func classify(
    _ trial: Plan.Trial, _ own: [PlannedStep], _ experiment: Study.Experiment
  ) throws(TrialFailure) {
    let (data, preparation, training) = (data, preparation, training)
    let work = StepWork(context(pool))
    let folds: [Evaluation.Split]
    do throws(RunError) {
      folds = try data.folds(of: training)
    } catch {
      throw TrialFailure(reason: "\(error)")
    }
    let rows = try timing(own.first { $0.kind == .preparation }) { () throws(TrialFailure) in
      try ClassificationRows(
        for: trial, in: experiment, folds: folds, training: training, data: data,
        preparation: preparation, work: work)
    }
    if let x = rows.whole?.fitted.features {
      columnCounts[trial.stageKeys.dropLast().last ?? ""] = x.columnCount
    }
    let fitting = StepWork(context(steps.isSideBySide(trial, on: pool) ? .serial : pool))
    _ = try timing(own.first { $0.kind == .fit }) { () throws(TrialFailure) in
      try ClassifierTrial(
        trial, rows: rows, known: FoldScores(), data: data, experiment: experiment,
        preparation: preparation, work: fitting, clock: nil
      ).outcome()
    }
  }

  /// Notes how long a step took; what is no step of the plan is not noted.
  private mutating func timing<Value>(
    _ step: PlannedStep?, _ body: () throws(TrialFailure) -> Value
  ) throws(TrialFailure) -> Value {
    let began = uptime()
    let value = try body()
    // What was cut short says nothing.
    guard let name = step?.kindName, uptime() < end else { return value }
    let earlier = measured[name] ?? (0, 0)
    measured[name] = (earlier.count + 1, earlier.seconds + max(0, uptime() - began))
    return value
  }
}
