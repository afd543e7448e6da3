internal import Artifacts
internal import Evaluation

/// What a part of a classification leaves to those that go on (`scores.json`).
struct FoldScores: Codable {
  static let file = "scores.json"

  /// Log-odds by fold and scored row.
  let logOdds: [[Double]]

  /// The scores of the first folds that a smaller part of the trial has left; none without one.
  ///
  /// A fit depends on its fold alone, so that scores from before are the scores that would be computed again.
  static func known(
    before trial: Plan.Trial, of folds: [Evaluation.Split], in directory: RunDirectory
  ) -> [[Double]] {
    for count in stride(from: (trial.rung?.folds ?? folds.count) - 1, through: 1, by: -1) {
      let part = trial.onFolds(count)
      // What is damaged is computed again.
      guard RunStorage.exists(directory.trialPath(part.id)),
        let stored = try? directory.trial(part), stored.status.status == .done,
        let scores: FoldScores = try? RunDirectory.decode(
          "\(directory.trialPath(part.id))/\(Self.file)"),
        scores.logOdds.map(\.count) == folds.prefix(count).map(\.test.count),
        scores.logOdds.allSatisfy({ $0.allSatisfy(\.isFinite) })
      else { continue }
      return scores.logOdds
    }
    return []
  }
}
