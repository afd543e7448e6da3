/// A partition of 0 ..< count whose sets only ever join (union-find).
///
/// The representative of a set is its smallest member, so it does not depend on the order of joins.
package struct DisjointSets: Sendable {
  private var parents: [Int32]

  package init(count: Int) {
    precondition(count < 1 << 31, "members are numbered by 32 bits")
    parents = (0..<Int32(count)).map { $0 }
  }

  package mutating func representative(of member: Int) -> Int {
    parents.withUnsafeMutableBufferPointer { parents in
      var node = Int32(truncatingIfNeeded: member)
      while parents[Int(node)] != node {
        let next = parents[Int(parents[Int(node)])]
        parents[Int(node)] = next
        node = next
      }
      return Int(node)
    }
  }

  /// Joins the sets of two members; false if they were one.
  package mutating func join(_ a: Int, _ b: Int) -> Bool {
    let (a, b) = (representative(of: a), representative(of: b))
    if a == b { return false }
    parents[max(a, b)] = Int32(truncatingIfNeeded: min(a, b))
    return true
  }
}
