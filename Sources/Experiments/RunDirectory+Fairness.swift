internal import Artifacts
internal import Evaluation
internal import Foundation
internal import Learning
internal import Numerical
internal import Tabular

/// How a chosen classifier treats groups of the holdout (`fairness.json`); what it does out of fold stands in
/// its artifact.
struct HoldoutFairness: Hashable, Sendable, Codable {
  static let file = "fairness.json"

  let experiment: String
  let trial: String
  let scored: [FairnessEvidence.Scored]
}

extension RunSession {
  /// Measures once per chosen trial, then keeps what was measured.
  func recordHoldoutFairness(_ experiments: [ExperimentRecord]) throws(RunError) {
    guard study.split.holdout != nil, !study.data.roles.sensitive.isEmpty else { return }
    let earlier = directory.holdoutFairness
    let holdout = Holdout(
      data: input.data, preparation: Preparation(catalog: catalog, study: study),
      context: FitContext(seed: Seed(study.seed), pool: environment.pool))
    var records: [HoldoutFairness] = []
    for experiment in experiments where experiment.task == .classify {
      guard let trial = experiment.chosen?.trial.id else { continue }
      if let known = earlier.first(where: { $0.experiment == experiment.id && $0.trial == trial }) {
        records.append(known)
        continue
      }
      do throws(TrialFailure) {
        records.append(
          HoldoutFairness(
            experiment: experiment.id, trial: trial,
            scored: try holdout.fairness(
              model: directory.trialPath(trial) + "/model", catalog: catalog)))
      } catch {
        throw .holdout(trial: trial, reason: error.reason)
      }
    }
    try directory.write(records, to: HoldoutFairness.file)
  }
}

extension RunDirectory {
  /// What was measured on the holdout; nothing where that was lost, which the next run measures again.
  var holdoutFairness: [HoldoutFairness] {
    (try? Self.decode(file(HoldoutFairness.file))) ?? []
  }

  /// What is known of the groups under the chosen trial of an experiment.
  func fairness(of section: Leaderboard.Section) throws(RunError) -> FairnessEvidence? {
    guard let trial = section.rows.first(where: \.isChosen)?.trial.id else { return nil }
    let path = "\(trialPath(trial))/model/\(FairnessEvidence.file)"
    guard RunStorage.exists(path) else { return nil }
    var fairness: FairnessEvidence = try Self.decode(path)
    fairness.scored += holdoutFairness.filter {
      $0.experiment == section.id && $0.trial == trial
    }.flatMap(\.scored)
    return fairness
  }
}
