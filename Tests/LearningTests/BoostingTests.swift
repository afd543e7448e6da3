import Foundation
import Learning
import Numerical
import TestSupport
import Testing

struct BoostingTests {
  @Test func `exact sums give the trees of LightGBM`() throws {
    let fixture = try BoostingFixture.load()
    for entry in fixture.cases {
      let fit = try entry.estimator("exact").fit(fixture.input(entry), in: boostingContext())
      let theirs = try GradientBoostingModel(lightGBMText: entry.text)
      let rows = fixture.rows(entry)
      #expect(fit.model.treeCount == theirs.treeCount, "\(entry.name)")
      for (own, other) in zip(fit.model.trees, theirs.trees) {
        #expect(own.nodes.map(\.feature) == other.nodes.map(\.feature), "\(entry.name)")
        #expect(own.nodes.map(\.left) == other.nodes.map(\.left), "\(entry.name)")
        #expect(own.nodes.map(\.missing) == other.nodes.map(\.missing), "\(entry.name)")
        #expect(own.categorySets == other.categorySets, "\(entry.name)")
        #expect(own.leaves.map(\.count) == other.leaves.map(\.count), "\(entry.name)")
        // Derivatives are single precision; where the two round one differently, 420 rows share it.
        #expect(
          zip(own.leaves, other.leaves).allSatisfy { isClose($0.value, $1.value, within: 1e-8) },
          "\(entry.name)")
        // Thresholds may differ by empty bins and missing values' ways where a node has none: such
        // divisions gain the same, and where rows go is what counts.
        #expect(rows.allSatisfy { own.leaf(of: $0) == other.leaf(of: $0) }, "\(entry.name)")
      }
    }
  }

  @Test func `models of LightGBM predict as there`() throws {
    let fixture = try BoostingFixture.load()
    for entry in fixture.cases {
      let model = try GradientBoostingModel(lightGBMText: entry.text)
      let scores = try model.scores(fixture.table(entry), on: .serial)
      #expect(scores == entry.scores, "\(entry.name)")
    }
  }
}
