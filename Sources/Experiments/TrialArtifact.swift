internal import Artifacts
internal import Evaluation
internal import Learning
internal import Tabular

/// Completes a fitted pipeline to the artifact that a trial leaves in `model/`.
///
/// Its bytes follow from the trial's key alone, so that any run that holds the trial holds the same.
struct TrialArtifact {
  private let trial: Plan.Trial
  private let study: Study
  private let data: TrialData

  init(_ trial: Plan.Trial, study: Study, data: TrialData) {
    self.trial = trial
    self.study = study
    self.data = data
  }

  func artifact(
    of fitted: FittedClustering, _ measured: ClusteringMeasurement, _ useful: SegmentUsefulness,
    profile: TrainingProfile?
  ) throws(TrialFailure) -> SegmentationArtifact {
    do {
      return try SegmentationArtifact(
        pipeline: fitted.pipeline, passthrough: [study.data.roles.id].compactMap { $0 },
        nullTokens: study.data.nullTokens ?? CSVOptions.defaultNullTokens,
        consent: study.data.roles.consent, sizes: measured.sizes,
        names: useful.names, unassigned: measured.noiseCount,
        agreement: (fitted.agreement.share, fitted.agreement.rowCount),
        metrics: measured.metrics.map(EvidenceMetric.init), description: useful.description,
        profile: profile?.answering(sizes: measured.sizes, unassigned: measured.noiseCount),
        lineage: try lineage(),
        governance: governance(fairness: composition(of: fitted, names: useful.names)))
    } catch {
      throw TrialFailure(reason: "artifact: \(error)")
    }
  }

  /// - Parameters:
  ///   - cut: between contacting and not, on the scale of calibrated probabilities.
  ///   - folds: the scores from which bands are cut.
  ///   - fairness: how the scores treat groups; nil where no column is sensitive.
  func artifact(
    of pipeline: PropensityPipeline, cut: CutRule, folds: OutOfFold, leaks: [LeakFinding],
    metrics: [MetricRecord], profile: TrainingProfile?, fairness: FairnessEvidence?
  ) throws(TrialFailure) -> PropensityArtifact {
    let labels = folds.scores.labels
    do {
      return try PropensityArtifact(
        pipeline: pipeline, passthrough: [study.data.roles.id].compactMap { $0 },
        nullTokens: study.data.nullTokens ?? CSVOptions.defaultNullTokens,
        consent: study.data.roles.consent,
        decision: try PropensityDecision(cut: cut, bandLimits: folds.bandLimits),
        training: PropensityTraining(
          target: data.target?.column ?? "", positive: data.target?.positive ?? "",
          rowCount: labels.count, eventCount: labels.count { $0 == 1 },
          leaks: leaks.map {
            .init(column: $0.column, finding: $0.words, isExcluded: $0.isExcluded)
          }),
        metrics: metrics.map(EvidenceMetric.init),
        profile: profile?.answering(scores: folds.scores.calibrated), lineage: try lineage(),
        governance: governance(fairness: fairness))
    } catch {
      throw TrialFailure(reason: "artifact: \(error)")
    }
  }

  private func lineage() throws -> Lineage {
    let definition = try CanonicalJSON.encode(TrialDefinition(trial, of: study))
    return Lineage(
      dataFingerprint: data.fingerprint, rowCount: data.trainingRows.count,
      table: data.tableRecord, configuration: try CanonicalJSON.parse(definition),
      configurationDigest: ContentHash.hexadecimal(definition), seed: trial.seed ?? study.seed,
      engineVersion: Engine.version, trial: trial.id)
  }

  private func governance(fairness: FairnessEvidence?) -> Governance {
    let roles = study.data.roles
    return Governance(
      sensitiveColumns: roles.sensitive,
      allowedColumns: roles.allowPII.filter(data.features.contains), fairness: fairness)
  }

  /// Which groups the segments consist of; nil where no column is sensitive.
  private func composition(of fitted: FittedClustering, names: [String]) -> FairnessEvidence? {
    guard !data.sensitiveColumns.isEmpty else { return nil }
    return FairnessEvidence(
      composed: data.sensitiveGroups(data.trainingRows).map {
        $0.composition(labels: fitted.assignments.labels, names: names, split: data.split)
      })
  }
}

extension EvidenceMetric {
  init(_ metric: MetricRecord) {
    self.init(
      name: metric.name, value: metric.value, goal: metric.direction.rawValue,
      split: metric.split, rowCount: metric.rowCount, sampledFrom: metric.sampledFrom,
      interval: metric.interval.map { .init(lower: $0.lower, upper: $0.upper) })
  }
}
