import Numerical

/// Grows one tree whose leaves are shares of events.
///
/// A node is worked on by itself: the rows it has are summed by bin for the columns it looks at, and nothing
/// but its division is kept, so that memory does not grow with the number of leaves.
final class ForestGrower {
  private let targets: ForestTargets
  private let rules: ForestRules
  private let data: BinnedMatrix
  private let partition: RowPartition
  private let search: NodeSearch
  private var random: RandomSource
  private let pool: WorkerPool
  private var tree = Tree(leaves: [])
  private var open: OpenNodes
  private var columnOrder: [Int]

  init(
    _ data: BinnedMatrix, targets: ForestTargets, rules: ForestRules, seed: Seed,
    on pool: WorkerPool
  ) {
    self.data = data
    self.targets = targets
    self.rules = rules
    self.pool = pool
    random = RandomSource(seed: seed)
    open = OpenNodes(isOrdered: rules.leafLimit != nil)
    partition = RowPartition(rowCount: data.rowCount)
    columnOrder = Array(0..<data.columnCount)
    search = NodeSearch(data, rules: rules, on: pool)
  }

  /// Grows a tree over drawn rows.
  func grow(_ draw: RowDraw) -> Tree {
    let count = draw.write(
      to: partition.records, rowCount: data.rowCount, random: &random)
    search.reserve(rows: count)
    place(OpenNode(rows: .init(range: 0..<count), depth: 0, parent: -1, isRight: false))
    while let node = open.next() {
      if let limit = rules.leafLimit, tree.leaves.count + open.count + 1 >= limit {
        close(node)
      } else {
        divide(node)
      }
    }
    return tree
  }

  /// Takes in a new node: as one that may be divided, or as a leaf.
  private func place(_ fresh: OpenNode) {
    var node = fresh
    let sums = search.read(partition.rows(node.rows), targets)
    node.sums = sums
    let mayDivide =
      sums[0] > 0 && sums[1] > 0 && node.rows.count >= 2 * rules.leastRows
      && node.depth < rules.depthLimit ?? .max && rules.leafLimit != 1
    if mayDivide { node.split = bestSplit(of: node) }
    if node.split.gain > -.infinity { open.insert(node) } else { close(node) }
  }

  /// Looks at columns until one of them differs among the rows.
  private func bestSplit(of node: OpenNode) -> Split {
    let rows = partition.rows(node.rows)
    guard let size = rules.columnsPerNode else {
      return search.best(rows, columns: columnOrder[...], random: &random).split
    }
    var looked = 0
    while looked < columnOrder.count {
      let end = min(looked + size, columnOrder.count)
      for place in looked..<end {
        columnOrder.swapAt(place, place + random.integer(below: columnOrder.count - place))
      }
      let found = search.best(rows, columns: columnOrder[looked..<end], random: &random)
      if found.hasDifference { return found.split }
      looked = end
    }
    return Split()
  }

  private func divide(_ node: OpenNode) {
    let split = node.split
    let feature = data.features[split.column]
    let goesLeft = LeftBins.table(split, data.bins[feature])
    let runs = partition.split(
      node.rows, by: data.column(split.column), goesLeft: goesLeft, on: pool)
    let number = tree.nodes.count
    hang(Int32(number), node)
    tree.nodes.append(treeNode(node, feature: feature))
    for (rows, isRight) in [(runs.right, true), (runs.left, false)] {
      place(OpenNode(rows: rows, depth: node.depth + 1, parent: number, isRight: isRight))
    }
  }

  private func treeNode(_ node: OpenNode, feature: Int) -> Tree.Node {
    let split = node.split
    var made = Tree.Node(
      feature: Int32(feature), left: 0, right: 0, missing: .nan,
      missingGoesLeft: split.missingGoesLeft, isCategorical: split.isCategorical,
      categorySet: 0, threshold: 0, gain: max(0, split.gain) * targets.unit,
      value: targets.share(node.sums), weight: targets.weight(node.sums), count: node.rows.count)
    switch data.bins[feature].kind {
    case .numeric(let upperBounds):
      made.threshold = upperBounds[split.threshold]
    case .categorical(let categories, _):
      made.categorySet = Int32(tree.categorySets.count)
      tree.categorySets.append(LeftBins.categorySet(split, categories))
    }
    return made
  }

  private func close(_ node: OpenNode) {
    hang(~Int32(tree.leaves.count), node)
    tree.leaves.append(
      .init(
        value: targets.share(node.sums), weight: targets.weight(node.sums), count: node.rows.count))
  }

  /// Makes a node or leaf the child of its parent.
  private func hang(_ child: Int32, _ node: OpenNode) {
    guard node.parent >= 0 else { return }
    if node.isRight {
      tree.nodes[node.parent].right = child
    } else {
      tree.nodes[node.parent].left = child
    }
  }
}
