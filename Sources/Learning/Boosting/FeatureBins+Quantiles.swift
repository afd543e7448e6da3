import Numerical

/// What decides the bins of features.
struct BinningRules: Hashable, Sendable {
  var binLimit = 255
  var leastRowsPerBin = 3
  var sampleSize = 200_000
  var usesMissing = true
  var zeroIsMissing = false
  /// A feature that no split can divide into parts of this many rows is left out.
  var leastRowsPerLeaf = 20
}

/// Sorted distinct values with their counts.
struct DistinctValues {
  var values: [Double] = []
  var counts: [Int] = []

  /// - Parameter sorted: ascending, without NaN. Neighbouring doubles are one value.
  init(sorted: [Double]) {
    var previous = -Double.infinity
    for value in sorted {
      if let last = values.indices.last, value <= previous.nextUp {
        values[last] = value
        counts[last] += 1
      } else {
        values.append(value)
        counts.append(1)
      }
      previous = value
    }
  }
}

extension FeatureBins {
  /// Bins of about equal count, as LightGBM cuts them.
  ///
  /// Zero has a bin of its own; values below and above it share the remaining bins by their counts.
  /// Bounds are the doubles above the midpoints between neighbouring values.
  ///
  /// - Parameters:
  ///   - sample: numbers of the sampled rows, NaN for missing ones.
  ///   - leastRows: rows of the sample that both sides of a split must have, or the feature is constant.
  static func numeric(sample: [Double], rules: BinningRules, leastRows: Int) -> FeatureBins {
    let limit = Double.greatestFiniteMagnitude
    var sorted = sample.filter { !$0.isNaN }.map { min(max($0, -limit), limit) }
    let missingCount = sample.count - sorted.count
    RadixSort.sort(&sorted)
    let distinct = DistinctValues(sorted: sorted)
    var missing = MissingValues.none
    if rules.usesMissing {
      missing = rules.zeroIsMissing ? .zeros : missingCount > 0 ? .nan : .none
    }
    let upperBounds = BinBounds.aroundZero(
      distinct, limit: rules.binLimit - (missing == .nan ? 1 : 0),
      leastRows: rules.leastRowsPerBin)
    if missing == .zeros, upperBounds.count == 2 { missing = .none }
    let range = sorted.first.flatMap { low in sorted.last.map { low...$0 } }
    let bins = FeatureBins(upperBounds: upperBounds, missing: missing, range: range)
    var counts = [Int](repeating: 0, count: bins.count)
    var bin = 0
    for (value, count) in zip(distinct.values, distinct.counts) {
      while bin < upperBounds.count - 1, value > upperBounds[bin] { bin += 1 }
      counts[bin] += count
    }
    if missing == .nan {
      counts[bins.count - 1] = missingCount
    } else {
      counts[bins.zeroBin] += missingCount
    }
    let divides = canDivide(counts, leastRows: leastRows)
    return divides ? bins : FeatureBins(upperBounds: [.infinity], missing: .none, range: range)
  }

  /// Categories by falling count, until 99 % of the rows have a bin and `binLimit` is reached.
  static func categorical(sample: [Int32], levelCount: Int, rules: BinningRules, leastRows: Int)
    -> FeatureBins
  {
    var counts = [Int](repeating: 0, count: levelCount)
    var missingCount = 0
    for code in sample {
      if code >= 0 { counts[Int(code)] += 1 } else { missingCount += 1 }
    }
    let met = counts.indices.filter { counts[$0] > 0 }
    // Sorting is stable in the order of codes: the second key.
    let order = met.sorted { (counts[$0], $1) > (counts[$1], $0) }
    let limit = min(met.count + (missingCount > 0 ? 1 : 0), rules.binLimit)
    let enough = Int((Float(sample.count - missingCount) * 0.99).rounded())
    var categories: [Int32] = [-1]
    var covered = 0
    for (position, level) in order.enumerated() {
      guard categories.count < 256, covered < enough || categories.count < limit else { break }
      if counts[level] < rules.leastRowsPerBin && position > 1 { break }
      categories.append(Int32(level))
      covered += counts[level]
    }
    let isComplete = categories.count == met.count + 1 && missingCount == 0
    let binCounts = [sample.count - covered] + categories.dropFirst().map { counts[Int($0)] }
    let divides =
      binCounts.count > 2 || binCounts.count == 2 && canDivide(binCounts, leastRows: leastRows)
    return FeatureBins(
      categories: divides ? categories : [-1], levelCount: levelCount,
      missing: isComplete ? .none : .nan)
  }

