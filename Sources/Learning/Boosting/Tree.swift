import Numerical

/// A binary decision tree with a value in every leaf.
///
/// Node 0 is the root. A child is a node if not negative, otherwise the complement of a leaf. Numeric
/// nodes send `x ≤ threshold` left, categorical ones the categories of a set; a missing value goes its
/// own way (`MissingValues`). A tree without nodes is one leaf.
package struct Tree: Hashable, Sendable {
  package struct Node: Hashable, Sendable, BitwiseCopyable {
    package var feature: Int32
    package var left: Int32
    package var right: Int32
    package var missing: MissingValues
    package var missingGoesLeft: Bool
    package var isCategorical: Bool
    /// Of a categorical node: the position of its set among `categorySets`.
    package var categorySet: Int32
    package var threshold: Double
    package var gain: Double
    /// What the node would predict as a leaf.
    package var value: Double
    /// Sum of hessians.
    package var weight: Double
    package var count: Int

    package init(
      feature: Int32, left: Int32, right: Int32, missing: MissingValues, missingGoesLeft: Bool,
      isCategorical: Bool, categorySet: Int32, threshold: Double, gain: Double, value: Double,
      weight: Double, count: Int
    ) {
      self.feature = feature
      self.left = left
      self.right = right
      self.missing = missing
      self.missingGoesLeft = missingGoesLeft
      self.isCategorical = isCategorical
      self.categorySet = categorySet
      self.threshold = threshold
      self.gain = gain
      self.value = value
      self.weight = weight
      self.count = count
    }
  }

  package struct Leaf: Hashable, Sendable, BitwiseCopyable {
    package var value: Double
    /// Sum of hessians.
    package var weight: Double
    package var count: Int

    package init(value: Double, weight: Double, count: Int) {
      self.value = value
      self.weight = weight
      self.count = count
    }
  }

  package var nodes: [Node]
  package var leaves: [Leaf]
  /// Bit c % 32 of word c / 32 is set where category c goes left.
  package var categorySets: [[UInt32]]
  /// The learning rate its values have been multiplied with.
  package var shrinkage: Double

  package init(
    nodes: [Node] = [], leaves: [Leaf], categorySets: [[UInt32]] = [], shrinkage: Double = 1
  ) {
    self.nodes = nodes
    self.leaves = leaves
    self.categorySets = categorySets
    self.shrinkage = shrinkage
  }

  /// Multiplies every value.
  mutating func shrink(by rate: Double) {
    mapValues { $0 * rate }
    shrinkage *= rate
  }

  /// Adds to every value; the tree then stands for more than its own step.
  mutating func add(_ bias: Double) {
    mapValues { $0 + bias }
    shrinkage = 1
  }

  private mutating func mapValues(_ change: (Double) -> Double) {
    for index in leaves.indices {
      let value = change(leaves[index].value)
      leaves[index].value = NearZero.contains(value) ? 0 : value
    }
    for index in nodes.indices {
      let value = change(nodes[index].value)
      nodes[index].value = NearZero.contains(value) ? 0 : value
    }
  }

  /// The greatest |value| of a leaf.
  var reach: Double { leaves.reduce(0) { max($0, abs($1.value)) } }

  static func contains(_ category: Int, in set: [UInt32]) -> Bool {
    category >= 0 && category / 32 < set.count && set[category / 32] >> (category % 32) & 1 == 1
  }

  /// Whether a value goes left at a node.
  ///
  /// - Parameter value: a number, or the code of a category as a number.
  package func goesLeft(_ value: Double, at node: Node) -> Bool {
    if node.isCategorical {
      // Missing and unknown categories belong to no set.
      guard value > -1, value < 0x1p31 else { return false }
      return Self.contains(Int(value), in: categorySets[Int(node.categorySet)])
    }
    let number = value.isNaN && node.missing != .nan ? 0 : value
    if number.isNaN || node.missing == .zeros && NearZero.contains(number) {
      return node.missingGoesLeft
    }
    return number <= node.threshold
  }

  /// Divisions that a row passes, in the mean over the rows that the tree was grown from.
  var meanPathLength: Double {
    guard let root = nodes.first, root.count > 0 else { return Double(nodes.isEmpty ? 0 : 1) }
    return nodes.reduce(0) { $0 + Double($1.count) } / Double(root.count)
  }

  /// The leaf that a row of values reaches.
  package func leaf(of values: UnsafePointer<Double>) -> Int {
    guard !nodes.isEmpty else { return 0 }
    var next = 0
    while next >= 0 {
      let node = nodes[next]
      next = Int(goesLeft(values[Int(node.feature)], at: node) ? node.left : node.right)
    }
    return ~next
  }
}
