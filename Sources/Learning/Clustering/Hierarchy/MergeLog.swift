import Numerical

/// Merges in the order in which they were made: clusters 0 ..< n are rows, merge t makes n + t.
struct MergeLog {
  struct Entry {
    let left: Int32
    let right: Int32
    let height: Double
  }

  let rowCount: Int
  private(set) var entries: [Entry] = []

  init(rowCount: Int) {
    self.rowCount = rowCount
    entries.reserveCapacity(max(rowCount - 1, 0))
  }

  /// The id of the cluster that the next merge makes.
  var nextID: Int32 { Int32(truncatingIfNeeded: rowCount &+ entries.count) }

  mutating func append(_ left: Int32, _ right: Int32, height: Double) {
    entries.append(Entry(left: left, right: right, height: height))
  }
}
