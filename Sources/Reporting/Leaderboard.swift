internal import Evaluation
internal import Experiments

/// The trials of an experiment as a report ranks them.
struct Leaderboard {
  let experiment: ExperimentRecord
  let varying: VaryingParameters
  let eligible: [LeaderboardRow]
  /// Done, but short of a requirement of the study.
  let unmet: [LeaderboardRow]
  /// Failed, skipped, stopped or never run.
  let unfinished: [LeaderboardRow]
  /// Names of the metrics any trial has; the ranking one first.
  let metrics: [String]
  private let hasK: Bool
  private let hasShare: Bool
  /// The best value of each metric among eligible trials.
  private let best: [String: Double]

  init(_ experiment: ExperimentRecord) {
    self.experiment = experiment
    let rows = experiment.leaderboard
    varying = VaryingParameters(of: rows.map(\.trial))
    eligible = rows.filter { $0.rank != nil }
    unmet = rows.filter { $0.rank == nil && $0.trial.status == .done }
    unfinished = rows.filter { $0.rank == nil && $0.trial.status != .done }
    var names: [String] = []
    for metric in rows.flatMap(\.trial.metrics) where !names.contains(metric.name) {
      names.append(metric.name)
    }
    metrics =
      names.filter { $0 == experiment.metric } + names.filter { $0 != experiment.metric }
    hasK = rows.contains { $0.trial.k != nil }
    let ranked = eligible.flatMap(\.trial.metrics)
    best = ranked.reduce(into: [:]) { best, metric in
      guard let found = best[metric.name] else { return best[metric.name] = metric.value }
      if metric.direction.isBetter(metric.value, than: found) { best[metric.name] = metric.value }
    }
    hasShare = !names.contains { $0.hasSuffix("share") } && !experiment.evidence.isEmpty
  }

  /// The eligible trials from rank `range`, counted from 0.
  func table(_ range: Range<Int>) -> TableView {
    let shown = eligible[range.clamped(to: 0..<eligible.count)]
    return TableView(
      columns: [.number("#")] + columns,
      rows: shown.map { row in
        let rank = TableView.Cell(
          content: (row.rank.map(NumberFormat.count) ?? "–") + (row.isChosen ? " ★" : ""),
          isNumber: true)
        return TableView.Row(cells: [rank] + cells(row), isChosen: row.isChosen)
      })
  }

  /// The trials that miss a requirement, with the requirements.
  func unmetTable(limit: Int) -> TableView {
    TableView(
      columns: columns + [.text("misses")],
      rows: unmet.prefix(limit).map { row in
        TableView.Row(
          cells: cells(row) + [TableView.Cell(content: row.unmet.joined(separator: "; "))])
      })
  }

  /// The trials without a result, with the reason.
  func unfinishedTable(limit: Int) -> TableView {
    TableView(
      columns: setup + [.text("status"), .text("reason"), .text("trial")],
      rows: unfinished.prefix(limit).map { row in
        let trial = row.trial
        let end = [trial.status.rawValue, trial.reason ?? "no reason recorded", trial.id]
        return TableView.Row(cells: setupCells(trial) + end.map { TableView.Cell(content: $0) })
      })
  }

  /// What was asked: model, k, and the parameters that vary.
  private var setup: [TableView.Column] {
    [.text("model")] + (hasK ? [.number("k")] : [])
      + varying.axes.map { TableView.Column.text($0.name) }
  }

  private func setupCells(_ trial: TrialRecord) -> [TableView.Cell] {
    let k = hasK ? [cell(trial.k.map(NumberFormat.count), isNumber: true)] : []
    return [cell(trial.model)] + k + varying.axes.map { cell(varying.value($0, of: trial)) }
  }

  private var columns: [TableView.Column] {
    let measured = metrics.map { name in
      let direction = direction(of: name)
      return TableView.Column.number("\(name) \(direction.arrow)", hint: direction.phrase)
    }
    return setup + measured + (hasShare ? [.number("smallest segment")] : []) + [.text("trial")]
  }

  private func cells(_ row: LeaderboardRow) -> [TableView.Cell] {
    let measured = metrics.map { name in
      let metric = row.trial[metric: name]
      return TableView.Cell(
        content: metric?.text ?? "–", isNumber: true,
        isBest: metric != nil && metric?.value == best[name])
    }
    let share = hasShare ? [cell(smallestShare(of: row.trial), isNumber: true)] : []
    return setupCells(row.trial) + measured + share + [cell(row.trial.id)]
  }

  private func cell(_ text: String?, isNumber: Bool = false) -> TableView.Cell {
    TableView.Cell(content: text ?? "–", isNumber: isNumber)
  }

  private func smallestShare(of trial: TrialRecord) -> String? {
    guard let evidence = experiment.evidence[trial.id] else { return nil }
    return evidence.smallestShare.map(NumberFormat.percent)
  }

  func direction(of name: String) -> Direction {
    let recorded = experiment.leaderboard.lazy.compactMap { $0.trial[metric: name] }.first
    return recorded?.direction ?? experiment.direction
  }
}

extension ClusteringEvidence {
  /// Rows of all segments and the unassigned ones.
  var rowCount: Int { sizes.reduce(noiseCount, +) }

  /// The smallest segment's share of all rows; nil without rows.
  var smallestShare: Double? {
    guard let smallest = sizes.min(), rowCount > 0 else { return nil }
    return Double(smallest) / Double(rowCount)
  }
}
