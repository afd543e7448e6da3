import Experiments
import Foundation
import Learning

/// The leaderboard as the terminal shows it: the best trials of each experiment in columns.
enum LeaderboardText {
  private static let shownRows = 15

  static func render(_ record: RunRecord) -> String {
    record.experiments.map(render).joined(separator: "\n")
  }

  private static func render(_ experiment: ExperimentRecord) -> String {
    let rows = Array(experiment.leaderboard.prefix(shownRows))
    let metrics = rows.first { !$0.trial.metrics.isEmpty }?.trial.metrics ?? []
    let names = metrics.filter { $0.split != "holdout" }.map(\.name)
    let settings = varyingSettings(experiment.leaderboard)
    let header = ["rank", "trial", "model"] + settings + names + ["note"]
    let cells = rows.map { row in
      [row.rank.map(String.init) ?? "-", row.trial.id, row.trial.model]
        + settings.map { value(of: $0, in: row.trial) }
        + names.map { row.trial[metric: $0].map { String(format: "%.4g", $0.value) } ?? "" }
        + [note(row)]
    }
    var lines = ["\(experiment.id) by \(experiment.metric)"] + columns([header] + cells)
    if experiment.leaderboard.count > shownRows {
      lines.append("… and \(experiment.leaderboard.count - shownRows) more in leaderboard.csv")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func note(_ row: LeaderboardRow) -> String {
    if row.isChosen { return "chosen" }
    return row.trial.reason ?? row.unmet.first ?? ""
  }

  /// Parameters, as `stage.parameter` or the model's own name, that differ between trials.
  private static func varyingSettings(_ rows: [LeaderboardRow]) -> [String] {
    var names: [String] = []
    for row in rows {
      for name in settingNames(row.trial) where !names.contains(name) { names.append(name) }
    }
    return names.filter { name in Set(rows.map { value(of: name, in: $0.trial) }).count > 1 }
  }

  private static func settingNames(_ trial: TrialRecord) -> [String] {
    trial.stages.flatMap { stage in
      stage.parameters.names.map { stage.name == trial.model ? $0 : "\(stage.name).\($0)" }
    }
  }

  private static func value(of name: String, in trial: TrialRecord) -> String {
    for stage in trial.stages {
      let prefix = stage.name == trial.model ? "" : "\(stage.name)."
      for parameter in stage.parameters.names where prefix + parameter == name {
        return stage.parameters[parameter]?.description ?? ""
      }
    }
    return ""
  }

  private static func columns(_ rows: [[String]]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in
      rows.map { $0[column].count }.max() ?? 0
    }
    return rows.map { row in
      let line = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      return "  " + line.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
    }
  }
}
