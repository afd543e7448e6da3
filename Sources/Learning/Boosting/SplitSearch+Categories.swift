import Numerical

extension SplitSearch {
  /// One category against the rest for few categories, otherwise sets from either end of the order by
  /// smoothed mean gradient (Fisher, 1958: the best set is a run of that order).
  func bestOfCategories(_ bins: UnsafePointer<SIMD2<Double>>, _ traits: ColumnTraits) -> Split {
    traits.binCount <= rules.oneHotLimit ? bestSingle(bins, traits) : bestSet(bins, traits)
  }

  private func bestSingle(_ bins: UnsafePointer<SIMD2<Double>>, _ traits: ColumnTraits) -> Split {
    var best = Best()
    for bin in 1..<traits.binCount {
      let count = estimatedRows(bins[bin][1])
      let left = bins[bin] + SIMD2(0, TreeRules.epsilon)
      let rest = total - left
      guard count >= rules.leastRows, bins[bin][1] >= rules.leastHessian,
        node.count - count >= rules.leastRows, rest[1] >= rules.leastHessian
      else { continue }
      let gain = rules.gain(left: rest, right: left, l2: rules.l2, in: node, direction: 0)
      if gain > leastGain, gain > best.gain {
        best = Best(gain: gain, left: left, leftCount: count, position: bin)
      }
    }
    guard best.gain > -.infinity else { return Split() }
    return makeCategorySplit(best, traits, l2: rules.l2, bins: [best.position])
  }

  private func bestSet(_ bins: UnsafePointer<SIMD2<Double>>, _ traits: ColumnTraits) -> Split {
    let order = sortedBins(bins, traits)
    let limit = min(rules.categoryLimit, (order.count + 1) / 2)
    let forward = scanSets(bins, order, limit: limit)
    let backward = scanSets(bins, order.reversed(), limit: limit)
    let isForward = backward.gain <= forward.gain
    let best = isForward ? forward : backward
    guard best.gain > -.infinity else { return Split() }
    let chosen = isForward ? order.prefix(best.position + 1) : order.suffix(best.position + 1)
    return makeCategorySplit(
      best, traits, l2: rules.l2 + rules.categoryL2, bins: Array(chosen))
  }

  /// Bins of enough rows by Σg / (Σh + smoothing), equal ones by number.
  private func sortedBins(_ bins: UnsafePointer<SIMD2<Double>>, _ traits: ColumnTraits) -> [Int] {
    var keyed: [(mean: Double, bin: Int)] = []
    for bin in 1..<traits.binCount
    where Double(estimatedRows(bins[bin][1])) >= rules.categorySmoothing {
      keyed.append((bins[bin][0] / (bins[bin][1] + rules.categorySmoothing), bin))
    }
    keyed.sort { ($0.mean, $0.bin) < ($1.mean, $1.bin) }
    return keyed.map(\.bin)
  }

  private func scanSets(
    _ bins: UnsafePointer<SIMD2<Double>>, _ order: some Collection<Int>, limit: Int
  ) -> Best {
    var best = Best()
    var left = SIMD2(0, TreeRules.epsilon)
    var (leftCount, inGroup) = (0, 0)
    for (position, bin) in order.prefix(limit).enumerated() {
      let count = estimatedRows(bins[bin][1])
      left += bins[bin]
      leftCount += count
      inGroup += count
      if leftCount < rules.leastRows || left[1] < rules.leastHessian { continue }
      let rightCount = node.count - leftCount
      if rightCount < max(rules.leastRows, rules.leastRowsPerGroup) { break }
      if total[1] - left[1] < rules.leastHessian { break }
      if inGroup < rules.leastRowsPerGroup { continue }
      inGroup = 0
      let gain = rules.gain(
        left: left, right: total - left, l2: rules.l2 + rules.categoryL2, in: node, direction: 0)
      if gain > leastGain, gain > best.gain {
        best = Best(gain: gain, left: left, leftCount: leftCount, position: position)
      }
    }
    return best
  }

  private func makeCategorySplit(_ best: Best, _ traits: ColumnTraits, l2: Double, bins: [Int])
    -> Split
  {
    var split = makeSplit(best, traits, l2: l2)
    split.isCategorical = true
    split.missingGoesLeft = false
    for bin in bins { split.leftBins[bin / 64] |= 1 << UInt64(bin % 64) }
    return split
  }
}
