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
  /// Labels of the metrics that tell trials apart; the ranking one first.
  let metrics: [String]
  /// The label of the metric that ranks.
  let rankingMetric: String
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
    let labels = Self.labels(of: rows.map(\.trial))
    let ranking = rows.lazy.compactMap { $0.trial[metric: experiment.metric] }.first?.label
    rankingMetric = ranking ?? experiment.metric
    let telling = labels.filter { label in
      label == ranking || !Self.isUninformative(label, in: rows.map(\.trial))
    }
    metrics = telling.filter { $0 == ranking } + telling.filter { $0 != ranking }
    hasK = rows.contains { $0.trial.k != nil }
    let ranked = eligible.flatMap(\.trial.metrics)
    best = ranked.reduce(into: [:]) { best, metric in
      guard let found = best[metric.label] else { return best[metric.label] = metric.value }
      if metric.direction.isBetter(metric.value, than: found) { best[metric.label] = metric.value }
    }
    hasShare = !labels.contains { $0.hasSuffix("share") } && !experiment.evidence.isEmpty
  }

  private static func labels(of trials: [TrialRecord]) -> [String] {
    var labels: [String] = []
    for metric in trials.flatMap(\.metrics) where !labels.contains(metric.label) {
      labels.append(metric.label)
    }
    return labels
  }

  /// Whether the metric only repeats k or is the same for every trial.
  private static func isUninformative(_ label: String, in trials: [TrialRecord]) -> Bool {
    let measured = trials.filter { $0.metric(labeled: label) != nil }
    let values = measured.map { $0.metric(labeled: label)?.value }
    let isConstant = measured.count > 1 && values.allSatisfy { $0 == values.first }
    return isConstant
      || zip(measured, values).allSatisfy { trial, value in trial.k.map(Double.init) == value }
  }

  /// The eligible trials from rank `range`, counted from 0.
  func table(_ range: Range<Int>) -> TableView {
    let shown = eligible[range.clamped(to: 0..<eligible.count)]
    return TableView(
      columns: [.number("#")] + setup + measured,
      rows: shown.map { row in
        let rank = TableView.Cell(
          content: (row.rank.map(NumberFormat.count) ?? "–") + (row.isChosen ? " ★" : ""),
          isNumber: true)
        return TableView.Row(
          cells: [rank] + setupCells(row.trial) + measuredCells(row), isChosen: row.isChosen)
      })
  }

  /// The trials that miss a requirement, with the requirements.
  func unmetTable(limit: Int) -> TableView {
    TableView(
      columns: setup + [.text("misses")] + measured,
      rows: unmet.prefix(limit).map { row in
        let misses = TableView.Cell(content: row.unmet.joined(separator: "; "))
        return TableView.Row(
          cells: setupCells(row.trial) + [misses] + measuredCells(row))
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

  /// What was measured.
  private var measured: [TableView.Column] {
    let metrics = metrics.map { name in
      TableView.Column.number("\(name) \(direction(of: name).arrow)")
    }
    return metrics + (hasShare ? [.number("smallest segment")] : []) + [.text("trial")]
  }

  private func measuredCells(_ row: LeaderboardRow) -> [TableView.Cell] {
    let measured = metrics.map { name in
      let metric = row.trial.metric(labeled: name)
      return TableView.Cell(
        content: metric?.text ?? "–", isNumber: true,
        isBest: metric != nil && metric?.value == best[name])
    }
    let share = hasShare ? [cell(smallestShare(of: row.trial), isNumber: true)] : []
    return measured + share + [cell(row.trial.id)]
  }

  private func cell(_ text: String?, isNumber: Bool = false) -> TableView.Cell {
    TableView.Cell(content: text ?? "–", isNumber: isNumber)
  }

  private func smallestShare(of trial: TrialRecord) -> String? {
    guard let evidence = experiment.evidence[trial.id] else { return nil }
    return evidence.smallestShare.map(NumberFormat.percent)
  }

  func direction(of name: String) -> Direction {
    let recorded = experiment.leaderboard.lazy.compactMap { $0.trial.metric(labeled: name) }.first
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
