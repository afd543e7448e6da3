public import Numerical

/// The core rows of DBSCAN and their clusters.
public struct DBSCANModel: Clusterer {
  /// The radius that was used.
  public var eps: Double { cores.radius }
  /// One core row per row, in the order of the fitted rows, in the units of the input.
  public var coreRows: Matrix { cores.rows }
  /// The cluster of each core row, every number from 0 ..< clusterCount at least once.
  public var coreLabels: [Int] { cores.labels.map(Int.init) }
  public let clusterCount: Int

  private let cores: CoreRows

  init(coreRows: Matrix, labels: [Int32], clusterCount: Int, eps: Double) {
    cores = CoreRows(coreRows, labels: labels, radius: eps)
    self.clusterCount = clusterCount
  }

  public var rule: AssignmentRule {
    AssignmentRule(
      placement: "first segment with a core row within eps, otherwise none",
      anomaly: "distance to the nearest core row over eps")
  }

  /// Places rows as the fit placed its own: in the lowest-numbered cluster with a core row within `eps`,
  /// otherwise in none.
  ///
  /// The distance is the one to the nearest core row of the cluster, of any cluster for a row in none;
  /// without core rows it is infinite.
  ///
  /// - Throws: `LearningError.width` if the columns differ from the fitted ones, `.nonFinite`, `.tooLarge`.
  /// - Complexity: about O(log m) per row for m core rows in few dimensions, O(m) in many. The first call
  ///   sorts the core rows into a tree.
  public func assign(_ x: Matrix, on pool: WorkerPool) throws(LearningError) -> Assignments {
    try x.requireWidth(coreRows.columnCount)
    try x.requireFinite()
    try x.requireSquarable()
    let tree = cores.tree(on: pool)
    let chunks = RowChunks(count: x.rowCount, size: 256)
    let places = ScratchBuffer<CoreTree.Place>(count: x.rowCount)
    x.values.withUnsafeBufferPointer { values in
      guard let rows = values.baseAddress else { return }
      pool.forEachChunk(count: chunks.count) { chunk in
        var path = tree.newPath()
        for row in chunks[chunk] {
          places.start[row] = tree.place(rows + row * x.columnCount, &path)
        }
      }
    }
    return assignments(places.elements)
  }
}

extension DBSCANModel {
  private func assignments(_ places: [CoreTree.Place]) -> Assignments {
    Assignments(
      labels: places.map(\.label), distances: places.map { $0.toCluster.squareRoot() },
      strengths: places.map { $0.label < 0 ? 0 : 1 },
      anomalies: places.map { $0.toNearest.squareRoot() / eps })
  }

  /// Where the fitted rows are: a core row is its own nearest.
  func assignments(of x: Matrix, _ found: CoreClusters, on pool: WorkerPool)
    throws(LearningError) -> Assignments
  {
    let labels = found.labels
    // Rows near each other take the same way through the tree.
    let others = found.order.filter { labels[Int($0)] < 0 }
    let placed = try assign(x.gathering(others, on: pool), on: pool)
    var all = labels.map { Int($0) }
    var distances = [Double](repeating: 0, count: labels.count)
    var strengths = [Double](repeating: 1, count: labels.count)
    var anomalies = distances
    for (index, row) in others.enumerated() {
      all[Int(row)] = placed.labels[index]
      distances[Int(row)] = placed.distances[index]
      strengths[Int(row)] = placed.strengths[index]
      anomalies[Int(row)] = placed.anomalies[index]
    }
    return Assignments(
      labels: all, distances: distances, strengths: strengths, anomalies: anomalies)
  }
}

extension Matrix {
  /// The given rows in the given order, copied by several threads.
  func gathering(_ rows: [Int32], on pool: WorkerPool) -> Matrix {
    let width = columnCount
    return Matrix(rowCount: rows.count, columnCount: width) { target in
      values.withUnsafeBufferPointer { values in
        guard let source = values.baseAddress, let target = target.baseAddress else { return }
        let chunks = RowChunks(count: rows.count, size: 1 << 13)
        pool.forEachChunk(count: chunks.count) { chunk in
          for index in chunks[chunk] {
            let row = source + Int(rows[index]) &* width
            for j in 0..<width { target[index &* width &+ j] = row[j] }
          }
        }
      }
    }
  }
}

extension DBSCANModel: Codable {
  private enum CodingKeys: String, CodingKey {
    case eps
    case coreRows = "core_rows"
    case coreLabels = "core_labels"
    case clusterCount = "cluster_count"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(eps, forKey: .eps)
    try container.encode(clusterCount, forKey: .clusterCount)
    try container.encode(coreRows, forKey: .coreRows)
    try container.encode(Vector(cores.labels.map(Double.init)), forKey: .coreLabels)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func refuse(_ key: CodingKeys, _ reason: String) -> DecodingError {
      .dataCorruptedError(forKey: key, in: container, debugDescription: reason)
    }
    let eps = try container.decode(Double.self, forKey: .eps)
    guard eps > 0, eps.isFinite else { throw refuse(.eps, "eps must be a number above 0") }
    let rows = try container.decode(Matrix.self, forKey: .coreRows)
    guard rows.columnCount > 0, rows.rowCount < Self.mostRows,
      rows.values.allSatisfy({ abs($0) <= 1e100 })
    else { throw refuse(.coreRows, "core rows must be rows of finite numbers") }
    let clusterCount = try container.decode(Int.self, forKey: .clusterCount)
    guard clusterCount >= 0, clusterCount <= rows.rowCount else {
      throw refuse(.clusterCount, "every cluster needs a core row")
    }
    let labels = try container.decode(Vector.self, forKey: .coreLabels)
    guard labels.count == rows.rowCount,
      let whole = Self.labels(labels, below: clusterCount)
    else { throw refuse(.coreLabels, "every core row needs its cluster, every cluster a core row") }
    self.init(coreRows: rows, labels: whole, clusterCount: clusterCount, eps: eps)
  }

  /// Rows are numbered in 32 bits, with room for padding.
  static let mostRows = 1 << 30

  /// Whole numbers below `count`, each of which occurs; otherwise nil.
  private static func labels(_ values: Vector, below count: Int) -> [Int32]? {
    var seen = [Bool](repeating: false, count: count)
    var labels: [Int32] = []
    labels.reserveCapacity(values.count)
    for value in values {
      guard value >= 0, value < Double(count), let label = Int32(exactly: value) else { return nil }
      seen[Int(label)] = true
      labels.append(label)
    }
    return seen.contains(false) ? nil : labels
  }
}
