import Numerical

/// Finds the best division of a node by a numeric column from whole-number sums, four bins at a time.
///
/// What `SplitSearch` finds, where neither directions, an L1 penalty nor a limit of steps are asked for; only
/// that rows on either side are estimated from the sum of hessians at once, not bin by bin. Of equal
/// gains the last bin's is taken with missing values on the left, the first bin's with them on the right.
package struct QuantizedScan {
  private let search: SplitSearch
  private let scale: DerivativeScale

  /// What both sides must have.
  private let leastHessian: Double

  package init(_ search: SplitSearch, scale: DerivativeScale) {
    self.search = search
    self.scale = scale
    let rules = search.rules
    leastHessian = max(
      rules.leastHessian, (Double(rules.leastRows) - 0.5) / search.rowsPerHessian)
  }

  /// Whether the rules are those that this scan knows.
  static func suits(_ rules: TreeRules, _ traits: ColumnTraits) -> Bool {
    rules.l1 == 0 && rules.stepLimit == 0 && rules.monotone.isEmpty && !traits.isCategorical
      && traits.missing != .zeros
  }

  private struct Best {
    var gain = -Double.infinity
    var bin = 0
  }

  package func best(_ entries: UnsafePointer<Int64>, _ traits: ColumnTraits) -> Split {
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: 260) { sums in
      guard let sums = sums.baseAddress else { return Split() }
      let hasMissing = traits.missing == .nan && traits.binCount > 2
      let numeric = traits.binCount - (hasMissing ? 1 : 0)
      let missing = hasMissing ? entries[numeric] : 0
      var sum: Int64 = 0
      for bin in 0..<numeric {
        sum &+= entries[bin]
        sums[bin] = sum
      }
      for bin in numeric..<numeric + 4 { sums[bin] = sum }
      let down = scan(
        sums, count: numeric - 1, plus: missing, l2: search.rules.l2 + traits.extraL2,
        takesLast: true)
      var split = Split()
      if down.gain > search.leastGain {
        split = make(sums[down.bin] &+ missing, down, traits)
        split.missingGoesLeft = hasMissing || traits.missing != .nan
      }
      guard missing != 0 else { return split }
      let up = scan(
        sums, count: numeric, plus: 0, l2: search.rules.l2 + traits.extraL2, takesLast: false)
      if up.gain > search.leastGain, up.gain > down.gain {
        split = make(sums[up.bin], up, traits)
        split.missingGoesLeft = false
      }
      return split
    }
  }

  private func make(_ left: Int64, _ best: Best, _ traits: ColumnTraits) -> Split {
    let own = SplitSearch.Best(
      gain: best.gain, left: scale.sums(left) + SIMD2(0, TreeRules.epsilon), leftCount: 0,
      position: best.bin)
    return search.makeSplit(own, traits, l2: search.rules.l2 + traits.extraL2)
  }

  /// The best of divisions behind each of the first `count` bins.
  ///
  /// - Parameters:
  ///   - sums: over the bins up to and with each; three more may be read behind the last.
  ///   - extra: what is on the left besides.
  private func scan(
    _ sums: UnsafeMutablePointer<Int64>, count: Int, plus extra: Int64, l2: Double,
    takesLast: Bool
  ) -> Best {
    var gains = SIMD4<Double>(repeating: -.infinity)
    var bins = SIMD4<Int64>(repeating: 0)
    var bin = SIMD4<Int64>(0, 1, 2, 3)
    let last = SIMD4(repeating: Int64(count - 1))
    var index = 0
    while index < count {
      let left = UnsafeRawPointer(sums + index).loadUnaligned(as: SIMD4<Int64>.self)
      var gain = self.gain(left &+ SIMD4(repeating: extra), l2: l2)
      gain = gain.replacing(with: -.infinity, where: bin .> last)
      let isBetter = takesLast ? gain .>= gains : gain .> gains
      gains = gains.replacing(with: gain, where: isBetter)
      bins = bins.replacing(with: bin, where: isBetter)
      bin = bin &+ SIMD4(repeating: 4)
      index &+= 4
    }
    var best = Best()
    for lane in 0..<4 where gains[lane] > -.infinity {
      let own = Int(bins[lane])
      let isFirstOrLast = takesLast ? own > best.bin : own < best.bin
      if gains[lane] > best.gain || gains[lane] == best.gain && isFirstOrLast {
        best = Best(gain: gains[lane], bin: own)
      }
    }
    return best
  }

  /// The gains of four divisions; −∞ where a side has too little.
  @inline(__always)
  private func gain(_ left: SIMD4<Int64>, l2: Double) -> SIMD4<Double> {
    // A number below 2³² in the low bits of 2⁵² is that double plus 2⁵².
    let magic = SIMD4<UInt64>(repeating: 0x4330_0000_0000_0000)
    let low = unsafeBitCast(left, to: SIMD4<UInt64>.self) & SIMD4(repeating: 0xffff_ffff)
    let h =
      (unsafeBitCast(low | magic, to: SIMD4<Double>.self) - SIMD4(repeating: 0x1p52))
      * scale.hessian
    // The high half is signed: shifted by 2³¹ it is not.
    let high =
      (unsafeBitCast(left, to: SIMD4<UInt64>.self) &>> 32) ^ SIMD4(repeating: 0x8000_0000)
    let g =
      (unsafeBitCast(high | magic, to: SIMD4<Double>.self)
        - SIMD4(repeating: 0x1p52 + 0x1p31)) * scale.gradient
    let otherH = SIMD4(repeating: search.total[1]) - h
    let otherG = SIMD4(repeating: search.total[0]) - g
    let (a, b) = (h + SIMD4(repeating: l2), otherH + SIMD4(repeating: l2))
    let gain = (g * g * b + otherG * otherG * a) / (a * b)
    let least = SIMD4(repeating: leastHessian)
    let isEnough = (h .>= least) .& (otherH .>= least)
    return SIMD4(repeating: -.infinity).replacing(with: gain, where: isEnough)
  }
}
