import Numerical

/// When a row is a core row: it has neighbours enough, itself among them.
struct CoreRule: Sendable {
  let minimum: Int
  /// One per row; nil counts every row once.
  let weights: [Double]?
  /// What is known of unweighted rows; nil where nothing is.
  var counts: NeighborCounts? = nil

  /// Whether what is known tells of every row if it is a core row.
  var isDecided: Bool { counts != nil && minimum <= NeighborCounts.limit }

  /// Whether a row may be a core row; where all is decided, whether it is one.
  @inline(__always)
  func admits(_ row: Int) -> Bool {
    guard let counts else { return true }
    return Int(counts.values.start[row]) >= min(minimum, NeighborCounts.limit)
  }
}

/// How many rows lie within the radius of each row, itself among them, counted no further than a limit.
struct NeighborCounts: Sendable {
  /// As many as most settings ask for: counting on would compare dense rows with all around them.
  static let limit = 32

  /// By row; `limit` stands for that many and more.
  let values: ScratchBuffer<UInt8>

  init(rowCount: Int) { values = ScratchBuffer(count: rowCount) }

  @inline(__always)
  func note(_ count: Int, ofRow row: Int) {
    values.start[row] = UInt8(truncatingIfNeeded: min(count, Self.limit))
  }
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
