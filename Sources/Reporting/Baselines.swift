internal import Evaluation
internal import Experiments
internal import Learning

/// The simple models that every classifier is held against.
struct Baselines {
  /// The simplest first.
  static let models = Catalog.standard.classifiers.filter(\.isBaseline).map(\.name)

  /// The best measured trial of each, in the same order.
  let rows: [LeaderboardRow]

  init(_ board: Leaderboard) {
    guard board.experiment.task == .classify else {
      rows = []
      return
    }
    rows = Self.models.compactMap { model -> LeaderboardRow? in
      let eligible = board.eligible.filter { $0.trial.model == model }
      // A preference of the study may have put another trial of the model first.
      return board.leader(of: eligible) ?? eligible.first
        ?? board.unmet.first { $0.trial.model == model }
    }
  }

  var prior: LeaderboardRow? { rows.first { $0.trial.model == "prior" } }

  static func isBaseline(_ row: LeaderboardRow) -> Bool { models.contains(row.trial.model) }

  /// The best by the ranking metric, apart from the prior and from trials of the same model.
  func best(beside chosen: LeaderboardRow, on board: Leaderboard) -> LeaderboardRow? {
    let rivals = rows.filter { row in
      row.trial.model != "prior" && row.trial.model != chosen.trial.model
    }
    return board.leader(of: rivals)
  }
}
