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
    let measured = board.eligible + board.unmet
    rows = Self.models.compactMap { model in measured.first { $0.trial.model == model } }
  }

  var prior: LeaderboardRow? { rows.first { $0.trial.model == "prior" } }

  static func isBaseline(_ row: LeaderboardRow) -> Bool { models.contains(row.trial.model) }

  /// The best by the ranking metric, apart from the prior and from trials of the same model.
  func best(beside chosen: LeaderboardRow, on board: Leaderboard) -> LeaderboardRow? {
    let rivals = rows.filter { row in
      row.trial.model != "prior" && row.trial.model != chosen.trial.model
    }
    let name = board.rankingMetric
    let direction = board.direction(of: name)
    var best: (row: LeaderboardRow, value: Double)?
    for row in rivals {
      guard let value = row.trial.metric(labeled: name)?.value, value.isFinite else { continue }
      if best.map({ direction.isBetter(value, than: $0.value) }) ?? true { best = (row, value) }
    }
    return best?.row
  }
}
