import CIntrinsics
import Numerical

/// Sums of leaf values for many rows at once.
///
/// Every node is tried for 32 rows side by side, and where a row goes right the leaves on its left are
/// struck out; the first leaf left is the one it reaches (QuickScorer: Lucchese et al., 2015). No branch
/// depends on data. Forests with trees of more than 64 leaves, or features of more than 254 thresholds, are
/// walked row by row.
struct ForestScorer: Sendable {
  private struct Step: BitwiseCopyable, Sendable {
    var feature: Int32
    /// Where the sides of a categorical node start, −1 for a numeric one.
    var sides: Int32
    /// Leaves to strike out, a bit each.
    var leaves: UInt32
    var low: UInt8
    var span: UInt8
  }

  /// The nodes of a tree by the word of leaves they strike out.
  private struct Plan: Sendable {
    var first: Range<Int>
    /// Nil for a tree of at most 32 leaves.
    var second: Range<Int>?
    /// Where the values of its leaves start.
    var values: Int
  }

  private let forest: FlatForest
  private let keys: [FeatureKeys]?
  private var steps: [Step] = []
  private var sides: [UInt8] = []
  private var plans: [Plan] = []
  private var values: [Double] = []

  private static let blockRows = 256

  init(_ trees: [Tree], featureCount: Int) {
    forest = FlatForest(trees)
    let isSmall = trees.allSatisfy { $0.leaves.count <= 64 }
    keys = isSmall ? FeatureKeys.all(trees, featureCount: featureCount) : nil
    guard let keys else { return }
    for tree in trees { append(tree, keys) }
  }

  private mutating func append(_ tree: Tree, _ keys: [FeatureKeys]) {
    let spans = LeafSpans(tree)
    let first = addSteps(tree, keys, spans, word: 0)
    let second = tree.leaves.count > 32 ? addSteps(tree, keys, spans, word: 1) : nil
    plans.append(Plan(first: first, second: second, values: values.count))
    values += spans.order.map { tree.leaves[$0].value }
  }

  private mutating func addSteps(
    _ tree: Tree, _ keys: [FeatureKeys], _ spans: LeafSpans, word: Int
  ) -> Range<Int> {
    let start = steps.count
    for (index, node) in tree.nodes.enumerated() {
      let leaves = spans.leftLeaves(of: index, word: word)
      guard leaves != 0 else { continue }
      let keys = keys[Int(node.feature)]
      var step = Step(feature: node.feature, sides: -1, leaves: leaves, low: 0, span: 0)
      if node.isCategorical {
        step.sides = Int32(sides.count)
        sides += keys.sides(tree.categorySets[Int(node.categorySet)])
      } else {
        (step.low, step.span) = keys.interval(node)
      }
      steps.append(step)
    }
    return start..<steps.count
  }

  /// The sum over all trees for every row, added in the order of the trees.
  func sums(_ rows: AlignedFeatures, on pool: WorkerPool) -> [Double] {
    let sums = ScratchBuffer<Double>(count: rows.rowCount)
    let chunks = RowChunks(count: rows.rowCount, size: Self.blockRows)
    pool.forEachChunk(count: chunks.count) { chunk in
      let range = chunks[chunk]
      if let keys {
        score(range, rows, keys, to: sums.start + range.lowerBound)
      } else {
        walk(range, rows, to: sums.start + range.lowerBound)
      }
    }
    return sums.elements
  }

  /// The sum for one row of numbers and category codes.
  func sum(_ row: UnsafePointer<Double>) -> Double { forest.sum(row) }

