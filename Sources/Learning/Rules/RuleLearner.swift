public import Numerical

/// Finds the questions that tell the classes of a table apart.
///
/// From the top, every group of rows is divided by the question that lowers Gini's impurity most: of a
/// number whether it is at most a readable limit, of a category whether it is one of its levels, of
/// either whether it is missing. Of equal questions the first column's is asked, then the lower limit's;
/// missing values go with greater numbers unless smaller ones gain more. Groups below `leastRows` rows
/// are not made.
///
/// - Shape: any number of rows and columns; labels are any whole numbers.
/// - Missing values: allowed; numbers that are not finite count as such.
/// - Complexity: O(columns · n log n) once; O(depth · columns · n + 2^depth · columns · 255 · classes)
///   per tree.
/// - Source: Breiman, Friedman, Olshen and Stone (1984). Checked against: fixture `rules.json`
///   (scikit-learn 1.9.1).
public struct RuleLearner: Sendable {
  /// Questions from the top to a class, at most.
  public var depth = 3
  public var leastRows = 5
  /// Whether every class counts the same, however many rows it has.
  public var isBalanced = true

  private let columns: [RuleColumn]

  /// Cuts the columns of a table; trees are fitted to any of its rows.
  public init(_ table: FeatureTable, on pool: WorkerPool) {
    columns = pool.map(count: table.columns.count) { RuleColumn(table.columns[$0]) }
  }

  /// The tree of the given rows, of which there must be one at least.
  ///
  /// - Parameter labels: a class per row of the table.
  public func tree(labels: [Int], rows: [Int], on pool: WorkerPool) -> RuleTree {
    let names = Set(rows.map { labels[$0] }).sorted()
    let places = names.enumerated().reduce(into: [:]) { $0[$1.element] = $1.offset }
    var codes = [Int32](repeating: 0, count: labels.count)
    for row in rows { codes[row] = Int32(truncatingIfNeeded: places[labels[row]] ?? 0) }
    var counts = [Int](repeating: 0, count: names.count)
    for row in rows { counts[Int(codes[row])] += 1 }
    let weights = counts.map { count in
      isBalanced ? Double(rows.count) / (Double(names.count) * Double(max(count, 1))) : 1
    }
    let growth = Growth(
      columns: columns, labels: names, codes: codes, weights: weights, leastRows: leastRows,
      pool: pool)
    return RuleTree(columns: columns.map(Self.described), root: growth.node(rows, depth: depth))
  }

  private static func described(_ column: RuleColumn) -> RuleTree.Column {
    var pair: [String] = []
    if case .category(let levels) = column.kind, levels.count == 2, !column.hasMissing {
      pair = levels
    }
    return RuleTree.Column(name: column.name, hasMissing: column.hasMissing, pair: pair)
  }
}

/// One tree while it grows.
private struct Growth {
  let columns: [RuleColumn]
  let labels: [Int]
  /// Per row the place of its label.
  let codes: [Int32]
  /// What a row of each class counts.
  let weights: [Double]
  let leastRows: Int
  let pool: WorkerPool

  struct Division: Sendable {
    let question: RuleTree.Question
    let purity: Double
  }

  func node(_ rows: [Int], depth: Int) -> RuleTree.Node {
    var counts = [Int32](repeating: 0, count: labels.count)
    for row in rows { counts[Int(codes[row])] += 1 }
    let label = labels.isEmpty ? -1 : labels[majority(counts)]
    guard depth > 0, rows.count >= 2 * leastRows, counts.count(where: { $0 > 0 }) > 1 else {
      return .answer(label)
    }
    let divisions = pool.map(count: columns.count) { best(column: $0, rows, counts) }
    var chosen: (column: Int, division: Division)?
    // Less than rounding is no gain.
    let least = purity(counts) * (1 + 1e-12)
    for (column, division) in divisions.enumerated() {
      guard let division, division.purity > chosen?.division.purity ?? least else { continue }
      chosen = (column, division)
    }
    guard let (column, division) = chosen else { return .answer(label) }
    let (yes, no) = divided(rows, by: division.question, columns[column])
    return .joined(
      column: column, division.question, yes: node(yes, depth: depth - 1),
      no: node(no, depth: depth - 1))
  }

