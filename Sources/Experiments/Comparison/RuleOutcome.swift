internal import Evaluation
internal import Tabular

/// How a rule ended for one metric.
public struct RuleOutcome: Hashable, Sendable, Encodable {
  public let rule: ComparisonRule
  /// Nil for models.
  public let experiment: String?
  public let split: String
  public let metric: String
  public let a: Double?
  public let b: Double?
  /// What was held against the limit; nil where a value is missing.
  public let amount: Double?
  public let isBroken: Bool

  private enum CodingKeys: String, CodingKey {
    case rule, experiment, split, metric, a, b, amount
    case isBroken = "broken"
  }

  init(_ rule: ComparisonRule, experiment: String?, _ metric: MetricComparison) {
    self.rule = rule
    self.experiment = experiment
    split = metric.split
    self.metric = metric.name
    a = metric.a
    b = metric.b
    let amount = rule.amount(a: metric.a, b: metric.b, direction: metric.direction)
    // A share of nothing has no size that JSON could hold; the rule is broken all the same.
    self.amount = amount.flatMap { $0.isFinite ? $0 : nil }
    // What was not measured cannot be vouched for.
    isBroken = amount.map { rule.isBroken(by: $0, a: metric.a, b: metric.b) } ?? true
  }
}

extension Comparison {
  /// The comparison with every rule held against the metrics it is about.
  ///
  /// A rule without a split is about the rows that rank trials, never the holdout; one without an
  /// experiment is about every experiment that has the metric.
  ///
  /// - Throws: `.unknownMetric` where neither side has what a rule names.
  public func holding(_ rules: [ComparisonRule]) throws(ComparisonError) -> Comparison {
    var held = self
    let known = candidates.flatMap { experiment, candidate in
      candidate.metrics.map { (experiment: experiment, metric: $0) }
    }
    for rule in rules {
      let met = known.filter { Self.names($0.metric, in: $0.experiment).contains(rule.metric) }
      guard !met.isEmpty else {
        let names = known.flatMap { Self.names($0.metric, in: $0.experiment) }
        throw .unknownMetric(
          rule: rule.text, metric: rule.metric, nearest: Self.nearest(to: rule.metric, names))
      }
      held.rules += met.map { RuleOutcome(rule, experiment: $0.experiment, $0.metric) }
    }
    return held
  }

  /// Everything a metric may be called, the shortest first.
  private static func names(_ metric: MetricComparison, in experiment: String?) -> [String] {
    let short = metric.split == "holdout" ? [] : [metric.name]
    let names = short + ["\(metric.split).\(metric.name)"]
    return names + (experiment.map { id in names.map { "\(id).\($0)" } } ?? [])
  }

  /// The three names with the fewest typing errors.
  private static func nearest(to name: String, _ names: [String]) -> [String] {
    var met: Set<String> = []
    let distinct = names.filter { met.insert($0).inserted }
    let ranked = distinct.enumerated().map { index, candidate in
      (NearestName.distance(String(name.prefix(200)), candidate), index, candidate)
    }
    return ranked.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.prefix(3).map(\.2)
  }
}
