import Numerical

/// Trees laid out one after another, for walks of single rows without allocation.
struct FlatForest: Sendable {
  struct Node: BitwiseCopyable, Sendable {
    var threshold: Double
    var left: Int32
    var right: Int32
    var feature: Int32
    /// Of a categorical node: where its set starts and how many words it has.
    var setStart: Int32
    var setSize: Int32
    var missing: MissingValues
    var missingGoesLeft: Bool
    var isCategorical: Bool
  }

  private(set) var nodes: [Node] = []
  private(set) var values: [Double] = []
  private(set) var setWords: [UInt32] = []
  /// Per tree: its first node, or the complement of its only leaf.
  private(set) var roots: [Int32] = []

  init(_ trees: [Tree]) {
    for tree in trees {
      let (firstNode, firstLeaf) = (Int32(nodes.count), Int32(values.count))
      var sets: [(start: Int32, size: Int32)] = []
      for set in tree.categorySets {
        sets.append((Int32(setWords.count), Int32(set.count)))
        setWords += set
      }
      func place(_ child: Int32) -> Int32 {
        child >= 0 ? child + firstNode : ~(~child + firstLeaf)
      }
      for node in tree.nodes {
        let set = node.isCategorical ? sets[Int(node.categorySet)] : (start: 0, size: 0)
        nodes.append(
          Node(
            threshold: node.threshold, left: place(node.left), right: place(node.right),
            feature: node.feature, setStart: set.start, setSize: set.size,
            missing: node.missing, missingGoesLeft: node.missingGoesLeft,
            isCategorical: node.isCategorical))
      }
      values += tree.leaves.map(\.value)
      roots.append(tree.nodes.isEmpty ? ~firstLeaf : firstNode)
    }
  }

  /// The sum of the leaves that a row reaches, in the order of the trees.
  func sum(_ row: UnsafePointer<Double>) -> Double {
    var sum = 0.0
    add(row, count: 1, width: 0, to: &sum)
    return sum
  }

  /// Adds the leaves that rows reach, in the order of the trees; a tree serves all rows before the next one.
  ///
  /// - Parameter rows: row-major, `width` numbers apart.
  func add(
    _ rows: UnsafePointer<Double>, count: Int, width: Int, to sums: UnsafeMutablePointer<Double>
  ) {
    nodes.withUnsafeBufferPointer { nodes in
      setWords.withUnsafeBufferPointer { words in
        values.withUnsafeBufferPointer { values in
          for root in roots {
            for index in 0..<count {
              let row = rows + index &* width
              var next = root
              while next >= 0 {
                let node = nodes[Int(next)]
                let isLeft = Self.goesLeft(row[Int(node.feature)], node, words)
                next = isLeft ? node.left : node.right
              }
              sums[index] += values[Int(~next)]
            }
          }
        }
      }
    }
  }

  /// As `Tree.goesLeft`.
  @inline(__always)
  private static func goesLeft(
    _ value: Double, _ node: Node, _ words: UnsafeBufferPointer<UInt32>
  ) -> Bool {
    if node.isCategorical {
      guard value > -1, value < Double(node.setSize) * 32 else { return false }
      let category = Int(value)
      return words[Int(node.setStart) &+ category / 32] &>> UInt32(category % 32) & 1 == 1
    }
    if value.isNaN, node.missing != .nan {
      return node.missing == .zeros ? node.missingGoesLeft : 0 <= node.threshold
    }
    if value.isNaN || node.missing == .zeros && NearZero.contains(value) {
      return node.missingGoesLeft
    }
    return value <= node.threshold
  }
}
