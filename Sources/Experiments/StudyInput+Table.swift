internal import Numerical
internal import Tabular

/// The table of a study, from its file to the rows and columns that may be used.
extension StudyInput {
  /// The rows that may be learnt from.
  struct Consented {
    let table: Table
    /// Their numbers in the source, from 0; nil for all.
    let rows: [Int]?
    let filters: [RowFilter]
  }

  /// Reads everything but personal columns.
  static func read(_ file: StudyFile, on pool: WorkerPool) throws(RunError) -> Table {
    let data = file.study.data
    var options = CSVOptions(kinds: data.kinds, unread: data.roles.pii)
    options.delimiter = data.delimiter?.utf8.first
    if let tokens = data.nullTokens { options.nullTokens = tokens }
    // Answers are compared as they are written, here and in scoring.
    if let consent = data.roles.consent { options.kinds[consent.column] = .category }
    do throws(TableError) {
      return try Table.read(csv: file.sourcePath, options: options, on: pool)
    } catch .unknownColumn(let name, let nearest, let place) {
      let isRole = name == data.roles.consent?.column
      throw .table(
        .unknownColumn(name: name, nearest: nearest, place: isRole ? "role consent" : place))
    } catch {
      throw .table(error)
    }
  }

  /// Leaves out the rows without consent, before anything looks at them.
  static func permitted(_ table: Table, _ study: Study) throws(RunError) -> Consented {
    guard let rule = study.data.roles.consent else {
      return Consented(table: table, rows: nil, filters: [])
    }
    do throws(TableError) {
      // A column in two roles must not decide first.
      try study.data.roles.check(against: table)
      let decision = try rule.decide(table)
      guard !decision.rows.isEmpty else { throw .noConsent(column: rule.column) }
      let isAll = decision.rows.count == table.rowCount
      return Consented(
        table: isAll ? table : table.selectingRows(decision.rows),
        rows: isAll ? nil : decision.rows, filters: [decision.filter])
    } catch {
      throw .table(error)
    }
  }

  static func features(
    _ table: Table, _ study: Study
  ) throws(RunError) -> (Table, FeatureSelection) {
    do throws(TableError) {
      return (table, try study.data.roles.features(in: table))
    } catch {
      throw .table(error)
    }
  }
}

extension DataRecord {
  init(
    source: String, fingerprint: String, _ table: Table, features: [String], roles: Roles,
    filters: [RowFilter]
  ) {
    self.init(
      source: source, fingerprint: fingerprint, rowCount: table.rowCount,
      columns: table.columns.map { column in
        ColumnRecord(
          name: column.name, kind: column.kind,
          role: features.contains(column.name)
            ? "feature" : roles.role(of: column.name) ?? "ignore",
          missing: column.missingRows.count)
      }, unreadColumns: table.unreadColumns.isEmpty ? nil : table.unreadColumns.sorted(),
      filters: filters.isEmpty ? nil : filters)
  }
}
