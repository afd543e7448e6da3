import Learning
import Numerical
import TestSupport
import Testing

struct SpanningTreeTests {
  /// Data of every shape that trees find hard, at most 400 rows.
  static let examples: [(name: String, matrix: Matrix)] = {
    var random = RandomSource(seed: Seed(3).derived("spanning tree"))
    func rows(_ count: Int, _ make: (Int) -> [Double]) -> Matrix {
      Matrix(rows: (0..<count).map(make))
    }
    return [
      ("one row", rows(1) { _ in [3, 4] }),
      ("two rows", rows(2) { [Double($0), 1] }),
      ("random", rows(400) { _ in [random.normal(), random.normal(), random.normal()] }),
      ("groups", rows(400) { [Double($0 % 5) * 9 + random.normal(), random.normal()] }),
      ("wide", rows(200) { _ in (0..<25).map { _ in random.normal() } }),
      ("grid", rows(400) { [Double($0 % 20), Double($0 / 20)] }),
      ("copies", rows(300) { [Double($0 % 7), 2, -1] }),
      ("constant", rows(200) { _ in [1.5, -2] }),
      ("line", rows(300) { [Double($0 * 37 % 300), 0, 0, 0] }),
      ("heavy tails", rows(400) { _ in (0..<2).map { _ in 1 / (random.uniform() - 0.5) } }),
      ("far from the origin", rows(200) { _ in [1e12 + random.uniform(), random.uniform()] }),
      ("tiny", rows(100) { _ in [1e-200 * random.uniform(), 1e-200 * random.uniform()] }),
      ("no columns", Matrix(rowCount: 50, columnCount: 0)),
    ]
  }()

  static func example(_ name: String) throws -> Matrix {
    try #require(examples.first { $0.name == name }).matrix
  }

  /// Distances between all rows, the plain way.
  static func distances(_ x: Matrix) -> [[Double]] {
    let rows = (0..<x.rowCount).map(x.row)
    return rows.map { a in
      rows.map { b in zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot() }
    }
  }

  static func cores(_ distances: [[Double]], neighbors: Int) -> [Double] {
    distances.map { $0.sorted()[min(neighbors, distances.count) - 1] }
  }

  /// The weights of a minimum spanning tree by Prim's algorithm over all pairs, ascending.
  static func primWeights(_ distances: [[Double]], _ cores: [Double], alpha: Double) -> [Double] {
    var least = [Double](repeating: .infinity, count: distances.count)
    var isLeft = [Bool](repeating: true, count: distances.count)
    var (row, weights) = (0, [Double]())
    while weights.count < distances.count - 1 {
      isLeft[row] = false
      for other in distances.indices where isLeft[other] {
        least[other] = min(
          least[other], max(distances[row][other] / alpha, cores[row], cores[other]))
      }
      row = distances.indices.filter { isLeft[$0] }.min { least[$0] < least[$1] } ?? row
      weights.append(least[row])
    }
    return weights.sorted()
  }

