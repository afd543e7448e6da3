internal import Artifacts
internal import Evaluation
internal import Learning
internal import Numerical
internal import Tabular

/// Fits one classifier to every fold and to all training rows, and measures it out of fold.
struct ClassifierTrial {
  private let trial: Plan.Trial
  private let rows: ClassificationRows
  /// From an earlier part of the trial.
  private let known: FoldScores
  private let data: TrialData
  private let preparation: Preparation
  private let work: StepWork
  private let clock: (any Clock<Duration>)?
  private let asked: Study.Classification
  private let metrics: [ClassificationMetric]

  init(
    _ trial: Plan.Trial, rows: ClassificationRows, known: FoldScores, data: TrialData,
    experiment: Study.Experiment, preparation: Preparation, work: StepWork,
    clock: (any Clock<Duration>)?
  ) {
    self.trial = trial
    self.rows = rows
    self.known = known
    self.data = data
    self.preparation = preparation
    self.work = work
    self.clock = clock
    asked = experiment.classification ?? Study.Classification()
    metrics = ClassificationMetric.known(among: experiment.metrics).map {
      $0.onPart(of: rows.scoredWeight)
    }
  }

  private var context: FitContext { work.context }

  /// Fits and measures the whole trial.
  ///
  /// - Throws: `TrialFailure` if a fit is refused or its result cannot be stored.
  func outcome() throws(TrialFailure) -> TrialOutcome {
    guard let part = rows.whole, let firstPart = rows.folds.first ?? nil else {
      throw TrialFailure(reason: "it has no folds")
    }
    let scored = try scoreFolds()
    var first = scored.first
    if first == nil { first = try fold(0, of: firstPart) }
    guard let first else { throw TrialFailure(reason: "it has no folds") }
    let whole = try fit(part) { $0 }
    try context.requireTime()
    let folds = try outOfFold(scored.logOdds, try scoreCalibration())
    let pipeline = PropensityPipeline(
      encoder: part.encoder, transformers: part.transformers,
      classifier: .init(algorithm: trial.model, model: whole.model), calibration: folds.map)
    let outOfFold = PropensityPipeline(
      encoder: firstPart.encoder, transformers: firstPart.transformers,
      classifier: .init(algorithm: trial.model, model: first), calibration: .none)
    return try outcome(
      pipeline, of: part, trace: whole.trace, folds: folds, outOfFold: outOfFold)
  }

  /// Fits and measures the folds of a part: what tells whether the trial is seen through.
  func measurement() throws(TrialFailure) -> TrialOutcome {
    let logOdds = try scoreFolds().logOdds
    let calibration = try scoreCalibration()
    try context.requireTime()
    let folds = try outOfFold(logOdds, calibration)
    do {
      let (sorted, cut, measured) = try measured(folds)
      let evidence = evidence(folds, sorted, cut)
      let replicates = replicates(measured, try evidence.byFold())
      let names = rows.calibration.fits.map(\.name)
      let scores = FoldScores(
        logOdds: logOdds,
        calibration: Dictionary(zip(names, calibration)) { first, _ in first })
      return TrialOutcome(
        metrics: measured.metrics, warnings: folds.warnings + measured.warnings,
        files: [
          .init(path: TrialReplicates.file, bytes: try CanonicalJSON.encode(replicates)),
          .init(path: FoldScores.file, bytes: try CanonicalJSON.encode(scores)),
        ])
    } catch {
      throw TrialFailure(reason: "\(error)")
    }
  }

  /// Log-odds of every fold, and the model of the first if it had to be fitted.
  private func scoreFolds() throws(TrialFailure) -> (logOdds: [[Double]], first: (any Classifier)?)
  {
    var logOdds = Array(known.logOdds.prefix(rows.splits.count))
    var first: (any Classifier)?
    for number in logOdds.count..<rows.splits.count {
      guard let part = rows.folds[number] else {
        throw TrialFailure(reason: "fold \(number + 1) was not prepared")
      }
      if number == 0, trial.rung == nil {
        // Explaining the whole trial takes the model, so that reading its scores would spare nothing.
        let model = try fold(number, of: part)
        first = model
        logOdds.append(try scores(of: part, by: model))
      } else {
        logOdds.append(
          try learn("fold \(number)", on: part) { () throws(TrialFailure) in
            try scores(of: part, by: fold(number, of: part))
          })
      }
    }
    return (logOdds, first)
  }

  /// Scores of the part, from the cache if another trial of this pipeline has left them there.
  private func learn(
    _ name: String, on part: FoldPart, _ body: () throws(TrialFailure) -> [Double]
  ) throws(TrialFailure) -> [Double] {
    let bytes = trial.stages.last.flatMap { preparation.bytes(of: $0, part.fitted.features) }
    let form = FoldScores.form(rowCount: part.scoredRows.count)
    return try work.learn(name, needing: bytes, as: form, body)
  }

  /// Log-odds by every fit that calibrates.
  private func scoreCalibration() throws(TrialFailure) -> [[Double]] {
    var scored: [[Double]] = []
    for (fit, part) in zip(rows.calibration.fits, rows.calibrationParts) {
      if let scores = known.calibration[fit.name], scores.count == fit.test.count {
        scored.append(scores)
        continue
      }
      guard let part else { throw TrialFailure(reason: "\(fit.name) was not prepared") }
      do throws(TrialFailure) {
        scored.append(
          try learn(fit.name, on: part) { () throws(TrialFailure) in
            try scores(of: part, by: self.fit(part) { $0.derived(fit.name) }.model)
          })
      } catch {
        throw error.during(fit.name)
      }
    }
    return scored
  }

