/// Named columns of equal length.
public struct Table: Sendable {
  public let columns: [Column]
  public let rowCount: Int

  /// Names must be unique and lengths equal.
  public init(columns: [Column]) {
    rowCount = columns.first?.rowCount ?? 0
    precondition(columns.allSatisfy { [rowCount] in $0.rowCount == rowCount })
    self.columns = columns
  }

  public subscript(name: String) -> Column? { columns.first { $0.name == name } }

  public var columnNames: [String] { columns.map(\.name) }
}
