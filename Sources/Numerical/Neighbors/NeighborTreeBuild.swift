/// The building of a neighbour tree: the large nodes are split side by side level by level, then the small
/// ones grow into subtrees of their own, which are joined in row order.
final class NeighborTreeBuild: @unchecked Sendable {
  let rowCount: Int
  let dimension: Int
  /// The rows and their numbers in the order reached so far, and room for one side of each partition.
  let rows: ScratchBuffer<Double>
  let numbers: ScratchBuffer<Int32>
  let spareRows: ScratchBuffer<Double>
  let spareNumbers: ScratchBuffer<Int32>
  /// Nodes deeper than this are split at the median.
  let middleSplits: Int

  init(_ x: Matrix) {
    rowCount = x.rowCount
    dimension = x.columnCount
    rows = ScratchBuffer(count: x.values.count)
    numbers = ScratchBuffer(count: x.rowCount)
    spareRows = ScratchBuffer(count: x.values.count)
    spareNumbers = ScratchBuffer(count: x.rowCount)
    let leaves = x.rowCount / NeighborTree.leafCapacity + 1
    middleSplits = 2 * (Int.bitWidth - leaves.leadingZeroBitCount) + 8
    x.values.withUnsafeBufferPointer { values in
      if let first = values.baseAddress {
        rows.start.update(from: first, count: values.count)
      }
    }
    for row in 0..<x.rowCount { numbers.start[row] = Int32(truncatingIfNeeded: row) }
  }

  func run(on pool: WorkerPool) -> NeighborTreeStorage {
    guard rowCount > 0 else {
      return NeighborTreeStorage(
        nodeCount: 0, leafCount: 0, slotCount: 0, rowCount: 0, dimension: dimension, depth: 0)
    }
    let crown = Crown(self, on: pool)
    let subtrees = pool.map(count: crown.tips.count) { tip in
      Subtree(self, crown.parts[crown.tips[tip]])
    }
    return join(crown, subtrees, on: pool)
  }

  /// Rows of a node to be, and its level below the root.
  struct Part {
    var rows: Range<Int>
    var level: Int
  }

  /// The levels above the subtrees.
  private struct Crown {
    var nodes = [NeighborTree.Node(rowCount: 0, leastRow: 0)]
    var parts: [Part]
    var boxes: [Double]
    /// Nodes from which subtrees grow, in row order.
    var tips: [Int] = []

    init(_ build: NeighborTreeBuild, on pool: WorkerPool) {
      let width = 2 * build.dimension
      let grain = max(2048, build.rowCount / 64)
      parts = [Part(rows: 0..<build.rowCount, level: 0)]
      boxes = [Double](repeating: 0, count: width)
      var level = [0]
      while !level.isEmpty {
        let large = level.filter { parts[$0].rows.count > grain }
        tips += level.filter { parts[$0].rows.count <= grain }
        let splits = pool.map(count: large.count) { [parts] index in
          var box = [Double](repeating: 0, count: width)
          return (middle: build.split(parts[large[index]], box: &box), box: box)
        }
        level = []
        for (node, split) in zip(large, splits) {
          boxes.replaceSubrange(node * width..<(node + 1) * width, with: split.box)
          let (part, child) = (parts[node], nodes.count)
          nodes[node].child = Int32(child)
          for rows in [part.rows.lowerBound..<split.middle, split.middle..<part.rows.upperBound] {
            nodes.append(.init(parent: Int32(node), rowCount: 0, leastRow: 0))
            parts.append(Part(rows: rows, level: part.level + 1))
            boxes += [Double](repeating: 0, count: width)
          }
          level += [child, child + 1]
        }
      }
      tips.sort { [parts] in parts[$0].rows.lowerBound < parts[$1].rows.lowerBound }
    }
  }

  /// A subtree with numbers of its own: node 0 is its root, slots start at 0.
  private struct Subtree {
    var nodes = [NeighborTree.Node(rowCount: 0, leastRow: 0)]
    var boxes: [Double]
    /// Leaves in slot order, and the place of their first rows in the build's order.
    var leaves: [(node: Int, firstRow: Int)] = []
    var slotCount = 0
    var depth = 0

    init(_ build: NeighborTreeBuild, _ root: Part) {
      let width = 2 * build.dimension
      var pending = [(node: 0, part: root)]
      var box = [Double](repeating: 0, count: width)
      boxes = box
      while let (node, part) = pending.popLast() {
        depth = max(depth, part.level)
        if part.rows.count <= NeighborTree.leafCapacity {
          build.bound(part.rows, box: &box)
          close(node, part.rows, build)
        } else {
          let middle = build.split(part, box: &box)
          let child = nodes.count
          nodes[node].child = Int32(child)
          for _ in 0..<2 {
            nodes.append(.init(parent: Int32(node), rowCount: 0, leastRow: 0))
            boxes += box
          }
          let level = part.level + 1
          pending.append((child + 1, Part(rows: middle..<part.rows.upperBound, level: level)))
          pending.append((child, Part(rows: part.rows.lowerBound..<middle, level: level)))
        }
        for j in 0..<width { boxes[node * width + j] = box[j] }
      }
    }

