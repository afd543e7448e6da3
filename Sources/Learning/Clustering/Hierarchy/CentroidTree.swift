import CIntrinsics
import Numerical

/// Centroids of clusters in a balanced tree of boxes, with a size and an id each.
///
/// A cluster's place in the tree is its *slot*. Coordinate j of slot s stands at
/// `panels[(s / 4 * dimension + j) * 4 + s % 4]`; a slot without a cluster has infinite coordinates and
/// the id −1. Node i has the children 2i + 1 and 2i + 2, and every leaf has `leafCapacity` slots.
/// Merging two clusters moves one of them and empties the slot of the other: boxes grow along one
/// path, and the tree stays valid, if less tight, until it is built anew.
final class CentroidTree: @unchecked Sendable {
  let dimension: Int
  /// `dimension` rounded up to whole vectors; the rest of a box is zero.
  let boxWidth: Int
  let levelCount: Int
  let leafCapacity: Int
  let panels: ScratchBuffer<Double>
  let sizes: ScratchBuffer<Double>
  let ids: ScratchBuffer<Int32>
  /// Per node: the least coordinates, then the greatest.
  let boxes: ScratchBuffer<Double>
  /// Per node: no cluster in it is smaller.
  let leastSizes: ScratchBuffer<Double>
  /// The slot of each cluster as given.
  let slots: [Int32]
  private(set) var count: Int

  var leafCount: Int { 1 << levelCount }
  var firstLeaf: Int { leafCount - 1 }
  var slotCount: Int { leafCount * leafCapacity }
  /// How many clusters the tree was built for.
  var builtCount: Int { slots.count }

  /// Clusters per leaf at most: the boxes of smaller leaves cost more than they save.
  private static let leafTarget = 64

  /// - Complexity: O(n · d · log n).
  init(_ clusters: CentroidList, on pool: WorkerPool) {
    dimension = clusters.dimension
    boxWidth = (dimension + 3) / 4 * 4
    count = clusters.count
    var levelCount = 0
    while clusters.count > Self.leafTarget << levelCount { levelCount += 1 }
    self.levelCount = levelCount
    let largest = (clusters.count + (1 << levelCount) - 1) >> levelCount
    leafCapacity = (largest + 15) / 16 * 16
    let slotCount = leafCapacity << levelCount
    panels = ScratchBuffer(count: slotCount * dimension)
    sizes = ScratchBuffer(count: slotCount)
    ids = ScratchBuffer(count: slotCount)
    let nodeCount = 2 << levelCount
    boxes = ScratchBuffer(count: nodeCount * 2 * boxWidth)
    leastSizes = ScratchBuffer(count: nodeCount)
    let order = CentroidOrder(clusters, levelCount: levelCount, on: pool).elements
    let slots = ScratchBuffer<Int32>(count: clusters.count)
    let leafCapacity = leafCapacity
    for leaf in 0..<1 << levelCount {
      let range = CentroidOrder.range(of: leaf, level: levelCount, count: clusters.count)
      for (place, position) in range.enumerated() {
        slots.start[Int(order.start[position])] = Int32(
          truncatingIfNeeded: leaf &* leafCapacity &+ place)
      }
    }
    self.slots = slots.elements
    let chunks = RowChunks(count: 1 << levelCount, parts: 64)
    pool.forEachChunk(count: chunks.count) { chunk in
      for leaf in chunks[chunk] { fill(leaf, clusters, order: order.start) }
    }
    for node in stride(from: (1 << levelCount) - 2, through: 0, by: -1) { joinChildren(of: node) }
  }

