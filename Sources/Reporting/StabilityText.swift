internal import Experiments

/// How stable the chosen clustering is and how many segments the criteria are for, as text.
struct StabilityText {
  private let plot: StabilityPlot?
  private let curves: SelectionCurves?

  init(_ board: Leaderboard) {
    let experiment = board.experiment
    plot = experiment.chosen.flatMap { chosen in
      experiment.evidence[chosen.trial.id].flatMap { evidence in
        StabilityPlot(evidence, warning: SegmentGaps.warnings(of: chosen, on: board).first)
      }
    }
    curves =
      experiment.task == .cluster
      ? SelectionCurves.measured(board, within: PageBudget(experiments: 1)) : nil
  }

  /// For a terminal: the verdict on stability, and on the number of segments.
  var sentences: [String] {
    let stability = plot.map { "stability: \($0.headline)" }
    let votes = curves?.voteSentences.first.map { "number of segments: \($0)" }
    return [stability, votes].compactMap { $0 }
  }

  /// Sections of Markdown.
  var lines: [String] {
    var lines: [String] = []
    if let plot {
      lines += ["### Stability", ""]
      lines += ([plot.sample] + plot.sentences).map { "- \(MarkdownText.escaped($0))" } + [""]
      var table = plot.table
      table.rows = Array(table.rows.prefix(Segments.drawn))
      lines += MarkdownText.table(table) + [""]
    }
    if let curves, !curves.votes.isEmpty {
      lines += ["### How many segments", ""]
      lines += curves.voteSentences.map { "- \(MarkdownText.escaped($0))" } + [""]
      lines += MarkdownText.table(SegmentCountVotes.table(curves.votes)) + [""]
    }
    return lines
  }
}
