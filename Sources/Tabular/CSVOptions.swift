/// How the text of a CSV file is to be read.
public struct CSVOptions: Hashable, Sendable {
  /// The byte between cells; nil finds it among comma, semicolon, tab and bar.
  public var delimiter: UInt8?
  /// Spellings of a missing value; case matters, blanks around a cell do not.
  public var nullTokens: [String]
  /// Kinds that are given rather than found, by column name.
  public var kinds: [String: ColumnKind]
  /// Columns whose cells are passed over: no kind is found for them and nothing of them is kept.
  public var unread: [String]

  public init(
    delimiter: UInt8? = nil, nullTokens: [String] = Self.defaultNullTokens,
    kinds: [String: ColumnKind] = [:], unread: [String] = []
  ) {
    self.unread = unread
    self.delimiter = delimiter
    self.nullTokens = nullTokens
    self.kinds = kinds
  }

  public static let defaultNullTokens = ["", "NA", "N/A", "null", "NULL"]
}
