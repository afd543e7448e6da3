internal import Artifacts
internal import Evaluation
internal import Foundation
internal import Learning
internal import Numerical
internal import Tabular

/// A fitted and measured trial, before it is stored.
struct TrialOutcome: Sendable {
  var metrics: [MetricRecord]
  var warnings: [String]
  var files: [DurableDirectory.File]
  /// How fast the model answers; measured, and no part of the result.
  var latency: LatencyRecord?
}

extension TrialOutcome {
  /// Without all that serves a whole trial only: what a search goes by.
  var measurement: TrialOutcome {
    var outcome = self
    outcome.files.removeAll { $0.path != TrialReplicates.file }
    return outcome
  }

  /// Fits a trial on prepared rows and measures it.
  ///
  /// A metric that does not exist for the labels is left out, with a warning that says why.
  ///
  /// - Parameters:
  ///   - stage: what the trial's model shares with others, if anything.
  ///   - refits: how its stability is measured; nil where it is not.
  /// - Throws: `TrialFailure` if the fit is refused or its result cannot be stored.
  init(
    _ trial: Plan.Trial, metrics names: [String], prepared: Prepared, stage: (any Sendable)?,
    refits: Refits?, training: Table, data: TrialData, preparation: Preparation, context: FitContext
  ) throws(TrialFailure) {
    guard let model = trial.stages.last else { throw TrialFailure(reason: "it has no model") }
    let fitted = try preparation.fitting(trial)
      .cluster(model, prepared, from: stage, in: context)
    try context.requireTime()
    let labels = fitted.assignments.labels
    var measured = try Self.measure(
      prepared.matrix, labels: labels, clusterCount: fitted.pipeline.clusterer.model.clusterCount,
      names: names, split: data.split, seed: preparation.seed, on: context.pool)
    try context.requireTime()
    measured.append(fitted.trace.scores, split: data.split, rowCount: labels.count)
    let replicates = try Self.replicates(of: &measured, seed: preparation.seed, on: context.pool)
    let stability = try refits.map { (refits) throws(TrialFailure) in
      try StabilityMeasurement(
        of: labels, segmentCount: measured.sizes.count, record: model, refits: refits,
        split: data.split, in: context)
    }
    measured.metrics += stability?.metrics ?? []
    try context.requireTime()
    let profile = SegmentProfile(labels: labels, segmentCount: measured.sizes.count)
      .features(training, columns: data.profiled)
    let experiment = preparation.study.experiments.first { $0.id == trial.experiment }
    let useful = try SegmentUsefulness(
      of: fitted, training, sizes: measured.sizes, profile: profile, data: data,
      experiment: experiment, seed: preparation.seed, on: context.pool)
    measured.metrics += useful.metrics
    metrics = measured.metrics
    warnings =
      fitted.trace.warnings + [measured.undefinedNote].compactMap { $0 }
      + (stability?.warnings ?? []) + useful.warnings
    let artifact = try TrialArtifact(trial, study: preparation.study, data: data)
      .artifact(of: fitted, measured, useful, profile: prepared.profile)
    let evidence = ClusteringEvidence(
      sizes: measured.sizes, noiseCount: measured.noiseCount,
      silhouettes: measured.silhouetteProfiles(labels: labels),
      profile: profile,
      map: prepared.map?.scatter(labels: labels), diagnostics: fitted.trace.diagnostics,
      assignment: artifact.assignment, stability: stability?.evidence,
      usefulness: useful.record)
    files = try TrialFiles(
      assignments: fitted.assignments, reconstructionErrors: prepared.reconstructionErrors,
      losses: fitted.trace.losses, evidence: evidence, replicates: replicates,
      artifact: artifact, data: data
    ).files()
  }

  private static func replicates(
    of measured: inout ClusteringMeasurement, seed: Seed, on pool: WorkerPool
  ) throws(TrialFailure) -> TrialReplicates {
    do throws(EvaluationError) {
      return try measured.replicate(seed: seed, on: pool)
    } catch {
      throw TrialFailure(reason: "replicates: \(error)")
    }
  }

  static func measure(
    _ x: Matrix, labels: [Int], clusterCount: Int, names: [String], split: String, seed: Seed,
    on pool: WorkerPool
  ) throws(TrialFailure) -> ClusteringMeasurement {
    do throws(EvaluationError) {
      return try ClusteringMeasurement(
        of: x, labels: labels, clusterCount: clusterCount, names: names, split: split, seed: seed,
        on: pool)
    } catch {
      throw TrialFailure(reason: "metrics: \(error)")
    }
  }
}

extension ClusteringMeasurement {
  /// Why metrics are missing; nil if none is.
  fileprivate var undefinedNote: String? {
    guard !undefined.isEmpty else { return nil }
    let occupied = sizes.count { $0 > 0 }
    return "\(undefined.joined(separator: ", ")) cannot be computed for \(occupied) "
      + (occupied == 1 ? "segment" : "segments")
  }
}

extension ClusteringMeasurement {
  /// Silhouettes per segment in descending order, thinned to evenly spaced ranks.
  func silhouetteProfiles(labels: [Int]) -> [ClusteringEvidence.SilhouetteProfile] {
    guard let (silhouette, rows) = silhouette else { return [] }
    var values = [[Double]](repeating: [], count: sizes.count)
    for (value, row) in zip(silhouette.rows, rows) where values.indices.contains(labels[row]) {
      if value.isFinite { values[labels[row]].append(value) }
    }
    return silhouette.clusters.compactMap { cluster in
      guard values.indices.contains(cluster.label), cluster.mean.isFinite else { return nil }
      let ranked = values[cluster.label].sorted(by: >)
      return ClusteringEvidence.SilhouetteProfile(
        segment: cluster.label, rowCount: cluster.rowCount, mean: cluster.mean,
        values: Self.thinned(ranked, to: 200))
    }
  }

  /// `count` of the values at evenly spaced ranks, the first and last among them.
  private static func thinned(_ values: [Double], to count: Int) -> [Double] {
    guard values.count > count else { return values }
    return (0..<count).map { values[$0 * (values.count - 1) / (count - 1)] }
  }
}
