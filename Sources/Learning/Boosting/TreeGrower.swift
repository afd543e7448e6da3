import Numerical

/// Grows one tree at a time, always dividing the leaf that gains most.
///
/// Of two children the smaller one's histogram is summed over its rows; the other's is the parent's less
/// that. A column that could not divide a node is not tried below it.
final class TreeGrower {
  let data: BinnedMatrix
  let rules: TreeRules
  let histograms: any Histograms
  let partition: RowPartition
  let pool: WorkerPool
  let traits: [ColumnTraits]
  var leaves: [GrowingLeaf] = []
  var nodes: [Tree.Node] = []
  var categorySets: [[UInt32]] = []
  /// Whether a column may still divide the node in a slot.
  private let isSplittable: ScratchBuffer<Bool>
  /// Whether the tree, and with it the node, may use a column.
  private var columnsOfTree: [Bool] = []
  private let bests: ScratchBuffer<Split>

  init(_ data: BinnedMatrix, rules: TreeRules, histograms: any Histograms, on pool: WorkerPool) {
    self.data = data
    self.rules = rules
    self.histograms = histograms
    self.pool = pool
    partition = RowPartition(rowCount: data.rowCount)
    traits = (0..<data.columnCount).map { column in
      let feature = data.features[column]
      let direction = rules.monotone.indices.contains(feature) ? rules.monotone[feature] : 0
      let bins = data.bins[feature]
      return ColumnTraits(
        bins, column: column, direction: bins.isCategorical ? 0 : direction,
        extraL2: rules.extraL2.indices.contains(feature) ? rules.extraL2[feature] : 0)
    }
    isSplittable = ScratchBuffer(
      count: rules.leafLimit * max(1, data.columnCount), repeating: true)
    bests = ScratchBuffer(count: 2 * max(1, data.groupCount), repeating: Split())
  }

  /// Grows a tree over the first `rowCount` records of the partition.
  ///
  /// - Parameters:
  ///   - root: the sums over those rows.
  ///   - columns: which columns the tree may use.
  ///   - seed: decides the columns of each node where nodes choose.
  func grow(rowCount: Int, root: NodeSums, columns: [Bool], seed: Seed) -> Tree {
    nodes = []
    categorySets = []
    columnsOfTree = columns
    isSplittable.start.update(repeating: true, count: data.columnCount)
    let value = rules.value(
      root.gradient, root.hessian + 2 * TreeRules.epsilon, l2: rules.l2, root)
    leaves = [
      GrowingLeaf(rows: .init(range: 0..<rowCount), sums: root, value: value, slot: 0)
    ]
    search([0], seed: seed)
    while leaves.count < rules.leafLimit, let next = bestLeaf() {
      let children = divide(next)
      if leaves.count < rules.leafLimit { search(children, seed: seed) }
    }
    return Tree(
      nodes: nodes,
      leaves: leaves.map {
        .init(value: $0.value, weight: $0.sums.hessian, count: $0.rows.count)
      },
      categorySets: categorySets)
  }

  /// The leaf whose split gains most; of equal ones that of the first column, then the first leaf.
  private func bestLeaf() -> Int? {
    var best = 0
    for leaf in leaves.indices.dropFirst()
    where leaves[leaf].split.isBetter(than: leaves[best].split) {
      best = leaf
    }
    return leaves[best].split.gain > 0 ? best : nil
  }

  /// Finds the best splits of a root or of two fresh siblings.
  ///
  /// - Parameter order: the leaf whose rows are summed, then the one with the parent's histogram.
  private func search(_ order: [Int], seed: Seed) {
    for leaf in order { leaves[leaf].split = Split() }
    guard order.contains(where: { mayDivide(leaves[$0]) }) else { return }
    let siblings = order.map { leaves[$0] }
    let allowed = order.map { allowedColumns(of: leaves[$0], number: $0, seed: seed) }
    let rows = partition.rows(siblings[0].rows)
    let isFilled = histograms.fillByRows(siblings[0].slot, rows, on: pool)
    pool.forEachChunk(count: data.groupCount) { group in
      let slot = siblings[0].slot
      if !isFilled { histograms.fill(slot, rows, group: group) }
      if siblings.count == 2 {
        histograms.subtract(slot, from: siblings[1].slot, group: group)
      }
      for (index, leaf) in siblings.enumerated() {
        bests.start[index * data.groupCount + group] = bestSplit(
          of: leaf, group: group, allowed: allowed[index])
      }
    }
    for (index, leaf) in order.enumerated() {
      for group in 0..<data.groupCount {
        let split = bests[index * data.groupCount + group]
        if split.isBetter(than: leaves[leaf].split) { leaves[leaf].split = split }
      }
    }
  }

