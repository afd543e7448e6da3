public import Experiments

/// A run as a terminal shows it: per experiment the verdict, the leading trials and what failed.
public enum TerminalReport {
  private static let listedTrials = 10
  private static let listedMetrics = 4
  private static let listedFailures = 5

  public static func render(_ run: RunRecord) -> String {
    run.experiments.map(section).joined(separator: "\n")
  }

  private static func section(_ experiment: ExperimentRecord) -> String {
    let board = Leaderboard(experiment, metricLimit: listedMetrics)
    var lines = ["\(experiment.id): " + (Verdict(board).sentences.first ?? "no trials")]
    if experiment.task == .classify, let chosen = experiment.chosen {
      lines += ClassificationVerdict(chosen: chosen, board: board).sentences.map { "  \($0)" }
    }
    lines += StabilityText(board).sentences.map { "  \($0)" }
    if let chosen = experiment.chosen, let evidence = experiment.evidence[chosen.trial.id] {
      lines += Segments(evidence: evidence).lines.map { segment in
        "  \(segment.title) – \(segment.sentences.first ?? "")"
      }
    }
    if let leaks = LeakBox(experiment) {
      lines += ["  \(leaks.heading):"] + leaks.lines.map { "  - \($0)" }
    }
    if !board.eligible.isEmpty {
      let leaders = board.leadingTable(listedTrials)
      lines += columns(leaders)
      let left = board.eligible.count - leaders.rows.count
      if left > 0 { lines.append("  … and \(NumberFormat.count(left)) more") }
    }
    if !board.unmet.isEmpty {
      lines.append("  short of a requirement: \(NumberFormat.count(board.unmet.count))")
    }
    if !board.unfinished.isEmpty {
      lines.append("  without a result: \(NumberFormat.count(board.unfinished.count))")
      lines += columns(board.unfinishedTable(limit: listedFailures))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The table in columns as wide as their longest cell, numbers to the right.
  static func columns(_ table: TableView) -> [String] {
    let rows = [table.columns.map(\.heading)] + table.rows.map { $0.cells.map(\.content) }
    let widths = table.columns.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.indices.map { column in
        let blank = String(repeating: " ", count: widths[column] - row[column].count)
        return table.columns[column].isNumber ? blank + row[column] : row[column] + blank
      }
      var line = "  " + cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
