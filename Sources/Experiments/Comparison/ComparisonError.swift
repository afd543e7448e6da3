public import Artifacts

/// Why two runs or models could not be compared.
public enum ComparisonError: Error, Hashable, Sendable, CustomStringConvertible {
  case run(RunError)
  case artifact(ArtifactError)
  /// Neither a run nor a model.
  case notComparable(path: String)
  /// A run and a model, or models for different things.
  case differentKinds(a: String, b: String)
  /// A rule that cannot be read.
  case rule(String, RuleFault)
  /// A rule about a metric that neither side has.
  case unknownMetric(rule: String, metric: String, nearest: [String])

  public var description: String {
    switch self {
    case .run(let error): "\(error)"
    case .artifact(let error): "\(error)"
    case .notComparable(let path):
      "there is no run or model here; \(path); give a run directory, its name in --runs or the "
        + "directory of a model"
    case .differentKinds(let a, let b):
      "A is a \(a), B a \(b); the two have nothing in common; give two of a kind"
    case .rule(let text, let fault):
      "the rule \(text) cannot be read: \(fault); write it as 'holdout.roc_auc drop>0.005'"
    case .unknownMetric(let rule, let metric, let nearest):
      "neither side has a metric \(metric); rule \(rule); "
        + (nearest.isEmpty
          ? "nothing was measured on either side"
          : "the nearest are \(nearest.joined(separator: ", "))")
    }
  }
}

/// What is wrong with a rule.
public enum RuleFault: Hashable, Sendable, CustomStringConvertible {
  case noSign, noMetric, noNumber, negative, wrongSign
  case unknownWord(String, nearest: String?)

  public var description: String {
    switch self {
    case .noSign: "it has none of > >= < <="
    case .noMetric: "it does not begin with a metric"
    case .noNumber: "no number such as 0.005 or 2% follows the sign"
    case .negative: "a change has no limit below 0"
    case .wrongSign: "a change is compared with > or >="
    case .unknownWord(let word, let nearest):
      "\(word) is none of drop, rise, change, worse"
        + (nearest.map { "; did you mean \($0)" } ?? "")
    }
  }
}
