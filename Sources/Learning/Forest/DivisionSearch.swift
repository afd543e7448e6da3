import Numerical

/// Finds how one column divides a node best, or judges one division drawn at random.
///
/// Entries are sums over the rows of a bin: weights of zeros, weights of ones, rows. Bins come in an order, the
/// ascending one for numbers, that of their shares of events for categories (Breiman et al., 1984: the best
/// set is a run of that order). Missing values, and categories too rare to be told apart, stay together and
/// are tried on both sides.
struct DivisionSearch {
  let rules: ForestRules
  /// Sums over the node.
  let total: SIMD4<Double>

  /// A run of bins, from the first of the order, against the others.
  struct Run {
    var gain = -Double.infinity
    /// The last position of the run.
    var position = 0
    var holdsRest = false
    var isSmaller = false
  }

  /// The best run, or that which ends at `position`.
  func best(
    _ order: UnsafeBufferPointer<UInt8>, _ entries: UnsafePointer<SIMD4<Double>>,
    rest: SIMD4<Double>, only position: Int?
  ) -> Run {
    var best = Run()
    var low = SIMD4<Double>.zero
    for index in 0..<order.count {
      low += entries[Int(order[index])]
      if let position, index != position { continue }
      let isLast = index == order.count - 1
      if !isLast || rest[2] > 0 {
        consider(low, at: index, holdsRest: false, &best)
      }
      if !isLast && rest[2] > 0 {
        consider(low + rest, at: index, holdsRest: true, &best)
      }
    }
    best.gain -= rules.criterion.purity(total)
    return best
  }

  @inline(__always)
  private func consider(
    _ low: SIMD4<Double>, at position: Int, holdsRest: Bool, _ best: inout Run
  ) {
    let high = total - low
    let least = Double(rules.leastRows)
    guard low[2] >= least, high[2] >= least else { return }
    let purity = rules.criterion.purity(low) + rules.criterion.purity(high)
    guard purity > best.gain else { return }
    best = Run(
      gain: purity, position: position, holdsRest: holdsRest,
      isSmaller: low[0] + low[1] <= high[0] + high[1])
  }
}

extension DivisionSearch {
  /// - Parameters:
  ///   - occupied: the bins that rows are in, ascending; reordered.
  ///   - noise: decides a random division.
  /// - Returns: the division; its gain is −∞ if there is none.
  func split(
    _ occupied: UnsafeMutableBufferPointer<UInt8>, _ entries: UnsafePointer<SIMD4<Double>>,
    _ bins: FeatureBins, column: Int, noise: UInt64
  ) -> Split {
    bins.isCategorical
      ? categorySplit(occupied, entries, column: column, noise: noise)
      : numericSplit(occupied, entries, bins, column: column, noise: noise)
  }

