/// Columns computed from the columns of the stage before, and names for them.
struct SQLStage: Sendable {
  let name: String
  let columns: [(name: String, value: SQLExpression)]
}

/// Columns of a stage with one name and a number each.
typealias SQLColumns = [SQLExpression]

/// A scoring query: stages that each read the one before, the first the table, the last being the answer.
///
/// Ids pass through all of them.
struct SQLQuery: Sendable {
  let passthrough: [String]
  private(set) var stages: [SQLStage] = []
  private let taken: Set<String>

  init(passthrough: [String]) {
    self.passthrough = passthrough
    taken = Set(passthrough.map { $0.lowercased() })
  }

  /// Adds a stage.
  ///
  /// - Returns: its columns as the next stage reads them.
  mutating func add(
    _ name: String, _ families: (name: String, values: SQLColumns)...
  ) -> [SQLColumns] {
    var columns: [(name: String, value: SQLExpression)] = []
    var read: [SQLColumns] = []
    for (prefix, values) in families {
      read.append((columns.count..<columns.count + values.count).map { .column($0) })
      columns += values.enumerated().map { (unused("\(prefix)\($0.offset + 1)"), $0.element) }
    }
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
    stages.append(SQLStage(name: "cohort_answer", columns: columns))
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
