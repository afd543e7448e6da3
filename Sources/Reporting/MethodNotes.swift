internal import Experiments

/// What the figures of a section mean and how far they carry.
enum MethodNotes {
  static func notes(for board: Leaderboard) -> [Section.Note] {
    board.metrics.map { name in
      Section.Note(term: name, text: meaning(of: name, on: board) + samples(of: name, on: board))
    } + [
      Section.Note(
        term: "comparing trials",
        text: "Distances are taken in the space a trial clusters, after its encoding, scaling and "
          + "projection, so trials with different preparation measure in different spaces. Every "
          + "trial was fitted once: its figures carry no interval, and a small lead may be chance."),
      Section.Note(
        term: "requirements",
        text: "A trial that misses a requirement of the study is shown but cannot be chosen."),
    ]
  }

  private static func meaning(of name: String, on board: Leaderboard) -> String {
    let direction = board.direction(of: name).phrase
    return switch name {
    case "silhouette":
      "Mean over rows of (b − a) / max(a, b): a is a row's mean distance to its own segment, b to "
        + "the nearest other one. From −1 to 1, \(direction)."
    case "calinski_harabasz":
      "Dispersion between segments over dispersion within, each divided by its degrees of freedom "
        + "(k − 1 and n − k); \(direction)."
    case "davies_bouldin":
      "Mean over segments of the worst (spread + spread) / (distance of centres) with any other "
        + "segment; \(direction)."
    case "inertia":
      "Sum of squared distances to the own centre. It falls with every further segment: look for "
        + "the bend, and compare only trials with the same preparation; \(direction)."
    case "dunn":
      "Smallest distance between rows of two segments over the largest diameter of a segment; one "
        + "outlying row decides it; \(direction)."
    case "min_share": "The smallest segment’s share of all rows."
    case "max_share": "The largest segment’s share of all rows."
    case "noise": "The share of rows in no segment."
    case "segments": "How many segments have rows."
    default: "As the study names it; \(direction)."
    }
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
