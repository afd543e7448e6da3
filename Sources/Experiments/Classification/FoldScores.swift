internal import Artifacts
internal import Evaluation
internal import Numerical

/// What a part of a classification leaves to those that go on (`scores.json`).
struct FoldScores: Codable {
  static let file = "scores.json"

  /// Log-odds by fold and scored row.
  var logOdds: [[Double]] = []
  /// The same by the name of a fit that calibrates.
  var calibration: [String: [Double]] = [:]

  /// One fold's log-odds, as the cache keeps them.
  static func form(rowCount: Int) -> StageForm<[Double]> {
    StageForm {
      try Vector($0).encode(to: $1)
    } decode: { decoder in
      let scores = try Vector(from: decoder).values
      guard scores.count == rowCount, scores.allSatisfy(\.isFinite) else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath, debugDescription: "the scores are of other rows"))
      }
      return scores
    }
  }

  init() {}

  init(logOdds: [[Double]], calibration: [String: [Double]]) {
    self.logOdds = logOdds
    self.calibration = calibration
  }

  /// What each of several trials has.
  init(sharedBy trials: [FoldScores]) {
    guard var shared = trials.first else { return }
    for other in trials.dropFirst() {
      shared.logOdds = Array(shared.logOdds.prefix(other.logOdds.count))
      shared.calibration = shared.calibration.filter { other.calibration[$0.key] != nil }
    }
    self = shared
  }

  /// The scores of the first folds that a smaller part of the trial has left; none without one.
  ///
  /// A fit depends on its fold alone, so that scores from before are the scores that would be computed again.
  static func known(
    before trial: Plan.Trial, of folds: [Evaluation.Split], in directory: RunDirectory
  ) -> FoldScores {
    for count in stride(from: (trial.rung?.folds ?? folds.count) - 1, through: 1, by: -1) {
      let part = trial.onFolds(count)
      // What is damaged is computed again.
      guard RunStorage.exists(directory.trialPath(part.id)),
        let stored = try? directory.trial(part), stored.status.status == .done,
        let scores: FoldScores = try? RunDirectory.decode(
          "\(directory.trialPath(part.id))/\(Self.file)"),
        scores.logOdds.map(\.count) == folds.prefix(count).map(\.test.count),
        (scores.logOdds + scores.calibration.values).allSatisfy({ $0.allSatisfy(\.isFinite) })
      else { continue }
      return scores
    }
    return FoldScores()
  }
}