    private mutating func close(_ node: Int, _ rows: Range<Int>, _ build: NeighborTreeBuild) {
      let lanes = NeighborTree.lanes
      leaves.append((node, rows.lowerBound))
      nodes[node].firstSlot = Int32(slotCount)
      slotCount += (rows.count + lanes - 1) / lanes * lanes
      nodes[node].endSlot = Int32(slotCount)
      nodes[node].rowCount = Int32(rows.count)
      nodes[node].leastRow = rows.reduce(.max) { min($0, build.numbers.start[$1]) }
    }
  }

  private func join(_ crown: Crown, _ subtrees: [Subtree], on pool: WorkerPool)
    -> NeighborTreeStorage
  {
    let storage = NeighborTreeStorage(
      nodeCount: crown.nodes.count + subtrees.reduce(0) { $0 + $1.nodes.count - 1 },
      leafCount: subtrees.reduce(0) { $0 + $1.leaves.count },
      slotCount: subtrees.reduce(0) { $0 + $1.slotCount }, rowCount: rowCount,
      dimension: dimension, depth: subtrees.reduce(0) { max($0, $1.depth) })
    let width = 2 * dimension
    for (index, node) in crown.nodes.enumerated() { storage.nodes.start[index] = node }
    for (index, value) in crown.boxes.enumerated() { storage.boxes.start[index] = value }
    let starts = starts(of: subtrees, nodeCount: crown.nodes.count)
    pool.forEachChunk(count: subtrees.count) { index in
      let (subtree, start, tip) = (subtrees[index], starts[index], crown.tips[index])
      let number = { (local: Int) in local == 0 ? tip : start.node + local - 1 }
      for (local, node) in subtree.nodes.enumerated() {
        var node = node
        node.child = node.isLeaf ? 0 : Int32(number(Int(node.child)))
        node.parent = local == 0 ? crown.nodes[tip].parent : Int32(number(Int(node.parent)))
        node.firstSlot += Int32(start.slot)
        node.endSlot += Int32(start.slot)
        storage.nodes.start[number(local)] = node
        for j in 0..<width {
          storage.boxes.start[number(local) * width + j] = subtree.boxes[local * width + j]
        }
      }
      for (offset, leaf) in subtree.leaves.enumerated() {
        storage.leaves.start[start.leaf + offset] = Int32(number(leaf.node))
        fill(storage, storage.nodes.start[number(leaf.node)], firstRow: leaf.firstRow)
      }
    }
    storage.summarize()
    return storage
  }

  /// The first node, leaf and slot of each subtree; its root is a node of the crown.
  private func starts(of subtrees: [Subtree], nodeCount: Int) -> [(node: Int, leaf: Int, slot: Int)]
  {
    var next = (node: nodeCount, leaf: 0, slot: 0)
    return subtrees.map { subtree in
      defer {
        next.node += subtree.nodes.count - 1
        next.leaf += subtree.leaves.count
        next.slot += subtree.slotCount
      }
      return next
    }
  }

  /// Lays out the rows of a leaf.
  private func fill(_ storage: NeighborTreeStorage, _ leaf: NeighborTree.Node, firstRow: Int) {
    let first = Int(leaf.firstSlot)
    for slot in first..<Int(leaf.endSlot) {
      let target = storage.points.start + (slot / 4 * dimension * 4 + slot % 4)
      guard slot - first < Int(leaf.rowCount) else {
        storage.rowOfSlot.start[slot] = .max
        for j in 0..<dimension { target[j * 4] = .infinity }
        continue
      }
      let source = firstRow + slot - first
      let number = numbers.start[source]
      storage.rowOfSlot.start[slot] = number
      storage.slotOfRow.start[Int(number)] = Int32(slot)
      for j in 0..<dimension { target[j * 4] = rows.start[source * dimension + j] }
    }
  }
}

extension NeighborTreeStorage {
  /// Gives inner nodes the slots and counts of their children.
  fileprivate func summarize() {
    for index in stride(from: nodes.count - 1, through: 0, by: -1) {
      guard !nodes.start[index].isLeaf else { continue }
      let left = nodes.start[Int(nodes.start[index].child)]
      let right = nodes.start[Int(nodes.start[index].child) + 1]
      nodes.start[index].firstSlot = left.firstSlot
      nodes.start[index].endSlot = right.endSlot
      nodes.start[index].rowCount = left.rowCount + right.rowCount
      nodes.start[index].leastRow = min(left.leastRow, right.leastRow)
    }
  }
}
