import Numerical

/// Ward's linkage on centroids and sizes: 2ab / (a + b) · |cA − cB|², whose root is the height.
struct WardBound: CentroidBound {
  @inline(__always)
  func numerator(_ a: Double, _ b: Double) -> Double { a * b * 2 }
  @inline(__always)
  func denominator(_ a: Double, _ b: Double) -> Double { a + b }
  @inline(__always)
  func numerator(_ a: Double, _ b: SIMD4<Double>) -> SIMD4<Double> { b * a * 2 }
  @inline(__always)
  func denominator(_ a: Double, _ b: SIMD4<Double>) -> SIMD4<Double> { b + a }
  @inline(__always)
  func limit(_ value: Double, from slot: Int) -> Double { value }

  @inline(__always)
  func value(_ tree: CentroidTree, _ a: Int, _ b: Int, squaredDistance: Double) -> Double {
    let (a, b) = (tree.sizes.start[a], tree.sizes.start[b])
    return squaredDistance * (numerator(a, b) / denominator(a, b))
  }
}

/// Clusters under Ward's linkage; memory O(n · d).
final class WardSpace: ClusterSpace {
  private var tree: CentroidTree
  /// The power of two that brings squared dissimilarities back to the units of the data.
  private let scale: Double

  init(_ clusters: CentroidList, scale: Double, on pool: WorkerPool) {
    tree = CentroidTree(clusters, on: pool)
    self.scale = scale
  }

  var count: Int { tree.count }
  var slotCount: Int { tree.slotCount }
  func id(of slot: Int) -> Int32 { tree.ids.start[slot] }
  func height(_ value: Double) -> Double { value.squareRoot() / scale }

  func findNearest(
    of slots: [Int32], into links: UnsafeMutablePointer<ClusterLink>, on pool: WorkerPool
  ) {
    tree.findNearest(of: slots, by: WardBound(), into: links, on: pool)
  }

  func merge(_ pairs: [ClusterPair], on pool: WorkerPool) {
    for pair in pairs {
      let (a, b) = (tree.sizes.start[pair.first], tree.sizes.start[pair.second])
      tree.merge(pair.first, with: pair.second, share: b / (a + b), id: pair.id)
    }
  }

  func compact(on pool: WorkerPool) -> [Int32]? {
    guard tree.isSparse else { return nil }
    let (next, slots) = tree.rebuilt(on: pool)
    tree = next
    return slots
  }
}

extension CentroidTree {
  func findNearest<Bound: CentroidBound & Sendable>(
    of slots: [Int32], by bound: Bound, into links: UnsafeMutablePointer<ClusterLink>,
    on pool: WorkerPool
  ) {
    nonisolated(unsafe) let links = links
    let chunks = RowChunks(count: slots.count, size: 64)
    pool.forEachChunk(count: chunks.count) { chunk in
      let scratch = CentroidSearchScratch(self)
      for index in chunks[chunk] {
        links[index] = nearest(of: Int(slots[index]), by: bound, scratch)
      }
    }
  }

  /// Whether so many slots are empty that a new tree pays.
  var isSparse: Bool { count < builtCount * 3 / 4 }

  /// A tree of the clusters that are left, and the new slot of every old one.
  func rebuilt(on pool: WorkerPool) -> (tree: CentroidTree, slots: [Int32]) {
    let (list, old) = clusters()
    let next = CentroidTree(list, on: pool)
    var slots = [Int32](repeating: -1, count: slotCount)
    for (index, slot) in old.enumerated() { slots[Int(slot)] = next.slots[index] }
    return (next, slots)
  }
}
