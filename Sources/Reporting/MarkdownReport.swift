public import Experiments

/// A run in short, for a pull request: what won, what came next, what went wrong.
public enum MarkdownReport {
  private static let listedTrials = 10
  private static let listedFailures = 10
  private static let listedFeatures = 12

  /// GitHub-flavoured Markdown; every name from the data is escaped.
  public static func render(_ run: RunRecord) -> String {
    let data = DataSection(run.data)
    let head = [
      "# \(MarkdownText.escaped(run.study))", "",
      "\(MarkdownText.escaped(data.size)) from \(MarkdownText.escaped(data.source)) · Cohort "
        + "\(MarkdownText.escaped(run.engineVersion))",
      "",
    ]
    let partial = PartialText(run).map { ["**\($0.mark).** \($0.explanation)", ""] } ?? []
    let body =
      run.experiments.isEmpty
      ? ["The run has no experiments.", ""] : run.experiments.flatMap(section)
    let end = ["Data fingerprint: `\(run.data.fingerprint.filter(isPlain))`"]
    return (head + partial + gates(run) + body + end).joined(separator: "\n") + "\n"
  }

  private static func gates(_ run: RunRecord) -> [String] {
    guard let gates = GateTable(run.gates) else { return [] }
    return ["## Gates", "", "**\(gates.verdict)**", ""] + MarkdownText.table(gates.table) + [""]
  }

  private static func isPlain(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || character == ":")
  }

  private static func section(_ experiment: ExperimentRecord) -> [String] {
    let board = Leaderboard(experiment)
    let verdict = Verdict(board).sentences.enumerated().map { index, sentence in
      let text = MarkdownText.escaped(sentence)
      return index == 0 ? "**\(text)**" : "- \(text)"
    }
    var lines = ["## \(MarkdownText.escaped(experiment.id))", ""]
    lines += verdict.prefix(1) + [""] + verdict.dropFirst() + [""]
    return lines + leaks(experiment) + leaders(board) + ClassifierText(board: board).lines
      + segments(experiment) + StabilityText(board).lines + models(board) + fairness(experiment)
      + warnings(experiment) + failures(board)
  }

  private static func leaks(_ experiment: ExperimentRecord) -> [String] {
    guard let leaks = LeakBox(experiment) else { return [] }
    return ["### \(leaks.heading)", ""] + leaks.lines.map { "- \(MarkdownText.escaped($0))" } + [""]
  }

  /// The key sentences of every shown clustering, and where the information criteria are least.
  private static func models(_ board: Leaderboard) -> [String] {
    let models = ModelPortrait.sentences(board).map { model in
      "- **\(MarkdownText.escaped(model.title))**: "
        + MarkdownText.escaped(model.sentences.joined(separator: " "))
    }
    let criteria = CriterionMinima.all(board).compactMap(\.sentence).map {
      "- \(MarkdownText.escaped($0))"
    }
    guard !models.isEmpty || !criteria.isEmpty else { return [] }
    return ["### Models", ""] + models + criteria + [""]
  }

  private static func leaders(_ board: Leaderboard) -> [String] {
    guard !board.eligible.isEmpty else { return [] }
    let gaps = board.gapReasons.map { "– stands for a figure that does not exist: \($0)" }
    let count = min(listedTrials, board.eligible.count)
    let title =
      count < board.eligible.count
      ? "Leaderboard (the first \(count) of \(NumberFormat.count(board.eligible.count)))"
      : "Leaderboard"
    return ["### \(title)", ""] + MarkdownText.table(board.leadingTable(count)) + [""]
      + gaps.flatMap { [MarkdownText.escaped($0), ""] }
  }

  private static func segments(_ experiment: ExperimentRecord) -> [String] {
    guard let chosen = experiment.chosen, let evidence = experiment.evidence[chosen.trial.id]
    else { return [] }
    let segments = Segments(evidence: evidence)
    var sizes = segments.table
    let listed = Segments.drawn
    if sizes.rows.count > listed { sizes.rows = Array(sizes.rows.prefix(listed)) }
    var lines = ["### Segments", ""] + MarkdownText.table(sizes) + [""]
    lines += segments.lines.map { segment in
      "- **\(MarkdownText.escaped(segment.title))**: "
        + MarkdownText.escaped(segment.sentences.joined(separator: " "))
    }
    if let rules = RuleBox(evidence) {
      lines += ["", MarkdownText.escaped(rules.sentences[0])]
    }
    lines += segments.lines.isEmpty ? [] : [""]
    if let profile = ProfileHeatMap(evidence)?.table(listedFeatures) {
      let total = evidence.profile.count
      let title =
        total > listedFeatures
        ? "Profile (the \(listedFeatures) features that differ most)" : "Profile"
      lines += ["### \(title)", "", "Means in original units, shares in %.", ""]
      lines += MarkdownText.table(profile) + [""]
    }
    return lines
  }

  private static func fairness(_ experiment: ExperimentRecord) -> [String] {
    guard let section = FairnessSection(experiment) else { return [] }
    return ["### Groups", ""] + section.sentences.map { "- \(MarkdownText.escaped($0))" } + [""]
      + section.tables.flatMap { table in
        ["**\(MarkdownText.escaped(table.title))**", ""] + MarkdownText.table(table.view) + [""]
      }
  }

  private static func warnings(_ experiment: ExperimentRecord) -> [String] {
    let warnings = experiment.chosen?.trial.warnings ?? []
    guard !warnings.isEmpty else { return [] }
    return ["### Warnings", ""] + warnings.map { "- \(MarkdownText.escaped($0))" } + [""]
  }

  private static func failures(_ board: Leaderboard) -> [String] {
    guard !board.unfinished.isEmpty else { return [] }
    let left = board.unfinished.count - listedFailures
    return ["### Without a result", ""]
      + MarkdownText.table(board.unfinishedTable(limit: listedFailures)) + [""]
      + (left > 0 ? ["… and \(NumberFormat.count(left)) more.", ""] : [])
  }
}
