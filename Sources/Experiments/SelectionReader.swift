internal import Evaluation
internal import Learning
internal import Tabular

/// Reads which of the eligible trials of an experiment is best.
struct SelectionReader {
  /// Those that the study names.
  let metrics: [String]
  /// Those that trials will have.
  let available: [String]
  let task: Study.Experiment.Task

  /// `{metric: roc_auc, goal: max, ties: log_loss, within_tier: cheapest}`, or
  /// `{pareto: [silhouette, value_spread], then: most_stable}`; without a rule the first metric ranks.
  func read(_ node: SourceNode?) throws(StudyError) -> Study.SelectionRule {
    guard let node else { return Study.SelectionRule(metric: metrics[0]) }
    let keys = ["metric", "goal", "ties", "within_tier", "pareto", "then"]
    let section = try Section(node, "select", keys: keys)
    guard let pareto = section["pareto"] else { return try byMetric(section) }
    if let entry = section.entries.first(where: { !["pareto", "then"].contains($0.key) }) {
      throw entry.value.refused(entry.key, expected: "absent beside pareto")
    }
    let names = try pareto.texts("pareto")
    for name in names { try pareto.requireMetric(name, among: ranking) }
    guard names.count > 1, Set(names).count == names.count else {
      throw pareto.refused("pareto", expected: "a list of at least two different metrics")
    }
    return Study.SelectionRule(
      metric: names[0], pareto: names, then: try preferences(section["then"], "then"))
  }

  private func byMetric(_ section: Section) throws(StudyError) -> Study.SelectionRule {
    if let node = section["then"] {
      throw node.refused("then", expected: "absent without pareto; within_tier serves a metric")
    }
    let named = try section.required("metric")
    let metric = try named.text("metric")
    try named.requireMetric(metric, among: ranking)
    if let goal = section["goal"] {
      let written = try goal.choice("goal", among: ["max", "min"])
      let direction = Measures.direction(of: metric)
      guard written == direction.rawValue else {
        throw StudyError(.wrongGoal(metric: metric, goal: direction.rawValue), at: goal.place)
      }
    }
    let ties = try section["ties"]?.texts("ties") ?? []
    for name in ties { try section["ties"]?.requireMetric(name, among: available) }
    return Study.SelectionRule(
      metric: metric, ties: ties,
      then: try preferences(section["within_tier"], "within_tier"))
  }

  private func preferences(
    _ node: SourceNode?, _ key: String
  ) throws(StudyError) -> [Study.Preference] {
    guard let node else { return [] }
    var preferences: [Study.Preference] = []
    for name in try node.texts(key) {
      let preference = Study.Preference(name)
      if let metric = preference.metric(task) {
        try node.requireMetric(metric, among: available)
      }
      preferences.append(preference)
    }
    return preferences
  }

  /// What may rank: named metrics, and for clusterings what fits and refits tell of themselves.
  private var ranking: [String] {
    available.filter { name in
      guard task == .cluster, !metrics.contains(name) else { return metrics.contains(name) }
      return FitMeasure(rawValue: name) != nil || RefitFigure(rawValue: name) != nil
    }
  }
}

extension SourceNode {
  /// - Throws: `.unknownName` with the nearest of `known` if `metric` is not among them.
  func requireMetric(_ metric: String, among known: [String]) throws(StudyError) {
    guard known.contains(metric) else {
      throw StudyError(
        .unknownName(
          metric, kind: .metric, known: known,
          nearest: NearestName.nearest(to: metric, among: known)),
        at: place)
    }
  }
}

extension Study.Preference {
  private static let words: [(String, Self)] = [
    ("cheapest", .cheapest), ("fastest", .fastest), ("most_stable", .mostStable),
    ("best_calibrated", .bestCalibrated),
  ]

  /// As a study writes it: one of four words, or a metric.
  package init(_ name: String) {
    self = Self.words.first { $0.0 == name }?.1 ?? .metric(name)
  }

  public var name: String {
    if case .metric(let name) = self { return name }
    return Self.words.first { $0.1 == self }?.0 ?? ""
  }

  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }

  /// The metric it asks for; nil where something else is.
  package func metric(_ task: Study.Experiment.Task) -> String? {
    switch self {
    case .cheapest: nil
    case .fastest: Measures.scoringCost
    case .mostStable: task == .cluster ? "stability" : nil
    case .bestCalibrated: ClassificationMetric.calibrationError.name
    case .metric(let name): name
    }
  }
}
