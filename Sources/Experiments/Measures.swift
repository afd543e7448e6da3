internal import Evaluation
internal import Learning
internal import Tabular

/// The metrics that studies may name, by task.
package enum Measures {
  static func defaults(_ task: Study.Experiment.Task) -> [String] {
    switch task {
    case .cluster: ClusteringMeasures.defaultNames
    case .classify: ["roc_auc", "pr_auc", "log_loss", "brier", "ece", "ks", "lift@10%"]
    }
  }

  /// What scoring a row costs, counted, not timed.
  static let scoringCost = UsefulnessMeasure.scoringCost.rawValue

  /// Measured whether named or not.
  static func unasked(_ task: Study.Experiment.Task) -> [String] {
    switch task {
    case .cluster: ClusteringMeasures.unasked
    case .classify:
      ClassificationMeasurement.uncalibrated.map { $0.name + rawSuffix } + [scoringCost]
    }
  }

  /// What every trial of an experiment has, so far as it exists for it: what rules and gates may name.
  static func available(
    _ task: Study.Experiment.Task, metrics: [String], stability: Study.Stability?
  ) -> [String] {
    let ofReplicates = stability == nil ? [] : RefitFigure.ofReplicates.map(\.rawValue)
    return metrics + unasked(task) + ofReplicates
  }

  /// Names to suggest where one is unknown.
  static func known(_ task: Study.Experiment.Task) -> [String] {
    switch task {
    case .cluster: ClusteringMeasures.names
    case .classify: ClassificationMetric.standard.map(\.name)
    }
  }

  static func exists(_ name: String, _ task: Study.Experiment.Task) -> Bool {
    switch task {
    case .cluster: ClusteringMeasures.names.contains(name)
    case .classify: (try? ClassificationMetric.named(name)) != nil
    }
  }

  /// Follows the name of a metric that was taken before calibration.
  static let rawSuffix = "_raw"

  /// The same metric after calibration; nil of a name that is no such metric's before it.
  package static func calibratedName(of name: String) -> String? {
    name.hasSuffix(rawSuffix) ? String(name.dropLast(rawSuffix.count)) : nil
  }

  static func direction(of name: String) -> Direction {
    if let metric = try? ClassificationMetric.named(calibratedName(of: name) ?? name) {
      return metric.direction
    }
    return ClusteringMeasures.direction(of: name)
  }
}

extension Study.Split.Scheme {
  /// The role this scheme goes by, if no column has it.
  func neededRole(among roles: Roles) -> String? {
    switch self {
    case .random: nil
    case .stratified: roles.target == nil ? "target" : nil
    case .group: roles.group == nil ? "group" : nil
    case .forwardTime: roles.time == nil ? "time" : nil
    }
  }
}
