import Numerical

/// Stored as a row of weight, a and b per edge, and the core distances.
extension SpanningTree: Codable {
  private enum CodingKeys: String, CodingKey { case edges, coreDistances }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    let edges = Matrix(
      rowCount: edges.count, columnCount: 3,
      values: edges.flatMap { [$0.weight, Double($0.a), Double($0.b)] })
    try container.encode(edges, forKey: .edges)
    try container.encode(Vector(coreDistances), forKey: .coreDistances)
  }

  /// - Throws: `DecodingError` unless the edges span the rows, without a circle, in ascending order.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let stored = try container.decode(Matrix.self, forKey: .edges)
    let coreDistances = try container.decode(Vector.self, forKey: .coreDistances).values
    guard let edges = Self.edges(stored, rowCount: coreDistances.count),
      coreDistances.allSatisfy({ $0.isFinite && $0 >= 0 })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .edges, in: container, debugDescription: "the edges are those of no spanning tree")
    }
    self.init(edges: edges, coreDistances: coreDistances)
  }

  /// Nil if they contradict each other.
  private static func edges(_ stored: Matrix, rowCount: Int) -> [Edge]? {
    guard stored.columnCount == 3, rowCount < 1 << 30, stored.rowCount + 1 == rowCount else {
      return nil
    }
    var sets = DisjointSets(count: rowCount)
    var edges: [Edge] = []
    edges.reserveCapacity(stored.rowCount)
    for index in 0..<stored.rowCount {
      let weight = stored[index, 0]
      guard let a = Int32(exactly: stored[index, 1]), let b = Int32(exactly: stored[index, 2]),
        a >= 0, a < b, b < rowCount, weight.isFinite, weight >= 0,
        edges.last.map({ ($0.weight, $0.a, $0.b) < (weight, a, b) }) ?? true,
        sets.join(Int(a), Int(b))
      else { return nil }
      edges.append(Edge(weight: weight, a: a, b: b))
    }
    return edges
  }
}
