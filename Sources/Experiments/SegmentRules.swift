internal import Artifacts
internal import Evaluation
internal import Learning
internal import Numerical
internal import Tabular

/// A few questions about the original columns that re-create segments, and how far they carry.
struct SegmentRules {
  /// More rows are sampled: three questions are settled by fewer.
  static let rowLimit = 20_000
  private static let folds = 5

  let rules: RuleSet
  let rowCount: Int
  let sampledFrom: Int?
  /// The mean recall over the labels that any row has; nil with too few rows for folds.
  let balancedAccuracy: Double?
  /// Out of fold, by label.
  let precision: [Int: Double]
  let recall: [Int: Double]
  private let booleans: Set<String>
  private let tree: RuleTree

  /// Nil where there is nothing to tell apart: fewer than two labels, or no column to ask about.
  ///
  /// - Parameters:
  ///   - columns: those rules may name; dates and texts among them are passed over.
  ///   - labels: one per row, −1 for rows in no segment, which are told apart like a segment.
  init?(_ table: Table, columns: [String], labels: [Int], seed: Seed, on pool: WorkerPool) {
    let seed = seed.derived("segment rules")
    var (table, labels) = (table, labels)
    sampledFrom = labels.count > Self.rowLimit ? labels.count : nil
    if labels.count > Self.rowLimit {
      var source = RandomSource(seed: seed)
      let rows = source.sample(Self.rowLimit, outOf: labels.count)
      table = Table(columns: columns.compactMap { table[$0]?.selectingRows(rows) })
      labels = rows.map { labels[$0] }
    }
    let features = FeatureTable(
      describing: columns.compactMap { table[$0] }, hidingRare: true)
    guard !features.columns.isEmpty, Set(labels).count > 1 else { return nil }
    rowCount = labels.count
    booleans = Set(columns.filter { table[$0]?.kind == .boolean })
    var learner = RuleLearner(features, on: pool)
    // A level or a limit of fewer rows would say too much of them.
    learner.leastRows = ClusteringEvidence.SegmentCard.leastRows
    tree = learner.tree(labels: labels, rows: Array(labels.indices), on: pool)
    rules = RuleSet(tree)
    let found = Self.outOfFold(learner, features, labels, seed: seed, on: pool)
    let figures = found.map { RuleFigures(labels: labels, found: $0) }
    balancedAccuracy = figures?.balancedAccuracy
    precision = figures?.precision ?? [:]
    recall = figures?.recall ?? [:]
  }

  /// The class of every row by a tree that has not seen it; nil with fewer than two rows a fold.
  private static func outOfFold(
    _ learner: RuleLearner, _ features: FeatureTable, _ labels: [Int], seed: Seed,
    on pool: WorkerPool
  ) -> [Int]? {
    guard labels.count >= 2 * folds,
      let splits = try? Folds.shuffled(rowCount: labels.count, count: folds, seed: seed)
    else { return nil }
    let answers = pool.map(count: splits.count) { fold in
      let split = splits[fold]
      return learner.tree(labels: labels, rows: split.train, on: pool)
        .classes(of: features, rows: split.test)
    }
    var found = [Int](repeating: -1, count: labels.count)
    for (split, answers) in zip(splits, answers) {
      for (row, answer) in zip(split.test, answers) { found[row] = answer }
    }
    return found
  }

  /// The balanced accuracy on other rows of the same columns, by the labels they have.
  func balancedAccuracy(on table: Table, columns: [String], labels: [Int]) -> Double {
    let features = FeatureTable(describing: columns.compactMap { table[$0] })
    return RuleFigures(
      labels: labels, found: tree.classes(of: features, rows: Array(labels.indices))
    ).balancedAccuracy
  }

  /// The rules as an artifact keeps them; nil where they ask of a column that scoring does not read.
  func description(for encoder: TableEncoder) -> SegmentDescription? {
    let asked = tree.withoutUnaskedColumns
    let read = Set(encoder.inputs.map(\.name))
    guard asked.columns.allSatisfy({ read.contains($0.name) }) else { return nil }
    return SegmentDescription(tree: asked, balancedAccuracy: balancedAccuracy, rowCount: rowCount)
  }

  func sql(names: [String]) -> String {
    var comments = [-1: SegmentNames.unassigned]
    for (segment, name) in names.enumerated() { comments[segment] = name }
    return rules.sql(names: comments, booleans: booleans)
  }

  func rule(of label: Int) -> ClusteringEvidence.SegmentRule {
    ClusteringEvidence.SegmentRule(
      alternatives: rules.rules.first { $0.label == label }?.words ?? [],
      precision: precision[label], recall: recall[label])
  }
}

/// How labels that were found agree with those that rows have.
struct RuleFigures {
  let precision: [Int: Double]
  let recall: [Int: Double]
  /// The mean recall over the labels that any row has.
  let balancedAccuracy: Double

  init(labels: [Int], found: [Int]) {
    var (hits, given, answered): ([Int: Int], [Int: Int], [Int: Int]) = ([:], [:], [:])
    for (label, answer) in zip(labels, found) {
      given[label, default: 0] += 1
      answered[answer, default: 0] += 1
      if label == answer { hits[label, default: 0] += 1 }
    }
    let recall = given.reduce(into: [Int: Double]()) { recall, entry in
      recall[entry.key] = Double(hits[entry.key] ?? 0) / Double(entry.value)
    }
    self.recall = recall
    precision = answered.reduce(into: [:]) { precision, entry in
      precision[entry.key] = Double(hits[entry.key] ?? 0) / Double(entry.value)
    }
    let sum = recall.keys.sorted().reduce(0.0) { $0 + (recall[$1] ?? 0) }
    balancedAccuracy = recall.isEmpty ? 0 : sum / Double(recall.count)
  }
}

extension FeatureTable {
  /// Numbers, categories and truth values as rules ask of them; dates and texts are left out.
  ///
  /// - Parameter hidingRare: Whether levels of few rows lose their names: no question is asked of them, and a tree
  ///   keeps the names of both levels of a column that has two.
  fileprivate init(describing columns: [Column], hidingRare: Bool = false) {
    self.init(
      rowCount: columns.first?.rowCount ?? 0,
      columns: columns.compactMap { column in
        switch column.values {
        case .integer, .real: FeatureColumn(column.name, .numbers(column.numbers ?? []))
        case .category(let codes, let levels):
          FeatureColumn(
            column.name,
            .categories(
              Categories(codes: codes, levels: hidingRare ? Self.shown(levels, codes) : levels)))
        case .boolean:
          FeatureColumn(
            column.name,
            .categories(
              Categories(
                codes: (column.numbers ?? []).map { $0.isNaN ? -1 : $0 == 1 ? 1 : 0 },
                levels: ["false", "true"])))
        case .date, .text: nil
        }
      })
  }

  private static func shown(_ levels: [String], _ codes: [Int32]) -> [String] {
    var counts = [Int](repeating: 0, count: levels.count)
    for code in codes where code >= 0 { counts[Int(code)] += 1 }
    return levels.indices.map {
      counts[$0] < Disclosure.leastRows ? "(rare \($0 + 1))" : levels[$0]
    }
  }
}
