import Evaluation
import Numerical
import TestSupport
import Testing

struct SilhouetteTests {
  /// Sums of up to 1,797 distances in another order than the reference: some 1e-14 at worst.
  static let tolerance = 1e-12

  @Test func `rows, clusters and mean equal scikit-learn`() throws {
    let fixture = try ClusteringFixture.load()
    for example in fixture.cases {
      let silhouette = try Silhouette(
        fixture.matrix(example.table), labels: example.labels, on: .serial)
      #expect(isClose(silhouette.mean, example.mean, within: Self.tolerance), "\(example.name)")
      #expect(silhouette.rows.count == example.labels.count)
      for (found, expected) in zip(silhouette.rows, example.samples ?? []) {
        #expect(isClose(found, expected, within: Self.tolerance), "\(example.name)")
      }
      #expect(silhouette.clusters.map(\.label) == example.clusters.map(\.label))
      #expect(silhouette.clusters.map(\.rowCount) == example.clusters.map(\.row_count))
      for (found, expected) in zip(silhouette.clusters, example.clusters) {
        #expect(isClose(found.mean, expected.silhouette, within: Self.tolerance))
      }
    }
  }

  /// Values of scikit-learn 1.9.1 from its own distances, published with the design of this package.
  @Test(arguments: [
    ("iris k-means 2", 0.6810461692117462), ("iris k-means 3", 0.5528190123564095),
    ("iris k-means 4", 0.49805050499728737), ("iris k-means 5", 0.48874888709310566),
    ("wine k-means 3", 0.5711381937868838), ("iris species", 0.5034774406932961),
    ("wine cultivars", 0.20008297882823028), ("digits", 0.1629432052257522),
  ])
  func `known tables have their known silhouettes`(name: String, expected: Double) throws {
    let fixture = try ClusteringFixture.load()
    let example = try #require(fixture.cases.first { $0.name == name })
    let silhouette = try Silhouette(
      fixture.matrix(example.table), labels: example.labels, on: .serial)
    #expect(isClose(silhouette.mean, expected, within: Self.tolerance))
  }

  // Clusters {0, 1} and {4}, on a line. Row 0: a = 1, b = 4, s = 3/4. Row 1: a = 1, b = 3, s = 2/3.
  // Row 4 is alone: 0.
  @Test func `three points on a line have the silhouettes of the definition`() throws {
    let x = Matrix(rows: [[0], [1], [4]])
    let silhouette = try Silhouette(x, labels: [7, 7, -1], on: .serial)
    #expect(silhouette.rows == [0.75, 2.0 / 3.0, 0])
    #expect(silhouette.clusters.map(\.label) == [-1, 7])
    #expect(silhouette.clusters.map(\.mean) == [0, (0.75 + 2.0 / 3.0) / 2])
    #expect(silhouette.sampledRows == nil)
  }

  @Test(arguments: [(40, 1, 2), (150, 3, 7), (151, 6, 75), (333, 17, 5), (200, 2, 199)])
  func `any shape equals the definition`(rows: Int, columns: Int, clusters: Int) throws {
    let labels = ClusteringExample.labels(rows: rows, clusters: clusters, seed: 5)
    let x = ClusteringExample.table(rows: rows, columns: columns, labels: labels, seed: 6)
    let expected = ClusteringExample.silhouettes(x, labels: labels)
    let found = try Silhouette(x, labels: labels, on: .serial).rows
    for (found, expected) in zip(found, expected) {
      #expect(isClose(found, expected, within: Self.tolerance))
    }
  }

  @Test func `coinciding rows have silhouette 0`() throws {
    let x = Matrix(rowCount: 6, columnCount: 2, repeating: 0.1)
    let silhouette = try Silhouette(x, labels: [0, 0, 0, 1, 1, 1], on: .serial)
    #expect(silhouette.rows == [0, 0, 0, 0, 0, 0])
  }

  @Test func `clusters of one repeated row have silhouette 1`() throws {
    let x = Matrix(rows: [[1e9, 0.1], [1e9, 0.1], [1e9, 0.2], [1e9, 0.2]])
    #expect(try Silhouette(x, labels: [0, 0, 1, 1], on: .serial).rows == [1, 1, 1, 1])
  }

