import CIntrinsics
import Numerical

/// A dissimilarity of clusters that their centroids and sizes bound from below.
///
/// With s the squared distance of the centroids and a, b the sizes, two clusters can be within `limit`
/// only if s · numerator(a, b) ≤ limit · denominator(a, b), up to rounding.
protocol CentroidBound {
  func numerator(_ a: Double, _ b: Double) -> Double
  func denominator(_ a: Double, _ b: Double) -> Double
  func numerator(_ a: Double, _ b: SIMD4<Double>) -> SIMD4<Double>
  func denominator(_ a: Double, _ b: SIMD4<Double>) -> SIMD4<Double>
  /// The limit that admits clusters of this dissimilarity from the one in `slot`, and less.
  func limit(_ value: Double, from slot: Int) -> Double
  /// The dissimilarity itself, the same from both sides in every bit.
  func value(_ tree: CentroidTree, _ a: Int, _ b: Int, squaredDistance: Double) -> Double
}

/// The nearest cluster of a cluster.
struct ClusterLink: BitwiseCopyable {
  var slot: Int32
  var value: Double

  static let none = ClusterLink(slot: -1, value: .infinity)
}

/// The order of pairs that are equally far apart.
///
/// A fixed shuffle: with a plain order of ids, the points of a grid would form long chains in which
/// only one pair at a time are each other's nearest.
@inline(__always)
func tieRank(_ a: Int32, _ b: Int32) -> UInt64 {
  let low = UInt64(UInt32(bitPattern: min(a, b)))
  var bits = low &<< 32 | UInt64(UInt32(bitPattern: max(a, b)))
  bits = (bits ^ (bits &>> 30)) &* 0xbf58_476d_1ce4_e5b9
  bits = (bits ^ (bits &>> 27)) &* 0x94d0_49bb_1331_11eb
  return bits ^ (bits &>> 31)
}

/// What one thread needs while it searches.
final class CentroidSearchScratch {
  let query: ScratchBuffer<Double>
  /// Nodes to visit and their squared distances; a path leaves at most one node per level behind.
  let nodes = ScratchBuffer<Int>(count: 64)
  let distances = ScratchBuffer<Double>(count: 64)

  init(_ tree: CentroidTree) { query = ScratchBuffer(count: tree.boxWidth, repeating: 0) }
}

extension CentroidTree {
  /// The least dissimilar other cluster; of equally dissimilar ones the first by `tieRank`.
  func nearest<Bound: CentroidBound>(
    of slot: Int, by bound: Bound, _ scratch: CentroidSearchScratch
  ) -> ClusterLink {
    let query = scratch.query.start
    let own = coordinates(of: slot)
    for j in 0..<dimension { query[j] = own[j &* 4] }
    let size = sizes.start[slot]
    var best = CentroidCandidate(slack: 1 + Double(dimension + 8) * 0x1p-52)
    let (nodes, distances) = (scratch.nodes.start, scratch.distances.start)
    var (node, waiting) = (0, 0)
    while true {
      while node < firstLeaf {
        var (near, far) = (2 &* node &+ 1, 2 &* node &+ 2)
        var (nearest, farthest) = (squaredDistance(query, near), squaredDistance(query, far))
        if farthest < nearest {
          (near, far) = (far, near)
          (nearest, farthest) = (farthest, nearest)
        }
        if isWithin(best.limit, far, farthest, size, bound) {
          nodes[waiting] = far
          distances[waiting] = farthest
          waiting &+= 1
        }
        node = near
        if !isWithin(best.limit, near, nearest, size, bound) { break }
      }
      if node >= firstLeaf { scan(node &- firstLeaf, slot, size, query, bound, &best) }
      repeat {
        if waiting == 0 { return best.link }
        waiting &-= 1
        node = nodes[waiting]
      } while !isWithin(best.limit, node, distances[waiting], size, bound)
    }
  }

  @inline(__always)
  private func isWithin<Bound: CentroidBound>(
    _ limit: Double, _ node: Int, _ distance: Double, _ size: Double, _ bound: Bound
  ) -> Bool {
    let least = leastSizes.start[node]
    return distance * bound.numerator(size, least) <= limit * bound.denominator(size, least)
  }

