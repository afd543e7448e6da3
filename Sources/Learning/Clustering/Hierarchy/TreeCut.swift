/// A partition of the rows that a merge tree allows: the last merges undone.
public struct TreeCut: Hashable, Sendable {
  public let clusterCount: Int
  /// 0 ..< clusterCount for every row; clusters are numbered by their first rows.
  public let labels: [Int]
  /// Where the tree was cut: the given height, or halfway between the last merge kept and the first
  /// undone; nil where these are equally high or one of them does not exist.
  public let height: Double?

  /// Undoes the last `clusterCount` − 1 merges; at most one cluster per row.
  public init(_ tree: MergeTree, clusterCount: Int) {
    precondition(
      clusterCount >= 1 && clusterCount <= tree.rowCount, "a cut gives 1 to n clusters")
    let kept = tree.rowCount - clusterCount
    var height: Double?
    if kept > 0 && kept < tree.merges.count {
      let (below, above) = (tree.merges[kept - 1].height, tree.merges[kept].height)
      if below < above { height = below + (above - below) / 2 }
    }
    self.init(tree, kept: kept, height: height)
  }

  /// Undoes the merges at `height` and above.
  public init(_ tree: MergeTree, height: Double) {
    let kept = tree.merges.firstIndex { $0.height >= height } ?? tree.merges.count
    self.init(tree, kept: kept, height: height)
  }

  private init(_ tree: MergeTree, kept: Int, height: Double?) {
    let n = tree.rowCount
    var top = Array(0..<n + tree.merges.count)
    for index in (0..<kept).reversed() {
      top[tree.merges[index].left] = top[n + index]
      top[tree.merges[index].right] = top[n + index]
    }
    var numbers = [Int](repeating: -1, count: n + tree.merges.count)
    var count = 0
    var labels: [Int] = []
    labels.reserveCapacity(n)
    for row in 0..<n {
      if numbers[top[row]] < 0 {
        numbers[top[row]] = count
        count += 1
      }
      labels.append(numbers[top[row]])
    }
    clusterCount = count
    self.labels = labels
    self.height = height
  }
}
