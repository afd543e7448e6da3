internal import Evaluation
internal import Experiments
internal import Learning

extension TrialRecord {
  /// The metric under the label that reports give it.
  func metric(labeled label: String) -> MetricRecord? { metrics.first { $0.label == label } }
}

extension MetricRecord {
  /// What reports call it: the name, with the split in front where it is the holdout.
  var label: String { split == "holdout" ? "holdout.\(name)" : name }

  /// Whether the value is a fraction of rows.
  var isShare: Bool { name.hasSuffix("share") || name == "noise" }

  /// The value as its kind is read: shares in percent, the rest in significant digits.
  var text: String {
    isShare ? NumberFormat.percent(value) : NumberFormat.significant(value)
  }

  /// The interval's ends, `0.7654 to 0.8123`; nil without one or without width.
  var range: String? {
    guard let interval, interval.lower < interval.upper else { return nil }
    let ends = [interval.lower, interval.upper].map { end in
      isShare ? NumberFormat.percent(end) : NumberFormat.significant(end)
    }
    return ends.joined(separator: " to ")
  }

  /// The value with its interval in brackets: `0.7891 (0.7654 to 0.8123)`.
  var textWithInterval: String { range.map { "\(text) (\($0))" } ?? text }

  /// The rows behind the value: `all 4,521 rows`, `a sample of 20,000 of 1,000,000 holdout rows`.
  var sample: String {
    let count = NumberFormat.count(rowCount)
    let split = split == "all" ? "" : split == "folds" ? "training " : split + " "
    let unseen = self.split == "folds" ? ", each scored out of fold" : ""
    if let sampledFrom, sampledFrom > rowCount {
      return "a sample of \(count) of \(NumberFormat.count(sampledFrom)) \(split)rows\(unseen)"
    }
    return (rowCount == 1 ? "one \(split)row" : "all \(count) \(split)rows") + unseen
  }
}

extension FitMeasure {
  /// Whether a better value means a better clustering; the others describe the fit.
  var isMerit: Bool {
    switch self {
    case .logLikelihood, .bic, .aic, .icl, .copheneticCorrelation: true
    case .eps, .coreShare, .spanningTreeWeight: false
    }
  }

  /// What stands beside trials of other models.
  static let headlines: [FitMeasure] = [.bic, .eps, .coreShare, .copheneticCorrelation]

  var summary: String {
    switch self {
    case .logLikelihood: "The mean log-density of the fitted rows; it grows with every parameter."
    case .bic:
      "Bayesian information criterion: −2 times the log-likelihood plus the number of parameters "
        + "times ln n."
    case .aic:
      "Akaike’s information criterion: −2 times the log-likelihood plus twice the parameters."
    case .icl:
      "Integrated completed likelihood: BIC plus twice the entropy of the responsibilities, so "
        + "components that overlap cost more."
    case .eps: "The radius within which rows count as neighbours, in the space that was clustered."
    case .coreShare: "The share of rows with enough neighbours within the radius."
    case .copheneticCorrelation:
      "The correlation between the distances of rows and the heights at which the tree joins them."
    case .spanningTreeWeight:
      "The total length of the minimum spanning tree of mutual reachability."
    }
  }
}
