import Numerical

/// How faithfully a tree keeps the distances of its rows: Pearson's correlation between the distances
/// of pairs of rows and the heights at which the tree joins them.
///
/// - Source: Sokal and Rohlf (1962).
public struct CopheneticCorrelation: Hashable, Sendable {
  /// Nil where distances or heights do not vary.
  public let value: Double?
  /// Rows whose pairs were compared: all, or a random sample.
  public let rowCount: Int

  init(value: Double?, rowCount: Int) {
    self.value = value
    self.rowCount = rowCount
  }

  /// All pairs of more rows than this would take longer than the tree.
  static let sampleLimit = 2000

  /// - Complexity: O(s² · d) for s = min(n, 2000) rows.
  init(_ tree: MergeTree, _ x: Matrix, seed: Seed, on pool: WorkerPool) {
    let order = LeafOrder(tree)
    let places = Self.sample(of: x.rowCount, seed: seed)
    rowCount = places.count
    let rows = x.selectingRows(places.map { order.rows[$0] })
    var heights: [Double] = []
    for (place, next) in zip(places, places.dropFirst()) {
      heights.append(order.heights[place..<next].max() ?? 0)
    }
    let points = PackedPoints(rows)
    let chunks = RowChunks(count: places.count, size: 64)
    let parts = pool.map(count: chunks.count) { chunk in
      PairMoments(points, from: chunks[chunk], heights: heights)
    }
    value = parts.reduce(PairMoments()) { $0.merging($1) }.correlation
  }

  /// Ascending places in the order of leaves; all of them if they are few.
  private static func sample(of count: Int, seed: Seed) -> [Int] {
    guard count > sampleLimit else { return Array(0..<count) }
    var random = RandomSource(seed: seed)
    return random.sample(sampleLimit, outOf: count)
  }
}

extension CopheneticCorrelation: Codable {
  private enum CodingKeys: String, CodingKey { case value, rowCount }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let value = try container.decodeIfPresent(Double.self, forKey: .value)
    let rowCount = try container.decode(Int.self, forKey: .rowCount)
    guard value.map({ (-1...1).contains($0) }) ?? true, rowCount >= 0 else {
      throw DecodingError.dataCorruptedError(
        forKey: .value, in: container, debugDescription: "a correlation lies between -1 and 1")
    }
    self.init(value: value, rowCount: rowCount)
  }
}

/// Rows from left to right as a drawing of the tree has them.
struct LeafOrder {
  private(set) var rows: [Int] = []
  /// The height at which each row joins the next; one fewer than rows.
  private(set) var heights: [Double] = []

  init(_ tree: MergeTree) {
    rows.reserveCapacity(tree.rowCount)
    heights.reserveCapacity(tree.merges.count)
    // The top of the stack is drawn next, and joins what is drawn already at the height beside it.
    var waiting = [(node: tree.rowCount + tree.merges.count - 1, height: 0.0)]
    while let (node, height) = waiting.popLast() {
      guard node >= tree.rowCount else {
        if !rows.isEmpty { heights.append(height) }
        rows.append(node)
        continue
      }
      let merge = tree.merges[node - tree.rowCount]
      waiting.append((merge.right, merge.height))
      waiting.append((merge.left, height))
    }
  }
}

/// Means, squared deviations and their product, of pairs of (distance, height).
private struct PairMoments: Sendable {
  private var count = 0.0
  private var mean = SIMD2<Double>()
  private var squares = SIMD2<Double>()
  private var product = 0.0

  init() {}

  /// The pairs of each point of `range` with all points after it.
  init(_ points: PackedPoints, from range: Range<Int>, heights: [Double]) {
    let buffer = ScratchBuffer<SIMD2<Double>>(count: points.count)
    let distances = ScratchBuffer<Double>(count: points.panelCount * PackedPoints.lanes)
    let lanes = PackedPoints.lanes
    points.withView { view in
      for i in range where i + 1 < points.count {
        let firstPanel = i / lanes
        PairwiseDistances.write(
          fromRow: view.values + PairwiseDistances.offset(ofPoint: i, dimension: view.dimension),
          toPanels: view.values + firstPanel * lanes * view.dimension,
          panelCount: view.panelCount - firstPanel, dimension: view.dimension,
          into: distances.start)
        var height = 0.0
        for j in i + 1..<points.count {
          height = max(height, heights[j - 1])
          buffer.start[j - i - 1] = SIMD2(distances.start[j - firstPanel * lanes], height)
        }
        self = merging(PairMoments(buffer.start, count: points.count - i - 1))
      }
    }
  }

  private init(_ pairs: UnsafePointer<SIMD2<Double>>, count: Int) {
    self.count = Double(count)
    // Relative to the first pair: what does not vary must have no variance.
    var sum = SIMD2<Double>()
    for index in 0..<count { sum += pairs[index] - pairs[0] }
    mean = pairs[0] + sum / self.count
    for index in 0..<count {
      let deviation = pairs[index] - mean
      squares += deviation * deviation
      product += deviation[0] * deviation[1]
    }
  }

  func merging(_ other: PairMoments) -> PairMoments {
    guard count > 0 else { return other }
    guard other.count > 0 else { return self }
    var joined = self
    joined.count += other.count
    let step = other.mean - mean
    let share = other.count / joined.count
    joined.mean += step * share
    joined.squares += other.squares + step * step * (count * share)
    joined.product += other.product + step[0] * step[1] * (count * share)
    return joined
  }

  var correlation: Double? {
    let spread = squares[0].squareRoot() * squares[1].squareRoot()
    return spread > 0 && spread.isFinite ? max(-1, min(1, product / spread)) : nil
  }
}
