import Numerical

/// A column cut where a rule may cut it, at readable numbers.
///
/// Between two neighbours of at most 255 distinct numbers lies one cut; of more, one between
/// neighbours of 128 evenly spaced ranks, so that a cut has room to be round. Numbers that are not
/// finite count as missing.
struct RuleColumn: Sendable {
  enum Kind: Hashable, Sendable {
    /// Row r lies in the part of the first cut that is not below its number.
    case number(cuts: [Double])
    case category(levels: [String])
  }

  private static let mostDistinct = 255
  private static let ranks = 128

  let name: String
  let kind: Kind
  /// Per row the part or the level, −1 where it is missing.
  let codes: [Int32]
  let hasMissing: Bool

  init(_ column: FeatureColumn) {
    name = column.name
    switch column.values {
    case .categories(let categories):
      kind = .category(levels: categories.levels)
      codes = categories.codes
    case .numbers(let numbers):
      let cuts = Self.cuts(numbers)
      kind = .number(cuts: cuts)
      codes = numbers.map { number in
        number.isFinite ? Int32(truncatingIfNeeded: Self.part(of: number, cuts)) : -1
      }
    }
    hasMissing = codes.contains(-1)
  }

  /// How many parts or levels there are.
  var count: Int {
    switch kind {
    case .number(let cuts): cuts.count + 1
    case .category(let levels): levels.count
    }
  }

  private static func part(of number: Double, _ cuts: [Double]) -> Int {
    var (low, high) = (0, cuts.count)
    while low < high {
      let middle = (low + high) / 2
      if cuts[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func cuts(_ numbers: [Double]) -> [Double] {
    let sorted = numbers.filter(\.isFinite).sorted()
    guard let first = sorted.first else { return [] }
    var anchors = [first]
    for number in sorted where number != anchors[anchors.count - 1] {
      anchors.append(number)
      if anchors.count > mostDistinct { break }
    }
    if anchors.count > mostDistinct {
      anchors = [first]
      for rank in 1..<ranks {
        let number = sorted[rank * sorted.count / ranks]
        if number != anchors[anchors.count - 1] { anchors.append(number) }
      }
    }
    return zip(anchors, anchors.dropFirst()).map { ReadableNumber.within($0, below: $1) }
  }
}

/// Numbers that are easily said.
enum ReadableNumber {
  /// The multiple of the greatest power of ten in `lower ..< upper`, of several the one nearest to
  /// the middle; `lower` where the two are too close or too large to tell.
  static func within(_ lower: Double, below upper: Double) -> Double {
    if lower <= 0, upper > 0 { return 0 }
    let middle = lower / 2 + upper / 2
    let size = max(abs(lower), abs(upper))
    guard size < 1e15, size > 1e-9 else { return lower }
    var power = 1.0
    while power < size { power *= 10 }
    while power >= 1 {
      if let found = multiple(lower, upper, middle, { ($0 / power, { $0 * power }) }) {
        return found
      }
      power /= 10
    }
    // Tenths are divisions by ten: a multiple of 0.1 is no decimal number, a tenth is the nearest one.
    power = 10
    while power <= 1e15 {
      if let found = multiple(lower, upper, middle, { ($0 * power, { $0 / power }) }) {
        return found
      }
      power *= 10
    }
    return lower
  }

  private static func multiple(
    _ lower: Double, _ upper: Double, _ middle: Double,
    _ scaled: (Double) -> (Double, (Double) -> Double)
  ) -> Double? {
    let (nearest, back) = scaled(middle)
    let (least, _) = scaled(lower)
    let candidates = [back(nearest.rounded()), back(least.rounded(.up))]
    return candidates.first { $0 >= lower && $0 < upper }
  }
}
