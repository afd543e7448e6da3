/// Rows sorted by cluster and cut into blocks: the fixed plan of every pass over a clustering.
///
/// Clusters follow in order of first appearance and keep their rows' order. A cluster that fits stays
/// whole inside one block, next to its neighbours; a longer one is split evenly over blocks of its own.
/// So each block is a run of *segments*, one per cluster it touches, and only split clusters need sums
/// that live longer than a pair of blocks. The plan depends on the labels and the width of the data alone.
package struct ClusterLayout: Sendable {
  /// Consecutive positions of one cluster inside one block.
  package struct Segment: Sendable {
    package let cluster: Int
    package let positions: Range<Int>
  }

  /// Consecutive segments.
  package struct Block: Sendable {
    package let segments: Range<Int>
    package let positions: Range<Int>
  }

  package let index: LabelIndex
  /// The row at each sorted position.
  package let rows: [Int]
  package let segments: [Segment]
  package let blocks: [Block]
  /// The clusters that fill more than one block, ascending.
  package let splitClusters: [Int]
  /// For each cluster its ordinal in `splitClusters`, or nil where it lies inside one block.
  package let slots: [Int?]

  /// Sums of split clusters are kept for every row; they may take this much memory.
  package static let sumLimit = 256 << 20

  var clusterCount: Int { index.counts.count }
  var rowCount: Int { rows.count }

  /// Chooses blocks of about n / 48 rows between 64 rows and 256 KiB of coordinates (at most 1024
  /// rows), then doubles them until the sums of split clusters keep to `sumLimit`.
  package init(_ index: LabelIndex, columnCount: Int) {
    let n = index.codes.count
    let largest = min(1024, max(64, (256 << 10) / (8 * max(columnCount, 1))))
    var blockRows = min(largest, max(64, n / 48))
    func sumBytes() -> Int { index.counts.count { $0 > blockRows } * n * 8 }
    while sumBytes() > Self.sumLimit { blockRows *= 2 }
    self.init(index, blockRows: blockRows)
  }

  package init(_ index: LabelIndex, blockRows: Int) {
    precondition(blockRows > 0, "a block holds rows")
    var builder = BlockBuilder(blockRows: blockRows)
    for (cluster, count) in index.counts.enumerated() { builder.append(cluster, count: count) }
    builder.closeBlock()
    self.index = index
    rows = Self.sortedRows(index)
    segments = builder.segments
    blocks = builder.blocks
    splitClusters = index.counts.indices.filter { index.counts[$0] > blockRows }
    var slots = [Int?](repeating: nil, count: index.counts.count)
    for (slot, cluster) in splitClusters.enumerated() { slots[cluster] = slot }
    self.slots = slots
  }

  /// A counting sort of rows by code.
  private static func sortedRows(_ index: LabelIndex) -> [Int] {
    var next: [Int] = []
    var start = 0
    for count in index.counts {
      next.append(start)
      start += count
    }
    var rows = [Int](repeating: 0, count: index.codes.count)
    for (row, code) in index.codes.enumerated() {
      rows[next[code]] = row
      next[code] += 1
    }
    return rows
  }
}

/// Fills blocks with clusters in order.
private struct BlockBuilder {
  let blockRows: Int
  var segments: [ClusterLayout.Segment] = []
  var blocks: [ClusterLayout.Block] = []
  private var position = 0
  private var firstSegment = 0

  init(blockRows: Int) { self.blockRows = blockRows }

  private var openRows: Int {
    firstSegment < segments.count ? position - segments[firstSegment].positions.lowerBound : 0
  }

  mutating func append(_ cluster: Int, count: Int) {
    if openRows + count > blockRows { closeBlock() }
    let parts = (count + blockRows - 1) / blockRows
    for part in 0..<parts {
      let size = count / parts + (part < count % parts ? 1 : 0)
      segments.append(.init(cluster: cluster, positions: position..<position + size))
      position += size
      if parts > 1 { closeBlock() }
    }
  }

  mutating func closeBlock() {
    guard firstSegment < segments.count else { return }
    let start = segments[firstSegment].positions.lowerBound
    blocks.append(.init(segments: firstSegment..<segments.count, positions: start..<position))
    firstSegment = segments.count
  }
}
