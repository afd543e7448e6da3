internal import Evaluation
internal import Experiments
internal import Learning

/// What the figures of a section mean and how far they carry.
enum MethodNotes {
  static func notes(for board: Leaderboard) -> [Section.Note] {
    board.explained.map { name in
      Section.Note(term: name, text: meaning(of: name, on: board) + samples(of: name, on: board))
    } + unassigned(on: board) + [
      Section.Note(term: "comparing trials", text: comparing(board.experiment)),
      Section.Note(
        term: "requirements",
        text: "A trial that misses a requirement of the study is shown but cannot be chosen."),
    ]
  }

  private static func comparing(_ experiment: ExperimentRecord) -> String {
    let hasTests = experiment.tiers?.basis == .chance
    switch experiment.task {
    case .cluster:
      let chance =
        hasTests
        ? "Tiers, not intervals, tell which differences are more than chance."
        : "A small lead may be chance: nothing has tested it."
      return "Distances are taken in the space a trial clusters, after its encoding, scaling and "
        + "projection, so trials with different preparation measure in different spaces. " + chance
    case .classify:
      let chance =
        hasTests
        ? "which differences are more than chance is told by tiers, which compare trials on the "
          + "same rows."
        : "trials whose intervals overlap may differ by chance."
      return "All trials score the same rows, each by a pipeline that had not seen it. An interval "
        + "is where a figure would lie for other rows from the same source; \(chance) The best of "
        + "many trials is partly the luckiest: what it is worth shows on the holdout."
    }
  }

  /// Leaving rows out flatters every metric of the rest.
  private static func unassigned(on board: Leaderboard) -> [Section.Note] {
    let hasNoise = board.experiment.leaderboard.contains { row in
      row.trial[metric: "noise"].map { $0.value > 0 } ?? false
    }
    guard hasNoise else { return [] }
    return [
      Section.Note(
        term: "unassigned rows",
        text: "They count for the share of noise alone. A trial that leaves many rows out is "
          + "measured on the others, which are easier to tell apart.")
    ]
  }

  private static func meaning(of label: String, on board: Leaderboard) -> String {
    let direction = board.direction(of: label).phrase
    let name = label.hasPrefix("holdout.") ? String(label.dropFirst("holdout.".count)) : label
    if let metric = ClusteringMetric.standard.first(where: { $0.name == name }) {
      return "\(metric.summary) \(advice(on: name))\(capitalized(direction))."
    }
    if let metric = classifierMetric(name) {
      return "\(metric.summary) \(capitalized(direction))."
    }
    if let metric = Measures.calibratedName(of: name).flatMap(classifierMetric) {
      return "\(metric.summary) Taken before calibration. \(capitalized(direction))."
    }
    if let summary = refitMeaning(name) { return "\(summary) \(capitalized(direction))." }
    if let measure = UsefulnessMeasure(rawValue: name) {
      return "\(measure.summary) \(capitalized(direction))."
    }
    if let measure = FitMeasure(rawValue: name) {
      return measure.summary + (measure.isMerit ? " \(capitalized(direction))." : "")
    }
    return switch name {
    case "min_share": "The smallest segment’s share of all rows."
    case "max_share": "The largest segment’s share of all rows."
    case "noise": "The share of rows in no segment."
    case "segments": "How many segments have rows."
    default: "As the study names it; \(direction)."
    }
  }

  /// Figures for which models are fitted again.
  private static func refitMeaning(_ name: String) -> String? {
    switch name {
    case "stability":
      "The mean over segments of how well replicates find each again: the Jaccard similarity with the "
        + "most similar segment of a refit to varied rows, the preparation being held."
    case "stability.min": "The same of the least stable segment."
    case "stability_ari":
      "The mean adjusted Rand index between the clustering and the replicates, on the rows of each."
    case "prediction_strength":
      "Each half of the rows is clustered and placed by the model of the other half; the least share "
        + "over segments of pairs of rows that stay together, on average. Above 0.8 is well predicted."
    case "pac":
      "The share of pairs of rows that are neither together nor apart: together in more than 10% and "
        + "up to 90% of the replicates with both."
    case Leaderboard.consensusArea:
      "The area under the distribution of how often pairs of rows are together in the replicates with "
        + "both; it grows with k. Its gain (ΔArea) is small from the k on that adds no structure."
    case "gap":
      "How much smaller log W (half the squared distances of rows from the mean of their segment) is "
        + "than for rows drawn evenly from a box along the principal axes, clustered the same way. One "
        + "segment is among the choices: where it is chosen, the rows show no segments."
    default: nil
    }
  }

  private static func classifierMetric(_ name: String) -> ClassificationMetric? {
    // A name that is none of a classifier's metrics has its meaning elsewhere.
    try? ClassificationMetric.named(name)
  }

  /// What a reader should know beyond the formula.
  private static func advice(on name: String) -> String {
    switch name {
    case "inertia":
      "It falls with every further segment: look for the bend, and compare only trials with the "
        + "same preparation. "
    case "dunn": "One outlying row decides it. "
    default: ""
    }
  }

  private static func capitalized(_ phrase: String) -> String {
    phrase.prefix(1).uppercased() + phrase.dropFirst()
  }

  /// On which rows the metric was measured, over all trials that have it.
  private static func samples(of name: String, on board: Leaderboard) -> String {
    var samples: [String] = []
    for row in board.experiment.leaderboard {
      guard let metric = row.trial.metric(labeled: name) else { continue }
      if !samples.contains(metric.sample) { samples.append(metric.sample) }
    }
    guard let first = samples.first else { return "" }
    return samples.count == 1
      ? " Measured on \(first)." : " Measured on rows that differ by trial, such as \(first)."
  }
}
