package import Numerical

/// Assigns rows to centres at the least sum of squared distances that keeps bounds on the sizes.
///
/// A transportation problem: each row ships one unit to one of k sinks, each of which takes between
/// `least` and `most` of them. Every sink passes its units on to a common end, an arc of cost zero with
/// these bounds. Prices u make the start: a row goes where d² + u is least, and the arc of a sink
/// carries `most` where its price is positive, `least` where it is negative, otherwise what is
/// closest to its size. That is optimal for its own supplies and demands; where size and flow differ,
/// units are sent along shortest paths from surplus to deficit. Paths lead over k + 1 nodes only: the
/// edge a → b is the cheapest move of one row of a to b, kept in a heap per pair. After every path the
/// prices fall by the distances, so that no edge has a negative reduced cost (but for rounding).
///
/// Prices of one call are a good start of the next where centres have moved little.
///
/// - Complexity: O(n · k · d) for the start; O(k²) and k pushes to heaps per row and cluster it passes,
///   for every unit sent. Heaps hold 16 · n · k bytes at most, and are made for clusters on a path only.
/// - Reproducibility: ties go to the smaller cost, then row, then cluster.
/// - Source: Ahuja, Magnanti and Orlin (1993), successive shortest paths.
package final class SizeTransport {
  let labels: ScratchBuffer<Int32>
  /// The dual price of each centre; 0 where its bounds do not bind.
  private(set) var prices: [Double]
  private let rows: UnsafePointer<Double>
  private let rowCount: Int
  private let width: Int
  private let k: Int
  private let points: PackedPoints
  private let least: Int
  private let most: Int
  private var sizes: [Int]
  /// Units on the arc from each centre to the common end.
  private var flows: [Int]
  private var heaps: [MoveHeap]
  private var hasHeaps: [Bool]
  private var path: ShortestPath
  private let distances: ScratchBuffer<Double>
  private let pool: WorkerPool

  init(
    _ rows: UnsafePointer<Double>, rowCount: Int, centers: Matrix, bounds: SizeBounds,
    prices: [Double], on pool: WorkerPool
  ) {
    self.rows = rows
    self.rowCount = rowCount
    self.prices = prices
    self.pool = pool
    width = centers.columnCount
    k = centers.rowCount
    points = PackedPoints(centers)
    (least, most) = (bounds.least, bounds.most)
    labels = ScratchBuffer(count: rowCount)
    sizes = [Int](repeating: 0, count: k)
    flows = sizes
    heaps = [MoveHeap](repeating: MoveHeap(), count: k * k)
    hasHeaps = [Bool](repeating: false, count: k)
    path = ShortestPath(nodeCount: k + 1)
    distances = ScratchBuffer(count: points.panelCount * PackedPoints.lanes)
  }

  /// Optimal labels for `centers`; sizes must be feasible.
  package static func labels(
    _ x: Matrix, centers: Matrix, least: Int, most: Int, on pool: WorkerPool = .serial
  ) throws(LearningError) -> [Int] {
    try x.requireWidth(centers.columnCount)
    let bounds = SizeBounds(least: least, most: most)
    try bounds.requireFeasible(clusterCount: centers.rowCount, rowCount: x.rowCount)
    return x.values.withUnsafeBufferPointer { values in
      guard let rows = values.baseAddress else { return [] }
      let transport = SizeTransport(
        rows, rowCount: x.rowCount, centers: centers, bounds: bounds,
        prices: [Double](repeating: 0, count: centers.rowCount), on: pool)
      transport.balance()
      return transport.labels.elements.map { Int($0) }
    }
  }

  /// Finds the assignment.
  func balance() {
    assignByPrice()
    for center in 0..<k {
      flows[center] =
        prices[center] > 0
        ? most : prices[center] < 0 ? least : min(max(sizes[center], least), most)
    }
    while let source = firstSurplus, send(from: source) {}
  }

  private func surplus(_ node: Int) -> Int {
    node < k ? sizes[node] - flows[node] : flows.reduce(0, +) - rowCount
  }

  private var firstSurplus: Int? { (0...k).first { surplus($0) > 0 } }

  private func assignByPrice() {
    let chunks = RowChunks(count: rowCount, size: 1024)
    pool.forEachChunk(count: chunks.count) { chunk in
      let distances = ScratchBuffer<Double>(count: points.panelCount * PackedPoints.lanes)
      points.withView { points in
        for row in chunks[chunk] {
          DistanceTile.squaredDistances(
            from: rows + row &* width, to: points, into: distances.start)
          var best = (cost: Double.infinity, center: 0)
          for center in 0..<k {
            let cost = distances.start[center] + prices[center]
            if cost < best.cost { best = (cost, center) }
          }
          labels.start[row] = Int32(truncatingIfNeeded: best.center)
        }
      }
    }
    for row in 0..<rowCount { sizes[Int(labels.start[row])] += 1 }
  }

  /// Sends one unit from `source` to the nearest node with a deficit; false if there is none, which
  /// feasible bounds rule out.
  private func send(from source: Int) -> Bool {
    path.start(at: source)
    var target = source
    while let node = path.settleNearest() {
      target = node
      if surplus(node) < 0 { break }
      relax(node)
    }
    guard surplus(target) < 0 else { return false }
    let length = path.distance(to: target)
    let common = min(path.distance(to: k), length)
    for center in 0..<k { prices[center] += common - min(path.distance(to: center), length) }
    augment(to: target)
    return true
  }

  private func relax(_ node: Int) {
    if node == k {
      for center in 0..<k where flows[center] > least {
        path.offer(center, through: k, length: prices[center])
      }
      return
    }
    if flows[node] < most { path.offer(k, through: node, length: -prices[node]) }
    if !hasHeaps[node] { makeHeaps(of: node) }
    for center in 0..<k where center != node {
      guard let move = cheapestMove(node, center) else { continue }
      path.offer(center, through: node, length: move.cost + prices[center] - prices[node])
    }
  }

  private func augment(to target: Int) {
    var node = target
    while let before = path.predecessor(of: node) {
      if node == k {
        flows[before] += 1
      } else if before == k {
        flows[node] -= 1
      } else if let move = cheapestMove(before, node) {
        sizes[before] -= 1
        sizes[node] += 1
        labels.start[Int(move.row)] = Int32(truncatingIfNeeded: node)
        if hasHeaps[node] { pushMoves(of: Int(move.row), from: node) }
      }
      node = before
    }
  }

  /// The cheapest move of a row from one centre to another, the first of equally cheap ones.
  private func cheapestMove(_ from: Int, _ to: Int) -> MoveHeap.Move? {
    let place = from &* k &+ to
    while let move = heaps[place].first {
      if Int(labels.start[Int(move.row)]) == from { return move }
      heaps[place].removeFirst()
    }
    return nil
  }

  private func makeHeaps(of center: Int) {
    hasHeaps[center] = true
    for row in 0..<rowCount where Int(labels.start[row]) == center {
      measure(row)
      for other in 0..<k where other != center {
        heaps[center &* k &+ other].append(move(row, from: center, to: other))
      }
    }
    for other in 0..<k where other != center { heaps[center &* k &+ other].order() }
  }

  private func pushMoves(of row: Int, from center: Int) {
    measure(row)
    for other in 0..<k where other != center {
      heaps[center &* k &+ other].push(move(row, from: center, to: other))
    }
  }

  private func measure(_ row: Int) {
    points.withView {
      DistanceTile.squaredDistances(from: rows + row &* width, to: $0, into: distances.start)
    }
  }

  /// Of the row measured last.
  private func move(_ row: Int, from: Int, to: Int) -> MoveHeap.Move {
    MoveHeap.Move(
      cost: distances.start[to] - distances.start[from], row: Int32(truncatingIfNeeded: row))
  }
}
