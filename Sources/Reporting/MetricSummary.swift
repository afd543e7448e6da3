internal import Experiments

/// Every metric of one classifier: out of fold and, where it was measured, on the holdout.
struct MetricSummary {
  private let names: [String]
  private let splits: [String]
  private let trial: TrialRecord

  /// Nil without metrics.
  init?(_ trial: TrialRecord) {
    guard !trial.metrics.isEmpty else { return nil }
    var (names, splits): ([String], [String]) = ([], [])
    for metric in trial.metrics {
      if !names.contains(metric.name) { names.append(metric.name) }
      if !splits.contains(metric.split) { splits.append(metric.split) }
    }
    self.names = names
    self.splits = splits
    self.trial = trial
  }

  var table: TableView {
    TableView(
      columns: [.text("metric")]
        + splits.map { .number(Self.heading(of: $0), hint: hint(of: $0)) },
      rows: names.map { name in
        let metrics = splits.map { split in
          trial.metrics.first { $0.name == name && $0.split == split }
        }
        let direction = metrics.compactMap { $0?.direction }.first
        return TableView.Row(
          cells: [TableView.Cell(content: name + (direction.map { " \($0.arrow)" } ?? ""))]
            + metrics.map { TableView.Cell($0) })
      })
  }

  private static func heading(of split: String) -> String {
    split == "folds" ? "out of fold" : split
  }

  /// How many rows, where all metrics of the split agree.
  private func hint(of split: String) -> String {
    let counts = trial.metrics.filter { $0.split == split }.map(\.rowCount)
    guard let first = counts.first, counts.allSatisfy({ $0 == first }) else { return "" }
    return "\(NumberFormat.count(first)) rows"
  }
}

extension TableView.Cell {
  /// Content and detail where there is one size of letters.
  var text: String { detail.isEmpty ? content : "\(content) (\(detail))" }

  /// A metric with its interval, or a dash.
  init(_ metric: MetricRecord?, isBest: Bool = false) {
    self.init(
      content: metric?.text ?? "–", isNumber: true, isBest: isBest, detail: metric?.range ?? "")
  }
}
