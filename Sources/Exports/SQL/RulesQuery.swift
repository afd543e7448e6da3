import Artifacts
import Learning
import Numerical
import Tabular

/// The questions that describe segments as a query, and a check of it.
struct RulesQuery: Sendable {
  let query: SQLQuery
  /// What the query is and is not, as comments.
  let note: String
  private let tree: RuleTree
  /// The columns that are asked, in the order of the tree's.
  private let inputs: [EncoderInput]
  private let passthrough: [String]
  private let consent: ConsentRule?

  /// - Throws: `.noRules`.
  init(_ content: StoredArtifact.Content) throws(ModelExport.Obstacle) {
    guard case .segmentation(let artifact) = content, let rules = artifact.description else {
      throw .noRules
    }
    tree = rules.tree
    let known = artifact.pipeline.encoder.inputs
    let asked = tree.columns.compactMap { column in known.first { $0.name == column.name } }
    guard asked.count == tree.columns.count else { throw .noRules }
    inputs = asked
    passthrough = artifact.inputs.passthrough
    consent = artifact.inputs.consent
    var query = SQLQuery(passthrough: passthrough, consent: consent)
    let cells = query.add("cells", "c", asked.map { .cell($0.name, $0.kind) })
    let found = query.add("rules", "v", [Self.answer(tree.root, cells, asked)])[0]
    let named = artifact.segments.map { (Double($0.id), $0.name) }
    query.answer([
      ("segment", .whole(found)),
      (
        "segment_name",
        .choice(
          named.map { (when: .compare(found, .equal, .number($0.0)), then: .text($0.1)) },
          otherwise: .text(SegmentDefinition.unassignedName))
      ),
    ])
    self.query = query
    let share =
      rules.balancedAccuracy.map { "\(($0 * 1000).rounded() / 10) %" } ?? "an unknown share"
    note = """
      -- These rules describe the segments; they do not place customers as the model does.
      -- Of the customers of a segment, \(share) meet its rule (mean over segments, \(rules.rowCount) rows).

      """
  }

  /// Calls itself once for every question on a path, of which artifacts bound the number.
  private static func answer(
    _ node: RuleTree.Node, _ cells: SQLColumns, _ inputs: [EncoderInput]
  ) -> SQLExpression {
    switch node {
    case .answer(let label): return .number(Double(label))
    case .question(let column, let question, let yes, let no):
      let test = condition(question, of: cells[column], inputs[column].kind)
      return .choice(
        [(when: test, then: answer(yes, cells, inputs))], otherwise: answer(no, cells, inputs))
    }
  }

  private static func condition(
    _ question: RuleTree.Question, of cell: SQLExpression, _ kind: ColumnKind
  ) -> SQLCondition {
    switch question {
    case .atMost(let limit, let missing):
      let isBelow = SQLCondition.compare(cell, .atMost, .number(limit))
      return missing ? .either(.isNull(cell), isBelow) : isBelow
    case .level(let level):
      // Truth values are read as 0 and 1.
      return kind == .boolean
        ? .compare(cell, .equal, .number(level == "true" ? 1 : 0)) : .isText(cell, [level])
    case .isMissing: return kind == .category ? .isMissing(cell) : .isNull(cell)
    }
  }

  /// The first made-up row that the query answers differently from the tree.
  func firstDifference(on pool: WorkerPool) -> Int? {
    let table = CheckRows(
      inputs, passthrough: passthrough, consent: consent, thresholds: limits
    ).table
    let found = query.answers(to: table, on: pool).segments
    let expected = tree.classes(
      of: features(of: table), rows: Array(0..<table.rowCount))
    return expected.indices.first { !found.indices.contains($0) || found[$0] != expected[$0] }
  }

  /// The limits that each column is compared with.
  private var limits: [[Double]] {
    var found = [[Double]](repeating: [], count: inputs.count)
    var open = [tree.root]
    while let node = open.popLast() {
      guard case .question(let column, let question, let yes, let no) = node else { continue }
      if case .atMost(let limit, _) = question { found[column].append(limit) }
      open += [yes, no]
    }
    return found
  }

  private func features(of table: Table) -> FeatureTable {
    FeatureTable(
      rowCount: table.rowCount,
      columns: inputs.map { input in
        let column = table[input.name]
        if input.kind != .boolean, let numbers = column?.numbers {
          return FeatureColumn(input.name, .numbers(numbers))
        }
        let texts = (0..<table.rowCount).map { row -> String? in
          guard input.kind == .boolean else { return column?.text(at: row) }
          return column?.numbers.flatMap { $0[row].isNaN ? nil : $0[row] == 1 ? "true" : "false" }
        }
        let levels = Set(texts.compactMap { $0 }).sorted()
        let codes = levels.enumerated().reduce(into: [String: Int32]()) {
          $0[$1.element] = Int32(truncatingIfNeeded: $1.offset)
        }
        return FeatureColumn(
          input.name,
          .categories(
            Categories(
              codes: texts.map { $0.flatMap { codes[$0] } ?? -1 }, levels: levels)))
      })
  }
}
