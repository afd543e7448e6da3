import Learning
import Numerical
import TestSupport
import Testing

/// Trees against scipy, cuts against scikit-learn.
struct HierarchicalTests {
  /// scipy updates dissimilarities by Lance and Williams' formula, we compute them from centroids and
  /// rows: both are right to a few units in the last place per merge.
  static let tolerance = 1e-10

  @Test(arguments: Linkage.allCases, HierarchicalFixture.names)
  func `heights and sizes are those of scipy`(linkage: Linkage, name: String) throws {
    let fixture = try #require(try HierarchicalFixture.load().data[name])
    let expected = try #require(fixture.linkages[linkage.rawValue])
    let tree = try mergeTree(Matrix(rows: fixture.rows), linkage)
    #expect(tree.merges.count == expected.heights.count)
    for (merge, height) in zip(tree.merges, expected.heights) {
      #expect(abs(merge.height - height) <= Self.tolerance * height)
    }
    #expect(tree.merges.map(\.rowCount) == expected.sizes)
  }

  @Test(arguments: Linkage.allCases)
  func `iris gives the sums of scipy`(linkage: Linkage) throws {
    let iris = try HierarchicalFixture.load().iris
    let expected = try #require(iris.linkages[linkage.rawValue])
    let heights = try mergeTree(Matrix(rows: iris.rows), linkage).merges.map(\.height)
    // Iris has ties. Between the trees they allow, weighted and average heights differ; measured by
    // scipy itself on reversed rows: 0.3 % of the sum. The other sums are the same for all trees to rounding.
    let tolerance = linkage == .weighted || linkage == .average ? 3e-3 : 1e-9
    #expect(abs(heights.reduce(0, +) - expected.sum) <= tolerance * expected.sum)
    #expect(isClose(heights.last ?? 0, expected.last[4], within: linkage == .weighted ? 0.1 : 1e-9))
  }

  @Test(arguments: [Linkage.ward, .average, .complete, .single], HierarchicalFixture.names)
  func `cuts are those of scikit-learn`(linkage: Linkage, name: String) throws {
    let fixture = try #require(try HierarchicalFixture.load().data[name])
    let expected = try #require(fixture.linkages[linkage.rawValue])
    let x = Matrix(rows: fixture.rows)
    let stage = try hierarchical(linkage).stage(x, in: hierarchicalContext)
    for cut in expected.cuts {
      let estimator = hierarchical(linkage) { $0.k = .count(cut.k) }
      let fit = try estimator.fit(x, from: stage, in: hierarchicalContext)
      #expect(fit.assignments?.labels == partition(cut.labels))
      #expect(fit.model.clusterCount == cut.k)
    }
    let threshold = try #require(expected.threshold)
    let estimator = hierarchical(linkage) {
      $0.k = .none
      $0.distanceThreshold = .height(threshold)
    }
    let fit = try estimator.fit(x, from: stage, in: hierarchicalContext)
    #expect(fit.assignments?.labels == partition(try #require(expected.threshold_labels)))
  }

  @Test(arguments: Linkage.allCases, HierarchicalFixture.names)
  func `the cophenetic correlation is that of scipy`(linkage: Linkage, name: String) throws {
    let fixture = try #require(try HierarchicalFixture.load().data[name])
    let expected = try #require(fixture.linkages[linkage.rawValue])
    let fit = try hierarchical(linkage).fit(Matrix(rows: fixture.rows), in: hierarchicalContext)
    let score = try #require(fit.trace.scores.first)
    #expect(score.measure == .copheneticCorrelation)
    #expect(abs(score.value - expected.cophenetic_correlation) <= Self.tolerance)
  }

  @Test func `Ward's squared heights add up to twice the total sum of squares`() throws {
    let iris = try HierarchicalFixture.load().iris
    let sum = try mergeTree(Matrix(rows: iris.rows), .ward).merges.reduce(0) {
      $0 + $1.height * $1.height
    }
    // 681.3706 is the published total sum of squares of iris.
    #expect(isClose(sum / 2, 681.3706, within: 1e-8))
  }

  @Test func `a stage gives every cut the bits of a plain fit`() throws {
    let x = HierarchicalData.blobs(rows: 300, columns: 4)
    for linkage in Linkage.allCases {
      let stage = try hierarchical(linkage).stage(x, in: hierarchicalContext)
      for k in [1, 2, 9] {
        let estimator = hierarchical(linkage) { $0.k = .count(k) }
        let fromStage = try estimator.fit(x, from: stage, in: hierarchicalContext)
        let plain = try estimator.fit(x, in: hierarchicalContext)
        #expect(fromStage.assignments == plain.assignments)
        #expect(fromStage.trace == plain.trace)
        #expect(fromStage.model.centers == plain.model.centers)
      }
    }
  }

  @Test(arguments: Linkage.allCases)
  func `the tree does not depend on the number of threads`(linkage: Linkage) throws {
    let x = HierarchicalData.blobs(rows: 3000, columns: 5)
    let reference = try mergeTree(x, linkage)
    for threads in [2, 3, 5] {
      #expect(try mergeTree(x, linkage, threads: threads) == reference, "\(threads) threads")
    }
  }
}
