import Numerical

/// The raw scores of the fitted rows, and the derivatives at them.
final class TrainingScores {
  let data: BinnedMatrix
  let loss: Derivatives
  let scores: ScratchBuffer<Double>
  /// (g, h) of every row.
  let derivatives: ScratchBuffer<SIMD2<Float>>

  private static let chunkRows = 8192

  /// - Parameter start: the score of each row before the first tree.
  init(_ data: BinnedMatrix, loss: Derivatives, start: [Double]) {
    self.data = data
    self.loss = loss
    // Four rows are worked on at a time; the last ones may lie behind the end.
    scores = ScratchBuffer(count: data.rowCount + 3, repeating: 0)
    derivatives = ScratchBuffer(count: data.rowCount + 3)
    for (row, score) in start.enumerated() { scores.start[row] = score }
  }

  /// Derivatives at the present scores.
  func derive(on pool: WorkerPool) -> DerivativeExtremes {
    let chunks = RowChunks(count: data.rowCount, size: Self.chunkRows)
    return pool.map(count: chunks.count) { derive(chunks[$0]) }
      .reduce(DerivativeExtremes()) { $0.merging($1) }
  }

  /// Adds a tree to the scores, then derives.
  ///
  /// - Parameter grown: the leaves' records, which tell where most rows went without walking the tree.
  func add(_ tree: Tree, grown: GrownRows, on pool: WorkerPool) -> DerivativeExtremes {
    let walker = grown.isComplete ? nil : BinWalker(tree, data)
    let values = tree.leaves.map(\.value)
    let chunks = RowChunks(count: data.rowCount, size: Self.chunkRows)
    return pool.map(count: chunks.count) { chunk in
      let rows = chunks[chunk]
      withUnsafeTemporaryAllocation(of: UInt16.self, capacity: rows.count) { leaves in
        guard let leaves = leaves.baseAddress else { return }
        grown.write(rows, to: leaves, walker: walker)
        values.withUnsafeBufferPointer { values in
          for index in 0..<rows.count {
            scores.start[rows.lowerBound &+ index] += values[Int(leaves[index])]
          }
        }
      }
      return derive(rows)
    }.reduce(DerivativeExtremes()) { $0.merging($1) }
  }

  private func derive(_ rows: Range<Int>) -> DerivativeExtremes {
    var (greatestG, greatestH) = (SIMD4<Float>.zero, SIMD4<Float>.zero)
    var check = SIMD4<Double>.zero
    var row = rows.lowerBound
    while row < rows.upperBound {
      let four = UnsafeRawPointer(scores.start + row).loadUnaligned(as: SIMD4<Double>.self)
      check += four * 0
      let (g, h) = loss.four(row, scores: four)
      let (g32, h32) = (SIMD4<Float>(g), SIMD4<Float>(h))
      let magnitude = g32.replacing(with: -g32, where: g32 .< 0)
      greatestG = greatestG.replacing(with: magnitude, where: magnitude .> greatestG)
      greatestH = greatestH.replacing(with: h32, where: h32 .> greatestH)
      let target = derivatives.start + row
      target[0] = SIMD2(g32[0], h32[0])
      target[1] = SIMD2(g32[1], h32[1])
      target[2] = SIMD2(g32[2], h32[2])
      target[3] = SIMD2(g32[3], h32[3])
      row &+= 4
    }
    return DerivativeExtremes(
      gradient: greatestG.max(), hessian: greatestH.max(), isFinite: check.sum() == 0)
  }
}

/// Where the rows of a grown tree ended.
struct GrownRows {
  /// Per leaf, in order: its records.
  let leaves: [UnsafeBufferPointer<UInt64>]
  let rowCount: Int

  init(_ grower: TreeGrower) {
    leaves = grower.leaves.map { grower.partition.rows($0.rows) }
    rowCount = grower.data.rowCount
  }

  /// Whether the tree was grown from all rows.
  var isComplete: Bool { leaves.reduce(0) { $0 + $1.count } == rowCount }

  /// Writes the leaf of each of some rows.
  ///
  /// - Parameter walker: places the rows that the tree was not grown from.
  func write(_ rows: Range<Int>, to target: UnsafeMutablePointer<UInt16>, walker: BinWalker?) {
    if walker != nil { target.update(repeating: .max, count: rows.count) }
    for (leaf, records) in leaves.enumerated() {
      let number = UInt16(truncatingIfNeeded: leaf)
      for index in Self.first(rows.lowerBound, in: records)..<records.count {
        let row = rowNumber(records[index])
        if row >= rows.upperBound { break }
        target[row &- rows.lowerBound] = number
      }
    }
    guard let walker else { return }
    for row in rows where target[row - rows.lowerBound] == .max {
      target[row - rows.lowerBound] = UInt16(truncatingIfNeeded: walker.leaf(ofRow: row))
    }
  }

  /// The first record of a row of at least `row`.
  private static func first(_ row: Int, in records: UnsafeBufferPointer<UInt64>) -> Int {
    var (low, high) = (0, records.count)
    while low < high {
      let middle = (low &+ high) / 2
      if rowNumber(records[middle]) < row { low = middle &+ 1 } else { high = middle }
    }
    return low
  }
}

/// Walks a tree by the bins of its features.
struct BinWalker {
  private struct Step: BitwiseCopyable {
    var column: Int32
    var left: Int32
    var right: Int32
  }

  private let data: BinnedMatrix
  private var steps: [Step] = []
  /// 256 entries per node: 1 where the bin goes left.
  private var goesLeft: [UInt8] = []

  /// - Precondition: the tree was grown from these bins.
  init(_ tree: Tree, _ data: BinnedMatrix) {
    self.data = data
    var columns = [Int32](repeating: -1, count: data.bins.count)
    for (column, feature) in data.features.enumerated() { columns[feature] = Int32(column) }
    for node in tree.nodes {
      let bins = data.bins[Int(node.feature)]
      steps.append(
        Step(column: columns[Int(node.feature)], left: node.left, right: node.right))
      goesLeft += bins.goesLeft(node, sets: tree.categorySets)
    }
  }

  func leaf(ofRow row: Int) -> Int {
    guard !steps.isEmpty else { return 0 }
    let bins = data.rows + row * data.stride
    var next = 0
    while next >= 0 {
      let step = steps[next]
      let isLeft = goesLeft[next &* 256 &+ Int(bins[Int(step.column)])] == 1
      next = Int(isLeft ? step.left : step.right)
    }
    return ~next
  }
}

extension FeatureBins {
  /// Which bins go left at a node; 256 entries.
  func goesLeft(_ node: Tree.Node, sets: [[UInt32]]) -> [UInt8] {
    var table = [UInt8](repeating: 0, count: 256)
    switch kind {
    case .categorical(let categories, _):
      for (bin, category) in categories.enumerated()
      where Tree.contains(Int(category), in: sets[Int(node.categorySet)]) {
        table[bin] = 1
      }
    case .numeric(let upperBounds):
      for (bin, bound) in upperBounds.enumerated() where bound <= node.threshold { table[bin] = 1 }
      if let missingBin { table[missingBin] = node.missingGoesLeft ? 1 : 0 }
    }
    return table
  }
}
