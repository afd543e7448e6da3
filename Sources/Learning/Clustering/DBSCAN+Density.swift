import Numerical

/// When a row is a core row: it has neighbours enough, itself among them.
struct CoreRule: Sendable {
  let minimum: Int
  /// One per row; nil counts every row once.
  let weights: [Double]?
}

/// A sum of numbers that are not negative, carried to twice the precision, so that the order of
/// additions does not decide.
struct WideSum {
  private var high = 0.0
  private var low = 0.0

  @inline(__always)
  mutating func add(_ value: Double) {
    let sum = high + value
    let part = sum - high
    low += (high - (sum - part)) + (value - part)
    high = sum
  }

  @inline(__always)
  mutating func add(_ other: WideSum) {
    add(other.high)
    low += other.low
  }

  @inline(__always)
  func isAtLeast(_ limit: Double) -> Bool { (high - limit) + low >= 0 }
}

/// The clusters of core rows, numbered in the order of their first rows.
struct CoreClusters: Sendable {
  /// 0 ..< clusterCount for a core row, −1 for any other.
  let labels: [Int32]
  let clusterCount: Int
  /// All rows, neighbours near each other.
  let order: [Int32]

  /// Ascending.
  var coreRows: [Int32] {
    labels.indices.lazy.filter { labels[$0] >= 0 }.map { Int32(truncatingIfNeeded: $0) }
  }
}

/// Joined sets of core rows, numbered in the order of their first rows.
struct ClusterNumbers {
  let count: Int
  /// The cluster of each member of the sets; −1 for a member without core rows.
  let ofMember: ScratchBuffer<Int32>

  /// - Parameter firstRow: the first core row of a member; nil for one without any.
  init(_ sets: ConcurrentSets, firstRow: (Int) -> Int32?) {
    ofMember = ScratchBuffer(count: sets.count, repeating: -1)
    let least = ScratchBuffer<Int32>(count: sets.count, repeating: .max)
    var roots: [Int] = []
    for member in 0..<sets.count {
      guard let row = firstRow(member) else { continue }
      let root = sets.root(of: member)
      if root == member { roots.append(root) }
      least.start[root] = min(least.start[root], row)
    }
    roots.sort { least.start[$0] < least.start[$1] }
    count = roots.count
    for (number, root) in roots.enumerated() { ofMember.start[root] = Int32(number) }
    for member in 0..<sets.count where firstRow(member) != nil {
      ofMember.start[member] = ofMember.start[sets.root(of: member)]
    }
  }
}
