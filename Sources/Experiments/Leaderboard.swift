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
  /// Columns that no trial has are absent; a metric outside the training rows carries its split.
  var cells: [[String]] {
    let rows = experiments.flatMap { section in section.rows.map { (section.id, $0) } }
    let trials = rows.map(\.1.trial)
    let parameters = unique(trials.flatMap { Self.parameters(of: $0).map(\.0) })
    let metrics = unique(trials.flatMap { $0.metrics.map(Self.label) })
    var lines = [
      ["experiment", "rank", "tier", "chosen", "trial", "status", "model"] + parameters + metrics
        + ["unmet", "reason"]
    ]
    for (experiment, row) in rows {
      let values = Self.parameters(of: row.trial)
      var line = [
        experiment, row.rank.map(String.init) ?? "", row.tier.map(String.init) ?? "",
        row.isChosen ? "yes" : "", row.trial.id, row.trial.status.rawValue, row.trial.model,
      ]
      line += parameters.map { name in values.first { $0.0 == name }?.1 ?? "" }
      line += metrics.map { name in
        row.trial.metrics.first { Self.label($0) == name }.map { "\($0.value)" } ?? ""
      }
      line += [row.unmet.joined(separator: "; "), row.trial.reason ?? ""]
      lines.append(line)
    }
    return lines
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
