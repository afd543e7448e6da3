/// A kd-tree over the rows of a matrix, for exact searches by Euclidean distance.
///
/// The rows stand in tree order. Each leaf holds at most `leafCapacity` of them in blocks of four,
/// dimension by dimension, as `PackedPoints` lays points out: coordinate j of the row in slot s is
/// `points[(s / 4 * dimension + j) * 4 + s % 4]`. The last block of a leaf is padded with slots
/// at infinity, so that what belongs to rows may be kept in arrays over slots and read four at a time.
/// `rowOfSlot` gives the row's number in the matrix, `Int32.max` for padding.
///
/// Nodes are split at the middle of the widest side of their tight bounding box, and at the median once
/// that has gone on too deep, so that the depth is O(log n) whatever the data; copies of one row are
/// split by position. Distances are those of `DistanceTile`, bit for bit, and the distance to a box is never
/// above that to a row in it, so that pruning is exact, ties included.
///
/// - Complexity: O(n d log n) to build; n (8 d + 4) bytes and a few per cent to keep, twice that to build.
/// - Source: Friedman, Bentley, Finkel (1977); Maneewongvatana and Mount (1999).
package final class NeighborTree: @unchecked Sendable {
  /// A leaf or an inner node; the root is number 0, children have greater numbers than parents.
  package struct Node: BitwiseCopyable, Sendable {
    /// The left child, next to which the right one stands; 0 for a leaf.
    package var child: Int32 = 0
    /// The root's is 0.
    package var parent: Int32 = 0
    /// The node's slots, padding included, are `firstSlot ..< endSlot`, both multiples of four.
    package var firstSlot: Int32 = 0
    package var endSlot: Int32 = 0
    package var rowCount: Int32
    /// The smallest number of its rows.
    package var leastRow: Int32

    package var isLeaf: Bool { child == 0 }
  }

  package static let leafCapacity = 32
  package static let lanes = 4

  package let rowCount: Int
  package let dimension: Int
  package let slotCount: Int
  package let nodeCount: Int
  /// Levels below the root.
  package let depth: Int
  package let nodes: UnsafePointer<Node>
  /// For each node its least, then its greatest coordinates: 2 · dimension values.
  package let boxes: UnsafePointer<Double>
  package let points: UnsafePointer<Double>
  package let rowOfSlot: UnsafePointer<Int32>
  package let slotOfRow: UnsafePointer<Int32>
  /// The leaves' node numbers in slot order.
  package let leaves: UnsafePointer<Int32>
  package let leafCount: Int

  private let storage: NeighborTreeStorage

  /// Builds the tree; the same one at any number of threads.
  ///
  /// - Parameter x: finite values whose squared differences, summed over columns, are finite; fewer than
  ///   2³⁰ rows.
  package init(_ x: Matrix, on pool: WorkerPool) {
    precondition(x.rowCount < 1 << 30, "a neighbour tree numbers rows by 32 bits")
    let storage = NeighborTreeBuild(x).run(on: pool)
    self.storage = storage
    rowCount = x.rowCount
    dimension = x.columnCount
    slotCount = storage.rowOfSlot.count
    nodeCount = storage.nodes.count
    depth = storage.depth
    leafCount = storage.leaves.count
    nodes = UnsafePointer(storage.nodes.start)
    boxes = UnsafePointer(storage.boxes.start)
    points = UnsafePointer(storage.points.start)
    rowOfSlot = UnsafePointer(storage.rowOfSlot.start)
    slotOfRow = UnsafePointer(storage.slotOfRow.start)
    leaves = UnsafePointer(storage.leaves.start)
  }

  /// Bytes that a tree over a matrix of this shape takes while it is built.
  package static func predictedBytes(rowCount: Int, columnCount: Int) -> Double {
    let (n, d) = (Double(rowCount), Double(columnCount))
    return 2.5 * n * (8 * d + 4) + n * 16 + n / 8 * (16 * d + 32)
  }
}

extension NeighborTree {
  /// A pointer to the block of four points that starts at `slot`, a multiple of four.
  @inline(__always)
  package func block(at slot: Int) -> UnsafePointer<Double> { points + slot &* dimension }

  /// The coordinate `j` of the row in `slot`.
  @inline(__always)
  package func coordinate(_ j: Int, ofSlot slot: Int) -> Double {
    points[(slot &>> 2 &* dimension &+ j) &* 4 &+ slot & 3]
  }

  /// The squared distance from a point to the box of a node.
  @inline(__always)
  package func squaredDistance(from point: UnsafePointer<Double>, toBoxOf node: Int) -> Double {
    let least = boxes + node &* 2 &* dimension
    let greatest = least + dimension
    var sum = 0.0
    for j in 0..<dimension {
      let below = least[j] - point[j]
      let above = point[j] - greatest[j]
      let outside = below > above ? below : above
      if outside > 0 { sum.addProduct(outside, outside) }
    }
    return sum
  }

  /// The squared distance between the boxes of two nodes.
  @inline(__always)
  package func squaredDistance(betweenBoxesOf a: Int, and b: Int) -> Double {
    squaredDistance(fromBox: boxes + a &* 2 &* dimension, toBoxOf: b)
  }

  /// The squared distance from a box, its least, then its greatest coordinates, to that of a node.
  @inline(__always)
  package func squaredDistance(fromBox leastA: UnsafePointer<Double>, toBoxOf b: Int) -> Double {
    let leastB = boxes + b &* 2 &* dimension
    let (greatestA, greatestB) = (leastA + dimension, leastB + dimension)
    var sum = 0.0
    for j in 0..<dimension {
      let below = leastA[j] - greatestB[j]
      let above = leastB[j] - greatestA[j]
      let outside = below > above ? below : above
      if outside > 0 { sum.addProduct(outside, outside) }
    }
    return sum
  }
}

extension NeighborTree {
  /// The least of a slot's values below each node.
  package func nodeMinima(of values: UnsafePointer<Double>) -> ScratchBuffer<Double> {
    let minima = ScratchBuffer<Double>(count: nodeCount, repeating: .infinity)
    for index in stride(from: nodeCount - 1, through: 0, by: -1) {
      if nodes[index].isLeaf {
        for slot in Int(nodes[index].firstSlot)..<Int(nodes[index].endSlot) {
          minima.start[index] = min(minima.start[index], values[slot])
        }
      } else {
        let child = Int(nodes[index].child)
        minima.start[index] = min(minima.start[child], minima.start[child + 1])
      }
    }
    return minima
  }
}

/// The memory of a tree.
final class NeighborTreeStorage: Sendable {
  let nodes: ScratchBuffer<NeighborTree.Node>
  let boxes: ScratchBuffer<Double>
  let points: ScratchBuffer<Double>
  let rowOfSlot: ScratchBuffer<Int32>
  let slotOfRow: ScratchBuffer<Int32>
  let leaves: ScratchBuffer<Int32>
  let depth: Int

  init(
    nodeCount: Int, leafCount: Int, slotCount: Int, rowCount: Int, dimension: Int, depth: Int
  ) {
    nodes = ScratchBuffer(count: nodeCount)
    boxes = ScratchBuffer(count: nodeCount * 2 * dimension)
    points = ScratchBuffer(count: slotCount * dimension)
    rowOfSlot = ScratchBuffer(count: slotCount)
    slotOfRow = ScratchBuffer(count: rowCount)
    leaves = ScratchBuffer(count: leafCount)
    self.depth = depth
  }
}
