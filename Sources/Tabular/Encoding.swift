public import Numerical

/// How a table becomes a matrix.
public struct EncodingOptions: Hashable, Sendable {
  public init() {}
}

/// A fitted encoding: columns by name in, a matrix of finite numbers out.
public struct TableEncoder: Hashable, Sendable, Codable {
  /// Names of the matrix columns: the column's name, or `column = level` for a one-hot level.
  public let featureNames: [String]

  /// Learns fill values and levels from `features` of `table`.
  public static func fit(
    _ table: Table, features: [String], options: EncodingOptions
  ) throws(TableError) -> TableEncoder {
    TableEncoder(featureNames: features)
  }

  /// Encodes rows; columns are found by name, others are ignored.
  public func encode(_ table: Table, on pool: WorkerPool) throws(TableError) -> EncodedTable {
    EncodedTable(matrix: Matrix(rows: []), imputedCounts: [:], unseenCounts: [:])
  }
}

/// A matrix and what had to be filled in to make it.
public struct EncodedTable: Sendable {
  public let matrix: Matrix
  /// Values filled in, by column; columns without any are absent.
  public let imputedCounts: [String: Int]
  /// Levels never seen in training, by column; columns without any are absent.
  public let unseenCounts: [String: Int]
}
