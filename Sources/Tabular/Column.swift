/// What the values of a column are.
public enum ColumnKind: String, Hashable, Sendable, Codable, CaseIterable {
  case integer, real, boolean, category, date, text
}

/// A named, typed, nullable column.
public struct Column: Sendable {
  /// Values by kind. The value at a missing row is zero, false, code −1 or the empty string.
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