  /// The class that counts most, of equal ones the first.
  private func majority(_ counts: [Int32]) -> Int {
    counts.indices.reduce(0) { best, place in
      Double(counts[place]) * weights[place] > Double(counts[best]) * weights[best] ? place : best
    }
  }

  /// The weight of the rows less their weighted impurity: Σ w² / Σ w.
  private func purity(_ counts: [Int32]) -> Double {
    var (squares, total) = (0.0, 0.0)
    for (count, weight) in zip(counts, weights) {
      let sum = Double(count) * weight
      squares += sum * sum
      total += sum
    }
    return total > 0 ? squares / total : 0
  }

  private func divided(
    _ rows: [Int], by question: RuleTree.Question, _ column: RuleColumn
  ) -> (yes: [Int], no: [Int]) {
    var (yes, no): ([Int], [Int]) = ([], [])
    for row in rows {
      if column.answers(question, column.codes[row]) { yes.append(row) } else { no.append(row) }
    }
    return (yes, no)
  }

  /// The best question of one column; nil where none leaves enough rows on both sides.
  private func best(column index: Int, _ rows: [Int], _ total: [Int32]) -> Division? {
    let column = columns[index]
    let classes = labels.count
    // Parts in order, then what is missing; the counts of each by class.
    var table = [Int32](repeating: 0, count: (column.count + 1) * classes)
    for row in rows {
      let part = column.codes[row] < 0 ? column.count : Int(column.codes[row])
      table[part * classes + Int(codes[row])] += 1
    }
    func counts(_ part: Int) -> [Int32] { Array(table[part * classes..<(part + 1) * classes]) }
    var search = Search(growth: self, total: total)
    let missing = counts(column.count)
    search.consider(missing, .isMissing)
    switch column.kind {
    case .category(let levels):
      for level in levels.indices { search.consider(counts(level), .level(levels[level])) }
    case .number(let cuts):
      var below = [Int32](repeating: 0, count: classes)
      let hasMissing = missing.contains { $0 > 0 }
      let occupied = (0..<column.count).filter { counts($0).contains { $0 > 0 } }
      for (part, next) in zip(occupied, occupied.dropFirst()) {
        for (place, count) in counts(part).enumerated() { below[place] += count }
        let limit = ReadableNumber.within(cuts[part], below: cuts[next - 1].nextUp)
        search.consider(below, .atMost(limit, missing: false))
        if hasMissing {
          search.consider(zip(below, missing).map { $0 + $1 }, .atMost(limit, missing: true))
        }
      }
    }
    return search.best
  }

  private struct Search {
    let growth: Growth
    let total: [Int32]
    var best: Division?

    mutating func consider(_ yes: [Int32], _ question: RuleTree.Question) {
      let no = zip(total, yes).map { $0 - $1 }
      guard yes.reduce(0, +) >= growth.leastRows, no.reduce(0, +) >= growth.leastRows else {
        return
      }
      let purity = growth.purity(yes) + growth.purity(no)
      if purity > best?.purity ?? 0 { best = Division(question: question, purity: purity) }
    }
  }
}

extension RuleColumn {
  /// The answer of a row of the fitted table, by its code.
  fileprivate func answers(_ question: RuleTree.Question, _ code: Int32) -> Bool {
    switch (question, kind) {
    case (.isMissing, _): code < 0
    case (.level(let level), .category(let levels)): code >= 0 && levels[Int(code)] == level
    case (.atMost(let limit, let missing), .number(let cuts)):
      // A part lies wholly on one side of a limit between two of them.
      code < 0 ? missing : Int(code) < cuts.count && cuts[Int(code)] <= limit
    default: false
    }
  }
}
