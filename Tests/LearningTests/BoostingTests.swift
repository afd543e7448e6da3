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
      #expect(fit.model.treeCount == theirs.treeCount, "\(entry.name)")
      for (number, (own, other)) in zip(fit.model.trees, theirs.trees).enumerated() {
        #expect(own.nodes.map(\.feature) == other.nodes.map(\.feature), "\(entry.name) \(number)")
        if own.leaves.map(\.count) != other.leaves.map(\.count) { print("DIFF", entry.name, number) }
        #expect(own.nodes.map(\.left) == other.nodes.map(\.left), "\(entry.name) \(number)")
        #expect(own.nodes.map(\.threshold) == other.nodes.map(\.threshold), "\(entry.name) \(number)")
        #expect(own.nodes.map(\.missing) == other.nodes.map(\.missing), "\(entry.name) \(number)")
        #expect(own.nodes.map(\.missingGoesLeft) == other.nodes.map(\.missingGoesLeft), "\(entry.name) \(number)")
        #expect(own.categorySets == other.categorySets, "\(entry.name) \(number)")
        #expect(own.leaves.map(\.count) == other.leaves.map(\.count), "\(entry.name) \(number)")
        // Derivatives are single precision; where the two round one differently, 420 rows share it.
        #expect(
          zip(own.leaves, other.leaves).allSatisfy { isClose($0.value, $1.value, within: 1e-8) },
          "\(entry.name) \(number)")
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
