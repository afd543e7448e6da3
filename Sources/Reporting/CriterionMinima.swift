internal import Experiments
internal import Learning

/// The least information criteria among mixtures of the same prepared rows: others do not compare.
struct CriterionMinima {
  /// What mixtures are chosen by, the usual one first.
  static let criteria: [FitMeasure] = [.bic, .aic, .icl]
  /// Preparations shown.
  private static let listed = 3

  struct Minimum {
    let criterion: FitMeasure
    let trial: TrialRecord
    let metric: MetricRecord
  }

  /// Empty where all trials are prepared alike.
  let preparation: String
  /// The mixtures with a k, in the order of the leaderboard.
  let rows: [LeaderboardRow]
  let minima: [Minimum]
  private let varying: VaryingParameters

  /// One for every preparation, in the order of the leaderboard.
  static func all(_ board: Leaderboard) -> [Self] {
    let measured = (board.eligible + board.unmet).filter { row in
      row.trial.k != nil && criteria.contains { row.trial[metric: $0.rawValue] != nil }
    }
    var order: [String] = []
    for row in measured {
      let preparation = board.varying.preparation(of: row.trial)
      if !order.contains(preparation) { order.append(preparation) }
    }
    return order.prefix(listed).map { preparation in
      Self(
        preparation,
        measured.filter { board.varying.preparation(of: $0.trial) == preparation },
        board.varying)
    }
  }

  private init(_ preparation: String, _ rows: [LeaderboardRow], _ varying: VaryingParameters) {
    self.preparation = preparation
    self.rows = rows
    self.varying = varying
    minima = Self.criteria.compactMap { Self.least($0, of: rows.map(\.trial)) }
  }

  /// Of equal values the one with the fewest segments stands.
  private static func least(_ criterion: FitMeasure, of trials: [TrialRecord]) -> Minimum? {
    var least: (trial: TrialRecord, metric: MetricRecord)?
    for trial in trials {
      guard let metric = trial[metric: criterion.rawValue], metric.value.isFinite else { continue }
      guard let found = least else {
        least = (trial, metric)
        continue
      }
      let rank = (metric.value, trial.k ?? 0)
      if rank < (found.metric.value, found.trial.k ?? 0) { least = (trial, metric) }
    }
    return least.map { Minimum(criterion: criterion, trial: $0.trial, metric: $0.metric) }
  }

  func isMinimum(_ trial: TrialRecord, of metric: String) -> Bool {
    minima.contains { $0.criterion.rawValue == metric && $0.trial.id == trial.id }
  }

  /// Where BIC is least; nil without one.
  var sentence: String? {
    guard let least = minima.first(where: { $0.criterion == .bic }) else { return nil }
    let ks = rows.compactMap(\.trial.k)
    let isAtEnd = least.trial.k == ks.max() && ks.min() != ks.max()
    return "BIC is least for \(varying.phrase(for: least.trial)): \(least.metric.text)"
      + (isAtEnd ? "; this is the largest k that was tried, a larger one may lower it." : ".")
  }

  var table: TableView {
    TableView(
      caption: "Least values",
      columns: [.text("criterion"), .number("k"), .text("setting"), .number("value")],
      rows: minima.map { minimum in
        [
          minimum.criterion.rawValue, minimum.trial.k.map(NumberFormat.count) ?? "–",
          varying.modelSetting(of: minimum.trial), minimum.metric.text,
        ]
      })
  }
}
