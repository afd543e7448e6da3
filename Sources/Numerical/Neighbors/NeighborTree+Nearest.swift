import CIntrinsics

extension NeighborTree {
  /// For each row, the `count` nearest other rows; list s belongs to the row in slot s.
  ///
  /// Of equally near rows those of smaller number come first. Lists are shorter where there are fewer other
  /// rows; those of padding slots hold infinity and −1.
  ///
  /// - Complexity: about O(n (log n + k)) in few dimensions, O(n²) distances in many.
  package func nearestOthers(_ count: Int, on pool: WorkerPool) -> NeighborLists {
    let lists = NeighborLists(count: slotCount, length: max(0, min(count, rowCount - 1)))
    guard lists.length > 0 else { return lists }
    let chunks = RowChunks(count: leafCount, size: 32)
    pool.forEachChunk(count: chunks.count) { chunk in
      let search = LeafSearch(self, from: self, lists)
      for leaf in chunks[chunk] { search.run(Int(leaves[leaf])) }
    }
    return lists
  }

  /// For each row of `queries`, the `count` nearest rows of the tree; list i belongs to query i.
  ///
  /// Of equally near rows those of smaller number come first; a query equal to a row finds it. Many queries
  /// are put into a tree of their own, whose leaves search together; the lists are the same.
  ///
  /// - Parameter queries: as wide as the tree, finite and squarable together with its rows.
  package func nearest(_ count: Int, to queries: Matrix, on pool: WorkerPool) -> NeighborLists {
    precondition(queries.columnCount == dimension, "queries must be as wide as the tree")
    let lists = NeighborLists(count: queries.rowCount, length: max(0, min(count, rowCount)))
    guard lists.length > 0 else { return lists }
    if queries.rowCount < Self.leafCapacity {
      searchAlone(queries, lists)
    } else {
      let from = NeighborTree(queries, on: pool)
      let chunks = RowChunks(count: from.leafCount, size: 32)
      pool.forEachChunk(count: chunks.count) { chunk in
        let search = LeafSearch(self, from: from, lists)
        for leaf in chunks[chunk] { search.run(Int(from.leaves[leaf])) }
      }
    }
    return lists
  }

  /// Serves few queries, for which a tree of their own is not worth while.
  private func searchAlone(_ queries: Matrix, _ lists: NeighborLists) {
    let stack = NodeStack(self)
    let merger = NeighborMerger(length: lists.length)
    queries.values.withUnsafeBufferPointer { values in
      // A matrix without columns has no address; no coordinate of it is read.
      let first = values.baseAddress ?? points
      for row in 0..<queries.rowCount {
        var list = lists.list(row)
        search(first + row * dimension, into: &list, stack, merger)
      }
    }
  }

  /// Finds the rows nearest to one point, from the root down, the nearer child first.
  private func search(
    _ point: UnsafePointer<Double>, into list: inout NeighborList, _ stack: NodeStack,
    _ merger: NeighborMerger
  ) {
    stack.push(0, 0)
    while let (node, squaredDistance) = stack.pop() {
      guard list.admits(squaredDistance, row: nodes[node].leastRow) else { continue }
      if nodes[node].isLeaf {
        scan(node, from: point, except: -1, into: &list, merger)
      } else {
        let child = Int(nodes[node].child)
        stack.push(
          child, self.squaredDistance(from: point, toBoxOf: child),
          self.squaredDistance(from: point, toBoxOf: child &+ 1))
      }
    }
  }

  /// Enters the rows of a leaf that are near enough to `point` into its list.
  @inline(__always)
  func scan(
    _ leaf: Int, from point: UnsafePointer<Double>, except own: Int,
    into list: inout NeighborList, _ merger: NeighborMerger
  ) {
    let near =
      switch dimension {
      case 2: near(leaf, point, dimension: 2, within: list.bound, merger)
      case 3: near(leaf, point, dimension: 3, within: list.bound, merger)
      case 4: near(leaf, point, dimension: 4, within: list.bound, merger)
      default: near(leaf, point, dimension: dimension, within: list.bound, merger)
      }
    let first = Int(nodes[leaf].firstSlot)
    var rows = near & (1 &<< UInt64(nodes[leaf].rowCount) &- 1)
    if own >= first && own < Int(nodes[leaf].endSlot) { rows &= ~(1 &<< UInt64(own &- first)) }
    if rows != 0 { merger.merge(rows, firstSlot: first, into: &list, rowOfSlot: rowOfSlot) }
  }

  /// Writes the distances from `point` to the points of a leaf; bit i is set where point i is within `bound`.
  @inline(__always)
  private func near(
    _ leaf: Int, _ point: UnsafePointer<Double>, dimension: Int, within bound: Double,
    _ merger: NeighborMerger
  ) -> UInt64 {
    let first = Int(nodes[leaf].firstSlot)
    let count = Int(nodes[leaf].endSlot) &- first
    let limit = SIMD4(repeating: bound)
    let (points, distances) = (points + first &* dimension, merger.distances.start)
    var near: UInt64 = 0
    var index = 0
    while index < count {
      let block = points + index &* dimension
      var sum = SIMD4<Double>()
      for j in 0..<dimension {
        let coordinate = UnsafeRawPointer(block + j &* 4).loadUnaligned(as: SIMD4<Double>.self)
        let difference = SIMD4(repeating: point[j]) - coordinate
        sum.addProduct(difference, difference)
      }
      UnsafeMutableRawPointer(distances + index).storeBytes(
        of: sum, as: SIMD4<Double>.self)
      near |= UInt64(cohort_at_most_f64x4(sum, limit)) &<< UInt64(index)
      index &+= 4
    }
    return near
  }
}

extension NeighborTree {
  /// The squared distances from the four points that start at `slot` to the box of a node.
  @inline(__always)
  package func squaredDistances(fromBlockAt slot: Int, toBoxOf node: Int) -> SIMD4<Double> {
    squaredDistances(fromBlock: block(at: slot), toBoxOf: node)
  }

  /// The squared distances from four points, dimension by dimension, to the box of a node.
  @inline(__always)
  func squaredDistances(
    fromBlock block: UnsafePointer<Double>, toBoxOf node: Int
  ) -> SIMD4<Double> {
    let least = boxes + node &* 2 &* dimension
    let greatest = least + dimension
    var sum = SIMD4<Double>()
    for j in 0..<dimension {
      let point = UnsafeRawPointer(block + j &* 4).loadUnaligned(as: SIMD4<Double>.self)
      let below = SIMD4(repeating: least[j]) - point
      let above = point - SIMD4(repeating: greatest[j])
      let outside = cohort_max_f64x4(cohort_max_f64x4(below, above), SIMD4())
      sum.addProduct(outside, outside)
    }
    return sum
  }

  /// The squared distances from a point to the four points that start at `slot`.
  @inline(__always)
  package func squaredDistances(
    from point: UnsafePointer<Double>, toBlockAt slot: Int
  ) -> SIMD4<Double> {
    let block = block(at: slot)
    var sum = SIMD4<Double>()
    for j in 0..<dimension {
      let coordinate = UnsafeRawPointer(block + j &* 4).loadUnaligned(as: SIMD4<Double>.self)
      let difference = SIMD4(repeating: point[j]) - coordinate
      sum.addProduct(difference, difference)
    }
    return sum
  }
}
