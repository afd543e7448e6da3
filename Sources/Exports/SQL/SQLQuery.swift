import Tabular

/// Columns computed from the columns of the stage before, and names for them.
struct SQLStage: Sendable {
  let name: String
  let columns: [(name: String, value: SQLExpression)]
}

/// Columns of a stage with one name and a number each.
typealias SQLColumns = [SQLExpression]

/// A scoring query: stages that each read the one before, the first the table, the last being the answer.
///
/// Ids pass through all of them. Where rows may go without an answer, the last column of every stage but the
/// answer says whether they have one: 1 or 0.
struct SQLQuery: Sendable {
  let passthrough: [String]
  private(set) var stages: [SQLStage] = []
  private let taken: Set<String>
  private let consent: ConsentRule?
  private let hasSilentRows: Bool

  /// - Parameters:
  ///   - consent: Whose rows have answers; nil for everybody's.
  ///   - requiresMore: Whether stages will require more of rows.
  init(passthrough: [String], consent: ConsentRule?, requiresMore: Bool = false) {
    self.passthrough = passthrough
    self.consent = consent
    hasSilentRows = consent != nil || requiresMore
    taken = Set(passthrough.map { $0.lowercased() })
  }

  /// Adds a stage.
  ///
  /// - Parameter conditions: What a row has to fulfil to have answers, besides what it has to already.
  /// - Returns: its columns as the next stage reads them.
  mutating func add(
    _ name: String, _ families: (name: String, values: SQLColumns)...,
    requiring conditions: [SQLCondition] = []
  ) -> [SQLColumns] {
    var columns: [(name: String, value: SQLExpression)] = []
    var read: [SQLColumns] = []
    for (prefix, values) in families {
      read.append((columns.count..<columns.count + values.count).map { .column($0) })
      columns += values.enumerated().map { (unused("\(prefix)\($0.offset + 1)"), $0.element) }
    }
    if hasSilentRows { columns.append((unused("answered1"), answered(if: conditions))) }
    let name = "cohort_" + name
    let isNew = !stages.contains { $0.name == name }
    stages.append(SQLStage(name: isNew ? name : "\(name)_\(stages.count)", columns: columns))
    return read
  }

  /// Adds a stage of one family.
  mutating func add(_ name: String, _ prefix: String, _ values: SQLColumns) -> SQLColumns {
    add(name, (prefix, values))[0]
  }

  /// Adds the last stage.
  mutating func answer(_ columns: [(name: String, value: SQLExpression)]) {
    let answers = columns.map { column -> (name: String, value: SQLExpression) in
      let value = column.value
      return (
        name: column.name,
        value: hasSilentRows ? .choice([(when: isAnswered, then: value)], otherwise: .null) : value
      )
    }
    stages.append(SQLStage(name: "cohort_answer", columns: answers))
  }

  /// Whether the stage before has said that a row has answers.
  private var isAnswered: SQLCondition {
    .compare(lastColumn, .equal, .number(1))
  }

  private var lastColumn: SQLExpression {
    stages.last.map { .column($0.columns.count - 1) } ?? .null
  }

  private func answered(if conditions: [SQLCondition]) -> SQLExpression {
    if conditions.isEmpty, !stages.isEmpty { return lastColumn }
    let asked = consent.map { [SQLCondition.given($0)] } ?? []
    let all = (stages.isEmpty ? asked : [isAnswered]) + conditions
    return .choice([(when: .both(all), then: .number(1))], otherwise: .number(0))
  }

  private func unused(_ name: String) -> String {
    taken.contains(name) ? unused(name + "_") : name
  }

  /// The answers to a row of the table.
  func answers(cell: @escaping (String) -> SQLValue) -> [SQLValue] {
    stages.reduce([]) { columns, stage in
      let row = SQLRow(columns: columns, cell: cell)
      return stage.columns.map { $0.value.value(in: row) }
    }
  }
}

extension SQLCondition {
  /// Whether the row consents.
  fileprivate static func given(_ rule: ConsentRule) -> SQLCondition {
    switch rule.missing {
    case .deny: .permits(rule)
    case .allow: .either(.isMissing(.cell(rule.column, .text)), .permits(rule))
    }
  }
}
