internal import Artifacts
internal import Evaluation
internal import Learning
internal import Numerical
internal import Tabular

/// The one measurement of a chosen trial on rows that no fit has seen.
struct Holdout {
  let data: TrialData
  let preparation: Preparation
  let context: FitContext

  /// Fits the pipeline on the training rows as its trial did, and measures it on the held-out rows.
  func measure(
    _ trial: Plan.Trial, metrics: [String]
  ) throws(TrialFailure) -> [MetricRecord] {
    guard let first = trial.stages.first, let model = trial.stages.last else { return [] }
    var prepared = try preparation.encode(
      data.training, features: data.features, by: first, on: context.pool)
    for stage in trial.stages.dropFirst().dropLast() {
      prepared = try preparation.apply(stage, to: prepared, in: StepWork(context))
    }
    let fitted = try preparation.fitting(trial).cluster(model, prepared, in: context)
    let pipeline = fitted.pipeline
    let rows = data.table.selectingRows(data.holdoutRows)
    let x: Matrix
    let labels: [Int]
    do {
      let encoded = try pipeline.encoder.encode(rows, on: context.pool)
      x = try pipeline.features(of: encoded.matrix, on: context.pool)
      labels = try pipeline.clusterer.model.assign(x, on: context.pool).labels
    } catch {
      throw TrialFailure(reason: "\(error)")
    }
    return try TrialOutcome.measure(
      x, labels: labels, clusterCount: pipeline.clusterer.model.clusterCount, names: metrics,
      split: "holdout", seed: preparation.seed, on: context.pool
    ).metrics
      + (try usefulness(of: trial, fitted, unseen: rows, labels: labels))
  }

  /// Whether the value that segments explain, and the rules that describe them, carry over.
  private func usefulness(
    of trial: Plan.Trial, _ fitted: FittedClustering, unseen: Table, labels: [Int]
  ) throws(TrialFailure) -> [MetricRecord] {
    let experiment = preparation.study.experiments.first { $0.id == trial.experiment }
    var measured = UsefulnessMetrics(split: "holdout", rowCount: labels.count)
    measured.append(
      try ValueSpread(
        experiment?.clustering?.value, unseen, labels: labels,
        segmentCount: fitted.pipeline.clusterer.model.clusterCount))
    let rules = SegmentRules(
      data.training, columns: data.features, labels: fitted.assignments.labels,
      seed: preparation.seed, on: context.pool)
    if let rules {
      measured.append(
        .describability,
        rules.balancedAccuracy(on: unseen, columns: data.features, labels: labels))
    }
    return measured.metrics
  }
}

extension Holdout {
  /// Scores the held-out rows by the model that a trial has left, and measures it at its own cut.
  ///
  /// - Parameter model: the directory of the artifact.
  func measure(
    model: String, metrics: [String], catalog: Catalog
  ) throws(TrialFailure) -> [MetricRecord] {
    do {
      let artifact = try ArtifactReader.load(model, catalog: catalog).propensity
      let rows = try scores(of: artifact)
      return try ClassificationMeasurement(
        of: try rows.sorted(), ClassificationMetric.known(among: metrics),
        threshold: artifact.decision.cut.threshold, split: "holdout", seed: preparation.seed,
        on: context.pool
      ).metrics
    } catch let failure as TrialFailure {
      throw failure
    } catch {
      throw TrialFailure(reason: "\(error)")
    }
  }

  /// How the model treats the groups of the sensitive columns among the held-out rows.
  func fairness(
    model: String, catalog: Catalog
  ) throws(TrialFailure) -> [FairnessEvidence.Scored] {
    do {
      let artifact = try ArtifactReader.load(model, catalog: catalog).propensity
      return try data.fairness(
        of: try scores(of: artifact), rows: data.holdoutRows,
        threshold: artifact.decision.cut.threshold, split: "holdout", seed: preparation.seed,
        on: context.pool
      )?.scored ?? []
    } catch let failure as TrialFailure {
      throw failure
    } catch {
      throw TrialFailure(reason: "\(error)")
    }
  }

  private func scores(of artifact: PropensityArtifact) throws(TrialFailure) -> ScoredRows {
    guard let target = data.target else { throw TrialFailure(reason: "there is no target") }
    do {
      let pipeline = artifact.pipeline
      let table = data.table.selectingRows(data.holdoutRows)
      let features = try pipeline.features(of: table, on: context.pool).features
      let logOdds = try pipeline.logOdds(features, on: context.pool)
      let (raw, calibrated) = try pipeline.probabilities(ofLogOdds: logOdds)
      return ScoredRows(
        logOdds: logOdds, raw: raw, calibrated: calibrated,
        labels: data.holdoutRows.map { target.labels[$0] },
        weights: target.weights.map { weights in data.holdoutRows.map { weights[$0] } },
        isCalibrated: pipeline.calibration != .none)
    } catch {
      throw TrialFailure(reason: "\(error)")
    }
  }
}