  private static func canDivide(_ counts: [Int], leastRows: Int) -> Bool {
    let total = counts.reduce(0, +)
    var left = 0
    for count in counts.dropLast() {
      left += count
      if left >= leastRows && total - left >= leastRows { return true }
    }
    return false
  }
}

/// Upper bounds of bins of about equal count.
enum BinBounds {
  static func aroundZero(_ distinct: DistinctValues, limit: Int, leastRows: Int) -> [Double] {
    let (values, counts) = (distinct.values, distinct.counts)
    let zero = NearZero.threshold
    let below = values.firstIndex { $0 > -zero } ?? values.count
    let above = values[below...].firstIndex { $0 > zero } ?? values.count
    let belowCount = values.indices.reduce(0) { $0 + (values[$1] <= -zero ? counts[$1] : 0) }
    let aboveCount = counts[above...].reduce(0, +)
    var bounds: [Double] = []
    if below > 0, limit > 1 {
      let share = Double(belowCount) / Double(belowCount + aboveCount)
      let own = max(1, Int(share * Double(limit - 1)))
      bounds = equalCounts(
        values[0..<below], counts[0..<below], limit: own, total: belowCount, leastRows: leastRows)
      bounds[bounds.count - 1] = -zero
    }
    let rest = limit - 1 - bounds.count
    guard above < values.count, rest > 0 else { return bounds + [.infinity] }
    return bounds + [zero]
      + equalCounts(
        values[above...], counts[above...], limit: rest, total: aboveCount, leastRows: leastRows)
  }

  /// Greedy cuts from the left; a value with more rows than a bin's share has a bin alone.
  static func equalCounts(
    _ values: ArraySlice<Double>, _ counts: ArraySlice<Int>, limit: Int, total: Int, leastRows: Int
  ) -> [Double] {
    var bounds: [Double] = []
    func close(between low: Double, and high: Double) -> Bool {
      let middle = low / 2 + high / 2
      let sum = low + high
      let bound = (sum.isFinite ? sum / 2 : middle).nextUp
      if let last = bounds.last, bound <= last.nextUp { return false }
      bounds.append(bound)
      return true
    }
    if values.count <= limit {
      var inBin = 0
      for index in values.indices.dropLast() {
        inBin += counts[index]
        if inBin >= leastRows, close(between: values[index], and: values[index + 1]) { inBin = 0 }
      }
    } else {
      for cut in greedyCuts(counts, limit: limit, total: total, leastRows: leastRows) {
        _ = close(between: values[cut], and: values[cut + 1])
      }
    }
    return bounds + [.infinity]
  }

  /// The last position of each bin but the last.
  private static func greedyCuts(
    _ counts: ArraySlice<Int>, limit: Int, total: Int, leastRows: Int
  ) -> [Int] {
    let limit = leastRows > 0 ? max(1, min(limit, total / leastRows)) : limit
    let share = Double(total) / Double(limit)
    var (binsLeft, rowsLeft) = (limit, total)
    for count in counts where Double(count) >= share {
      binsLeft -= 1
      rowsLeft -= count
    }
    var size = Double(rowsLeft) / Double(binsLeft)
    var cuts: [Int] = []
    var inBin = 0
    for index in counts.indices.dropLast() where cuts.count < limit - 1 {
      let isBig = Double(counts[index]) >= share
      if !isBig { rowsLeft -= counts[index] }
      inBin += counts[index]
      let nextIsBig = Double(counts[index + 1]) >= share
      guard isBig || Double(inBin) >= size || nextIsBig && Double(inBin) >= max(1, size * 0.5)
      else { continue }
      cuts.append(index)
      inBin = 0
      if !isBig {
        binsLeft -= 1
        size = Double(rowsLeft) / Double(binsLeft)
      }
    }
    return cuts
  }
}
