import Evaluation
import Numerical
import TestSupport
import Testing

struct ClusteringGeometryTests {
  /// Sums over at most 1,797 rows in another order than the reference, some 1e-13 relative at worst.
  static let tolerance = 1e-12

  static func metric(_ name: String) throws -> ClusteringMetric {
    try #require(ClusteringMetric.standard.first { $0.name == name })
  }

  @Test func `indices equal scikit-learn and the definitions`() throws {
    let fixture = try ClusteringFixture.load()
    for example in fixture.cases {
      let geometry = try ClusteringGeometry(
        fixture.matrix(example.table), labels: example.labels, includingDistances: true,
        on: .serial)
      for (name, expected) in [
        ("silhouette", example.mean), ("calinski_harabasz", example.calinski_harabasz),
        ("davies_bouldin", example.davies_bouldin), ("inertia", example.inertia),
        ("dunn", example.dunn),
      ] {
        let found = try Self.metric(name).value(geometry)
        #expect(isClose(found, expected, within: Self.tolerance), "\(example.name): \(name)")
      }
    }
  }

  @Test func `figures of each cluster equal the definitions`() throws {
    let fixture = try ClusteringFixture.load()
    for example in fixture.cases {
      let geometry = try ClusteringGeometry(
        fixture.matrix(example.table), labels: example.labels, includingDistances: true,
        on: .serial)
      #expect(geometry.rowCount == example.labels.count)
      #expect(geometry.clusters.map(\.label) == example.clusters.map(\.label))
      for (found, expected) in zip(geometry.clusters, example.clusters) {
        #expect(found.rowCount == expected.row_count)
        #expect(isClose(found.inertia, expected.inertia, within: Self.tolerance))
        let diameter = try #require(found.diameter)
        #expect(isClose(diameter, expected.diameter, within: Self.tolerance))
        let meanDistance = try #require(found.meanDistance)
        #expect(isClose(meanDistance, expected.mean_distance, within: Self.tolerance))
      }
    }
  }

  // Clusters {0, 2} and {10, 14}: means 1 and 12, overall 6.5. W = 2 + 8, B = 4 · 5.5² = 121, so
  // CH = 121 / (10 / 2) = 24.2; radii 1 and 2, DB = 3 / 11; Dunn = 8 / 4.
  @Test func `two pairs on a line have the indices of the definitions`() throws {
    let x = Matrix(rows: [[0], [10], [2], [14]])
    let geometry = try ClusteringGeometry(
      x, labels: [0, 1, 0, 1], includingDistances: true, on: .serial)
    #expect(geometry.inertia == 10)
    #expect(geometry.calinskiHarabasz == 24.2)
    #expect(geometry.daviesBouldin == 3.0 / 11.0)
    #expect(geometry.dunn == 2)
    #expect(geometry.separation == 8)
    #expect(geometry.clusters.map(\.diameter) == [2, 4])
    #expect(geometry.clusters.map(\.meanDistance) == [2, 4])
    #expect(geometry.clusters.map(\.meanRadius) == [1, 2])
  }

  /// Multiples of 2⁻²⁰ stay exact at an offset of 2³⁰, so nothing may change but the order of roundings.
  @Test func `a large offset costs no digits`() throws {
    let labels = ClusteringExample.labels(rows: 500, clusters: 5, seed: 1)
    let x = ClusteringExample.table(rows: 500, columns: 6, labels: labels, seed: 2)
    func shifted(_ offset: Double) throws -> ClusteringGeometry {
      let values = x.values.map { ($0 * 0x1p20).rounded() * 0x1p-20 + offset }
      return try ClusteringGeometry(
        Matrix(rowCount: 500, columnCount: 6, values: values), labels: labels,
        includingDistances: true, on: .serial)
    }
    let (near, far) = (try shifted(0), try shifted(0x1p30))
    for metric in ClusteringMetric.standard {
      #expect(isClose(metric.value(near), metric.value(far), within: 1e-12), "\(metric.name)")
    }
  }

