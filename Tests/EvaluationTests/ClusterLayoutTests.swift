import Evaluation
import Numerical
import TestSupport
import Testing

struct ClusterLayoutTests {
  /// Sizes 7, 2, 3, 1 in blocks of at most 4 rows: the first is split in 4 + 3, the next cannot share a
  /// block with a cluster of 3, the last two can.
  @Test func `long clusters are split evenly and short ones stay whole`() {
    let labels = [9, 9, 9, 9, 9, 9, 9, 3, 3, 5, 5, 5, 4]
    let layout = ClusterLayout(LabelIndex(labels), blockRows: 4)
    #expect(layout.segments.map(\.positions) == [0..<4, 4..<7, 7..<9, 9..<12, 12..<13])
    #expect(layout.segments.map(\.cluster) == [0, 0, 1, 2, 3])
    #expect(layout.blocks.map(\.segments) == [0..<1, 1..<2, 2..<3, 3..<5])
    #expect(layout.blocks.map(\.positions) == [0..<4, 4..<7, 7..<9, 9..<13])
    #expect(layout.slots == [0, nil, nil, nil])
    #expect(layout.splitClusters == [0])
  }

  @Test func `rows follow by cluster in the order of their first row`() {
    let layout = ClusterLayout(LabelIndex([5, 2, 5, -1, 2]), blockRows: 64)
    #expect(layout.rows == [0, 2, 1, 4, 3])
    #expect(layout.index.labels == [5, 2, -1])
    #expect(layout.index.counts == [2, 2, 1])
  }

  /// 70 clusters of 10,000 rows would need 70 · 700,000 · 8 = 392 MB of sums.
  @Test func `sums of split clusters keep to their limit`() {
    let layout = ClusterLayout(LabelIndex((0..<700_000).map { $0 / 10_000 }), columnCount: 4)
    #expect(layout.splitClusters.count * layout.rows.count * 8 <= ClusterLayout.sumLimit)
    #expect(layout.blocks.map(\.positions.count).max() == 10_000)
  }

  /// Cutting elsewhere reorders sums of at most 600 distances: 1e-13 at worst.
  @Test(arguments: [1, 3, 4, 50, 129, 600])
  func `figures do not depend on where blocks are cut`(blockRows: Int) {
    for clusters in [2, 9, 250] {
      let labels = ClusteringExample.labels(rows: 600, clusters: clusters, seed: 30)
      let x = ClusteringExample.table(rows: 600, columns: 3, labels: labels, seed: 31)
      let index = LabelIndex(labels)
      let expected = PairFigures(
        x, scale: 1, layout: ClusterLayout(index, blockRows: 64), on: .serial)
      let found = PairFigures(
        x, scale: 1, layout: ClusterLayout(index, blockRows: blockRows), on: .serial)
      #expect(found.separation == expected.separation)
      #expect(found.diameters == expected.diameters)
      for (found, expected) in zip(found.silhouettes, expected.silhouettes) {
        #expect(isClose(found, expected, within: 1e-12))
      }
      for (found, expected) in zip(found.meanDistances, expected.meanDistances) {
        #expect(isClose(found, expected, within: 1e-12))
      }
    }
  }

  @Test func `labels far apart are numbered like labels close together`() {
    let close = LabelIndex([2, 0, 2, 1])
    let far = LabelIndex([.max, .min, .max, 0])
    #expect(close.codes == far.codes)
    #expect(far.labels == [.max, .min, 0])
    #expect(far.counts == [2, 1, 1])
  }
}
