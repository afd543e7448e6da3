internal import Artifacts
internal import Evaluation
internal import Learning
internal import Numerical
internal import Tabular

/// Computes the trials of a classification that are missing.
///
/// Trials that agree on everything before the model share its rows: the folds and the whole are prepared
/// once for all of them. Then each trial is fitted to every fold and to the whole by itself.
struct ClassificationWalk: Sendable {
  let data: TrialData
  let experiment: Study.Experiment
  let preparation: Preparation
  let recorder: TrialRecorder

  func run(_ trials: [Plan.Trial]) throws(RunError) {
    guard !trials.isEmpty else { return }
    let training = data.training
    let folds = try data.folds(of: training)
    let (keys, groups) = trials.grouped { trial in
      "\(trial.rung?.folds ?? folds.count) \(trial.stageKeys.dropLast().last ?? "")"
    }
    for key in keys {
      if recorder.isCancelled() { return }
      guard let group = try recorder.claim(groups[key] ?? []), let first = group.first else {
        continue
      }
      let known = group.map { FoldScores.known(before: $0, of: folds, in: recorder.directory) }
      // Folds keep what they learn under the same keys, whether for a part of a trial or the whole.
      let step = preparation.foldsStep(of: first, in: experiment)
      try recorder.share(group, as: step, seed: preparation.seed) {
        (work) throws(TrialFailure) in
        try ClassificationRows(
          for: first, in: experiment, folds: folds, known: FoldScores(sharedBy: known),
          training: training, data: data, preparation: preparation, work: work)
      } then: { (rows) throws(RunError) in
        try fit(group, rows, known: known)
      }
    }
  }

  private func fit(
    _ trials: [Plan.Trial], _ rows: ClassificationRows, known: [FoldScores]
  ) throws(RunError) {
    let x = (rows.whole ?? rows.folds.lazy.compactMap { $0 }.first)?.fitted.features
    let needs = trials.map { trial in
      trial.stages.last.flatMap { model in x.flatMap { preparation.bytes(of: model, $0) } } ?? 0
    }
    let scores = Dictionary(zip(trials.map(\.id), known)) { first, _ in first }
    try recorder.run(
      trials, needing: needs, seed: preparation.seed, keeping: { $0.scoresStep(in: experiment) }
    ) { (trial, work) throws(TrialFailure) in
      let fits = ClassifierTrial(
        trial, rows: rows, known: scores[trial.id] ?? FoldScores(), data: data,
        experiment: experiment, preparation: preparation, work: work, clock: recorder.clock)
      return try trial.rung == nil ? fits.outcome() : fits.measurement()
    }
  }
}

/// The rows of trials that agree on everything before the model.
struct ClassificationRows: Sendable {
  let training: Table
  /// The columns that may be used.
  let features: [String]
  let leaks: [LeakFinding]
  /// The folds of the trials, as places among the training rows.
  let splits: [Evaluation.Split]
  /// What the rows weigh that the folds of a whole trial score.
  let scoredWeight: Double
  /// By fold; nil where no trial is fitted to it.
  let folds: [FoldPart?]
  /// What is fitted besides to calibrate the folds; nothing without calibration.
  let calibration: CalibrationFits
  /// By such a fit; nil where no trial is fitted to it.
  let calibrationParts: [FoldPart?]
  /// Fitted to all training rows, scoring none; nil for parts of trials.
  let whole: FoldPart?
  /// What the training rows look like, for artifacts; nil for parts of trials, or of few rows.
  let profile: TrainingProfile?
}

extension ClassificationRows {
  /// The rows as every trial sees them that agrees with `trial` on what stands before the model.
  ///
  /// - Parameter known: scores that every trial has.
  init(
    for trial: Plan.Trial, in experiment: Study.Experiment, folds: [Evaluation.Split],
    known: FoldScores = FoldScores(), training: Table, data: TrialData, preparation: Preparation,
    work: StepWork
  ) throws(TrialFailure) {
    guard let entry = preparation.catalog[classifier: trial.model] else {
      throw TrialFailure(reason: "there is no classifier \(trial.model)")
    }
    let allowed = experiment.classification?.allowLeak ?? []
    let (features, leaks) = data.leaks.judged(allowing: allowed, features: data.features)
    guard !features.isEmpty else {
      throw TrialFailure(
        reason: "every column knows the outcome too well; allow one under allow_leak")
    }
    func part(
      _ name: String, _ split: (train: [Int], test: [Int])
    ) throws(TrialFailure) -> FoldPart {
      try preparation.part(
        Array(trial.stages.dropLast()), form: entry.form, features: features, training: training,
        data: data, split: split, in: work.part(name))
    }
    let splits = Array(folds.prefix(trial.rung?.folds ?? folds.count))
    let isWhole = trial.rung == nil
    var parts: [FoldPart?] = []
    for (number, fold) in splits.enumerated() {
      // What explains a whole trial is asked of the first fold.
      let isNeeded = number >= known.logOdds.count || (isWhole && number == 0)
      parts.append(isNeeded ? try part("fold \(number)", (fold.train, fold.test)) : nil)
    }
    let method = (experiment.classification ?? Study.Classification()).calibrate
    let calibration = CalibrationFits(
      method == .none ? [] : splits, rowCount: training.rowCount
    ) { data.halves(of: splits[$0].train, in: training) }
    var calibrationParts: [FoldPart?] = []
    for fit in calibration.fits {
      let isNeeded = known.calibration[fit.name]?.count != fit.test.count
      calibrationParts.append(isNeeded ? try part(fit.name, (fit.train, fit.test)) : nil)
    }
    let whole = isWhole ? try part("whole", (Array(0..<training.rowCount), [])) : nil
    let scored = folds.flatMap(\.test)
    self.init(
      training: training, features: features, leaks: leaks, splits: splits,
      scoredWeight: data.weights(scored)?.reduce(0, +) ?? Double(scored.count), folds: parts,
      calibration: calibration, calibrationParts: calibrationParts, whole: whole,
      profile: whole.flatMap {
        TrainingProfile(of: training, encoder: $0.encoder, on: work.context.pool)
      })
  }
}
