internal import Evaluation
internal import Experiments
internal import Learning

extension Leaderboard {
  /// The eligible trials from rank `range`, counted from 0.
  func table(_ range: Range<Int>) -> TableView {
    table(of: Array(eligible[range.clamped(to: 0..<eligible.count)]))
  }

  /// The first `count` eligible trials, and the baselines among the rest.
  func leadingTable(_ count: Int) -> TableView {
    let first = eligible.prefix(count)
    let others = Baselines(self).rows.filter { row in
      row.rank != nil && !first.contains { $0.trial.id == row.trial.id }
    }
    return table(of: first + others.sorted { ($0.rank ?? 0) < ($1.rank ?? 0) })
  }

  private func table(of shown: [LeaderboardRow]) -> TableView {
    TableView(
      columns: [.number("#")] + tier + setup + measured,
      rows: shown.map { row in
        let rank = TableView.Cell(
          content: (row.rank.map(NumberFormat.count) ?? "–") + (row.isChosen ? " ★" : ""),
          isNumber: true)
        return TableView.Row(
          cells: [rank] + tierCells(row) + setupCells(row.trial) + measuredCells(row),
          isChosen: row.isChosen)
      })
  }

  /// The trials that miss a requirement, with the requirements.
  func unmetTable(limit: Int) -> TableView {
    TableView(
      columns: setup + [.text("misses")] + measured,
      rows: unmet.prefix(limit).map { row in
        let reasons = gaps(of: row.trial)
        let why = reasons.isEmpty ? "" : " (\(reasons.joined(separator: "; ")))"
        let misses = TableView.Cell(content: row.unmet.joined(separator: "; ") + why)
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

  /// What was asked: model, k, and the parameters that vary; those of several models in one column.
  private var setup: [TableView.Column] {
    [.text("model")] + (hasK ? [.number("k")] : [])
      + ownAxes.map { TableView.Column.text($0.name) }
      + (hasParameters ? [.text("parameters")] : [])
  }

  /// Which trials cannot be put in order.
  private var tier: [TableView.Column] {
    experiment.tiers == nil ? [] : [.number("tier")]
  }

  private func tierCells(_ row: LeaderboardRow) -> [TableView.Cell] {
    experiment.tiers == nil ? [] : [cell(row.tier.map(NumberFormat.count), isNumber: true)]
  }

  private var ownAxes: [VaryingParameters.Axis] {
    varying.axes.filter { !varying.hasSeveralModels || !$0.isModel }
  }

  private func setupCells(_ trial: TrialRecord) -> [TableView.Cell] {
    let k = hasK ? [cell(trial.k.map(NumberFormat.count), isNumber: true)] : []
    let parameters = hasParameters ? [cell(varying.ownParameters(of: trial))] : []
    return [cell(trial.model)] + k + ownAxes.map { cell(varying.value($0, of: trial)) } + parameters
  }

  /// What was measured.
  private var measured: [TableView.Column] {
    let metrics = metrics.map { name in
      TableView.Column.number(
        Leaderboard.isMerit(name) ? "\(name) \(direction(of: name).arrow)" : name)
    }
    return metrics + (hasShare ? [.number("smallest segment")] : [])
      + (headlines.isEmpty ? [] : [.text("the fit")]) + costs.map(\.column) + [.text("trial")]
  }

  private func measuredCells(_ row: LeaderboardRow) -> [TableView.Cell] {
    let measured = metrics.map { name in
      let metric = row.trial.metric(labeled: name)
      let isBest = Leaderboard.isMerit(name) && metric != nil && row.shown(name) == best[name]
      guard let spread = row.seeds?[metric: name] else {
        return TableView.Cell(metric, isBest: isBest)
      }
      return TableView.Cell(content: spread.text, isNumber: true, isBest: isBest)
    }
    let share = hasShare ? [cell(smallestShare(of: row.trial), isNumber: true)] : []
    let fit = headlines.compactMap { measure in
      row.trial[metric: measure.rawValue].map { "\(measure.rawValue) \($0.text)" }
    }
    let own = headlines.isEmpty ? [] : [cell(fit.joined(separator: " · "))]
    let cost = costs.map { cell($0.text(row.trial, experiment), isNumber: true) }
    return measured + share + own + cost + [cell(row.trial.id)]
  }

  private func cell(_ text: String?, isNumber: Bool = false) -> TableView.Cell {
    TableView.Cell(content: text.flatMap { $0.isEmpty ? nil : $0 } ?? "–", isNumber: isNumber)
  }

  private func smallestShare(of trial: TrialRecord) -> String? {
    guard let evidence = experiment.evidence[trial.id] else { return nil }
    return evidence.smallestShare.map(NumberFormat.percent)
  }
}
