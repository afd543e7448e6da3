import Numerical

/// Which bins, and with them which categories, go left.
enum LeftBins {
  /// 1 for every bin that goes left, 0 for the others; 256 entries.
  static func table(_ split: Split, _ bins: FeatureBins) -> [UInt8] {
    var table = [UInt8](repeating: 0, count: 256)
    if split.isCategorical {
      for bin in 0..<256 {
        table[bin] = UInt8(split.leftBins[bin / 64] >> UInt64(bin % 64) & 1)
      }
      return table
    }
    for bin in 0...split.threshold { table[bin] = 1 }
    if let missing = bins.missingBin { table[missing] = split.missingGoesLeft ? 1 : 0 }
    return table
  }

  /// The categories of the left bins, as `Tree` keeps them.
  static func categorySet(_ split: Split, _ categories: [Int32]) -> [UInt32] {
    let left = categories.indices.filter {
      categories[$0] >= 0 && split.leftBins[$0 / 64] >> UInt64($0 % 64) & 1 == 1
    }
    let greatest = left.reduce(0) { max($0, Int(categories[$1])) }
    var words = [UInt32](repeating: 0, count: greatest / 32 + 1)
    for bin in left {
      let category = Int(categories[bin])
      words[category / 32] |= 1 << UInt32(category % 32)
    }
    return words
  }
}

/// Random subsets of columns.
enum ColumnSample {
  /// Keeps the given share of the columns that are true, at least one.
  static func draw(_ share: Double, of columns: [Bool], seed: Seed) -> [Bool] {
    let candidates = columns.indices.filter { columns[$0] }
    guard share < 1, candidates.count > 1 else { return columns }
    let size = max(1, Int((Double(candidates.count) * share).rounded()))
    var random = RandomSource(seed: seed)
    var chosen = [Bool](repeating: false, count: columns.count)
    for index in random.sample(min(size, candidates.count), outOf: candidates.count) {
      chosen[candidates[index]] = true
    }
    return chosen
  }
}
