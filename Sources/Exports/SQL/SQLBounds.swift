/// What the parsers of databases take of a query.
extension SQLDialect {
  /// Something that a database takes so much of only.
  public enum Bound: String, Hashable, Sendable {
    case columns, operations, cases
  }

  /// - columns: of one stage, ids included (PostgreSQL 1664, SQLite 2000).
  /// - operations: within each other, a sum of n terms being n − 1 of them (SQLite 1000).
  /// - cases: within each other (the parser of SQLite before 3.47 holds a hundred symbols: twelve).
  func limit(of bound: Bound) -> Int? {
    switch (self, bound) {
    case (.postgresql, .columns): 1664
    case (.sqlite, .columns): 2000
    case (.sqlite, .operations): 950
    case (.sqlite, .cases): 12
    case (.postgresql, _), (.ansi, _): nil
    }
  }

  /// - Throws: `.beyondDialect`.
  func requireRoom(for query: SQLQuery) throws(ModelExport.Obstacle) {
    for (bound, count) in [
      (Bound.columns, query.widestStage), (Bound.cases, query.nesting.cases),
      (Bound.operations, query.nesting.operations),
    ] {
      guard let most = limit(of: bound), count > most else { continue }
      throw .beyondDialect(bound, count: count, limit: most)
    }
  }
}

/// How deep an expression is as a parser sees it.
struct SQLNesting: Hashable, Sendable {
  var operations = 0
  var cases = 0

  /// The deeper of both, in either respect.
  static func deeper(_ a: Self, _ b: Self) -> Self {
    Self(operations: max(a.operations, b.operations), cases: max(a.cases, b.cases))
  }

  /// Around the deepest of what is inside.
  init(around inside: [Self], operations: Int = 1, cases: Int = 0) {
    let deepest = inside.reduce(Self(), Self.deeper)
    self.operations = deepest.operations + operations
    self.cases = deepest.cases + cases
  }

  init(operations: Int = 0, cases: Int = 0) {
    self.operations = operations
    self.cases = cases
  }
}

extension SQLQuery {
  /// The most columns of a stage.
  var widestStage: Int {
    passthrough.count + (stages.map(\.columns.count).max() ?? 0)
  }

  /// Of the deepest expression.
  var nesting: SQLNesting {
    stages.reduce(SQLNesting()) { deepest, stage in
      stage.columns.reduce(deepest) { .deeper($0, $1.value.nesting) }
    }
  }
}

extension SQLExpression {
  var nesting: SQLNesting {
    switch self {
    case .null, .number, .text, .column: SQLNesting(operations: 1)
    // A cell is read by a few operations of its own.
    case .cell: SQLNesting(operations: 6, cases: 1)
    case .sum(let terms):
      SQLNesting(around: terms.map(\.nesting), operations: max(terms.count - 1, 0))
    case .difference(let a, let b), .product(let a, let b), .quotient(let a, let b):
      SQLNesting(around: [a.nesting, b.nesting])
    case .call(_, let x), .whole(let x): SQLNesting(around: [x.nesting])
    case .choice(let branches, let otherwise):
      SQLNesting(
        around: branches.flatMap { [$0.when.nesting, $0.then.nesting] } + [otherwise.nesting],
        cases: 1)
    }
  }
}

extension SQLCondition {
  var nesting: SQLNesting {
    switch self {
    case .compare(let a, _, let b): SQLNesting(around: [a.nesting, b.nesting])
    case .isNull(let x), .isAmong(let x, _), .isNotAmong(let x, _), .isText(let x, _):
      SQLNesting(around: [x.nesting])
    case .permits: SQLNesting(operations: 6)
    case .both(let conditions):
      SQLNesting(around: conditions.map(\.nesting), operations: max(conditions.count - 1, 0))
    case .either(let a, let b): SQLNesting(around: [a.nesting, b.nesting])
    }
  }
}
