public import Numerical

/// Training rows with their labels, which vote on rows nobody has seen.
///
/// Each of the nearest training rows has a vote in inverse proportion to its distance; a row at
/// distance 0 outweighs all others, so a training row is always placed where it was.
public struct NeighborVote: Sendable {
  public let rows: Matrix
  /// The segment of every row, as whole numbers.
  public let labels: Vector
  public let neighbors: Int
  /// Per segment: the mean over its rows of the mean distance to the nearest other rows.
  public let typicalDistances: Vector

  private let tree: NeighborTree
  private let segments: [Int32]

  /// The vote of labelled rows, and where it sees these rows themselves.
  ///
  /// Training rows keep their labels; their strengths are votes of the other rows.
  /// - Parameter distances: of the rows to the centroids of their segments.
  static func trained(
    _ rows: Matrix, labels: [Int], clusterCount: Int, neighbors: Int, distances: [Double],
    on pool: WorkerPool
  ) -> (vote: NeighborVote, assignments: Assignments) {
    let tree = NeighborTree(rows, on: pool)
    let others = tree.nearestOthers(neighbors, on: pool)
    var sums = [Double](repeating: 0, count: clusterCount)
    var counts = sums
    for (row, label) in labels.enumerated() {
      sums[label] += others.meanDistance(Int(tree.slotOfRow[row]))
      counts[label] += 1
    }
    let vote = NeighborVote(
      rows: rows, labels: Vector(labels.map(Double.init)), neighbors: neighbors,
      typicalDistances: Vector(zip(sums, counts).map { $0 / max($1, 1) }), tree: tree)
    return (vote, vote.assignments(of: labels, among: others, distances: distances))
  }

  /// Labels must be whole numbers below the count of `typicalDistances`.
  init(
    rows: Matrix, labels: Vector, neighbors: Int, typicalDistances: Vector, tree: NeighborTree
  ) {
    self.rows = rows
    self.labels = labels
    self.neighbors = neighbors
    self.typicalDistances = typicalDistances
    self.tree = tree
    segments = labels.map { Int32($0) }
  }

  /// Places rows; `centers` gives the distances to report.
  func assign(_ x: Matrix, centers: Matrix, on pool: WorkerPool) -> Assignments {
    let lists = tree.nearest(neighbors, to: x, on: pool)
    let chunks = RowChunks(count: x.rowCount, size: 1024)
    let parts = pool.map(count: chunks.count) { chunk in
      var ballot = Ballot(segmentCount: typicalDistances.count)
      let results = chunks[chunk].map { row in
        let winner = count(lists, row, &ballot)
        return Placement(
          label: winner.label, strength: winner.share,
          distance: x.distance(row, to: centers, winner.label),
          anomaly: anomaly(lists.meanDistance(row), winner.label))
      }
      return Assignments(results)
    }
    return Assignments(joining: parts)
  }

  private func assignments(
    of labels: [Int], among others: NeighborLists, distances: [Double]
  ) -> Assignments {
    var ballot = Ballot(segmentCount: typicalDistances.count)
    return Assignments(
      labels.enumerated().map { row, label in
        let list = Int(tree.slotOfRow[row])
        _ = count(others, list, &ballot)
        return Placement(
          label: label, strength: ballot.share(of: label), distance: distances[row],
          anomaly: anomaly(others.meanDistance(list), label))
      })
  }

  private func anomaly(_ distance: Double, _ label: Int) -> Double {
    distance == 0 ? 0 : distance / typicalDistances[label]
  }

  /// Counts the votes of a list; of equal segments the one of the nearer row wins.
  private func count(
    _ lists: NeighborLists, _ list: Int, _ ballot: inout Ballot
  ) -> (label: Int, share: Double) {
    ballot.clear()
    let nearest = lists.distance(list, 0)
    for place in 0..<lists.length {
      let distance = lists.distance(list, place)
      // Relative to the nearest, so that no weight overflows.
      let weight = distance == nearest ? 1 : nearest / distance
      let row = Int(tree.rowOfSlot[Int(lists.slots.start[list * lists.length + place])])
      ballot.add(Int(segments[row]), weight)
    }
    return ballot.winner
  }
}

/// Votes for segments.
private struct Ballot {
  private var weights: [Double]
  private var voted: [Int] = []
  private var total = 0.0

  init(segmentCount: Int) { weights = [Double](repeating: 0, count: segmentCount) }

  mutating func clear() {
    for segment in voted { weights[segment] = 0 }
    voted.removeAll(keepingCapacity: true)
    total = 0
  }

  mutating func add(_ segment: Int, _ weight: Double) {
    if !voted.contains(segment) { voted.append(segment) }
    weights[segment] += weight
    total += weight
  }

  func share(of segment: Int) -> Double { total > 0 ? weights[segment] / total : 1 }

  var winner: (label: Int, share: Double) {
    var best = voted.first ?? 0
    for segment in voted where weights[segment] > weights[best] { best = segment }
    return (best, share(of: best))
  }
}

private struct Placement {
  let label: Int
  let strength: Double
  let distance: Double
  let anomaly: Double
}

extension Assignments {
  fileprivate init(_ placements: [Placement]) {
    self.init(
      labels: placements.map(\.label), distances: placements.map(\.distance),
      strengths: placements.map(\.strength), anomalies: placements.map(\.anomaly))
  }
}

extension NeighborLists {
  fileprivate func distance(_ list: Int, _ place: Int) -> Double {
    place < length ? squaredDistances.start[list * length + place].squareRoot() : 0
  }

  /// 0 where there is no neighbour.
  fileprivate func meanDistance(_ list: Int) -> Double {
    guard length > 0 else { return 0 }
    return (0..<length).reduce(0) { $0 + distance(list, $1) } / Double(length)
  }
}

extension Matrix {
  fileprivate func distance(_ row: Int, to centers: Matrix, _ center: Int) -> Double {
    values.withUnsafeBufferPointer { rows in
      centers.values.withUnsafeBufferPointer { centers in
        guard let rows = rows.baseAddress, let centers = centers.baseAddress else { return 0 }
        return DistanceTile.squaredDistance(
          rows + row * columnCount, centers + center * columnCount, dimension: columnCount
        ).squareRoot()
      }
    }
  }
}
