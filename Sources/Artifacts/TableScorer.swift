import Learning
public import Numerical
public import Tabular

/// Gives every row of a table an answer, in the order of the rows.
///
/// Columns are found by name, others are ignored. Rows are worked on in pieces whose bounds depend on the
/// row count only, so that answers are the same at every thread count; a row's answer is the same alone and
/// in company.
public protocol TableScorer: Sendable {
  associatedtype Scores: RowScores

  var inputs: InputSchema { get }
  /// What the model reads, in the order of its inputs.
  var encoder: TableEncoder { get }
  /// Names of the columns it answers with; the last is the status.
  var answerColumns: [String] { get }

  /// Scores every row of a table that holds the features; no rows give no answers.
  ///
  /// - Throws: `.table` with the column that is missing (and the nearest name), of another kind, or
  ///   holds what the model refuses; `.model` if a row cannot be transformed.
  func scores(of features: Table, on pool: WorkerPool) throws(ScoringError) -> Scores

  /// The answers as columns, named by `answerColumns`; a number that is not finite is missing.
  func answers(from scores: Scores, to features: Table) -> [Column]
}

/// The answers to a table.
public protocol RowScores: Sendable {
  var summary: ScoringSummary { get }
  /// The same with rows in between that are not scored.
  func spread(over rows: PermittedRows) -> Self
}

extension TableScorer {
  /// Scores every row of a table that also has the columns to pass through; rows without consent keep their
  /// places, suppressed.
  ///
  /// - Throws: As `scores(of:on:)`.
  public func score(_ table: Table, on pool: WorkerPool) throws(ScoringError) -> Scores {
    for name in inputs.passthrough where table[name] == nil {
      throw .table(
        .missingColumn(
          name: name, nearest: NearestName.nearest(to: name, among: table.columnNames)))
    }
    guard let permitted = try inputs.permittedRows(of: table) else {
      return try scores(of: table, on: pool)
    }
    return try scores(of: permitted.table, on: pool).spread(over: permitted)
  }

  /// The columns of a table to parse, and as what; those that pass through are not among them.
  ///
  /// Kinds are those of training: what a column of few rows looks like says little.
  public var features: [(name: String, kind: ColumnKind)] {
    let read = inputs.fields.filter { $0.role != .id }.map { ($0.name, $0.kind) }
    guard let consent = inputs.consent?.column, !read.contains(where: { $0.0 == consent }) else {
      return read
    }
    return read + [(consent, .category)]
  }

  /// Names of the columns of the output, with the flag for rows outside the range of training before the status
  /// if that is asked for.
  public func answerColumns(flaggingOutside: Bool) -> [String] {
    var names = answerColumns
    if flaggingOutside { names.insert(OutputSchema.outsideColumn, at: max(0, names.count - 1)) }
    return names
  }

  func ignoredColumnCount(in table: Table) -> Int {
    let used = Set(inputs.fields.map(\.name))
    return table.columnNames.filter { !used.contains($0) }.count
  }
}

extension Column {
  /// Numbers of an answer; what is not finite is missing.
  static func answer(_ name: String, _ values: [Double]) -> Column {
    let missing = values.areFinite ? [] : values.indices.filter { !values[$0].isFinite }
    return Column(name: name, values: .real(values), missingRows: missing)
  }

  /// Words of an answer, given by their places in `words`.
  static func answer(_ name: String, _ words: [String], at places: [Int]) -> Column {
    let levels = Set(words).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let codes = words.map { word in Int32(levels.firstIndex(of: word) ?? 0) }
    return Column(
      name: name, values: .category(codes: places.map { codes[$0] }, levels: levels))
  }

  /// The status of every row.
  static func answer(_ name: String, _ statuses: [RowStatus]) -> Column {
    let all = RowStatus.allCases
    return answer(
      name, all.map(\.rawValue), at: statuses.map { all.firstIndex(of: $0) ?? 0 })
  }
}
