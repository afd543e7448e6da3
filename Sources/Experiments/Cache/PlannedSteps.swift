internal import Learning

/// A step as the plan foresees it.
struct PlannedStep: Hashable, Sendable {
  /// What is done in it.
  enum Kind: Hashable, Sendable {
    /// A step before the model; all of them for a classification, once per fold.
    case preparation
    /// What settings of a model share.
    case modelStage
    /// The same for every refit of the stability.
    case refits
    /// The rest of one trial.
    case fit
  }

  let step: SharedStep
  let kind: Kind
  /// Of the first trial that passes through it.
  let trial: Plan.Trial
  var trialCount = 1
}

/// The steps of a plan in the order of first use, as the walks carry them out.
struct PlannedSteps {
  private(set) var all: [PlannedStep] = []
  /// Trials in the order of the plan, each key once, with the places of their steps in `all`.
  private(set) var trials: [(trial: Plan.Trial, steps: [Int])] = []
  private var places: [SharedStep: Int] = [:]

  private var groupSizes: [[String]: Int] = [:]

  init(_ planned: [Plan.Trial], of study: Study, catalog: Catalog) {
    var keys: Set<String> = []
    let planned = planned.filter { keys.insert($0.key).inserted }
    let preparation = Preparation(catalog: catalog, study: study)
    let refits = planned.map { trial in
      study.experiments.first { $0.id == trial.experiment }.flatMap { trial.refitStep(in: $0) }
    }
    var counts: [SharedStep: Int] = [:]
    for case let step? in refits { counts[step, default: 0] += 1 }
    for (trial, refits) in zip(planned, refits) {
      var own = Self.shared(trial, study, preparation).map { add($0.step, $0.kind, trial) }
      if let refits, counts[refits, default: 0] > 1 { own.append(add(refits, .refits, trial)) }
      own.append(add(SharedStep(name: trial.model, key: trial.key), .fit, trial))
      trials.append((trial, own))
      groupSizes[Self.group(of: trial), default: 0] += 1
    }
  }

  /// Trials that stand behind the same steps as this one.
  func groupSize(of trial: Plan.Trial) -> Int { groupSizes[Self.group(of: trial)] ?? 0 }

  private static func group(of trial: Plan.Trial) -> [String] {
    [trial.experiment, trial.stageKeys.dropLast().last ?? "", trial.modelStageKey ?? ""]
  }

  /// The place of a step that a trial passes through.
  private mutating func add(
    _ step: SharedStep, _ kind: PlannedStep.Kind, _ trial: Plan.Trial
  ) -> Int {
    if let place = places[step] {
      all[place].trialCount += 1
      return place
    }
    places[step] = all.count
    all.append(PlannedStep(step: step, kind: kind, trial: trial))
    return all.count - 1
  }

  /// What sharing saves; the seconds are not known beforehand.
  var sharing: StageSharing {
    StageSharing(
      trials: trials.count, steps: all.count,
      stepsAlone: all.reduce(0) { $0 + $1.trialCount }, secondsSaved: nil)
  }

  private static func shared(
    _ trial: Plan.Trial, _ study: Study, _ preparation: Preparation
  ) -> [(step: SharedStep, kind: PlannedStep.Kind)] {
    if let experiment = study.experiments.first(where: { $0.id == trial.experiment }),
      experiment.task == .classify
    {
      return [(preparation.foldsStep(of: trial, in: experiment), .preparation)]
    }
    var own: [(step: SharedStep, kind: PlannedStep.Kind)] = []
    for depth in trial.stages.indices.dropLast() {
      if let step = preparation.step(of: trial, at: depth) { own.append((step, .preparation)) }
    }
    if let stage = trial.modelStep { own.append((stage, .modelStage)) }
    return own
  }
}

extension Preparation {
  /// The step of a clustering before its model; nil for one that is left out.
  func step(of trial: Plan.Trial, at depth: Int) -> SharedStep? {
    let record = trial.stages[depth]
    let isOff = stages.first { $0.name == record.name }?.isOff(record) ?? false
    return isOff ? nil : SharedStep(name: record.name, key: trial.stageKeys[depth])
  }

  /// All that stands before the model of a classification, done for every fold and the whole.
  func foldsStep(of trial: Plan.Trial, in experiment: Study.Experiment) -> SharedStep {
    let names = trial.stages.dropLast().filter { record in
      !(stages.first { $0.name == record.name }?.isOff(record) ?? false)
    }.map(\.name)
    return SharedStep(
      name: names.joined(separator: ", ") + " by fold",
      key: ContentKey.folds(of: experiment, after: trial.stageKeys.dropLast().last))
  }
}

extension Plan.Trial {
  /// The scores of folds, which other trials of the same pipeline can use: those with other metrics, another
  /// calibration or another cut.
  func scoresStep(in experiment: Study.Experiment) -> SharedStep {
    SharedStep(
      name: "scores of \(model)", key: ContentKey.scores(of: experiment, after: stageKeys.last))
  }

  /// What the model's fit shares with other settings of it.
  var modelStep: SharedStep? {
    guard let modelStage, let modelStageKey else { return nil }
    return SharedStep(name: modelStage.name, key: modelStageKey)
  }

  /// The same for the refits of a stability; nil where the experiment does not ask for it.
  func refitStep(in experiment: Study.Experiment) -> SharedStep? {
    guard let step = modelStep, experiment.stability != nil else { return nil }
    return SharedStep(
      name: "\(step.name) of refits", key: ContentKey.refits(of: experiment, after: step.key))
  }
}
