internal import Evaluation
public import Experiments

/// Lists of runs and trials as a terminal shows them.
public enum HistoryReport {
  /// A line per run.
  public static func runs(_ runs: [RunListing]) -> String {
    let table = TableView(
      columns: [
        .text("run"), .text("state"), .number("trials"), .number("failed"), .text("gates"),
        .text("started (UTC)"), .text("chosen"),
      ],
      rows: runs.map { run in
        let trials =
          run.endedCount == run.trialCount
          ? "\(run.trialCount)" : "\(run.endedCount)/\(run.trialCount)"
        let chosen = run.choices.map { choice in
          let value = choice.value.map { " \(NumberFormat.significant($0))" } ?? ""
          return "\(choice.experiment): \(choice.model) \(choice.metric)\(value)"
        }
        return [
          run.name, run.state.rawValue, trials, "\(run.failedCount)", gates(run),
          minute(run.started), chosen.isEmpty ? "–" : chosen.joined(separator: "; "),
        ]
      })
    return lines(table)
  }

  /// A line per trial, with the values of the named metrics.
  public static func trials(_ trials: [TrialListing], metrics: [String]) -> String {
    var columns: [TableView.Column] = [
      .text("run"), .text("experiment"), .text("trial"), .text("model"), .text("status"),
      .number("#"), .number("tier"),
    ]
    columns += metrics.map { TableView.Column.number($0) }
    columns.append(.text("reason"))
    let rows = trials.map { trial -> [String] in
      var cells = [trial.run, trial.experiment, trial.trial, trial.model, trial.status.rawValue]
      cells.append(trial.rank.map { trial.isChosen ? "\($0) ★" : "\($0)" } ?? "–")
      cells.append(trial.tier.map(String.init) ?? "–")
      for name in metrics {
        cells.append(trial.metrics[name].map { NumberFormat.significant($0) } ?? "–")
      }
      cells.append(trial.reason ?? "")
      return cells
    }
    return lines(TableView(columns: columns, rows: rows))
  }

  /// What a run was asked, its trials in tiers and how its gates ended.
  public static func show(
    _ run: RunListing, study: Study, overrides: [String], record: RunRecord?
  ) -> String {
    var facts: [(String, String)] = [
      ("study", run.study), ("state", run.state.rawValue),
      ("started", minute(run.started) + " UTC"),
      ("trials", "\(run.endedCount) of \(run.trialCount) ended, \(run.failedCount) failed"),
      ("data", study.data.source), ("seed", "\(study.seed)"),
    ]
    if let record {
      facts.append(("rows", NumberFormat.count(record.data.rowCount)))
      facts.append(("engine", record.engineVersion))
    }
    facts += overrides.map { ("override", $0) }
    let width = facts.map(\.0.count).max() ?? 0
    var text = "\(run.name)\n"
    for (name, value) in facts {
      text += "  \(name)\(String(repeating: " ", count: width - name.count))  \(value)\n"
    }
    guard let record else { return text }
    if let partial = PartialText(record) { text += "\n\(partial.mark)\n" }
    text += "\n" + TerminalReport.render(record)
    if let gates = GateTable(record.gates) {
      text += "\n\(gates.verdict)\n" + lines(gates.table)
    }
    return text
  }

  /// Settings and metrics of the chosen trials that differ, without rows, segments or pictures.
  public static func difference(_ comparison: Comparison) -> String {
    let view = ComparisonView(comparison)
    var text = ([view.summary] + view.verdict).joined(separator: "\n") + "\n"
    if !comparison.settings.isEmpty {
      text += "\nsettings\n" + lines(ComparisonView.settings(comparison.settings))
    }
    for experiment in comparison.experiments {
      let metrics = experiment.chosen?.metrics.filter { $0.verdict != .equal } ?? []
      guard !metrics.isEmpty else { continue }
      text += "\n\(experiment.id)\n" + lines(table(of: metrics))
    }
    return text
  }

  /// Where metrics were tested over folds, verdicts take those intervals too.
  private static func table(of metrics: [MetricComparison]) -> TableView {
    let hasFolds = metrics.contains { $0.foldTest != nil }
    func range(_ interval: Interval?) -> String {
      guard let interval else { return "–" }
      return [interval.lower, interval.upper].map { NumberFormat.significant($0) }
        .joined(separator: " to ")
    }
    var columns: [TableView.Column] = [
      .text("metric"), .number("A"), .number("B"), .number("B - A"), .text("interval"),
    ]
    if hasFolds { columns.append(.text("over folds")) }
    columns.append(.text("B is"))
    let rows: [[String]] = metrics.map { metric in
      let values = [metric.a, metric.b, metric.difference].map { value in
        value.map { NumberFormat.significant($0) } ?? "–"
      }
      let ofFolds = hasFolds ? [range(metric.foldTest?.test.interval)] : []
      return [metric.label] + values + [range(metric.interval)] + ofFolds
        + [metric.verdict.rawValue]
    }
    return TableView(columns: columns, rows: rows)
  }

  private static func gates(_ run: RunListing) -> String {
    if run.gateCount == 0 { return "–" }
    return run.missedGateCount == 0 ? "met" : "\(run.missedGateCount)/\(run.gateCount) missed"
  }

  /// `2026-11-21 15:10` of an ISO 8601 time.
  private static func minute(_ time: String?) -> String {
    guard let time, time.count >= 16 else { return "–" }
    return String(time.prefix(16)).replacing("T", with: " ")
  }

  private static func lines(_ table: TableView) -> String {
    TerminalReport.columns(table).joined(separator: "\n") + "\n"
  }
}