  private func scores(
    of part: FoldPart, by model: any Classifier
  ) throws(TrialFailure) -> [Double] {
    do throws(LearningError) {
      return try model.logOdds(of: part.scored, on: context.pool)
    } catch {
      throw TrialFailure(reason: "scores: \(error)")
    }
  }

  private func fold(_ number: Int, of part: FoldPart) throws(TrialFailure) -> any Classifier {
    do throws(TrialFailure) {
      return try fit(part) { $0.derived("fold", number) }.model
    } catch {
      throw error.during("fold \(number + 1)")
    }
  }

  private func outOfFold(
    _ logOdds: [[Double]], _ calibration: [[Double]]
  ) throws(TrialFailure) -> OutOfFold {
    try OutOfFold(
      logOdds, of: rows.splits, method: asked.calibrate, by: rows.calibration, calibration,
      data: data)
  }

  private func measured(
    _ folds: OutOfFold
  ) throws -> (SortedScores, ThresholdChoice, ClassificationMeasurement) {
    let sorted = try folds.scores.sorted()
    let cut = try asked.threshold.choose(sorted.calibrated.groups)
    let measured = try ClassificationMeasurement(
      of: sorted, metrics, threshold: cut.threshold, split: "folds", seed: preparation.seed,
      on: context.pool)
    try context.requireTime()
    return (sorted, cut, measured)
  }

  private func evidence(
    _ folds: OutOfFold, _ sorted: SortedScores, _ cut: ThresholdChoice
  ) -> EvidenceOfFolds {
    EvidenceOfFolds(
      folds: folds, sorted: sorted, cut: cut, rule: asked.threshold, metrics: metrics,
      slices: data.slices(asked.slices, training: rows.training), bins: asked.gainsBins)
  }

  private func fit(
    _ part: FoldPart, seed: (Seed) -> Seed
  ) throws(TrialFailure) -> Fit<any Classifier> {
    guard let record = trial.stages.last, let entry = preparation.catalog[classifier: record.name]
    else { throw TrialFailure(reason: "there is no classifier \(trial.model)") }
    var context = preparation.fitting(trial).seeded(context, for: record)
    context.seed = seed(context.seed)
    return try preparation.naming(record) { () throws(LearningError) in
      try entry.fit(record.parameters, part.fitted, context)
    }
  }

  private func outcome(
    _ pipeline: PropensityPipeline, of part: FoldPart, trace: FitTrace, folds: OutOfFold,
    outOfFold: PropensityPipeline
  ) throws(TrialFailure) -> TrialOutcome {
    do {
      let (sorted, cut, measured) = try measured(folds)
      let explained = Explanations(
        pipeline: pipeline, outOfFold: outOfFold, rows: rows, data: data, seed: preparation.seed)
      let artifact = try TrialArtifact(trial, study: preparation.study, data: data).artifact(
        of: pipeline, cut: CutRule(rule: asked.threshold.words, threshold: cut.threshold),
        folds: folds, leaks: rows.leaks, metrics: measured.metrics, profile: rows.profile,
        fairness: try data.fairness(
          of: folds.scores, rows: folds.rows.map { data.trainingRows[$0] },
          threshold: cut.threshold, split: "folds", seed: preparation.seed, on: context.pool))
      let latency = try clock.map { clock in
        try LatencyRecord(
          of: pipeline.classifier.model, rows: part.fitted.features, clock: clock)
      }
      let model = try ArtifactWriter.files(
        of: artifact, timings: latency.map(Timings.init(latency:)))
      let evidence = try evidence(folds, sorted, cut).evidence(
        trace: trace, explanations: try explained.all(in: context),
        coefficients: pipeline.coefficients,
        modelBytes: model.filter { $0.path != Timings.file }.reduce(0) { $0 + $1.bytes.count })
      let cost = MetricRecord(
        name: Measures.scoringCost, value: pipeline.classifier.model.scoringCost,
        direction: .lowerIsBetter, split: "folds", rowCount: folds.rows.count)
      var outcome = TrialOutcome(
        metrics: measured.metrics + [cost],
        warnings: trace.warnings + folds.warnings + measured.warnings,
        files: try ClassificationFiles(
          evidence: evidence, replicates: replicates(measured, evidence.folds), folds: folds,
          data: data
        ).files()
          + model.map { .init(path: "model/\($0.path)", bytes: $0.bytes) })
      outcome.latency = latency
      return outcome
    } catch let failure as TrialFailure {
      throw failure
    } catch {
      throw TrialFailure(reason: "\(error)")
    }
  }
}

extension ClassifierTrial {
  /// What the trial is compared with others by.
  private func replicates(
    _ measured: ClassificationMeasurement, _ byFold: [ClassificationEvidence.FoldRecord]
  ) -> TrialReplicates {
    let ratios = rows.splits.map { split in
      Double(split.test.count) / Double(max(split.train.count, 1))
    }
    var folds: [String: [Double]] = [:]
    for record in byFold {
      let values = record.values.compactMap { $0 }
      if values.count == record.values.count { folds[record.metric] = values }
    }
    return TrialReplicates(
      metrics: measured.replicates, folds: folds,
      testRatio: ratios.reduce(0, +) / Double(max(ratios.count, 1)))
  }
}
