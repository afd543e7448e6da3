import CIntrinsics
import Numerical

extension DBSCAN {
  /// Up to this many rows, `auto` looks at the distances of all of them, and beyond at those of a sample.
  private static let exactRows = 20_000
  private static let sampledRows = 4000
  /// Points of a curve that is only shown, and distances computed for it.
  private static let shownRows = 64...500
  private static let shownDistances = 8_000_000

  /// The distances of rows to the `min_samples`-th nearest row, themselves included, and the radius.
  ///
  /// The knee is the point of the curve, rank and distance scaled to 0…1, that lies farthest below the
  /// chord from the greatest to the least distance. `auto` takes it; where there is none because
  /// all distances are equal, it takes that distance.
  ///
  /// - Parameter tree: over the rows; nil where there is none yet.
  /// - Source: Satopää, Albrecht, Irwin and Raghavan (2011), without smoothing.
  func kDistances(of x: Matrix, tree: NeighborTree?, in context: FitContext) -> KDistanceCurve {
    let neighbor = min(minSamples, x.rowCount)
    let distances: [Double]
    switch eps {
    case .automatic:
      let rows = sample(x.rowCount > Self.exactRows ? Self.sampledRows : x.rowCount, of: x, context)
      let tree = tree ?? NeighborTree(x, on: context.pool)
      distances = tree.nearest(neighbor, to: rows, on: context.pool).farthest
    case .distance:
      let size = min(
        max(Self.shownDistances / x.rowCount, Self.shownRows.lowerBound),
        Self.shownRows.upperBound)
      let rows = sample(size, of: x, context)
      distances = FarNeighbors(x, neighbor).distances(of: rows, on: context.pool)
    }
    return curve(distances.sorted(by: >), neighbor: neighbor)
  }

  /// What the lists of nearest rows take from which `auto` reads its distances.
  func curveBytes(rowCount: Int) -> Double {
    guard eps.isAutomatic else { return 0 }
    let looked = rowCount > Self.exactRows ? Self.sampledRows : rowCount
    return 12 * Double(looked) * Double(min(minSamples, rowCount))
  }

  private func sample(_ size: Int, of x: Matrix, _ context: FitContext) -> Matrix {
    guard size < x.rowCount else { return x }
    var random = RandomSource(seed: context.seed.derived("dbscan k-distances"))
    return x.selectingRows(random.sample(size, outOf: x.rowCount))
  }

  private func curve(_ distances: [Double], neighbor: Int) -> KDistanceCurve {
    let knee = knee(distances)
    let chosen =
      switch eps {
      case .distance(let given): given
      // Copies upon copies: no distance says how far a neighbourhood should reach.
      case .automatic: [knee ?? 0, distances.first ?? 0, 0.5].first { $0 > 0 } ?? 0.5
      }
    let most = Self.shownRows.upperBound
    let count = min(most, distances.count)
    let shown = (0..<count).map { rank in
      distances[count == 1 ? 0 : rank * (distances.count - 1) / (count - 1)]
    }
    return KDistanceCurve(
      neighbor: neighbor, distances: shown, rowCount: distances.count, knee: knee, chosen: chosen)
  }

  /// The distance farthest below the chord; nil for a straight curve.
  private func knee(_ distances: [Double]) -> Double? {
    guard let most = distances.first, let least = distances.last, most > least else { return nil }
    var best = (depth: 0.0, distance: Double?.none)
    for (rank, distance) in distances.enumerated() {
      let along = Double(rank) / Double(distances.count - 1)
      let depth = 1 - along - (distance - least) / (most - least)
      // A straight line stays straight through rounding.
      if depth > best.depth + 1e-9 { best = (depth, distance) }
    }
    return best.distance
  }
}

extension NeighborLists {
  /// The last distance of each list.
  fileprivate var farthest: [Double] {
    guard length > 0 else { return [] }
    return (0..<slots.count / length).map {
      squaredDistances.start[($0 + 1) * length - 1].squareRoot()
    }
  }
}

/// Distances of a few points to their k-th nearest row, by comparison with every row.
private struct FarNeighbors {
  private let x: Matrix
  private let neighbor: Int
  private static let groupSize = 32

  init(_ x: Matrix, _ neighbor: Int) {
    self.x = x
    self.neighbor = neighbor
  }

  /// - Complexity: O(points · n · d).
  func distances(of points: Matrix, on pool: WorkerPool) -> [Double] {
    let groups = RowChunks(count: points.rowCount, size: Self.groupSize)
    return pool.map(count: groups.count) { group in
      distances(ofGroup: points.selectingRows(Array(groups[group])))
    }.flatMap { $0 }
  }

  private func distances(ofGroup points: Matrix) -> [Double] {
    let packed = PackedPoints(points)
    let squares = ScratchBuffer<Double>(count: packed.panelCount * PackedPoints.lanes)
    var nearest = (0..<points.rowCount).map { _ in LeastValues(neighbor) }
    let bounds = ScratchBuffer<Double>(count: squares.count, repeating: -1)
    for point in nearest.indices { bounds.start[point] = .infinity }
    x.values.withUnsafeBufferPointer { values in
      guard let rows = values.baseAddress else { return }
      packed.withView { view in
        for row in 0..<x.rowCount {
          DistanceTile.squaredDistances(
            from: rows + row &* x.columnCount, to: view, into: squares.start)
          var first = 0
          while first < squares.count {
            var lanes = cohort_at_most_f64x4(
              load(squares.start + first), load(bounds.start + first))
            while lanes != 0 {
              let point = first &+ lanes.trailingZeroBitCount
              lanes &= lanes &- 1
              nearest[point].enter(squares.start[point])
              bounds.start[point] = nearest[point].bound
            }
            first &+= PackedPoints.lanes
          }
        }
      }
    }
    return nearest.map { $0.bound.squareRoot() }
  }

  @inline(__always)
  private func load(_ values: UnsafePointer<Double>) -> SIMD4<Double> {
    UnsafeRawPointer(values).loadUnaligned(as: SIMD4<Double>.self)
  }
}

/// The k least of the values seen, in a heap with the greatest of them on top.
private struct LeastValues {
  private var heap: [Double]
  /// The k-th least value so far.
  private(set) var bound = Double.infinity

  init(_ count: Int) { heap = [Double](repeating: .infinity, count: count) }

  mutating func enter(_ value: Double) {
    var place = 0
    while true {
      let left = 2 * place + 1
      guard left < heap.count else { break }
      let right = left + 1
      let greater = right < heap.count && heap[right] > heap[left] ? right : left
      guard heap[greater] > value else { break }
      heap[place] = heap[greater]
      place = greater
    }
    heap[place] = value
    bound = heap[0]
  }
}
