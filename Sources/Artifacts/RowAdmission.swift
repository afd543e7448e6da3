import Tabular

/// Why a row gets no answer; its status in the output.
public enum RowRefusal: String, Hashable, Sendable, Codable, CaseIterable {
  /// A cell of it is not what the model can be given.
  case rejected
  /// Nobody may score it.
  case suppressed
}

/// Cells because of which rows were rejected, without what they hold.
public struct RefusedCells: Hashable, Sendable, Codable {
  public enum Fault: String, Hashable, Sendable, Codable, CaseIterable {
    /// A missing value where the model was trained to have none.
    case missing
    /// A level that training did not have, where the model refuses such.
    case unseen
    /// A value that is not of the column's kind, or no finite number.
    case kind
    /// A row that the model cannot transform.
    case row
  }

  /// Nil if the row as a whole is at fault.
  public let column: String?
  public let fault: Fault
  public fileprivate(set) var count: Int
  /// The first of the rows, counted from 1 below the header.
  public let firstRow: Int

  private enum CodingKeys: String, CodingKey {
    case column, fault, count
    case firstRow = "first_row"
  }

  /// Adds up what rows had, by column in the order of `columns` and by fault.
  static func joined(_ cells: [RefusedCells], columns: [String?]) -> [RefusedCells] {
    if cells.isEmpty { return [] }
    return (columns + [nil]).flatMap { column -> [RefusedCells] in
      let own = cells.filter { $0.column == column }
      if own.isEmpty { return [] }
      return Fault.allCases.compactMap { fault in
        let alike = own.filter { $0.fault == fault }
        guard var first = alike.min(by: { $0.firstRow < $1.firstRow }) else { return nil }
        first.count = alike.reduce(0) { $0 + $1.count }
        return first
      }
    }
  }
}

/// Which rows of a part are scored: decided row by row, before any of them is.
///
/// One bad cell costs its own row the answer and no other.
struct RowAdmission: Sendable {
  private(set) var cells: [RefusedCells] = []
  private var why: [RowRefusal?]
  private let firstRow: Int

  /// - Throws: `.table` for a table without the column that tells of consent.
  init(
    _ part: TablePart, to encoder: TableEncoder, asking inputs: InputSchema
  ) throws(ScoringError) {
    firstRow = part.firstRow
    why = [RowRefusal?](repeating: nil, count: part.table.rowCount)
    if let permitted = try inputs.permittedPlaces(in: part.table) {
      why = [RowRefusal?](repeating: RowRefusal.suppressed, count: part.table.rowCount)
      for row in permitted { why[row] = nil }
    }
    for (input, column) in zip(encoder.inputs, encoder.ownColumns(in: part.table)) {
      let misfits = part.misfits.first { $0.column == input.name }?.rows ?? []
      add(misfits, .kind, of: input.name)
      guard let column else { continue }
      add(input.impossible(in: column), .kind, of: input.name)
      if !input.coding.acceptsMissing {
        let others = Set(misfits)
        let rows = column.missing.filter { !others.contains($0) }
        add(rows, .missing, of: input.name)
      }
      add(input.refusedLevels(in: column), .unseen, of: input.name)
    }
  }

  /// Rejects rows for a fault; of those without consent nothing more is said.
  private mutating func add(_ rows: [Int], _ fault: RefusedCells.Fault, of column: String?) {
    let rows = rows.filter { why[$0] != .suppressed }
    guard let first = rows.first else { return }
    for row in rows { why[row] = .rejected }
    cells.append(
      RefusedCells(
        column: column, fault: fault, count: rows.count, firstRow: firstRow + first + 1))
  }

  /// Rejects rows that the model has been found unable to transform.
  mutating func reject(_ rows: [Int]) { add(rows, .row, of: nil) }

  /// Rows of the part without an answer, ascending.
  var refusals: [(row: Int, why: RowRefusal)] {
    why.enumerated().compactMap { row, why in why.map { (row, $0) } }
  }

  /// The rows to score; nil if all of them are.
  var admitted: [Int]? {
    why.contains { $0 != nil } ? why.indices.filter { why[$0] == nil } : nil
  }
}

extension EncoderInput {
  /// Rows whose numbers no model takes: infinite ones, and other than 0 and 1 for a boolean.
  fileprivate func impossible(in column: Column) -> [Int] {
    guard case .number = coding else { return [] }
    switch column.values {
    case .real(let values):
      if kind != .boolean, values.areFinite { return [] }
      return values.indices.filter { row in
        values[row].isInfinite
          || kind == .boolean && !values[row].isNaN && values[row] != 0 && values[row] != 1
      }
    case .integer(let values) where kind == .boolean:
      return values.indices.filter { values[$0] != 0 && values[$0] != 1 }
    default: return []
    }
  }

  /// Rows of levels that training did not have, if the model refuses them.
  fileprivate func refusedLevels(in column: Column) -> [Int] {
    guard case .category(let category) = coding, !coding.acceptsUnseen else { return [] }
    if case .category(let codes, let levels) = column.values {
      let isUnknown = levels.map { !category.knows($0) }
      guard isUnknown.contains(true) else { return [] }
      return codes.indices.filter { codes[$0] >= 0 && isUnknown[Int(codes[$0])] }
    }
    return (0..<column.rowCount).filter { row in
      column.text(at: row).map { !category.knows($0) } ?? false
    }
  }
}

extension Column {
  /// Rows without a value, NaN counted among them.
  fileprivate var missing: [Int] {
    guard case .real(let values) = values, values.contains(where: \.isNaN) else {
      return missingRows
    }
    return values.indices.filter { values[$0].isNaN || isMissing(at: $0) }
  }
}
