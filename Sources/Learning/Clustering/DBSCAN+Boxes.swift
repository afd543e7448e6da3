import CIntrinsics
import Numerical

extension NeighborTree {
  /// The squared distance from a point to the box of a node, to rounding.
  @inline(__always)
  func looseSquare(from point: UnsafePointer<Double>, toBoxOf node: Int) -> Double {
    let low = boxes + node &* 2 &* dimension
    return Self.looseSquare(point, point, low, low + dimension, dimension)
  }

  /// The squared distance between the boxes of two nodes, to rounding.
  @inline(__always)
  func looseSquare(betweenBoxesOf a: Int, and b: Int) -> Double {
    let (a, b) = (boxes + a &* 2 &* dimension, boxes + b &* 2 &* dimension)
    return Self.looseSquare(a, a + dimension, b, b + dimension, dimension)
  }

  /// What comparisons of loose squares with a squared distance must allow for: sums of d terms in
  /// another order and with fused products.
  @inline(__always)
  static func loosened(_ squaredDistance: Double) -> Double {
    squaredDistance * (1 + 0x1p-30) + .leastNormalMagnitude
  }

  /// The squared length of the gaps between two boxes, without a branch.
  @inline(__always)
  private static func looseSquare(
    _ lowA: UnsafePointer<Double>, _ highA: UnsafePointer<Double>, _ lowB: UnsafePointer<Double>,
    _ highB: UnsafePointer<Double>, _ dimension: Int
  ) -> Double {
    var j = 0
    var sum = 0.0
    if dimension >= 4 {
      var lanes = SIMD4<Double>()
      while j &+ 4 <= dimension {
        let gap = cohort_max_f64x4(
          load(lowB + j) - load(highA + j), load(lowA + j) - load(highB + j))
        let outside = cohort_max_f64x4(gap, SIMD4())
        lanes.addProduct(outside, outside)
        j &+= 4
      }
      sum = lanes.sum()
    }
    while j < dimension {
      let (below, above) = (lowB[j] - highA[j], lowA[j] - highB[j])
      let gap = below > above ? below : above
      let outside = gap > 0 ? gap : 0
      sum += outside * outside
      j &+= 1
    }
    return sum
  }

  @inline(__always)
  private static func load(_ values: UnsafePointer<Double>) -> SIMD4<Double> {
    UnsafeRawPointer(values).loadUnaligned(as: SIMD4<Double>.self)
  }

  /// Squared distances to the four rows of a block as `RadiusTest` rounds them; infinite for padding.
  @inline(__always)
  func roundedSquares(from row: UnsafePointer<Double>, toBlockAt slot: Int) -> SIMD4<Double> {
    let block = points + slot &* dimension
    var sum = SIMD4<Double>()
    for j in 0..<dimension {
      let difference = SIMD4(repeating: row[j]) - Self.load(block + j &* 4)
      sum += difference * difference
    }
    return sum
  }
}

/// Nodes still to be visited, the next on top.
///
/// A walk leaves at most one sibling behind on each level.
struct NodePath: ~Copyable {
  private let nodes: UnsafeMutablePointer<(node: Int32, square: Double)>
  private var height = 0

  init(_ tree: NeighborTree) { nodes = .allocate(capacity: tree.depth + 2) }

  deinit { nodes.deallocate() }

  @inline(__always)
  mutating func push(_ node: Int, _ square: Double) {
    nodes[height] = (Int32(truncatingIfNeeded: node), square)
    height &+= 1
  }

  /// Pushes two siblings so that the nearer comes out first.
  @inline(__always)
  mutating func push(_ left: Int, _ toLeft: Double, _ toRight: Double) {
    let isLeftFirst = toLeft <= toRight
    push(isLeftFirst ? left &+ 1 : left, isLeftFirst ? toRight : toLeft)
    push(isLeftFirst ? left : left &+ 1, isLeftFirst ? toLeft : toRight)
  }

  @inline(__always)
  mutating func pop() -> (node: Int, square: Double)? {
    if height == 0 { return nil }
    height &-= 1
    return (Int(nodes[height].node), nodes[height].square)
  }
}
