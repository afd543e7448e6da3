import Learning
import Tabular

/// The rows of a table that may be scored, and where they stand among all of them.
public struct PermittedRows: Sendable {
  /// These rows alone.
  let table: Table
  /// Their places in the whole table, ascending.
  let places: [Int]
  let rowCount: Int

  var suppressedCount: Int { rowCount - places.count }

  /// A value per row of the whole table: those of the permitted rows at their places, `blank` elsewhere.
  func spread<Value>(_ values: [Value], blank: Value) -> [Value] {
    var spread = [Value](repeating: blank, count: rowCount)
    for (place, value) in zip(places, values) { spread[place] = value }
    return spread
  }
}

extension InputSchema {
  /// The rows that may be scored; nil where nobody has to consent.
  ///
  /// - Throws: `.table` for a table without the consent column.
  func permittedRows(of table: Table) throws(ScoringError) -> PermittedRows? {
    guard let rows = try permittedPlaces(in: table) else { return nil }
    return PermittedRows(table: table.selectingRows(rows), places: rows, rowCount: table.rowCount)
  }

  /// The places of the rows that may be scored, ascending; nil where nobody has to consent.
  ///
  /// - Throws: `.table` for a table without the consent column.
  func permittedPlaces(in table: Table) throws(ScoringError) -> [Int]? {
    guard let consent else { return nil }
    do throws(TableError) { return try consent.decide(table).rows } catch { throw .table(error) }
  }
}

extension PropensityScores {
  public func spread(over rows: PermittedRows) -> PropensityScores {
    PropensityScores(
      raw: rows.spread(raw, blank: .nan), calibrated: rows.spread(calibrated, blank: .nan),
      bands: rows.spread(bands, blank: .low), contacts: rows.spread(contacts, blank: false),
      reasons: reasons.isEmpty ? [] : rows.spread(reasons, blank: []),
      statuses: rows.spread(statuses, blank: .suppressed),
      summary: summary.suppressing(rows.suppressedCount))
  }
}

extension SegmentScores {
  public func spread(over rows: PermittedRows) -> SegmentScores {
    SegmentScores(
      assignments: Assignments(
        labels: rows.spread(assignments.labels, blank: SegmentDefinition.unassigned),
        distances: rows.spread(assignments.distances, blank: .nan),
        strengths: rows.spread(assignments.strengths, blank: .nan),
        anomalies: rows.spread(assignments.anomalies, blank: .nan)),
      reconstructionErrors: reconstructionErrors.map { rows.spread($0, blank: .nan) },
      statuses: rows.spread(statuses, blank: .suppressed),
      summary: summary.suppressing(rows.suppressedCount))
  }
}

extension EncoderInput {
  /// How a reason writes a cell: a level that the model does not tell from others may name a person.
  func shownValue(_ text: String?) -> String {
    guard let text else { return "(missing)" }
    guard case .category(let coding) = self.coding, !coding.knows(text) else { return text }
    return "(other)"
  }
}
