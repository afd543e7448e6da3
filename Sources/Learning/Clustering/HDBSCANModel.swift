public import Numerical

/// The fitted rows, the tree of their clusters and the clusters selected from it.
public struct HDBSCANModel: Clusterer {
  /// The rows of the fit.
  public let rows: Matrix
  /// The distance from each to its `minSamples`-th nearest, itself counted.
  public let coreDistances: Vector
  /// Which nearest row gives a core distance.
  public let minSamples: Int
  /// Divides distances between rows.
  public let alpha: Double
  let tree: HDBSCANTree
  let search: ReachabilitySearch

  init(
    rows: Matrix, neighbors: NeighborTree, coreDistances: [Double], tree: HDBSCANTree,
    minSamples: Int, alpha: Double
  ) {
    self.rows = rows
    self.coreDistances = Vector(coreDistances)
    self.minSamples = minSamples
    self.alpha = alpha
    self.tree = tree
    search = ReachabilitySearch(
      neighbors, coreDistances: coreDistances, minSamples: minSamples, alpha: alpha)
  }

  public var clusterCount: Int { tree.segmentCount }

  public var rule: AssignmentRule {
    AssignmentRule(
      placement: "the cluster of the row nearest by mutual reachability, where it still exists",
      anomaly: "GLOSH: 1 minus the row's density over the greatest density of its cluster")
  }

  /// Places each row with the fitted row nearest to it by mutual reachability.
  ///
  /// The new row's core distance is the distance to its `minSamples`-th nearest fitted row, so that a copy of
  /// a fitted row is measured as that was in the fit. It joins the fitted row of least mutual
  /// reachability, leaves the tree with that row or, if it is farther, at its own distance, and is in the
  /// segment that exists there. Its strength is the share of its λ in the greatest λ of the segment, its
  /// distance the mutual reachability.
  ///
  /// - Throws: `LearningError.width`, `.nonFinite`, `.tooLarge`.
  /// - Complexity: about O(log n + minSamples) a row in few dimensions.
  public func assign(_ x: Matrix, on pool: WorkerPool) throws(LearningError) -> Assignments {
    try x.requireWidth(rows.columnCount)
    try x.requireFinite()
    try x.requireSquarable()
    let joins = search.nearest(to: x, on: pool)
    let places = joins.map { join in
      let (cluster, distance) = tree.departure(joining: join.row, at: join.distance)
      return tree.place(in: cluster, at: distance, reach: join.distance)
    }
    return assignments(places, distances: joins.map(\.distance))
  }

  /// Where the fit put its rows; distances are core distances.
  var trainingAssignments: Assignments {
    let places = rows.rowIndices.map { row in
      let distance = tree.rowDistances[row]
      return tree.place(in: tree.rowClusters[row], at: distance, reach: distance)
    }
    return assignments(places, distances: coreDistances.values)
  }

  private func assignments(_ places: [HDBSCANTree.Place], distances: [Double]) -> Assignments {
    Assignments(
      labels: places.map(\.label), distances: distances, strengths: places.map(\.strength),
      anomalies: places.map(\.anomaly))
  }
}

extension Matrix {
  fileprivate var rowIndices: Range<Int> { 0..<rowCount }
}

extension HDBSCANModel: Codable {
  private enum CodingKeys: String, CodingKey {
    case rows, coreDistances, rowClusters, rowDistances
    case clusterParents, clusterBirths, clusterLabels, rootLimit, minSamples, alpha
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rows, forKey: .rows)
    try container.encode(coreDistances, forKey: .coreDistances)
    try container.encode(Vector(tree.rowClusters.map(Double.init)), forKey: .rowClusters)
    try container.encode(Vector(tree.rowDistances), forKey: .rowDistances)
    try container.encode(Vector(tree.parents.map(Double.init)), forKey: .clusterParents)
    try container.encode(Vector(tree.births), forKey: .clusterBirths)
    try container.encode(Vector(tree.labels.map(Double.init)), forKey: .clusterLabels)
    try container.encodeIfPresent(tree.rootLimit, forKey: .rootLimit)
    try container.encode(minSamples, forKey: .minSamples)
    try container.encode(alpha, forKey: .alpha)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let stored = try StoredHDBSCAN(
      rows: container.decode(Matrix.self, forKey: .rows),
      coreDistances: container.decode(Vector.self, forKey: .coreDistances).values,
      rowClusters: container.decode(Vector.self, forKey: .rowClusters).values,
      rowDistances: container.decode(Vector.self, forKey: .rowDistances).values,
      parents: container.decode(Vector.self, forKey: .clusterParents).values,
      births: container.decode(Vector.self, forKey: .clusterBirths).values,
      labels: container.decode(Vector.self, forKey: .clusterLabels).values,
      rootLimit: container.decodeIfPresent(Double.self, forKey: .rootLimit),
      minSamples: container.decode(Int.self, forKey: .minSamples),
      alpha: container.decode(Double.self, forKey: .alpha))
    guard let tree = stored.tree else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: container.codingPath,
          debugDescription: "a density tree must place finite rows in clusters that exist"))
    }
    self.init(
      rows: stored.rows, neighbors: NeighborTree(stored.rows, on: .serial),
      coreDistances: stored.coreDistances, tree: tree, minSamples: stored.minSamples,
      alpha: stored.alpha)
  }
}

/// The members of a stored model, which may come from anywhere.
private struct StoredHDBSCAN {
  let rows: Matrix
  let coreDistances, rowClusters, rowDistances, parents, births, labels: [Double]
  let rootLimit: Double?
  let minSamples: Int
  let alpha: Double

  /// Nil if a member contradicts the others or is outside its range.
  var tree: HDBSCANTree? {
    let count = rows.rowCount
    guard count > 0, count < 1 << 30, rows.columnCount > 0,
      rows.values.allSatisfy({ abs($0) <= 1e100 }),
      [coreDistances.count, rowClusters.count, rowDistances.count].allSatisfy({ $0 == count }),
      minSamples >= 1, minSamples <= count, alpha > 0, alpha.isFinite,
      rootLimit.map({ $0 >= 0 && $0.isFinite }) ?? true,
      (coreDistances + rowDistances + births).allSatisfy({ $0 >= 0 && $0.isFinite }),
      births.count == parents.count, labels.count == parents.count + 1, labels.count <= 2 * count,
      let parents = wholeNumbers(parents, in: 0...labels.count),
      let labels = wholeNumbers(labels, in: -1...labels.count),
      let rowClusters = wholeNumbers(rowClusters, in: 0...labels.count - 1),
      parents.indices.allSatisfy({ parents[$0] <= $0 })
    else { return nil }
    return HDBSCANTree(
      parents: parents, births: births, labels: labels, rootLimit: rootLimit,
      rowClusters: rowClusters, rowDistances: rowDistances)
  }

  private func wholeNumbers(_ values: [Double], in range: ClosedRange<Int>) -> [Int]? {
    var numbers: [Int] = []
    numbers.reserveCapacity(values.count)
    for value in values {
      guard let number = Int(exactly: value), range.contains(number) else { return nil }
      numbers.append(number)
    }
    return numbers
  }
}
