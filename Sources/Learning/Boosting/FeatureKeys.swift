import Numerical

/// The values of one feature as bytes that decide every node of a forest on it.
///
/// A number's key is one more than the thresholds below it, 0 for a missing value; a category's is its
/// place among the categories that any node asks for, 0 for the others.
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
      let size = nodes.reduce(0) { max($0, $1.set.count) }
      var keys = [UInt8](repeating: 0, count: size * 32)
      var last = 0
      for category in keys.indices
      where nodes.contains(where: { Tree.contains(category, in: $0.set) }) {
        last += 1
        guard last < 256 else { return nil }
        keys[category] = UInt8(last)
      }
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
    for (category, key) in keys.enumerated() where key > 0 && Tree.contains(category, in: set) {
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
