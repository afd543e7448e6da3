import CIntrinsics
import Numerical

/// The raw scores of the fitted rows, and the derivatives at them.
final class TrainingScores {
  let data: BinnedMatrix
  let loss: Derivatives
  let scores: ScratchBuffer<Double>
  /// (g, h) of every row.
  let derivatives: ScratchBuffer<SIMD2<Float>>
  /// Whether derivatives may be computed in floats.
  private let usesFloats: Bool

  private static let chunkRows = 8192

  /// - Parameters:
  ///   - start: the score of each row before the first tree.
  ///   - isExact: whether sums of derivatives are exact, too.
  init(_ data: BinnedMatrix, loss: Derivatives, start: [Double], isExact: Bool) {
    self.data = data
    self.loss = loss
    usesFloats = loss.objective == .binary && !isExact
    // Up to eight rows are worked on at a time; the last ones may lie behind the end.
    scores = ScratchBuffer(count: data.rowCount + 7, repeating: 0)
    derivatives = ScratchBuffer(count: data.rowCount + 7)
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
      if let walker {
        grown.add(values, to: scores.start, rows: chunks[chunk], walker: walker)
      } else {
        grown.add(values, to: scores.start, rows: chunks[chunk])
      }
      return derive(chunks[chunk])
    }.reduce(DerivativeExtremes()) { $0.merging($1) }
  }

  private func derive(_ rows: Range<Int>) -> DerivativeExtremes {
    usesFloats ? deriveInFloats(rows) : deriveInDoubles(rows)
  }

  private func deriveInDoubles(_ rows: Range<Int>) -> DerivativeExtremes {
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

  private func deriveInFloats(_ rows: Range<Int>) -> DerivativeExtremes {
    var (greatestG, greatestH) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
    var check = SIMD4<Double>.zero
    var row = rows.lowerBound
    while row < rows.upperBound {
      let source = UnsafeRawPointer(scores.start + row)
      let low = source.loadUnaligned(as: SIMD4<Double>.self)
      let high = source.loadUnaligned(fromByteOffset: 32, as: SIMD4<Double>.self)
      check += (low + high) * 0
      let (g, h) = loss.eightOfLogLoss(row, scores: cohort_f32_from_f64x4(low, high))
      greatestG = cohort_max_f32x8(cohort_max_f32x8(g, -g), greatestG)
      greatestH = cohort_max_f32x8(h, greatestH)
      let outer = cohort_interleave_low_f32x8(g, h)
      let inner = cohort_interleave_high_f32x8(g, h)
      let target = UnsafeMutableRawPointer(derivatives.start + row)
      target.storeBytes(of: cohort_low_halves_f32x8(outer, inner), as: SIMD8<Float>.self)
      target.storeBytes(
        of: cohort_high_halves_f32x8(outer, inner), toByteOffset: 32, as: SIMD8<Float>.self)
      row &+= 8
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

  /// Adds the values of leaves to the scores of their rows among some.
  func add(_ values: [Double], to scores: UnsafeMutablePointer<Double>, rows: Range<Int>) {
    for (records, value) in zip(leaves, values) {
      for index in Self.first(rows.lowerBound, in: records)..<records.count {
        let row = rowNumber(records[index])
        if row >= rows.upperBound { break }
        scores[row] += value
      }
    }
  }

  /// The same of a tree that was not grown from all rows.
  ///
  /// - Parameter walker: places the others.
  func add(
    _ values: [Double], to scores: UnsafeMutablePointer<Double>, rows: Range<Int>,
    walker: BinWalker
  ) {
    withUnsafeTemporaryAllocation(of: Bool.self, capacity: rows.count) { hasGrown in
      hasGrown.initialize(repeating: false)
      for records in leaves {
        for index in Self.first(rows.lowerBound, in: records)..<records.count {
          let row = rowNumber(records[index])
          if row >= rows.upperBound { break }
          hasGrown[row &- rows.lowerBound] = true
        }
      }
      for row in rows where !hasGrown[row &- rows.lowerBound] {
        scores[row] += values[walker.leaf(ofRow: row)]
      }
    }
    add(values, to: scores, rows: rows)
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