  private func fill(_ leaf: Int, _ clusters: CentroidList, order: UnsafePointer<Int32>) {
    let range = CentroidOrder.range(of: leaf, level: levelCount, count: clusters.count)
    let box = clearBox(firstLeaf &+ leaf)
    for place in 0..<leafCapacity {
      let slot = leaf &* leafCapacity &+ place
      guard place < range.count else {
        empty(slot)
        continue
      }
      let source = Int(order[range.lowerBound &+ place])
      ids.start[slot] = clusters.ids.start[source]
      let size = clusters.sizes.start[source]
      sizes.start[slot] = size
      leastSizes.start[firstLeaf &+ leaf] = min(leastSizes.start[firstLeaf &+ leaf], size)
      let row = clusters.rows.start + source &* dimension
      let target = coordinates(of: slot)
      for j in 0..<dimension {
        target[j &* 4] = row[j]
        box[j] = min(box[j], row[j])
        box[boxWidth &+ j] = max(box[boxWidth &+ j], row[j])
      }
    }
  }

  /// The first coordinate of a slot; the others stand four apart.
  @inline(__always)
  func coordinates(of slot: Int) -> UnsafeMutablePointer<Double> {
    panels.start + ((slot &>> 2) &* dimension &* 4 &+ (slot & 3))
  }

  @inline(__always)
  func box(of node: Int) -> UnsafeMutablePointer<Double> { boxes.start + node &* 2 &* boxWidth }

  private func clearBox(_ node: Int) -> UnsafeMutablePointer<Double> {
    let box = box(of: node)
    for j in 0..<boxWidth {
      box[j] = j < dimension ? .infinity : 0
      box[boxWidth &+ j] = j < dimension ? -.infinity : 0
    }
    leastSizes.start[node] = .infinity
    return box
  }

  private func joinChildren(of node: Int) {
    let box = clearBox(node)
    for child in [2 * node + 1, 2 * node + 2] {
      let other = self.box(of: child)
      for j in 0..<dimension {
        box[j] = min(box[j], other[j])
        box[boxWidth &+ j] = max(box[boxWidth &+ j], other[boxWidth &+ j])
      }
      leastSizes.start[node] = min(leastSizes.start[node], leastSizes.start[child])
    }
  }

  private func empty(_ slot: Int) {
    ids.start[slot] = -1
    sizes.start[slot] = 1
    let target = coordinates(of: slot)
    for j in 0..<dimension { target[j &* 4] = .infinity }
  }
}

extension CentroidTree {
  /// Moves the cluster in `slot` towards the one in `other` by `share` of the way and empties `other`.
  func merge(_ slot: Int, with other: Int, share: Double, id: Int32) {
    let target = coordinates(of: slot)
    let source = coordinates(of: other)
    for j in 0..<dimension {
      target[j &* 4].addProduct(share, source[j &* 4] - target[j &* 4])
    }
    sizes.start[slot] += sizes.start[other]
    ids.start[slot] = id
    empty(other)
    count -= 1
    var node = firstLeaf + slot / leafCapacity
    while true {
      let box = box(of: node)
      for j in 0..<dimension {
        box[j] = min(box[j], target[j &* 4])
        box[boxWidth &+ j] = max(box[boxWidth &+ j], target[j &* 4])
      }
      if node == 0 { return }
      node = (node - 1) / 2
    }
  }

  /// The clusters that are left, in the order of their slots, and the slot of each.
  func clusters() -> (list: CentroidList, slots: [Int32]) {
    let list = CentroidList(count: count, dimension: dimension)
    var slots: [Int32] = []
    slots.reserveCapacity(count)
    for slot in 0..<slotCount where ids.start[slot] >= 0 {
      let row = list.rows.start + slots.count &* dimension
      let source = coordinates(of: slot)
      for j in 0..<dimension { row[j] = source[j &* 4] }
      list.sizes.start[slots.count] = sizes.start[slot]
      list.ids.start[slots.count] = ids.start[slot]
      slots.append(Int32(truncatingIfNeeded: slot))
    }
    return (list, slots)
  }
}

/// Clusters as rows: centroid, size and id.
struct CentroidList {
  let count: Int
  let dimension: Int
  let rows: ScratchBuffer<Double>
  let sizes: ScratchBuffer<Double>
  let ids: ScratchBuffer<Int32>

  init(count: Int, dimension: Int) {
    self.count = count
    self.dimension = dimension
    rows = ScratchBuffer(count: count * dimension)
    sizes = ScratchBuffer(count: count)
    ids = ScratchBuffer(count: count)
  }
}
