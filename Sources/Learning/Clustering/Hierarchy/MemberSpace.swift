import Numerical

/// Clusters under average, complete or weighted linkage, whose dissimilarities are computed from their
/// rows whenever they are asked for.
///
/// None of the three is below the distance of the (weighted) centroids: a norm of a mean is at most
/// the mean of the norms. So the tree of centroids rules out most clusters, and as long as clusters
/// are small the rest costs little. Memory O(n · d).
final class MemberSpace: ClusterSpace, @unchecked Sendable {
  let linkage: PairwiseLinkage
  let points: DistinctRows
  /// How much a row counts in its cluster.
  private(set) var weights: ScratchBuffer<Double>
  private let next: ScratchBuffer<Int32>
  private var firstMembers: [Int32]
  private var lastMembers: [Int32]
  /// The mean distance of each cluster's rows from the origin.
  private(set) var norms: [Double]
  private var tree: CentroidTree

  init(_ points: DistinctRows, linkage: PairwiseLinkage, on pool: WorkerPool) {
    self.points = points
    self.linkage = linkage
    tree = CentroidTree(points.clusters, on: pool)
    weights = ScratchBuffer(count: points.count)
    next = ScratchBuffer(count: points.count, repeating: -1)
    firstMembers = [Int32](repeating: -1, count: tree.slotCount)
    for (row, slot) in tree.slots.enumerated() {
      weights.start[row] = linkage == .average ? Double(points.multiplicities[row]) : 1
      firstMembers[Int(slot)] = Int32(truncatingIfNeeded: row)
    }
    lastMembers = firstMembers
    norms = [Double](repeating: 0, count: tree.slotCount)
    let width = points.dimension
    let origin = ScratchBuffer<Double>(count: width, repeating: 0)
    for (row, slot) in tree.slots.enumerated() {
      norms[Int(slot)] = DistanceTile.squaredDistance(
        points.rows.start + row * width, origin.start, dimension: width
      ).squareRoot()
    }
  }

  var count: Int { tree.count }
  var slotCount: Int { tree.slotCount }
  func id(of slot: Int) -> Int32 { tree.ids.start[slot] }
  func height(_ value: Double) -> Double { value / points.scale }

  func findNearest(
    of slots: [Int32], into links: UnsafeMutablePointer<ClusterLink>, on pool: WorkerPool
  ) {
    tree.findNearest(of: slots, by: MemberBound(space: self), into: links, on: pool)
  }

  func merge(_ pairs: [ClusterPair], on pool: WorkerPool) {
    for pair in pairs {
      let (first, second) = (pair.first, pair.second)
      let share = linkage.share(tree.sizes.start[first], tree.sizes.start[second])
      tree.merge(first, with: second, share: share, id: pair.id)
      norms[first].addProduct(share, norms[second] - norms[first])
      next.start[Int(lastMembers[first])] = firstMembers[second]
      lastMembers[first] = lastMembers[second]
      guard linkage == .weighted else { continue }
      forEachMember(of: first) { weights.start[$0] /= 2 }
    }
  }

  func compact(on pool: WorkerPool) -> [Int32]? {
    guard tree.isSparse else { return nil }
    let (tree, slots) = tree.rebuilt(on: pool)
    var members = [Int32](repeating: -1, count: tree.slotCount)
    var last = members
    var norms = [Double](repeating: 0, count: tree.slotCount)
    for (old, new) in slots.enumerated() where new >= 0 {
      members[Int(new)] = firstMembers[old]
      last[Int(new)] = lastMembers[old]
      norms[Int(new)] = self.norms[old]
    }
    self.tree = tree
    firstMembers = members
    lastMembers = last
    self.norms = norms
    return slots
  }

  @inline(__always)
  func forEachMember(of slot: Int, _ body: (Int) -> Void) {
    var row = firstMembers[slot]
    while row >= 0 {
      body(Int(row))
      row = next.start[Int(row)]
    }
  }

  func size(of slot: Int) -> Double { tree.sizes.start[slot] }

  /// The dissimilarity of two clusters, rows taken in the order of the smaller id's members first.
  func dissimilarity(_ a: Int, _ b: Int) -> Double {
    let (first, second) = id(of: a) < id(of: b) ? (a, b) : (b, a)
    let width = points.dimension
    var result = 0.0
    forEachMember(of: first) { i in
      let row = points.rows.start + i &* width
      var sum = 0.0
      forEachMember(of: second) { j in
        let distance = DistanceTile.squaredDistance(
          row, points.rows.start + j &* width, dimension: width
        ).squareRoot()
        if linkage == .complete {
          result = max(result, distance)
        } else {
          sum.addProduct(weights.start[j], distance)
        }
      }
      result.addProduct(weights.start[i], sum)
    }
    guard linkage == .average else { return result }
    return result / (size(of: first) * size(of: second))
  }
}

/// The distance of centroids as a lower bound.
///
/// Each merge rounds a centroid by about 2⁻⁵³ of its norm, so a centroid is wrong by less than
/// n · 2⁻⁵¹ of the mean norm of its rows. Clusters within v of each other have mean norms that differ by
/// v at most: what the distance of their centroids lacks follows from v and one of the norms.
struct MemberBound: CentroidBound, Sendable {
  let space: MemberSpace
  private let rounding: Double

  init(space: MemberSpace) {
    self.space = space
    rounding = Double(space.points.count + 16) * 0x1p-50
  }

  @inline(__always)
  func numerator(_ a: Double, _ b: Double) -> Double { 1 }
  @inline(__always)
  func denominator(_ a: Double, _ b: Double) -> Double { 1 }
  @inline(__always)
  func numerator(_ a: Double, _ b: SIMD4<Double>) -> SIMD4<Double> { SIMD4(repeating: 1) }
  @inline(__always)
  func denominator(_ a: Double, _ b: SIMD4<Double>) -> SIMD4<Double> { SIMD4(repeating: 1) }

  @inline(__always)
  func limit(_ value: Double, from slot: Int) -> Double {
    let reach = value + rounding * (value + space.norms[slot])
    return reach * reach
  }

  @inline(__always)
  func value(_ tree: CentroidTree, _ a: Int, _ b: Int, squaredDistance: Double) -> Double {
    space.dissimilarity(a, b)
  }
}