  private func numericSplit(
    _ occupied: UnsafeMutableBufferPointer<UInt8>, _ entries: UnsafePointer<SIMD4<Double>>,
    _ bins: FeatureBins, column: Int, noise: UInt64
  ) -> Split {
    var split = Split()
    var rest = SIMD4<Double>.zero
    var count = occupied.count
    if bins.missing == .nan, let last = occupied.last, Int(last) == bins.count - 1 {
      rest = entries[Int(last)]
      count -= 1
    }
    guard count > 0 else { return split }
    let order = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(occupied)[0..<count])
    var threshold: Int?
    if rules.drawsDivisions, let (first, last) = allowedRuns(order, entries) {
      threshold = bins.border(
        drawnBy: noise, from: Int(order[first]), to: Int(order[last + 1]))
    }
    var position = rules.drawsDivisions ? count - 1 : nil
    if let threshold { position = order.lastIndex { Int($0) <= threshold } }
    let run = best(order, entries, rest: rest, only: position)
    guard run.gain > -.infinity else { return split }
    split.gain = run.gain
    split.column = column
    split.missingGoesLeft = rest[2] > 0 ? run.holdsRest : !run.isSmaller
    if run.position == count - 1 {
      // Numbers against missing values.
      split.threshold = bins.count - 2
    } else {
      // Empty bins between the two sides are shared.
      let (low, high) = (Int(order[run.position]), Int(order[run.position + 1]))
      split.threshold = threshold ?? low + (high - 1 - low) / 2
    }
    return split
  }

  /// The first and the last run that leave enough rows on both sides.
  private func allowedRuns(
    _ order: UnsafeBufferPointer<UInt8>, _ entries: UnsafePointer<SIMD4<Double>>
  ) -> (first: Int, last: Int)? {
    let least = Double(rules.leastRows)
    let all = order.reduce(0) { $0 + entries[Int($1)][2] }
    var (low, first, last) = (0.0, -1, -1)
    for index in 0..<order.count - 1 {
      low += entries[Int(order[index])][2]
      if all - low < least { break }
      if low >= least {
        if first < 0 { first = index }
        last = index
      }
    }
    return first < 0 ? nil : (first, last)
  }

  private func categorySplit(
    _ occupied: UnsafeMutableBufferPointer<UInt8>, _ entries: UnsafePointer<SIMD4<Double>>,
    column: Int, noise: UInt64
  ) -> Split {
    var split = Split()
    var rest = SIMD4<Double>.zero
    var told: [(key: Double, bin: UInt8)] = []
    for bin in occupied {
      let sums = entries[Int(bin)]
      if bin == 0 || !rules.drawsDivisions && sums[2] < ForestRules.leastRowsOfCategory {
        rest += sums
      } else {
        told.append((key(of: sums, bin: bin, noise: noise), bin))
      }
    }
    guard !told.isEmpty else { return split }
    told.sort { ($0.key, $0.bin) < ($1.key, $1.bin) }
    let order = told.map(\.bin)
    let position =
      rules.drawsDivisions && order.count > 1
      ? Self.choice(RowNoise.bits(256, key: noise), below: order.count - 1) : nil
    let run = order.withUnsafeBufferPointer { best($0, entries, rest: rest, only: position) }
    guard run.gain > -.infinity else { return split }
    split.gain = run.gain
    split.column = column
    split.isCategorical = true
    split.missingGoesLeft = false
    // What is in no set goes right: what stays together here, otherwise with the greater part.
    let takesRun = rest[2] > 0 ? !run.holdsRest : run.isSmaller
    for bin in takesRun ? order.prefix(run.position + 1) : order.dropFirst(run.position + 1) {
      split.leftBins[Int(bin) / 64] |= 1 << UInt64(bin % 64)
    }
    return split
  }

  /// Where a category stands in the order: by its share of events, or at random.
  private func key(of sums: SIMD4<Double>, bin: UInt8, noise: UInt64) -> Double {
    rules.drawsDivisions
      ? Double(RowNoise.bits(Int(bin), key: noise) >> 11) : sums[1] / (sums[0] + sums[1])
  }

  /// One of `bound` numbers from 0, each equally likely.
  private static func choice(_ noise: UInt64, below bound: Int) -> Int {
    Int(truncatingIfNeeded: noise.multipliedFullWidth(by: UInt64(bound)).high)
  }
}

extension FeatureBins {
  /// The last bin below a number drawn evenly from what two bins span: `low` ..< `high`.
  fileprivate func border(drawnBy noise: UInt64, from low: Int, to high: Int) -> Int {
    guard case .numeric(let upperBounds) = kind, let range else { return low }
    let least = low > 0 ? upperBounds[low - 1] : range.lowerBound
    let greatest = min(upperBounds[high], range.upperBound)
    let share = Double(noise >> 11) * 0x1p-53
    // Apart: the distance of two numbers may leave the range of a double.
    let drawn = least * (1 - share) + greatest * share
    var (first, end) = (low, high - 1)
    while first < end {
      let middle = (first + end) / 2
      if upperBounds[middle] < drawn { first = middle + 1 } else { end = middle }
    }
    return first
  }
}
