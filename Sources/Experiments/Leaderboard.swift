internal import Artifacts
internal import Evaluation
internal import Foundation
internal import Learning

/// The ranking of every experiment of a run (`leaderboard.json`).
struct Leaderboard: Codable {
  struct Section: Codable {
    let id: String
    let task: Study.Experiment.Task
    let metric: String
    let direction: Direction
    let tiers: TierRecord?
    let rows: [LeaderboardRow]
    /// Of a classification, what its features gave away.
    let leaks: [LeakFinding]
  }

  let study: String
  let engine: String
  let experiments: [Section]

  /// The ranking as lines of cells under a header: parameters in pipeline order, then metrics.
  ///
  /// Columns that no trial has are absent; a metric outside the training rows carries its split. Every seed of a
  /// configuration has a line, with the rank, means and deviations of the configuration.
  var cells: [[String]] {
    let rows = lines
    let trials = rows.map(\.trial)
    let means = unique(rows.flatMap { $0.row.seeds?.metrics.map(\.name) ?? [] })
    let hasSeeds = trials.contains { $0.seed != nil }
    let parameters = unique(trials.flatMap { Self.parameters(of: $0).map(\.0) })
    let metrics = unique(trials.flatMap { $0.metrics.map(Self.label) })
    let header =
      ["experiment", "rank", "tier", "chosen", "trial", "status", "model"]
      + (hasSeeds ? ["seed"] : []) + parameters + metrics
      + means.flatMap { ["mean.\($0)", "deviation.\($0)"] } + ["unmet", "reason"]
    let cells = rows.map { line -> [String] in
      let values = Self.parameters(of: line.trial)
      var cells = line.standing
      if hasSeeds { cells.append(line.trial.seed.map { "\($0)" } ?? "") }
      cells += parameters.map { name in values.first { $0.0 == name }?.1 ?? "" }
      cells += metrics.map { name in
        line.trial.metrics.first { Self.label($0) == name }.map { "\($0.value)" } ?? ""
      }
      for name in means {
        let spread = line.row.seeds?[metric: name]
        cells += [spread?.mean, spread?.deviation].map { $0.map { "\($0)" } ?? "" }
      }
      return cells + [line.row.unmet.joined(separator: "; "), line.trial.reason ?? ""]
    }
    return [header] + cells
  }

  private var lines: [Line] {
    var lines: [Line] = []
    for section in experiments {
      for row in section.rows {
        for trial in row.trials {
          // The trial that stands for its configuration may have been measured on the holdout.
          let isOwn = trial.id == row.trial.id
          lines.append(
            Line(
              experiment: section.id, row: row, isChosen: row.isChosen && isOwn,
              trial: isOwn ? row.trial : trial))
        }
      }
    }
    return lines
  }

  private struct Line {
    let experiment: String
    let row: LeaderboardRow
    let isChosen: Bool
    let trial: TrialRecord

    /// Where it stands and what it is.
    var standing: [String] {
      [
        experiment, row.rank.map { "\($0)" } ?? "", row.tier.map { "\($0)" } ?? "",
        isChosen ? "yes" : "", trial.id, trial.status.rawValue, trial.model,
      ]
    }
  }

  private static func label(_ metric: MetricRecord) -> String {
    metric.split == "holdout" ? "holdout.\(metric.name)" : metric.name
  }

  private static func parameters(of trial: TrialRecord) -> [(String, String)] {
    trial.stages.flatMap { stage in
      stage.parameters.names.map { name in
        ("\(stage.name).\(name)", stage.parameters[name]?.description ?? "")
      }
    }
  }

  private func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}
