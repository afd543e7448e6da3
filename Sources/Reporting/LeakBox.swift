internal import Experiments

/// Columns that know the outcome too well, and what became of them.
struct LeakBox {
  let heading: String
  let lines: [String]

  /// Nil without such a column.
  init?(_ experiment: ExperimentRecord) {
    guard !experiment.leaks.isEmpty else { return nil }
    let used = experiment.leaks.filter { !$0.isExcluded }
    heading =
      used.isEmpty
      ? "Columns kept out because they know the outcome too well"
      : "Columns that know the outcome too well"
    lines = experiment.leaks.map { "\($0.column.shortened(to: 80)) \($0.finding) \($0.fate)" }
  }
}

extension LeakFinding {
  fileprivate var finding: String {
    let figure = value.flatMap { $0.isFinite ? $0 : nil }
    return switch kind {
    case .separates:
      "alone ranks the outcome"
        + (figure.map { " with an AUC of \(NumberFormat.significant($0, digits: 3))" } ?? "") + "."
    case .copy: "repeats the outcome: equal to it, its opposite, or a monotone function of it."
    case .afterOutcome: "is declared to be known only after the outcome."
    case .nearlyUnique:
      "has a value of its own in nearly every row"
        + (figure.map { " (\(NumberFormat.percent($0)) distinct)" } ?? "")
        + ", so it names rows instead of describing them."
    }
  }

  fileprivate var fate: String {
    if isExcluded { return "It was kept out of the models." }
    return isAllowed
      ? "The study allows it, so the models use it: their figures hold only if it is known in time."
      : "The models use it: their figures may be too good to be true."
  }
}
