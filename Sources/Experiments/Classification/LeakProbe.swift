internal import Evaluation
internal import Learning
internal import Numerical
internal import Tabular

/// Looks for columns that know the outcome too well to be known before it.
///
/// Each column is asked alone, on the training rows: how well does it rank the target? A number by its
/// value in either direction with missing values at either end, a category by its share of events in the
/// other half of the rows, missingness by itself.
struct LeakProbe {
  /// Ranking better than this alone, a column is taken for a leak.
  static let areaLimit = 0.98
  /// More rows than this are sampled.
  static let rowLimit = 200_000

  private let table: Table
  private let labels: [Double]
  private let afterOutcome: [String]
  private let seed: Seed

  init(table: Table, labels: [Double], afterOutcome: [String], seed: Seed) {
    self.afterOutcome = afterOutcome
    self.seed = seed
    guard table.rowCount > Self.rowLimit else {
      (self.table, self.labels) = (table, labels)
      return
    }
    var source = RandomSource(seed: seed.derived("leak probe"))
    let rows = source.sample(Self.rowLimit, outOf: table.rowCount).sorted()
    self.table = table.selectingRows(rows)
    self.labels = rows.map { labels[$0] }
  }

  /// The suspicious columns among `features`, in their order.
  func findings(among features: [String], on pool: WorkerPool) -> [LeakFinding] {
    pool.map(count: features.count) { index in
      table[features[index]].flatMap { finding($0) }
    }.compactMap { $0 }
  }

  private func finding(_ column: Column) -> LeakFinding? {
    func found(_ kind: LeakFinding.Kind, _ value: Double?) -> LeakFinding {
      LeakFinding(column: column.name, kind: kind, value: value)
    }
    if afterOutcome.contains(column.name) { return found(.afterOutcome, nil) }
    let area = area(column)
    if area >= 1 { return found(.copy, area) }
    if area > Self.areaLimit { return found(.separates, area) }
    let isUnique = column.looksLikeIdentifier || column.looksLikeFreeText
    return isUnique ? found(.nearlyUnique, nil) : nil
  }

  /// The ROC AUC of the column alone, in the better direction.
  private func area(_ column: Column) -> Double {
    var scores: [[Double]] = []
    if !column.missingRows.isEmpty {
      scores.append((0..<column.rowCount).map { column.isMissing(at: $0) ? 1 : 0 })
    }
    if let numbers = column.numbers {
      let present = numbers.filter(\.isFinite)
      guard let low = present.min(), let high = present.max() else { return 0.5 }
      let ends = present.count == numbers.count ? [low] : [low.nextDown, high.nextUp]
      scores += ends.map { end in numbers.map { $0.isFinite ? $0 : end } }
    } else {
      scores.append(eventShares(column))
    }
    return scores.map { scores in
      guard let groups = try? BinaryScores(scores: scores, labels: labels).groups,
        let area = try? groups.rocAUC()
      else { return 0.5 }
      return max(area, 1 - area)
    }.max() ?? 0.5
  }

  /// Of every row, the share of events among the rows of the other half with the same level.
  private func eventShares(_ column: Column) -> [Double] {
    var source = RandomSource(seed: seed.derived("leak probe halves"))
    let order = source.permutation(count: column.rowCount)
    var half = [Int](repeating: 0, count: column.rowCount)
    for row in order.prefix(column.rowCount / 2) { half[row] = 1 }
    var sums: [[String: (events: Double, rows: Double)]] = [[:], [:]]
    let texts = (0..<column.rowCount).map { column.text(at: $0) ?? "" }
    for (row, text) in texts.enumerated() {
      sums[half[row]][text, default: (0, 0)].events += labels[row]
      sums[half[row]][text, default: (0, 0)].rows += 1
    }
    let rate = labels.reduce(0, +) / Double(max(labels.count, 1))
    return texts.enumerated().map { row, text in
      let (events, rows) = sums[1 - half[row]][text] ?? (0, 0)
      return (events + rate) / (rows + 1)
    }
  }
}

extension LeakFinding {
  /// What was found, in a phrase.
  package var words: String {
    switch kind {
    case .separates: "ranks the target nearly perfectly by itself"
    case .copy: "orders the rows exactly as the target does"
    case .afterOutcome: "is declared to be known only after the outcome"
    case .nearlyUnique: "has a value of its own in nearly every row"
    }
  }
}

extension [LeakFinding] {
  /// The features an experiment uses, and what it makes of each finding.
  func judged(
    allowing allowed: [String], features: [String]
  ) -> (features: [String], findings: [LeakFinding]) {
    let findings = map { finding in
      var finding = finding
      finding.isAllowed = allowed.contains(finding.column)
      finding.isExcluded = !finding.isAllowed
      return finding
    }
    let excluded = Set(findings.filter(\.isExcluded).map(\.column))
    return (features.filter { !excluded.contains($0) }, findings)
  }
}
