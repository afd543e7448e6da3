import Numerical

/// The values of one feature as bytes that decide every node of a forest on it.
///
/// A number's key is one more than the thresholds below it, 0 for a missing value; a category's is its
/// class among those that nodes tell apart, 0 for a category in no set.
enum FeatureKeys: Sendable {
  case unused
  case numeric(BoundSearch, thresholds: [Double], zeroIsMissing: Bool)
  /// By category code.
  case categorical([UInt8])

  /// Nil if bytes do not suffice.
  init?(_ nodes: [(node: Tree.Node, set: [UInt32])]) {
    guard let first = nodes.first?.node else {
      self = .unused
      return
    }
    guard nodes.allSatisfy({ $0.node.isCategorical == first.isCategorical }) else { return nil }
    if first.isCategorical {
      guard let keys = Self.classes(nodes.map(\.set)) else { return nil }
      self = .categorical(keys)
      return
    }
    var thresholds = nodes.map(\.node.threshold).sorted()
    let zeroIsMissing = first.missing == .zeros
    if zeroIsMissing {
      // Zero stands for a missing value in all nodes or in none.
      guard nodes.allSatisfy({ $0.node.missing == .zeros }) else { return nil }
    } else if nodes.contains(where: { $0.node.missing == .zeros }) {
      return nil
    }
    var distinct: [Double] = []
    for threshold in thresholds where distinct.last != threshold { distinct.append(threshold) }
    thresholds = distinct
    guard thresholds.count < 255 else { return nil }
    self = .numeric(BoundSearch(thresholds), thresholds: thresholds, zeroIsMissing: zeroIsMissing)
  }

  /// Numbers categories so that those which every set treats alike share a number, 0 for those in none.
  private static func classes(_ sets: [[UInt32]]) -> [UInt8]? {
    let size = sets.reduce(0) { max($0, $1.count) } * 32
    var classes = [Int](repeating: 0, count: size)
    var count = 1
    for set in sets {
      // A class divides into those outside the set, which keep its number, and those inside.
      var inside = [Int](repeating: -1, count: count)
      var sizes = [Int](repeating: 0, count: count)
      for category in 0..<size { sizes[classes[category]] += 1 }
      sizes[0] += 1
      var members = [Int](repeating: 0, count: count)
      for category in 0..<size where Tree.contains(category, in: set) {
        members[classes[category]] += 1
      }
      for number in 0..<inside.count where members[number] > 0 && members[number] < sizes[number] {
        inside[number] = count
        count += 1
      }
      guard count <= 256 else { return nil }
      for category in 0..<size where Tree.contains(category, in: set) {
        if inside[classes[category]] >= 0 { classes[category] = inside[classes[category]] }
      }
    }
    return classes.map { UInt8(truncatingIfNeeded: $0) }
  }

  /// The keys of every feature of a forest; nil if bytes do not suffice for one.
  static func all(_ trees: [Tree], featureCount: Int) -> [FeatureKeys]? {
    var nodes = [[(node: Tree.Node, set: [UInt32])]](repeating: [], count: featureCount)
    for tree in trees {
      for node in tree.nodes {
        let set = node.isCategorical ? tree.categorySets[Int(node.categorySet)] : []
        nodes[Int(node.feature)].append((node, set))
      }
    }
    var keys: [FeatureKeys] = []
    for feature in nodes {
      guard let own = FeatureKeys(feature) else { return nil }
      keys.append(own)
    }
    return keys
  }

  /// The keys that go left at a numeric node: `span` + 1 of them from `low` on.
  func interval(_ node: Tree.Node) -> (low: UInt8, span: UInt8) {
    guard case .numeric(_, let thresholds, _) = self,
      let place = thresholds.firstIndex(of: node.threshold)
    else { return (0, 0) }
    let missingGoesLeft = node.missing == .none ? 0 <= node.threshold : node.missingGoesLeft
    return missingGoesLeft ? (0, UInt8(place + 1)) : (1, UInt8(place))
  }

  /// Per key of a categorical node 0 if it goes left, otherwise 1.
  func sides(_ set: [UInt32]) -> [UInt8] {
    guard case .categorical(let keys) = self else { return [] }
    var sides = [UInt8](repeating: 1, count: 256)
    for (category, key) in keys.enumerated() where Tree.contains(category, in: set) {
      sides[Int(key)] = 0
    }
    return sides
  }

  /// Writes the keys of some rows.
  func write(_ source: FeatureSource, _ rows: Range<Int>, to keys: UnsafeMutablePointer<UInt8>) {
    switch (self, source) {
    case (.numeric(let search, _, let zeroIsMissing), .numbers(let numbers)):
      numbers.withUnsafeBufferPointer { numbers in
        guard let start = numbers.baseAddress else { return }
        search.ranks(
          start + rows.lowerBound, count: rows.count, offset: 1, missing: 0, to: keys)
        guard zeroIsMissing else { return }
        for index in 0..<rows.count where NearZero.contains(start[rows.lowerBound + index]) {
          keys[index] = 0
        }
      }
    case (.categorical(let keyOfCode), .codes(let codes, let levelMap)):
      for (index, row) in rows.enumerated() {
        let code = Int(AlignedFeatures.code(codes[row], levelMap))
        keys[index] = code >= 0 && code < keyOfCode.count ? keyOfCode[code] : 0
      }
    default: break
    }
  }
}
