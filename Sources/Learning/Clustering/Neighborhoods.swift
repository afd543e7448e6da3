public import Numerical

/// What settings of DBSCAN share that agree on the radius: how many neighbours each row has, counted no further than
/// a limit.
///
/// A row with fewer neighbours than the limit is a core row or none without a search, and so is every row where
/// `min_samples` is no greater than it. Lists of neighbours are not kept, as they are as long as the radius is great,
/// nor the order in which neighbours are found, which takes a hundred times the memory and is soon made again.
public struct Neighborhoods: FitStage {
  let rowCount: Int
  /// Nil where `min_samples` decides the radius: then nothing is shared.
  private let found: (counts: NeighborCounts, radius: Double)?

  /// - Parameter x: finite rows that can be squared, at least one of at least one column.
  init(
    of x: Matrix, within eps: NeighborhoodRadius, engine: DBSCANEngine, in context: FitContext
  ) throws(LearningError) {
    rowCount = x.rowCount
    switch eps {
    case .automatic: found = nil
    case .distance(let radius):
      found = (
        try NeighborSpace.counts(of: x, radius: radius, engine: engine, in: context), radius
      )
    }
  }

  /// Nil where another radius was searched.
  func counts(within radius: Double) -> NeighborCounts? {
    found.flatMap { $0.radius == radius ? $0.counts : nil }
  }
}

/// Stored as the radius and a count per row.
extension Neighborhoods {
  private enum CodingKeys: String, CodingKey { case radius, counts }

  /// - Throws: `EncodingError` where there is nothing to share.
  public func encode(to encoder: any Encoder) throws {
    guard let (counts, radius) = found else {
      throw EncodingError.invalidValue(
        self, .init(codingPath: encoder.codingPath, debugDescription: "no radius was searched"))
    }
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(radius, forKey: .radius)
    try container.encode(Vector(counts.values.elements.map(Double.init)), forKey: .counts)
  }

  public init(from decoder: any Decoder, rows: Matrix, on pool: WorkerPool) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func refuse(_ key: CodingKeys, _ reason: String) -> DecodingError {
      .dataCorruptedError(forKey: key, in: container, debugDescription: reason)
    }
    let radius = try container.decode(Double.self, forKey: .radius)
    guard radius > 0, radius.isFinite else { throw refuse(.radius, "a radius is above 0") }
    let stored = try container.decode(Vector.self, forKey: .counts)
    guard stored.count == rows.rowCount else {
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
    found = (counts, radius)
  }
}
