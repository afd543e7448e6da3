internal import Experiments
internal import Learning

/// The trials with the least information criteria; a value compares only with those of the same
/// prepared rows.
struct CriterionMinima {
  /// What mixtures are chosen by, the usual one first.
  static let criteria: [FitMeasure] = [.bic, .aic, .icl]
  /// Preparations named.
  private static let listed = 6

  struct Minimum {
    let criterion: FitMeasure
    /// Empty where all trials are prepared alike.
    let preparation: String
    let trial: TrialRecord
    let metric: MetricRecord
  }

  /// By preparation in the order of the leaderboard, then by criterion.
  let minima: [Minimum]
  private let board: Leaderboard
  private let isAtEnd: Bool

  init(_ board: Leaderboard) {
    self.board = board
    let trials = (board.eligible + board.unmet).map(\.trial).filter { $0.k != nil }
    let measured = trials.filter { trial in
      Self.criteria.contains { trial[metric: $0.rawValue] != nil }
    }
    var preparations: [String] = []
    for trial in measured {
      let preparation = board.varying.preparation(of: trial)
      if !preparations.contains(preparation) { preparations.append(preparation) }
    }
    minima = preparations.prefix(Self.listed).flatMap { preparation in
      let own = measured.filter { board.varying.preparation(of: $0) == preparation }
      return Self.criteria.compactMap { Self.least($0, of: own, prepared: preparation) }
    }
    let ks = measured.compactMap(\.k)
    let least = minima.first { $0.criterion == .bic }?.trial.k
    isAtEnd = least == ks.max() && ks.min() != ks.max()
  }

  /// Of equal values the one with the fewest segments stands.
  private static func least(
    _ criterion: FitMeasure, of trials: [TrialRecord], prepared preparation: String
  ) -> Minimum? {
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
    return least.map {
      Minimum(
        criterion: criterion, preparation: preparation, trial: $0.trial, metric: $0.metric)
    }
  }

  func isMinimum(_ trial: TrialRecord, of metric: String) -> Bool {
    minima.contains { $0.criterion.rawValue == metric && $0.trial.id == trial.id }
  }

  /// Where BIC is least, per preparation.
  var sentences: [String] {
    let bic = minima.filter { $0.criterion == .bic }.map { minimum in
      "BIC is least for \(board.varying.phrase(for: minimum.trial)): \(minimum.metric.text)."
    }
    return bic
      + (isAtEnd ? ["It is the largest k that was tried: a larger one may have a lower BIC."] : [])
  }

  var table: TableView {
    let hasPreparations = minima.contains { !$0.preparation.isEmpty }
    return TableView(
      caption: "Least values",
      columns: (hasPreparations ? [.text("preparation")] : [])
        + [.text("criterion"), .number("k"), .text("setting"), .number("value")],
      rows: minima.map { minimum in
        (hasPreparations ? [minimum.preparation] : []) + [
          minimum.criterion.rawValue, minimum.trial.k.map(NumberFormat.count) ?? "–",
          board.varying.modelSetting(of: minimum.trial), minimum.metric.text,
        ]
      })
  }
}