  private func mayDivide(_ leaf: GrowingLeaf) -> Bool {
    if let limit = rules.depthLimit, leaf.depth >= limit { return false }
    return leaf.rows.count >= 2 * rules.leastRows
  }

  /// The columns a node may use, from the tree's, the path's and its own draw.
  private func allowedColumns(of leaf: GrowingLeaf, number: Int, seed: Seed) -> [Bool] {
    var allowed = columnsOfTree
    if !rules.interactions.isEmpty {
      let sets = rules.interactions.filter { set in leaf.path.allSatisfy(set.contains) }
      for column in allowed.indices where allowed[column] {
        let feature = data.features[column]
        allowed[column] = sets.contains { $0.contains(feature) }
      }
    }
    guard rules.featureShareByNode < 1 else { return allowed }
    let node = nodes.count * 2 + (leaf.isRight ? 1 : 0)
    return ColumnSample.draw(
      rules.featureShareByNode, of: allowed, seed: seed.derived("node", node))
  }

  private func bestSplit(of leaf: GrowingLeaf, group: Int, allowed: [Bool]) -> Split {
    let search = SplitSearch(rules: rules, node: leaf.sums)
    let splittable = isSplittable.start + leaf.slot * data.columnCount
    var best = Split()
    for column in group * 8..<min(group * 8 + 8, data.columnCount) {
      guard allowed[column], splittable[column] else { continue }
      let split = histograms.bestSplit(leaf.slot, traits[column], search)
      splittable[column] = split.gain > -.infinity
      if split.isBetter(than: best) { best = split }
    }
    return best
  }

  /// Turns a leaf into a node with two leaves; the right one is new.
  ///
  /// - Returns: the smaller one and the one that takes the parent's histogram.
  private func divide(_ number: Int) -> [Int] {
    let leaf = leaves[number]
    let split = leaf.split
    let feature = data.features[split.column]
    let goesLeft = LeftBins.table(split, data.bins[feature])
    let runs = partition.split(
      leaf.rows, by: data.column(split.column), goesLeft: goesLeft, on: pool)
    let right = leaves.count
    leaves.append(leaf)
    addNode(split, feature: feature, of: leaf, left: number, right: right)
    let leftIsSmaller = runs.left.count < runs.right.count
    let fresh = right
    let splittable = isSplittable.start
    (splittable + fresh * data.columnCount).update(
      from: splittable + leaf.slot * data.columnCount, count: data.columnCount)
    for (child, isRight) in [(number, false), (right, true)] {
      leaves[child].rows = isRight ? runs.right : runs.left
      leaves[child].sums = isRight ? split.right : split.left
      leaves[child].sums.count = leaves[child].rows.count
      leaves[child].value = isRight ? split.rightValue : split.leftValue
      leaves[child].slot = isRight == leftIsSmaller ? leaf.slot : fresh
      leaves[child].depth = leaf.depth + 1
      leaves[child].node = nodes.count - 1
      leaves[child].isRight = isRight
      if !rules.interactions.isEmpty, !leaf.path.contains(feature) {
        leaves[child].path.append(feature)
      }
    }
    return leftIsSmaller ? [number, right] : [right, number]
  }

  private func addNode(
    _ split: Split, feature: Int, of leaf: GrowingLeaf, left: Int, right: Int
  ) {
    let number = Int32(nodes.count)
    if leaf.node >= 0 {
      if leaf.isRight { nodes[leaf.node].right = number } else { nodes[leaf.node].left = number }
    }
    let bins = data.bins[feature]
    var node = Tree.Node(
      feature: Int32(feature), left: ~Int32(left), right: ~Int32(right), missing: bins.missing,
      missingGoesLeft: split.missingGoesLeft, isCategorical: split.isCategorical,
      categorySet: 0, threshold: 0, gain: split.gain, value: leaf.value,
      weight: leaf.sums.hessian, count: leaf.rows.count)
    switch bins.kind {
    case .numeric(let upperBounds):
      node.threshold = upperBounds[split.threshold]
    case .categorical(let categories, _):
      node.categorySet = Int32(categorySets.count)
      categorySets.append(LeftBins.categorySet(split, categories))
    }
    nodes.append(node)
  }
}

/// A leaf of a growing tree.
struct GrowingLeaf {
  /// Where its records stand.
  var rows: RowPartition.Run
  var sums: NodeSums
  var value: Double
  /// Where its histogram stands.
  var slot: Int
  var depth = 0
  /// Its parent, −1 for the root, and the side it hangs on.
  var node = -1
  var isRight = false
  var split = Split()
  /// Features above it, kept where interactions are limited.
  var path: [Int] = []

  init(rows: RowPartition.Run, sums: NodeSums, value: Double, slot: Int) {
    self.rows = rows
    self.sums = sums
    self.value = value
    self.slot = slot
  }
}
