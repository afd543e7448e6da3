import Synchronization

/// Disjoint sets that many threads may join at a time, without locks.
///
/// A root is linked below a smaller one only, so links never form a circle, and the sets at the end are
/// the connected components of all joins whatever their order: the root of a set is its least member.
/// Paths are halved on the way up.
///
/// - Complexity: nearly constant time per operation; four bytes per member.
/// - Source: Anderson and Woll (1991).
package final class ConcurrentSets: @unchecked Sendable {
  package let count: Int
  private let parents: UnsafeMutablePointer<Atomic<UInt32>>

  /// `count` sets of one member each.
  package init(count: Int) {
    precondition(count >= 0 && count <= Int(UInt32.max), "members are numbered in 32 bits")
    self.count = count
    parents = .allocate(capacity: max(count, 1))
    for member in 0..<count {
      (parents + member).initialize(to: Atomic(UInt32(truncatingIfNeeded: member)))
    }
  }

  deinit {
    parents.deinitialize(count: count)
    parents.deallocate()
  }

  /// The root of the member's set: while other threads join sets, one of its former roots.
  package func root(of member: Int) -> Int {
    var node = UInt32(truncatingIfNeeded: member)
    while true {
      let parent = parents[Int(node)].load(ordering: .relaxed)
      if parent == node { return Int(node) }
      let grandparent = parents[Int(parent)].load(ordering: .relaxed)
      if grandparent != parent {
        _ = parents[Int(node)].compareExchange(
          expected: parent, desired: grandparent, ordering: .relaxed)
      }
      node = grandparent
    }
  }

  /// Whether both are known to be in one set; a join under way may not be seen yet.
  package func areJoined(_ a: Int, _ b: Int) -> Bool { root(of: a) == root(of: b) }

  package func join(_ a: Int, _ b: Int) {
    var (a, b) = (root(of: a), root(of: b))
    while a != b {
      if a < b { swap(&a, &b) }
      let linked = parents[a].compareExchange(
        expected: UInt32(truncatingIfNeeded: a), desired: UInt32(truncatingIfNeeded: b),
        ordering: .relaxed)
      if linked.exchanged { return }
      (a, b) = (root(of: a), root(of: b))
    }
  }
}
