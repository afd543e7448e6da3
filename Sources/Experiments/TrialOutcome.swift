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
}

/// The rows of a study's table and which of them pipelines learn from.
struct TrialData: Sendable {
  let table: Table
  let fingerprint: String
  let features: [String]
  /// Columns described per segment: the features, and the target for what it says of them.
  let profiled: [String]
  /// Rows to learn from, as row numbers of the source from 0; all, or what the holdout leaves.
  let trainingRows: [Int]
  let holdoutRows: [Int]

  var split: String { holdoutRows.isEmpty ? "all" : "train" }
  var training: Table { holdoutRows.isEmpty ? table : table.selectingRows(trainingRows) }

  init(
    _ table: Table, fingerprint: String, study: Study, features: [String]
  ) throws(RunError) {
    self.table = table
    self.fingerprint = fingerprint
    self.features = features
    profiled = table.columnNames.filter {
      features.contains($0) || $0 == study.data.roles.target
    }
    guard let split = study.split else {
      trainingRows = Array(0..<table.rowCount)
      holdoutRows = []
      return
    }
    let count = Int((split.holdout * Double(table.rowCount)).rounded())
    guard count > 0, count < table.rowCount else {
      throw .emptySplit(rows: table.rowCount, holdout: split.holdout)
    }
    var source = RandomSource(seed: Seed(study.seed).derived("holdout"))
    holdoutRows = source.sample(count, outOf: table.rowCount)
    let held = Set(holdoutRows)
    trainingRows = (0..<table.rowCount).filter { !held.contains($0) }
  }
}

extension TrialOutcome {
  /// Fits a trial on prepared rows and measures it.
  ///
  /// - Throws: `TrialFailure` if the fit is refused, or a metric of the study is not a finite number.
  init(
    _ trial: Plan.Trial, metrics names: [String], prepared: Prepared, training: Table,
    data: TrialData, preparation: Preparation, context: FitContext
  ) throws(TrialFailure) {
    guard let model = trial.stages.last else { throw TrialFailure(reason: "it has no model") }
    let (pipeline, labels, trace) = try preparation.cluster(model, prepared, in: context)
    let measured = try Self.measure(
      prepared.matrix, labels: labels, clusterCount: pipeline.clusterer.model.clusterCount,
      names: names, split: data.split, seed: preparation.seed, on: context.pool)
    metrics = measured.metrics
    warnings = trace.warnings
    let profile = SegmentProfile(labels: labels, segmentCount: measured.sizes.count)
    let evidence = ClusteringEvidence(
      sizes: measured.sizes, noiseCount: measured.noiseCount,
      silhouettes: measured.silhouetteProfiles(labels: labels),
      profile: profile.features(training, columns: data.profiled),
      map: prepared.map?.scatter(labels: labels))
    let artifact = try TrialArtifact(trial, study: preparation.study, data: data)
      .artifact(of: pipeline, measured)
    files = try TrialFiles(
      labels: labels, losses: trace.losses, evidence: evidence, artifact: artifact, data: data
    ).files()
  }

  static func measure(
    _ x: Matrix, labels: [Int], clusterCount: Int, names: [String], split: String, seed: Seed,
    on pool: WorkerPool
  ) throws(TrialFailure) -> ClusteringMeasurement {
    let measured: ClusteringMeasurement
    do throws(EvaluationError) {
      measured = try ClusteringMeasurement(
        of: x, labels: labels, clusterCount: clusterCount, names: names, split: split, seed: seed,
        on: pool)
    } catch {
      throw TrialFailure(reason: "metrics: \(error)")
    }
    let undefined = measured.metrics.filter { !$0.value.isFinite }.map(\.name)
    guard undefined.isEmpty else {
      let occupied = measured.sizes.count { $0 > 0 }
      throw TrialFailure(
        reason: "\(undefined.joined(separator: ", ")) cannot be computed for \(occupied) "
          + (occupied == 1 ? "segment" : "segments"))
    }
    return measured
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
