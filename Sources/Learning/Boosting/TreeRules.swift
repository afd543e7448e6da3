/// What a tree may look like and how its splits are judged.
package struct TreeRules: Sendable {
  var leafLimit = 31
  /// Nil for no limit.
  var depthLimit: Int?
  package var leastRows = 20
  package var leastHessian = 1e-3
  var l1 = 0.0
  package var l2 = 0.0
  var leastGain = 0.0
  /// The greatest |value| of a leaf before shrinkage; 0 for no limit.
  var stepLimit = 0.0
  var categoryLimit = 32
  var categoryL2 = 10.0
  var categorySmoothing = 10.0
  var oneHotLimit = 4
  var leastRowsPerGroup = 100
  /// Per feature of the table 1 for increasing, −1 for decreasing, 0 for free; empty for all free.
  var monotone: [Int8] = []
  /// Per feature of the table an L2 penalty of its numeric divisions besides `l2`; empty for none.
  var extraL2: [Double] = []
  /// Sets of features that may meet on a path; empty for no limit.
  var interactions: [[Int]] = []
  /// The share of a tree's features that each node may use.
  var featureShareByNode = 1.0

  package init() {}

  /// What LightGBM adds to sums of hessians so that they never vanish.
  static let epsilon = 1e-15
}

/// Sums over the rows of a node, and the values its leaves may take.
package struct NodeSums: BitwiseCopyable, Sendable {
  package var gradient: Double
  package var hessian: Double
  package var count: Int
  var lower = -Double.infinity
  var upper = Double.infinity

  package init(gradient: Double, hessian: Double, count: Int) {
    self.gradient = gradient
    self.hessian = hessian
    self.count = count
  }
}

/// A way to divide the rows of a leaf.
package struct Split: BitwiseCopyable, Sendable {
  /// How much the objective falls, twice over; −∞ for no split.
  package var gain = -Double.infinity
  var column = -1
  /// The last bin that goes left of a numeric feature.
  package var threshold = 0
  package var missingGoesLeft = true
  var isCategorical = false
  /// The bins of a categorical feature that go left, one bit each.
  var leftBins = SIMD4<UInt64>.zero
  package var left = NodeSums(gradient: 0, hessian: 0, count: 0)
  package var right = NodeSums(gradient: 0, hessian: 0, count: 0)
  package var leftValue = 0.0
  package var rightValue = 0.0

  /// A greater gain, or an equal one of an earlier column.
  func isBetter(than other: Split) -> Bool {
    gain > other.gain || gain == other.gain && gain > -.infinity && column < other.column
  }
}

extension TreeRules {
  /// The sum of gradients that the L1 penalty leaves.
  @inline(__always)
  func thresholded(_ gradient: Double) -> Double {
    guard l1 > 0 else { return gradient }
    let rest = max(0, abs(gradient) - l1)
    return gradient < 0 ? -rest : rest
  }

  /// The value of a leaf with these sums.
  @inline(__always)
  func value(_ gradient: Double, _ hessian: Double, l2: Double, _ node: NodeSums) -> Double {
    var value = -thresholded(gradient) / (hessian + l2)
    if stepLimit > 0, abs(value) > stepLimit { value = value < 0 ? -stepLimit : stepLimit }
    return min(max(value, node.lower), node.upper)
  }

  /// How much a leaf with these sums lowers the objective, twice over.
  @inline(__always)
  func gain(_ gradient: Double, _ hessian: Double, l2: Double) -> Double {
    let rest = thresholded(gradient)
    guard stepLimit > 0 else { return rest * rest / (hessian + l2) }
    var value = -rest / (hessian + l2)
    if abs(value) > stepLimit { value = value < 0 ? -stepLimit : stepLimit }
    return gain(gradient, hessian, l2: l2, value: value)
  }

  @inline(__always)
  func gain(_ gradient: Double, _ hessian: Double, l2: Double, value: Double) -> Double {
    -(2 * thresholded(gradient) * value + (hessian + l2) * value * value)
  }

  /// The gain of a division, 0 where it would break the direction asked for.
  @inline(__always)
  func gain(
    left: SIMD2<Double>, right: SIMD2<Double>, l2: Double, in node: NodeSums, direction: Int8
  ) -> Double {
    guard !monotone.isEmpty else {
      return gain(left[0], left[1], l2: l2) + gain(right[0], right[1], l2: l2)
    }
    let (leftValue, rightValue) = (
      value(left[0], left[1], l2: l2, node), value(right[0], right[1], l2: l2, node)
    )
    if direction > 0 && leftValue > rightValue || direction < 0 && leftValue < rightValue {
      return 0
    }
    return gain(left[0], left[1], l2: l2, value: leftValue)
      + gain(right[0], right[1], l2: l2, value: rightValue)
  }
}
