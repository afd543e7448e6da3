public import Numerical

/// What settings of DBSCAN share that agree on the radius: the rows in an order in which neighbours are found, and
/// how many neighbours each has, up to `NeighborCounts.limit`.
///
/// A row with fewer neighbours than the limit is a core row or none without a search, and so is every row where
/// `min_samples` is no greater than it. Lists of neighbours are not kept: joining core rows needs a few pairs of
/// each cell, and lists are as long as the radius is great. Where `min_samples` decides the radius, the tree that
/// finds it is shared.
public struct Neighborhoods: FitStage {
  private enum Found: Sendable {
    /// Nothing but a tree, as the radius is not known yet.
    case tree(NeighborTree)
    case counts(NeighborCounts, NeighborSpace, radius: Double)
  }

  let rowCount: Int
  private let engine: DBSCANEngine
  private let found: Found

  /// - Parameter x: finite rows that can be squared, at least one of at least one column.
  init(
    of x: Matrix, within eps: NeighborhoodRadius, engine: DBSCANEngine, in context: FitContext
  ) throws(LearningError) {
    rowCount = x.rowCount
    self.engine = engine
    switch eps {
    case .automatic: found = .tree(NeighborTree(x, on: context.pool))
    case .distance(let radius):
      let space = NeighborSpace(x, radius: radius, engine: engine, on: context.pool)
      if context.isCancelled() { throw .cancelled }
      guard let counts = space.neighborCounts(of: x, on: context.pool) else {
        throw .rows(needed: 1, found: x.rowCount)
      }
      found = .counts(counts, space, radius: radius)
    }
    if context.isCancelled() { throw .cancelled }
  }

  /// Nil where the radius was known before.
  var tree: NeighborTree? { if case .tree(let tree) = found { tree } else { nil } }

  /// Nil where the radius is not known yet.
  var space: NeighborSpace? { if case .counts(_, let space, _) = found { space } else { nil } }

  var counts: NeighborCounts? { if case .counts(let counts, _, _) = found { counts } else { nil } }
}

/// Stored as the radius, the engine and a count per row; the order of the rows is found again.
extension Neighborhoods {
  private enum CodingKeys: String, CodingKey { case engine, radius, counts }

  /// - Throws: `EncodingError` where there is a tree alone, which is built as fast as it would be read.
  public func encode(to encoder: any Encoder) throws {
    guard case .counts(let counts, _, let radius) = found else {
      throw EncodingError.invalidValue(
        self, .init(codingPath: encoder.codingPath, debugDescription: "a tree is not stored"))
    }
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(engine.rawValue, forKey: .engine)
    try container.encode(radius, forKey: .radius)
    try container.encode(Vector(counts.values.elements.map(Double.init)), forKey: .counts)
  }

  public init(from decoder: any Decoder, rows: Matrix, on pool: WorkerPool) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func refuse(_ key: CodingKeys, _ reason: String) -> DecodingError {
      .dataCorruptedError(forKey: key, in: container, debugDescription: reason)
    }
    let name = try container.decode(String.self, forKey: .engine)
    guard let engine = DBSCANEngine(rawValue: name) else {
      throw refuse(.engine, "there is no such engine")
    }
    let radius = try container.decode(Double.self, forKey: .radius)
    guard radius > 0, radius.isFinite else { throw refuse(.radius, "a radius is above 0") }
    let stored = try container.decode(Vector.self, forKey: .counts)
    guard stored.count == rows.rowCount, rows.columnCount > 0 else {
      throw refuse(.counts, "the neighbours are those of other rows")
    }
    let counts = NeighborCounts(rowCount: stored.count)
    for (row, value) in stored.enumerated() {
      guard let count = Int(exactly: value), (1...NeighborCounts.limit).contains(count) else {
        throw refuse(.counts, "a row has itself and no more neighbours than are counted")
      }
      counts.note(count, ofRow: row)
    }
    rowCount = rows.rowCount
    self.engine = engine
    found = .counts(
      counts, NeighborSpace(rows, radius: radius, engine: engine, on: pool), radius: radius)
  }
}