  private func walk(
    _ range: Range<Int>, _ rows: AlignedFeatures, to sums: UnsafeMutablePointer<Double>
  ) {
    let width = rows.sources.count
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, range.count * width)) { block in
      guard let block = block.baseAddress else { return }
      rows.write(range, to: block)
      sums.update(repeating: 0, count: range.count)
      forest.add(block, count: range.count, width: width, to: sums)
    }
  }

  private func score(
    _ range: Range<Int>, _ rows: AlignedFeatures, _ keys: [FeatureKeys],
    to sums: UnsafeMutablePointer<Double>
  ) {
    let size = Self.blockRows
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(1, keys.count) * size) { block in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: size) { totals in
        guard let block = block.baseAddress, let totals = totals.baseAddress else { return }
        block.update(repeating: 0, count: max(1, keys.count) * size)
        totals.update(repeating: 0, count: size)
        for (feature, own) in keys.enumerated() {
          own.write(rows.sources[feature], range, to: block + feature * size)
        }
        addTrees(block, groups: (range.count + 31) / 32, to: totals)
        sums.update(from: totals, count: range.count)
      }
    }
  }

  private func addTrees(
    _ keys: UnsafePointer<UInt8>, groups: Int, to totals: UnsafeMutablePointer<Double>
  ) {
    steps.withUnsafeBufferPointer { steps in
      sides.withUnsafeBufferPointer { sides in
        values.withUnsafeBufferPointer { values in
          for plan in plans {
            let first = UnsafeBufferPointer(rebasing: steps[plan.first])
            let second = plan.second.map { UnsafeBufferPointer(rebasing: steps[$0]) }
            for group in 0..<groups {
              let own = keys + group &* 32
              let left = Self.strike(first, sides, own)
              let further = second.map { Self.strike($0, sides, own) }
              Self.add(left, further, plan.values, values, to: totals + group &* 32)
            }
          }
        }
      }
    }
  }

  private typealias Leaves = (SIMD8<UInt32>, SIMD8<UInt32>, SIMD8<UInt32>, SIMD8<UInt32>)

  /// The leaves that the nodes of a pass leave to each of 32 rows.
  @inline(__always)
  private static func strike(
    _ steps: UnsafeBufferPointer<Step>, _ sides: UnsafeBufferPointer<UInt8>,
    _ keys: UnsafePointer<UInt8>
  ) -> Leaves {
    var left: Leaves = (
      SIMD8(repeating: .max), SIMD8(repeating: .max), SIMD8(repeating: .max),
      SIMD8(repeating: .max)
    )
    for step in steps {
      let own = keys + Int(step.feature) &* blockRows
      let outside =
        step.sides < 0
        ? cohort_outside_u8x32(own, step.low, step.span)
        : outsideSet(own, sides.baseAddress.map { $0 + Int(step.sides) })
      let gone = SIMD8(repeating: step.leaves)
      left.0 &= ~(SIMD8(truncatingIfNeeded: cohort_widen_quarter_i8x32(outside, 0)) & gone)
      left.1 &= ~(SIMD8(truncatingIfNeeded: cohort_widen_quarter_i8x32(outside, 1)) & gone)
      left.2 &= ~(SIMD8(truncatingIfNeeded: cohort_widen_quarter_i8x32(outside, 2)) & gone)
      left.3 &= ~(SIMD8(truncatingIfNeeded: cohort_widen_quarter_i8x32(outside, 3)) & gone)
    }
    return left
  }

  @inline(__always)
  private static func outsideSet(_ keys: UnsafePointer<UInt8>, _ sides: UnsafePointer<UInt8>?)
    -> SIMD32<UInt8>
  {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { found in
      guard let found = found.baseAddress, let sides else { return .zero }
      for row in 0..<32 { found[row] = sides[Int(keys[row])] }
      return cohort_outside_u8x32(found, 0, 0)
    }
  }

  /// Adds the value of each row's first leaf.
  @inline(__always)
  private static func add(
    _ left: Leaves, _ further: Leaves?, _ start: Int, _ values: UnsafeBufferPointer<Double>,
    to totals: UnsafeMutablePointer<Double>
  ) {
    withUnsafeBytes(of: left) { words in
      guard let further else {
        for row in 0..<32 {
          let word = words.load(fromByteOffset: row &* 4, as: UInt32.self)
          totals[row] += values[start &+ word.trailingZeroBitCount]
        }
        return
      }
      withUnsafeBytes(of: further) { upper in
        for row in 0..<32 {
          let low = words.load(fromByteOffset: row &* 4, as: UInt32.self)
          let high = upper.load(fromByteOffset: row &* 4, as: UInt32.self)
          let both = UInt64(low) | UInt64(high) << 32
          totals[row] += values[start &+ both.trailingZeroBitCount]
        }
      }
    }
  }
}

/// A tree's leaves from left to right, and which of them lie left of each node.
struct LeafSpans {
  /// Leaf numbers from left to right.
  private(set) var order: [Int]
  private var starts: [Int]
  private var leftCounts: [Int]

  /// - Precondition: children have greater numbers than their parents.
  init(_ tree: Tree) {
    let count = tree.nodes.count
    var sizes = [Int](repeating: 0, count: count)
    func size(_ child: Int32) -> Int { child < 0 ? 1 : sizes[Int(child)] }
    for index in (0..<count).reversed() {
      sizes[index] = size(tree.nodes[index].left) + size(tree.nodes[index].right)
    }
    starts = [Int](repeating: 0, count: count)
    leftCounts = tree.nodes.map { size($0.left) }
    order = [Int](repeating: 0, count: tree.leaves.count)
    for (index, node) in tree.nodes.enumerated() {
      let middle = starts[index] + leftCounts[index]
      for (child, start) in [(node.left, starts[index]), (node.right, middle)] {
        if child < 0 { order[Int(~child)] = start } else { starts[Int(child)] = start }
      }
    }
    // So far the place of each leaf; turned round, the leaf of each place.
    var leaves = order
    for (leaf, place) in order.enumerated() { leaves[place] = leaf }
    order = leaves
  }

  /// The leaves below the left child of a node among places 32 w … 32 w + 31.
  func leftLeaves(of node: Int, word: Int) -> UInt32 {
    let low = max(0, starts[node] - word * 32)
    let high = min(32, starts[node] + leftCounts[node] - word * 32)
    guard low < high else { return 0 }
    return UInt32(truncatingIfNeeded: ((UInt64(1) << UInt64(high - low)) - 1) << UInt64(low))
  }
}
