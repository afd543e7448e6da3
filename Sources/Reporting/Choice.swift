internal import Experiments

/// By what the chosen trial of an experiment was chosen: by the metric, or by a preference within the first tier.
struct Choice {
  private let chosen: LeaderboardRow
  private let board: Leaderboard
  /// What told trials of the first tier apart, in the study's order; empty where the metric alone decided.
  private let preferences: [Study.Preference]
  /// Whether the preferences left equals among which the metric decided.
  private let hasEquals: Bool

  /// - Parameter chosen: the chosen row of `board`.
  init(_ chosen: LeaderboardRow, on board: Leaderboard) {
    self.chosen = chosen
    self.board = board
    var left = board.eligible.filter { $0.tier == 1 }
    var deciding: [Study.Preference] = []
    var isKnown = true
    for name in board.experiment.tiers?.then ?? [] where left.count > 1 {
      let preference = Study.Preference(name)
      guard let metric = preference.metric(board.experiment.task) else {
        // Records hold no figure of it for every trial: it may have decided all or left equals.
        deciding.append(preference)
        isKnown = false
        continue
      }
      // The chosen one is the best by the first preference, and by each further one among equals.
      let value = chosen.shown(metric)
      let equals = left.filter { $0.shown(metric) == value }
      if equals.count < left.count { deciding.append(preference) }
      left = equals
    }
    preferences = deciding
    hasEquals = !deciding.isEmpty && isKnown && left.count > 1
  }

  /// Whether something else than the ranking metrics decided.
  var isByPreference: Bool { !preferences.isEmpty }

  /// The verdict up to the value of the ranking metric: `random-forest is chosen by roc_auc: `.
  var opening: String {
    let phrase = board.varying.phrase(for: chosen.trial)
    let name = board.rankingMetric
    if let reason { return "\(phrase) is chosen as \(reason); its \(name) is " }
    let rivals = board.experiment.tiers.map { $0.metrics.dropFirst() } ?? []
    guard !rivals.isEmpty else { return "\(phrase) is chosen by \(name): " }
    let names = ([name] + rivals).joined(separator: " and ")
    return "\(phrase) is chosen by \(names) alike; \(name) is "
  }

  /// `the best calibrated of the 7 trials in the first tier (ece 0.0120)`; nil where the metric decided.
  private var reason: String? {
    guard let first = preferences.first else { return nil }
    let count = NumberFormat.count(board.eligible.count { $0.tier == 1 })
    var words = "\(superlative(first)) of the \(count) trials in the first tier\(figure(first))"
    for preference in preferences.dropFirst() {
      words += ", among equals as \(superlative(preference))\(figure(preference))"
    }
    return hasEquals ? words + ", among equals by \(board.rankingMetric)" : words
  }

  private func superlative(_ preference: Study.Preference) -> String {
    switch preference {
    case .cheapest: "the smallest model"
    case .fastest: "the cheapest to score with"
    case .mostStable where board.experiment.task == .classify: "the most stable over folds"
    case .mostStable: "the most stable"
    case .bestCalibrated: "the best calibrated"
    case .metric(let name): "the best by \(name)"
    }
  }

  /// The figure behind a preference in brackets; empty where there is none.
  private func figure(_ preference: Study.Preference) -> String {
    guard let metric = preference.metric(board.experiment.task) else { return "" }
    let text = chosen.seeds?[metric: metric]?.text ?? chosen.trial.metric(labeled: metric)?.text
    return text.map { " (\(metric) \($0))" } ?? ""
  }
}