  @Test(arguments: examples.map(\.name), [1, 2, 3, 5, 12])
  func `weights are those of Prim's algorithm over all pairs`(name: String, neighbors: Int) throws {
    let x = try Self.example(name)
    let neighbors = min(neighbors, x.rowCount)
    let distances = Self.distances(x)
    let cores = Self.cores(distances, neighbors: neighbors)
    for alpha in [1.0, 0.5] {
      let tree = try SpanningTree.mutualReachability(
        x, neighbors: neighbors, alpha: alpha, on: .serial)
      // Distances are rounded a few times each, in another order than here.
      let expected = Self.primWeights(distances, cores, alpha: alpha)
      #expect(tree.edges.count == expected.count)
      #expect(
        zip(tree.edges, expected).allSatisfy { abs($0.weight - $1) <= 1e-12 * max($1, 1e-290) })
      #expect(
        zip(tree.coreDistances, cores).allSatisfy { abs($0 - $1) <= 1e-12 * max($1, 1e-290) })
    }
  }

  @Test(arguments: examples.map(\.name), [1, 4])
  func `edges join all rows, weigh what they say and ascend`(name: String, neighbors: Int) throws {
    let x = try Self.example(name)
    let neighbors = min(neighbors, x.rowCount)
    let tree = try SpanningTree.mutualReachability(x, neighbors: neighbors, alpha: 1, on: .serial)
    var sets = DisjointSets(count: x.rowCount)
    for edge in tree.edges {
      let (a, b) = (Int(edge.a), Int(edge.b))
      let distance = DistanceTile.squaredDistance(x.row(a), x.row(b), dimension: x.columnCount)
      let weight = max(distance.squareRoot(), tree.coreDistances[a], tree.coreDistances[b])
      #expect(a < b && edge.weight == weight)
      let isNew = sets.join(a, b)
      #expect(isNew)
    }
    let keys = tree.edges.map { ($0.weight, $0.a, $0.b) }
    #expect(zip(keys, keys.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test(arguments: [1, 10]) func `the tree is the same at any number of threads`(neighbors: Int)
    throws
  {
    var random = RandomSource(seed: Seed(8))
    // Enough rows for several blocks in every phase; halves make ties.
    let x = Matrix(
      rowCount: 6000, columnCount: 2,
      values: (0..<12000).map { _ in (40 * random.normal()).rounded() / 2 })
    let one = try SpanningTree.mutualReachability(x, neighbors: neighbors, alpha: 1, on: .serial)
    for threads in [2, 3, 5, 8] {
      let tree = try SpanningTree.mutualReachability(
        x, neighbors: neighbors, alpha: 1, on: WorkerPool(threadCount: threads))
      #expect(tree.edges == one.edges)
      #expect(tree.coreDistances == one.coreDistances)
    }
  }

  @Test func `a cancelled search says so`() throws {
    let x = try Self.example("random")
    #expect(throws: LearningError.cancelled) {
      try SpanningTree.euclidean(x, on: .serial, isCancelled: { true })
    }
  }

  @Test func `three rows on a line are joined by their gaps`() throws {
    // Gaps of 1 and 3; the core distance to the second row, itself counted, is 1, 1 and 3.
    let x = Matrix(rows: [[0], [1], [4]])
    let plain = try SpanningTree.euclidean(x, on: .serial)
    #expect(plain.edges == [.init(weight: 1, a: 0, b: 1), .init(weight: 3, a: 1, b: 2)])
    let reach = try SpanningTree.mutualReachability(x, neighbors: 3, alpha: 1, on: .serial)
    // With all three counted the core distances are 4, 3 and 4: every edge weighs 4.
    #expect(reach.coreDistances == [4, 3, 4])
    #expect(reach.totalWeight == 8)
  }

  struct Case: Decodable {
    struct Tree: Decodable {
      let neighbors: Int
      let alpha: Double
      let weights: [Double]
    }

    let name: String
    let rows: [[Double]]
    let trees: [Tree]
  }

  @Test func `weights are the merge heights of scipy and hdbscan`() throws {
    for example in try Fixture.load("spanning_tree", as: [Case].self) {
      for expected in example.trees {
        let tree = try SpanningTree.mutualReachability(
          Matrix(rows: example.rows), neighbors: expected.neighbors, alpha: expected.alpha,
          on: .serial)
        #expect(tree.edges.count == expected.weights.count)
        // Distances of the same doubles, summed and rooted in another order.
        #expect(
          zip(tree.edges, expected.weights).allSatisfy { isClose($0.weight, $1, within: 1e-12) },
          "\(example.name), \(expected.neighbors) neighbours")
      }
    }
  }

  @Test(arguments: ["random", "groups", "grid", "copies", "heavy tails"])
  func `a cut leaves the components of core rows within the radius`(name: String) throws {
    let x = try Self.example(name)
    let distances = Self.distances(x)
    let cores = Self.cores(distances, neighbors: 4)
    let tree = try SpanningTree.mutualReachability(x, neighbors: 4, alpha: 1, on: .serial)
    for share in [0.1, 0.5, 0.9] {
      // Between two weights, so that no rounding decides.
      let place = Int(share * Double(tree.edges.count))
      let radius = (tree.edges[place].weight + tree.edges[place + 1].weight) / 2
      var cut = DisjointSets(count: x.rowCount)
      for edge in tree.edges where edge.weight < radius { _ = cut.join(Int(edge.a), Int(edge.b)) }
      var plain = DisjointSets(count: x.rowCount)
      for a in 0..<x.rowCount where cores[a] < radius {
        for b in 0..<a where cores[b] < radius && distances[a][b] < radius {
          _ = plain.join(a, b)
        }
      }
      let found = (0..<x.rowCount).map { cut.representative(of: $0) }
      let expected = (0..<x.rowCount).map { plain.representative(of: $0) }
      if tree.edges[place].weight < tree.edges[place + 1].weight { #expect(found == expected) }
    }
  }
}