  @Test func `renaming clusters changes no bit`() throws {
    let labels = ClusteringExample.labels(rows: 400, clusters: 6, seed: 1)
    let x = ClusteringExample.table(rows: 400, columns: 4, labels: labels, seed: 2)
    let names = [900, -7, 12, Int.max, Int.min, 0]
    let renamed = try Silhouette(x, labels: labels.map { names[$0] }, on: .serial)
    let original = try Silhouette(x, labels: labels, on: .serial)
    #expect(renamed.rows == original.rows)
    #expect(renamed.mean == original.mean)
  }

  @Test(arguments: [0x1p-600, 0x1p-20, 0x1p30, 0x1p900])
  func `scaling by a power of two changes no bit`(factor: Double) throws {
    let labels = ClusteringExample.labels(rows: 200, clusters: 3, seed: 3)
    let x = ClusteringExample.table(rows: 200, columns: 5, labels: labels, seed: 4)
    let scaled = Matrix(rowCount: 200, columnCount: 5, values: x.values.map { $0 * factor })
    let original = try Silhouette(x, labels: labels, on: .serial)
    #expect(try Silhouette(scaled, labels: labels, on: .serial) == original)
  }

  /// Rotation by 30 degrees rounds coordinates of size 2 at 1e-16, distances and silhouettes alike.
  @Test func `turning and shifting the plane changes nothing`() throws {
    let labels = ClusteringExample.labels(rows: 200, clusters: 3, seed: 8)
    let x = ClusteringExample.table(rows: 200, columns: 2, labels: labels, seed: 9)
    let (c, s) = (0.75.squareRoot(), 0.5)
    let moved = Matrix(
      rows: (0..<200).map { [c * x[$0, 0] - s * x[$0, 1] + 5, s * x[$0, 0] + c * x[$0, 1] - 3] })
    let original = try Silhouette(x, labels: labels, on: .serial)
    for (a, b) in zip(
      original.rows, try Silhouette(moved, labels: labels, on: .serial).rows)
    {
      #expect(isClose(a, b, within: Self.tolerance))
    }
  }

  @Test func `a sample is the exact silhouette of its rows`() throws {
    let labels = ClusteringExample.labels(rows: 1000, clusters: 4, seed: 10)
    let x = ClusteringExample.table(rows: 1000, columns: 3, labels: labels, seed: 11)
    let sample = try Silhouette.sampled(x, labels: labels, size: 120, seed: Seed(1), on: .serial)
    let rows = try #require(sample.sampledRows)
    #expect(rows.count == 120)
    #expect(rows == Set(rows).sorted())
    let exact = try Silhouette(
      x.selectingRows(rows), labels: rows.map { labels[$0] }, on: .serial)
    #expect(sample.rows == exact.rows)
    #expect(sample.clusters == exact.clusters)
    #expect(
      try sample == Silhouette.sampled(x, labels: labels, size: 120, seed: Seed(1), on: .serial))
    #expect(
      try rows
        != Silhouette.sampled(x, labels: labels, size: 120, seed: Seed(2), on: .serial).sampledRows)
  }

  /// 990 rows of one cluster, 9 of another, 1 of a third: shares of 20 are 19.8, 0.18 and 0.02.
  @Test func `a sample holds two rows of every cluster that has two`() throws {
    let labels = (0..<1000).map { $0 < 990 ? 0 : $0 < 999 ? 1 : 2 }
    let x = ClusteringExample.table(rows: 1000, columns: 2, labels: labels, seed: 12)
    let sample = try Silhouette.sampled(x, labels: labels, size: 20, seed: Seed(3), on: .serial)
    #expect(sample.clusters.map(\.rowCount) == [20, 2, 1])
  }

  @Test func `a sample of all rows or more is exact`() throws {
    let labels = ClusteringExample.labels(rows: 50, clusters: 4, seed: 13)
    let x = ClusteringExample.table(rows: 50, columns: 3, labels: labels, seed: 14)
    let sample = try Silhouette.sampled(x, labels: labels, size: 51, seed: Seed(1), on: .serial)
    #expect(try sample == Silhouette(x, labels: labels, on: .serial))
  }

  @Test func `a sample no larger than its clusters is refused`() {
    let labels = ClusteringExample.labels(rows: 50, clusters: 4, seed: 13)
    let x = Matrix(rowCount: 50, columnCount: 1, values: (0..<50).map(Double.init))
    #expect(throws: EvaluationError.sample(requested: 4, clusters: 4)) {
      try Silhouette.sampled(x, labels: labels, size: 4, seed: Seed(1), on: .serial)
    }
  }
}