  /// From the query to the box of a node.
  @inline(__always)
  private func squaredDistance(_ query: UnsafePointer<Double>, _ node: Int) -> Double {
    let low = UnsafeRawPointer(box(of: node))
    let high = UnsafeRawPointer(box(of: node) + boxWidth)
    let query = UnsafeRawPointer(query)
    var sum = SIMD4<Double>()
    var j = 0
    while j < boxWidth &* 8 {
      let x = query.loadUnaligned(fromByteOffset: j, as: SIMD4<Double>.self)
      let below = low.loadUnaligned(fromByteOffset: j, as: SIMD4<Double>.self) - x
      let above = x - high.loadUnaligned(fromByteOffset: j, as: SIMD4<Double>.self)
      let outside = cohort_max_f64x4(cohort_max_f64x4(below, above), SIMD4())
      sum.addProduct(outside, outside)
      j &+= 32
    }
    return (sum[0] + sum[1]) + (sum[2] + sum[3])
  }

  @inline(__always)
  private func scan<Bound: CentroidBound>(
    _ leaf: Int, _ own: Int, _ size: Double, _ query: UnsafePointer<Double>, _ bound: Bound,
    _ best: inout CentroidCandidate
  ) {
    let stride = dimension &* 32
    var slot = leaf &* leafCapacity
    var panel = UnsafeRawPointer(panels.start) + (slot &>> 2) &* stride
    let end = slot &+ leafCapacity
    while slot < end {
      var (a, b, c, d) = (SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>())
      var place = panel
      for j in 0..<dimension {
        let x = SIMD4(repeating: query[j])
        let toA = x - place.loadUnaligned(as: SIMD4<Double>.self)
        let toB = x - place.loadUnaligned(fromByteOffset: stride, as: SIMD4<Double>.self)
        let toC = x - place.loadUnaligned(fromByteOffset: 2 &* stride, as: SIMD4<Double>.self)
        let toD = x - place.loadUnaligned(fromByteOffset: 3 &* stride, as: SIMD4<Double>.self)
        a.addProduct(toA, toA)
        b.addProduct(toB, toB)
        c.addProduct(toC, toC)
        d.addProduct(toD, toD)
        place += 32
      }
      consider(a, slot, own, size, bound, &best)
      consider(b, slot &+ 4, own, size, bound, &best)
      consider(c, slot &+ 8, own, size, bound, &best)
      consider(d, slot &+ 12, own, size, bound, &best)
      slot &+= 16
      panel += 4 &* stride
    }
  }

  @inline(__always)
  private func consider<Bound: CentroidBound>(
    _ squares: SIMD4<Double>, _ slot: Int, _ own: Int, _ size: Double, _ bound: Bound,
    _ best: inout CentroidCandidate
  ) {
    let others = UnsafeRawPointer(sizes.start + slot).loadUnaligned(as: SIMD4<Double>.self)
    var bits = cohort_at_most_f64x4(
      squares * bound.numerator(size, others), best.limit * bound.denominator(size, others))
    while bits != 0 {
      let lane = bits.trailingZeroBitCount
      consider(slot &+ lane, squares[lane], own, bound, &best)
      bits &= bits &- 1
    }
  }

  @inline(__always)
  private func consider<Bound: CentroidBound>(
    _ slot: Int, _ square: Double, _ own: Int, _ bound: Bound, _ best: inout CentroidCandidate
  ) {
    guard slot != own, ids.start[slot] >= 0 else { return }
    let value = bound.value(self, own, slot, squaredDistance: square)
    if value > best.link.value { return }
    let rank = tieRank(ids.start[own], ids.start[slot])
    if value == best.link.value && rank >= best.rank { return }
    best.link = ClusterLink(slot: Int32(truncatingIfNeeded: slot), value: value)
    best.rank = rank
    best.limit = bound.limit(value, from: own) * best.slack
  }
}

/// The best cluster so far, and how far others may be to be better.
struct CentroidCandidate {
  var link = ClusterLink.none
  var rank = UInt64.max
  var limit = Double.infinity
  /// Outweighs the rounding of squared distances.
  let slack: Double

  init(slack: Double) { self.slack = slack }
}
