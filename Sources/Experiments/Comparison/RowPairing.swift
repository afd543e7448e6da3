/// How many rows A puts in one place and B in another: squares of two scores, or segments of two clusterings.
public struct RowPairing: Hashable, Sendable, Encodable {
  /// A square's place on an axis from 0, or a segment; −1 is no segment.
  public let a: Int
  public let b: Int
  public let rowCount: Int

  private enum CodingKeys: String, CodingKey {
    case a, b
    case rowCount = "rows"
  }
}