  /// Squares of 1e200 overflow; ratios of distances do not depend on the unit.
  @Test(arguments: [0x1p-700, 0x1p700])
  func `extreme units change no ratio`(factor: Double) throws {
    let labels = ClusteringExample.labels(rows: 100, clusters: 3, seed: 3)
    let x = ClusteringExample.table(rows: 100, columns: 2, labels: labels, seed: 4)
    let scaled = Matrix(rowCount: 100, columnCount: 2, values: x.values.map { $0 * factor })
    let a = try ClusteringGeometry(x, labels: labels, includingDistances: true, on: .serial)
    let b = try ClusteringGeometry(scaled, labels: labels, includingDistances: true, on: .serial)
    #expect(a.calinskiHarabasz == b.calinskiHarabasz)
    #expect(a.daviesBouldin == b.daviesBouldin)
    #expect(a.dunn == b.dunn)
    #expect(b.separation == a.separation.map { $0 * factor })
  }

  @Test func `clusters of one repeated row have scikit-learn's limits`() throws {
    let x = Matrix(rows: [[0.1], [0.1], [0.1], [0.7], [0.7], [0.7]])
    let geometry = try ClusteringGeometry(
      x, labels: [0, 0, 0, 1, 1, 1], includingDistances: true, on: .serial)
    #expect(geometry.inertia == 0)
    #expect(geometry.calinskiHarabasz == 1)
    #expect(geometry.daviesBouldin == 0)
    #expect(geometry.dunn == .infinity)
  }

  @Test func `clusters with one mean do not divide by zero`() throws {
    let x = Matrix(rows: [[-1], [1], [-2], [2]])
    let geometry = try ClusteringGeometry(
      x, labels: [0, 0, 1, 1], includingDistances: true, on: .serial)
    #expect(geometry.daviesBouldin == 0)
    #expect(geometry.calinskiHarabasz == 0)
  }

  @Test func `clusters that share a point have a Dunn index of 0`() throws {
    let x = Matrix(rows: [[1], [1], [1]])
    let geometry = try ClusteringGeometry(
      x, labels: [0, 0, 1], includingDistances: true, on: .serial)
    #expect(geometry.dunn == 0)
  }

  @Test func `without distances only what needs them is missing`() throws {
    let x = Matrix(rows: [[0], [10], [2], [14]])
    let geometry = try ClusteringGeometry(
      x, labels: [0, 1, 0, 1], includingDistances: false, on: .serial)
    #expect(geometry.silhouette == nil)
    #expect(geometry.dunn == nil)
    #expect(geometry.clusters.allSatisfy { $0.diameter == nil && $0.meanDistance == nil })
    let values = ClusteringMetric.standard.filter { !$0.needsDistances }.map { $0.value(geometry) }
    #expect(values == [24.2, 3.0 / 11.0, 10])
  }

  @Test(arguments: [2, 3, 5, 8])
  func `any number of threads gives the bits of one`(threads: Int) throws {
    let pool = WorkerPool(threadCount: threads)
    for clusters in [3, 40, 700] {
      let labels = ClusteringExample.labels(rows: 1500, clusters: clusters, seed: 20)
      let x = ClusteringExample.table(rows: 1500, columns: 5, labels: labels, seed: 21)
      let one = try ClusteringGeometry(x, labels: labels, includingDistances: true, on: .serial)
      let many = try ClusteringGeometry(x, labels: labels, includingDistances: true, on: pool)
      #expect(one.silhouette == many.silhouette)
      #expect(one.clusters == many.clusters)
      for metric in ClusteringMetric.standard {
        #expect(metric.value(one).bitPattern == metric.value(many).bitPattern)
      }
    }
  }

  @Test func `what cannot be measured is refused`() {
    let x = Matrix(rows: [[0, 1], [1, 2], [2, .nan]])
    let finite = Matrix(rows: [[0], [1], [2]])
    func measure(_ x: Matrix, _ labels: [Int]) throws {
      _ = try ClusteringGeometry(x, labels: labels, includingDistances: true, on: .serial)
    }
    #expect(throws: EvaluationError.lengths(expected: 3, found: 2)) { try measure(finite, [0, 1]) }
    #expect(throws: EvaluationError.nonFinite(row: 2, column: 1)) { try measure(x, [0, 1, 1]) }
    #expect(throws: EvaluationError.clusters(found: 1, rows: 3)) { try measure(finite, [4, 4, 4]) }
    #expect(throws: EvaluationError.clusters(found: 3, rows: 3)) { try measure(finite, [0, 1, 2]) }
    #expect(throws: EvaluationError.noColumns) {
      try measure(Matrix(rowCount: 3, columnCount: 0), [0, 0, 1])
    }
    #expect(throws: EvaluationError.clusters(found: 0, rows: 0)) {
      try measure(Matrix(rowCount: 0, columnCount: 2), [])
    }
  }
}
