public import Experiments

/// A run on half a page of Markdown, for the summary of a CI job or a comment on a pull request.
public enum PullRequestSummary {
  private static let listedTrials = 5
  private static let listedMetrics = 4

  /// - Parameters:
  ///   - failure: why the command fails; nil if it does not.
  ///   - next: the command to type next, if there is one.
  public static func render(_ run: RunRecord, failure: String?, next: String?) -> String {
    let partial = PartialText(run)
    let outcome = failure != nil ? "failed" : partial != nil ? "not at its end" : "passed"
    var lines = ["## \(escaped(run.study)): \(outcome)", ""]
    if let failure { lines += ["**\(escaped(failure))**", ""] }
    if let partial { lines += ["**\(partial.mark).** \(partial.explanation)", ""] }
    if let gates = GateTable(run.gates) {
      lines += ["\(gates.verdict)", ""] + MarkdownText.table(gates.table) + [""]
    }
    for experiment in run.experiments { lines += section(experiment) }
    let data = DataSection(run.data)
    lines.append(
      "\(data.size) from \(escaped(run.data.source)) · Cohort \(escaped(run.engineVersion))")
    if let next { lines += ["", "Next: `\(next.filter { $0 != "`" && !$0.isNewline })`"] }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Of a run that died before it had a record.
  public static func render(study: String, error: String) -> String {
    "## \(escaped(study)): failed\n\n**\(escaped(error))**\n"
  }

  private static func section(_ experiment: ExperimentRecord) -> [String] {
    let board = Leaderboard(experiment, metricLimit: listedMetrics)
    let sentences = Verdict(board).sentences
    var lines = ["### \(escaped(experiment.id))", "", escaped(sentences.first ?? ""), ""]
    if !board.eligible.isEmpty {
      lines += MarkdownText.table(board.table(0..<listedTrials)) + [""]
      let left = board.eligible.count - listedTrials
      if left > 0 { lines += ["… and \(NumberFormat.count(left)) more.", ""] }
    }
    if !board.unfinished.isEmpty {
      lines += ["Without a result: \(board.unfinishedTally).", ""]
    }
    return lines
  }

  private static func escaped(_ text: String) -> String { MarkdownText.escaped(text) }
}
