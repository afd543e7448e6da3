/// What the values of a column are.
public enum ColumnKind: String, Hashable, Sendable, Codable, CaseIterable {
  case integer, real, boolean, category, date, text
}

/// A named, typed, nullable column.
public struct Column: Sendable {
  /// Values by kind.
  ///
  /// The value at a missing row is zero, false, code −1 or the empty string.
  public enum Values: Sendable {
    case integer([Int64])
    case real([Double])
    case boolean([Bool])
    /// Codes into `levels`, which are in the order of their UTF-8 bytes.
    case category(codes: [Int32], levels: [String])
    /// Days since 1970-01-01.
    case date([Int32])
    case text([String])
  }

  public let name: String
  public let values: Values
  /// Row numbers without a value, ascending.
  public let missingRows: [Int]

  public init(name: String, values: Values, missingRows: [Int] = []) {
    self.name = name
    self.values = values
    self.missingRows = missingRows
  }

  public var kind: ColumnKind {
    switch values {
    case .integer: .integer
    case .real: .real
    case .boolean: .boolean
    case .category: .category
    case .date: .date
    case .text: .text
    }
  }

  public var rowCount: Int {
    switch values {
    case .integer(let values): values.count
    case .real(let values): values.count
    case .boolean(let values): values.count
    case .category(let codes, _): codes.count
    case .date(let values): values.count
    case .text(let values): values.count
    }
  }
}

extension Column {
  public var isDate: Bool {
    if case .date = values { true } else { false }
  }

  /// The values as numbers, NaN where missing; nil for categories and text.
  ///
  /// Booleans are 0 and 1, dates days since 1970-01-01. Integers beyond ±2⁵³ are rounded.
  public var numbers: [Double]? {
    var numbers: [Double]
    switch values {
    case .integer(let values): numbers = values.map(Double.init)
    case .real(let values): numbers = values
    case .boolean(let values): numbers = values.map { $0 ? 1 : 0 }
    case .date(let values): numbers = values.map(Double.init)
    case .category, .text: return nil
    }
    for row in missingRows { numbers[row] = .nan }
    return numbers
  }

  public func isMissing(at row: Int) -> Bool {
    var low = 0
    var high = missingRows.count
    while low < high {
      let middle = (low + high) / 2
      if missingRows[middle] < row { low = middle + 1 } else { high = middle }
    }
    return low < missingRows.count && missingRows[low] == row
  }

  /// The text of a cell, nil if missing: numbers in the shortest form that reads back as the same
  /// value, `true` or `false`, dates as `YYYY-MM-DD`.
  public func text(at row: Int) -> String? {
    if isMissing(at: row) { return nil }
    switch values {
    case .integer(let values): return String(values[row])
    case .real(let values): return String(describing: values[row])
    case .boolean(let values): return values[row] ? "true" : "false"
    case .category(let codes, let levels): return levels[Int(codes[row])]
    case .date(let values): return CivilDate(daysSinceEpoch: Int(values[row])).description
    case .text(let values): return values[row]
    }
  }

  /// The given rows in the given order.
  public func selectingRows(_ rows: [Int]) -> Column {
    let selected: Values =
      switch values {
      case .integer(let values): .integer(rows.map { values[$0] })
      case .real(let values): .real(rows.map { values[$0] })
      case .boolean(let values): .boolean(rows.map { values[$0] })
      case .category(let codes, let levels):
        .category(codes: rows.map { codes[$0] }, levels: levels)
      case .date(let values): .date(rows.map { values[$0] })
      case .text(let values): .text(rows.map { values[$0] })
      }
    return Column(name: name, values: selected, missingRows: missingRows(among: rows))
  }

  private func missingRows(among rows: [Int]) -> [Int] {
    if missingRows.isEmpty { return [] }
    var isMissing = [Bool](repeating: false, count: rowCount)
    for row in missingRows { isMissing[row] = true }
    return rows.indices.filter { isMissing[rows[$0]] }
  }
}
