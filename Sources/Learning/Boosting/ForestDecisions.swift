import CIntrinsics
import Numerical

/// Which way up to 64 rows go at every node of a tree, a bit per row.
struct ForestDecisions: Sendable {
  /// Rows to decide on.
  enum Block {
    /// Keys, 64 per feature.
    case keys(UnsafePointer<UInt8>)
    /// Numbers and category codes, row-major.
    case values(UnsafePointer<Double>, width: Int)

    static func row(_ row: UnsafeBufferPointer<Double>) -> Block {
      guard let start = row.baseAddress else {
        preconditionFailure("a row has a value per feature")
      }
      return .values(start, width: row.count)
    }
  }

  private struct Step: BitwiseCopyable, Sendable {
    var feature: Int32
    var sides: Int32
    var low: UInt8
    var span: UInt8
  }

  /// Nil where bytes do not suffice.
  private let keys: [FeatureKeys]?
  private var steps: [[Step]] = []
  private var sides: [UInt8] = []

  init(_ trees: [Tree], featureCount: Int) {
    keys = FeatureKeys.all(trees, featureCount: featureCount)
    guard let keys else { return }
    for tree in trees {
      var own: [Step] = []
      for node in tree.nodes {
        let keys = keys[Int(node.feature)]
        var step = Step(feature: node.feature, sides: -1, low: 0, span: 0)
        if node.isCategorical {
          step.sides = Int32(sides.count)
          sides += keys.sides(tree.categorySets[Int(node.categorySet)])
        } else {
          (step.low, step.span) = keys.interval(node)
        }
        own.append(step)
      }
      steps.append(own)
    }
  }

  /// Prepares up to 64 rows.
  func withBlock(_ range: Range<Int>, _ rows: AlignedFeatures, _ body: (Block) -> Void) {
    let width = rows.sources.count
    guard let keys else {
      withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, range.count * width)) {
        values in
        guard let values = values.baseAddress else { return }
        rows.write(range, to: values)
        body(.values(values, width: width))
      }
      return
    }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(1, width) * 64) { block in
      guard let block = block.baseAddress else { return }
      block.update(repeating: 0, count: max(1, width) * 64)
      for (feature, own) in keys.enumerated() {
        own.write(rows.sources[feature], range, to: block + feature * 64)
      }
      body(.keys(block))
    }
  }

  /// Writes a word per node: bit r is set where row r goes left.
  func write(
    _ block: Block, count: Int, tree number: Int, _ tree: Tree,
    to goesLeft: UnsafeMutablePointer<UInt64>
  ) {
    switch block {
    case .values(let values, let width):
      for (index, node) in tree.nodes.enumerated() {
        var word: UInt64 = 0
        for row in 0..<count
        where tree.goesLeft(values[row * width + Int(node.feature)], at: node) {
          word |= 1 << UInt64(row)
        }
        goesLeft[index] = word
      }
    case .keys(let keys):
      withUnsafeTemporaryAllocation(of: SIMD32<UInt8>.self, capacity: 2) { outside in
        guard let outside = outside.baseAddress else { return }
        for (index, step) in steps[number].enumerated() {
          let own = keys + Int(step.feature) &* 64
          if step.sides < 0 {
            outside[0] = cohort_outside_u8x32(own, step.low, step.span)
            outside[1] = cohort_outside_u8x32(own + 32, step.low, step.span)
          } else {
            lookUp(own, sides: Int(step.sides), to: outside)
          }
          goesLeft[index] = ~cohort_high_bits_u8x64(UnsafeRawPointer(outside))
        }
      }
    }
  }

  private func lookUp(
    _ keys: UnsafePointer<UInt8>, sides start: Int, to outside: UnsafeMutablePointer<SIMD32<UInt8>>
  ) {
    let bytes = UnsafeMutableRawPointer(outside)
    sides.withUnsafeBufferPointer { sides in
      for row in 0..<64 {
        // 1 becomes a byte whose highest bit is set.
        let side = sides[start &+ Int(keys[row])] &<< 7
        bytes.storeBytes(of: side, toByteOffset: row, as: UInt8.self)
      }
    }
  }
}
