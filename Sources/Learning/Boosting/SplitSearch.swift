import Numerical

/// What the search for splits needs to know of a column.
package struct ColumnTraits: BitwiseCopyable, Sendable {
  let column: Int
  let binCount: Int
  let missing: MissingValues
  let zeroBin: Int
  let isCategorical: Bool
  /// 1 if predictions must not fall with the feature, −1 if not rise, 0 if free.
  let direction: Int8
  /// L2 penalty of divisions by a numeric column, besides the tree's.
  let extraL2: Double

  package init(
    column: Int, binCount: Int, missing: MissingValues, zeroBin: Int, isCategorical: Bool,
    direction: Int8, extraL2: Double = 0
  ) {
    self.column = column
    self.binCount = binCount
    self.missing = missing
    self.zeroBin = zeroBin
    self.isCategorical = isCategorical
    self.direction = direction
    self.extraL2 = extraL2
  }

  init(_ bins: FeatureBins, column: Int, direction: Int8, extraL2: Double) {
    self.column = column
    binCount = bins.count
    missing = bins.missing
    zeroBin = bins.zeroBin
    isCategorical = bins.isCategorical
    self.direction = direction
    self.extraL2 = extraL2
  }
}

/// Finds the division of a node by one column that gains most, as LightGBM does.
///
/// Sums run from the last bin down with missing values on the left, then, where the column has missing
/// values, from the first bin up with them on the right. Rows per bin are estimated from hessians. A
/// division must gain strictly more than those before it.
package struct SplitSearch {
  let rules: TreeRules
  /// The node's sums, two epsilons in the hessian.
  let node: NodeSums
  let rowsPerHessian: Double
  /// What a division must gain more than.
  let leastGain: Double

  package init(rules: TreeRules, node: NodeSums) {
    self.rules = rules
    self.node = node
    var padded = node
    padded.hessian += 2 * TreeRules.epsilon
    total = SIMD2(padded.gradient, padded.hessian)
    rowsPerHessian = Double(node.count) / padded.hessian
    leastGain = rules.gain(padded.gradient, padded.hessian, l2: rules.l2) + rules.leastGain
  }

  let total: SIMD2<Double>

  /// The best division so far of a scan.
  struct Best {
    var gain = -Double.infinity
    var left = SIMD2<Double>.zero
    var leftCount = 0
    var position = 0
  }

  /// - Parameter bins: (Σg, Σh) of every bin.
  /// - Returns: the best split; its gain is −∞ if there is none.
  package func best(_ bins: UnsafePointer<SIMD2<Double>>, _ traits: ColumnTraits) -> Split {
    if traits.isCategorical { return bestOfCategories(bins, traits) }
    let hasMissing = traits.missing != .none && traits.binCount > 2
    var split = Split()
    let down = scanDown(bins, traits, hasMissing: hasMissing)
    if down.gain > -.infinity {
      split = makeSplit(down, traits, l2: rules.l2 + traits.extraL2)
      // With two bins the second may be that of NaN, which the scan leaves on the right.
      split.missingGoesLeft = hasMissing || traits.missing != .nan
    }
    guard hasMissing else { return split }
    let up = scanUp(bins, traits)
    if up.gain > -.infinity, up.gain > split.gain + leastGain {
      split = makeSplit(up, traits, l2: rules.l2 + traits.extraL2)
      split.missingGoesLeft = false
    }
    return split
  }

  /// Whether a division into `side` and the rest is allowed; nil if no later one of the scan is.
  @inline(__always)
  private func allows(_ side: SIMD2<Double>, count: Int) -> Bool? {
    if count < rules.leastRows || side[1] < rules.leastHessian { return false }
    if node.count - count < rules.leastRows || total[1] - side[1] < rules.leastHessian {
      return nil
    }
    return true
  }

  @inline(__always)
  func estimatedRows(_ hessian: Double) -> Int { Int(hessian * rowsPerHessian + 0.5) }

  private func scanDown(
    _ bins: UnsafePointer<SIMD2<Double>>, _ traits: ColumnTraits, hasMissing: Bool
  ) -> Best {
    var best = Best()
    var right = SIMD2(0, TreeRules.epsilon)
    var rightCount = 0
    let skipped = hasMissing && traits.missing == .zeros ? traits.zeroBin : -1
    let last = traits.binCount - 1 - (hasMissing && traits.missing == .nan ? 1 : 0)
    for bin in stride(from: last, through: 1, by: -1) where bin != skipped {
      right += bins[bin]
      rightCount &+= estimatedRows(bins[bin][1])
      guard let allowed = allows(right, count: rightCount) else { break }
      guard allowed else { continue }
      let left = total - right
      let gain = rules.gain(
        left: left, right: right, l2: rules.l2 + traits.extraL2, in: node,
        direction: traits.direction)
      if gain > leastGain, gain > best.gain {
        best = Best(
          gain: gain, left: left, leftCount: node.count &- rightCount, position: bin &- 1)
      }
    }
    return best
  }

  private func scanUp(_ bins: UnsafePointer<SIMD2<Double>>, _ traits: ColumnTraits) -> Best {
    var best = Best()
    var left = SIMD2(0, TreeRules.epsilon)
    var leftCount = 0
    let skipped = traits.missing == .zeros ? traits.zeroBin : -1
    for bin in 0..<traits.binCount - 1 where bin != skipped {
      left += bins[bin]
      leftCount &+= estimatedRows(bins[bin][1])
      guard let allowed = allows(left, count: leftCount) else { break }
      guard allowed else { continue }
      let gain = rules.gain(
        left: left, right: total - left, l2: rules.l2 + traits.extraL2, in: node,
        direction: traits.direction)
      if gain > leastGain, gain > best.gain {
        best = Best(gain: gain, left: left, leftCount: leftCount, position: bin)
      }
    }
    return best
  }

  func makeSplit(_ best: Best, _ traits: ColumnTraits, l2: Double) -> Split {
    var split = Split()
    let right = total - best.left
    split.gain = best.gain - leastGain
    split.column = traits.column
    split.threshold = best.position
    split.left = NodeSums(
      gradient: best.left[0], hessian: best.left[1] - TreeRules.epsilon, count: best.leftCount)
    split.right = NodeSums(
      gradient: right[0], hessian: right[1] - TreeRules.epsilon,
      count: node.count - best.leftCount)
    split.leftValue = rules.value(best.left[0], best.left[1], l2: l2, node)
    split.rightValue = rules.value(right[0], right[1], l2: l2, node)
    bound(&split, direction: traits.direction)
    return split
  }

  /// What the children inherit of the node's bounds: beyond the middle lies the sibling.
  private func bound(_ split: inout Split, direction: Int8) {
    (split.left.lower, split.left.upper) = (node.lower, node.upper)
    (split.right.lower, split.right.upper) = (node.lower, node.upper)
    let middle = (split.leftValue + split.rightValue) / 2
    if direction > 0 {
      split.left.upper = min(node.upper, middle)
      split.right.lower = max(node.lower, middle)
    } else if direction < 0 {
      split.left.lower = max(node.lower, middle)
      split.right.upper = min(node.upper, middle)
    }
  }
}
