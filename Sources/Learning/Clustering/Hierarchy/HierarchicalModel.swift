public import Numerical

/// The segments of a cut merge tree: their centroids, and the training rows if these vote.
public struct HierarchicalModel: Clusterer {
  public let linkage: Linkage
  /// One centroid per row, in the units of the input.
  public let centers: Matrix
  /// The root mean square distance of each segment's training rows to its centroid.
  public let spreads: Vector
  /// Nil where new rows go to the nearest centroid.
  public let vote: NeighborVote?

  init(linkage: Linkage, segments: SegmentGeometry, vote: NeighborVote?) {
    self.init(
      linkage: linkage, centers: segments.centers, spreads: segments.spreads, vote: vote)
  }

  private init(linkage: Linkage, centers: Matrix, spreads: Vector, vote: NeighborVote?) {
    self.linkage = linkage
    self.centers = centers
    self.spreads = spreads
    self.vote = vote
  }

  public var clusterCount: Int { centers.rowCount }

  public var rule: AssignmentRule {
    guard let vote else {
      return AssignmentRule(
        placement: "nearest centroid",
        anomaly: "distance to the centroid over the root mean square distance in the segment")
    }
    return AssignmentRule(
      placement: "vote of the \(vote.neighbors) nearest training rows, weighted by 1 / distance",
      anomaly: "mean distance to the \(vote.neighbors) nearest training rows over its mean in "
        + "the segment")
  }

  /// The segment of each row by the rule, the distance to its centroid, and as strength the share of
  /// votes (1 where nobody votes).
  ///
  /// - Throws: `LearningError.width` if the columns differ from the fitted ones, `.nonFinite`,
  ///   `.tooLarge` as in the fit.
  /// - Complexity: O(n · k · d), with a vote about O(n log N) distances for N training rows.
  public func assign(_ x: Matrix, on pool: WorkerPool) throws(LearningError) -> Assignments {
    guard let vote else {
      return try KMeansModel(centers: centers, inertia: 0, spreads: spreads).assign(x, on: pool)
    }
    try x.requireWidth(centers.columnCount)
    try x.requireFinite()
    try x.requireSquarable()
    return vote.assign(x, centers: centers, on: pool)
  }
}

extension HierarchicalModel: Codable {
  private enum CodingKeys: String, CodingKey {
    case linkage, centers, spreads, rows, labels, neighbors
    case typicalDistances = "typical_distances"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(linkage, forKey: .linkage)
    try container.encode(centers, forKey: .centers)
    try container.encode(spreads, forKey: .spreads)
    guard let vote else { return }
    try container.encode(vote.rows, forKey: .rows)
    try container.encode(vote.labels, forKey: .labels)
    try container.encode(vote.neighbors, forKey: .neighbors)
    try container.encode(vote.typicalDistances, forKey: .typicalDistances)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let centers = try container.decode(Matrix.self, forKey: .centers)
    let spreads = try container.decode(Vector.self, forKey: .spreads)
    func refuse(_ key: CodingKeys, _ reason: String) -> DecodingError {
      .dataCorruptedError(forKey: key, in: container, debugDescription: reason)
    }
    guard centers.rowCount > 0, centers.columnCount > 0,
      centers.values.allSatisfy({ abs($0) <= 1e100 })
    else { throw refuse(.centers, "centers must be rows of finite numbers") }
    guard spreads.count == centers.rowCount, spreads.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw refuse(.spreads, "every centre needs its spread")
    }
    let vote = try container.contains(.rows) ? Self.vote(from: container, centers) : nil
    self.init(
      linkage: try container.decode(Linkage.self, forKey: .linkage), centers: centers,
      spreads: spreads, vote: vote)
  }

  private static func vote(
    from container: KeyedDecodingContainer<CodingKeys>, _ centers: Matrix
  ) throws -> NeighborVote {
    func refuse(_ key: CodingKeys, _ reason: String) -> DecodingError {
      .dataCorruptedError(forKey: key, in: container, debugDescription: reason)
    }
    let count = centers.rowCount
    let rows = try container.decode(Matrix.self, forKey: .rows)
    guard rows.rowCount > 0, rows.rowCount < 1 << 30, rows.columnCount == centers.columnCount,
      rows.values.allSatisfy({ abs($0) <= 1e100 })
    else { throw refuse(.rows, "rows must be finite numbers, as wide as the centers") }
    let labels = try container.decode(Vector.self, forKey: .labels)
    guard labels.count == rows.rowCount,
      labels.allSatisfy({ $0 >= 0 && $0 < Double(count) && $0 == $0.rounded() })
    else { throw refuse(.labels, "every row needs the number of a center") }
    let neighbors = try container.decode(Int.self, forKey: .neighbors)
    guard neighbors >= 1, neighbors <= 1000 else {
      throw refuse(.neighbors, "neighbors must be from 1 to 1000")
    }
    let typical = try container.decode(Vector.self, forKey: .typicalDistances)
    guard typical.count == count, typical.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw refuse(.typicalDistances, "every center needs its typical distance")
    }
    return NeighborVote(
      rows: rows, labels: labels, neighbors: neighbors, typicalDistances: typical,
      tree: NeighborTree(rows, on: .serial))
  }
}
