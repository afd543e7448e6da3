internal import Artifacts
internal import Foundation
internal import Learning
internal import Tabular

/// SHA-256 keys of steps and trials: equal keys mean equal results.
///
/// A key covers the engine's version, the table, what its columns mean, the split, the seed, and every
/// step up to the one it names. Thread counts, times and places are not part of it.
enum ContentKey {
  /// The table as every pipeline of a study sees it.
  static func data(_ study: Study, fingerprint: String) -> String {
    hash(
      DataContent(
        engine: Engine.version, fingerprint: fingerprint, roles: study.data.roles,
        nullTokens: study.data.nullTokens,
        split: study.split, seed: study.seed))
  }

  /// - Parameter seed: of the fit where it is not the study's.
  static func stage(_ stage: StageRecord, after key: String, seed: UInt64? = nil) -> String {
    hash(StageContent(after: key, stage: stage, seed: seed))
  }

  /// A fitted pipeline with its measurements; the order of metrics does not matter.
  static func trial(of experiment: Study.Experiment, after key: String) -> String {
    var classification = experiment.classification
    classification?.baselines = []
    return hash(
      TrialContent(
        after: key,
        // A classifier's trial keeps them in the order of the study.
        metrics: experiment.task == .classify ? experiment.metrics : experiment.metrics.sorted(),
        classification: classification,
        stability: experiment.stability, clustering: experiment.clustering))
  }

  /// A part of what a step makes, such as the same for every fold.
  static func part(_ name: String, after key: String?) -> String {
    hash(PartContent(after: key, part: name))
  }

  /// What stands before the model of a classification, done for every fold; columns that know the outcome are
  /// among the features or not.
  static func folds(of experiment: Study.Experiment, after key: String?) -> String {
    hash(
      FoldsContent(
        after: key, experiment: experiment.id,
        allowLeak: (experiment.classification?.allowLeak ?? []).sorted()))
  }

  /// The scores that a classifier gives to every fold, in whichever experiment.
  static func scores(of experiment: Study.Experiment, after key: String?) -> String {
    hash(
      FoldsContent(
        after: key, experiment: nil,
        allowLeak: (experiment.classification?.allowLeak ?? []).sorted()))
  }

  /// What the refits of a clustering's stability share.
  static func refits(of experiment: Study.Experiment, after key: String) -> String {
    hash(
      RefitsContent(
        after: key, experiment: experiment.id, stability: experiment.stability,
        figures: experiment.refitFigures.map(\.rawValue).sorted()))
  }

  /// Everything that decides the results of a run; limits, report formats, what people say and where models go
  /// do not.
  static func run(_ study: Study, fingerprint: String) -> String {
    var study = study
    study.limits = Study.Limits()
    study.report = Study.Report(formats: [])
    study.card = nil
    study.register = nil
    return hash(RunContent(engine: Engine.version, fingerprint: fingerprint, study: study))
  }

  private struct DataContent: Encodable {
    let engine: String
    let fingerprint: String
    let roles: Roles
    /// Artifacts read new tables as the training table was read.
    let nullTokens: [String]?
    let split: Study.Split
    let seed: UInt64
  }

  private struct StageContent: Encodable {
    let after: String
    let stage: StageRecord
    let seed: UInt64?
  }

  private struct PartContent: Encodable {
    let after: String?
    let part: String
  }

  private struct FoldsContent: Encodable {
    let after: String?
    let experiment: String?
    let allowLeak: [String]
  }

  private struct RefitsContent: Encodable {
    let after: String
    let experiment: String
    let stability: Study.Stability?
    let figures: [String]
  }

  private struct TrialContent: Encodable {
    let after: String
    let metrics: [String]
    let classification: Study.Classification?
    let stability: Study.Stability?
    let clustering: Study.Clustering?
  }

  private struct RunContent: Encodable {
    let engine: String
    let fingerprint: String
    let study: Study
  }

  private static func hash(_ content: some Encodable) -> String {
    do {
      return ContentHash.hexadecimal(try CanonicalJSON.encode(content))
    } catch {
      // Only a value that is not a finite number cannot be encoded, and studies hold none.
      preconditionFailure("a study's settings must be encodable: \(error)")
    }
  }
}
