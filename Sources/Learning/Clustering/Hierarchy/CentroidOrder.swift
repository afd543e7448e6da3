import Numerical

/// An order of clusters in which every node of a balanced tree is a run.
///
/// Node j of level l has the positions j · n / 2ˡ ..< (j + 1) · n / 2ˡ. A node is cut at the middle
/// position along the side of its box that is widest; equal coordinates are told apart by position in
/// the list, so the tree depends on nothing but the list.
struct CentroidOrder {
  let elements: ScratchBuffer<Int32>

  private struct Key {
    let coordinate: Double
    let position: Int32

    @inline(__always)
    static func < (a: Key, b: Key) -> Bool {
      a.coordinate < b.coordinate || (a.coordinate == b.coordinate && a.position < b.position)
    }
  }

  @inline(__always)
  static func range(of node: Int, level: Int, count: Int) -> Range<Int> {
    (node &* count) &>> level..<((node &+ 1) &* count) &>> level
  }

  init(_ clusters: CentroidList, levelCount: Int, on pool: WorkerPool) {
    elements = ScratchBuffer(count: clusters.count)
    for position in 0..<clusters.count {
      elements.start[position] = Int32(truncatingIfNeeded: position)
    }
    let keys = ScratchBuffer<Key>(count: clusters.count)
    let order = elements
    for level in 0..<levelCount {
      pool.forEachChunk(count: 1 << level) { node in
        let range = Self.range(of: node, level: level, count: clusters.count)
        let middle = Self.range(of: 2 * node, level: level + 1, count: clusters.count).upperBound
        let own = order.start + range.lowerBound
        let side = Self.widestSide(clusters, own, count: range.count)
        let scratch = keys.start + range.lowerBound
        for i in 0..<range.count {
          let coordinate = clusters.rows.start[Int(own[i]) &* clusters.dimension &+ side]
          scratch[i] = Key(coordinate: coordinate, position: own[i])
        }
        Self.select(scratch, count: range.count, rank: middle - range.lowerBound)
        for i in 0..<range.count { own[i] = scratch[i].position }
      }
    }
  }

  private static func widestSide(
    _ clusters: CentroidList, _ own: UnsafePointer<Int32>, count: Int
  ) -> Int {
    let width = clusters.dimension
    let box = ScratchBuffer<Double>(count: 2 * width, repeating: .infinity)
    for i in 0..<count {
      let row = clusters.rows.start + Int(own[i]) &* width
      for j in 0..<width {
        box.start[j] = row[j] < box.start[j] ? row[j] : box.start[j]
        let negated = -row[j]
        box.start[width &+ j] =
          negated < box.start[width &+ j] ? negated : box.start[width &+ j]
      }
    }
    var best = (side: 0, length: -Double.infinity)
    for j in 0..<width {
      let length = -box.start[width + j] - box.start[j]
      if length > best.length { best = (j, length) }
    }
    return best.side
  }

  /// Puts the `rank` least keys first.
  ///
  /// Expected O(count) whatever the keys: pivots come from a fixed random sequence.
  private static func select(_ keys: UnsafeMutablePointer<Key>, count: Int, rank: Int) {
    var (low, high) = (0, count - 1)
    var state = UInt64(truncatingIfNeeded: count)
    while low < high {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let pivot = keys[low + Int(truncatingIfNeeded: state &>> 33) % (high - low + 1)]
      var (i, j) = (low, high)
      while i <= j {
        while keys[i] < pivot { i &+= 1 }
        while pivot < keys[j] { j &-= 1 }
        guard i <= j else { break }
        (keys[i], keys[j]) = (keys[j], keys[i])
        i &+= 1
        j &-= 1
      }
      if rank <= j {
        high = j
      } else if rank >= i {
        low = i
      } else {
        return
      }
    }
  }
}
