import Evaluation
import Numerical
import TestSupport
import Testing

struct GroupComparisonTests {
  private struct Reference: Decodable {
    struct Gap: Decodable {
      let difference: Double
      let ratio: Double?
    }

    struct Case: Decodable {
      let name: String
      let groups: [Int]
      let labels: [Double]
      let scores: [Double]
      let threshold: Double
      let figures: [String: [Double]]
      let gaps: [String: Gap]
    }

    let cases: [Case]
  }

  private let bootstrap = Bootstrap(replicateCount: 50, seed: Seed(7))

  private func comparison(_ example: Reference.Case) throws -> GroupComparison {
    try GroupComparison(
      scores: example.scores, labels: example.labels, by: example.groups,
      threshold: example.threshold, bootstrap: bootstrap)
  }

  @Test func `figures and gaps of groups equal fairlearn's`() throws {
    for example in try Fixture.load("fairness", as: Reference.self).cases {
      let found = try comparison(example)
      for measure in example.figures.keys.sorted() {
        let values = found.groups.map { group in
          group.estimates.first { $0.measure == measure }?.estimate.value
        }
        // Quotients of counts, and sums of a few hundred scores.
        for (value, expected) in zip(values, example.figures[measure] ?? []) {
          let figure = try #require(value)
          #expect(isClose(figure, expected, within: 1e-12), "\(example.name) \(measure)")
        }
        let gap = try #require(found.gaps.first { $0.measure == measure })
        let expected = try #require(example.gaps[measure])
        #expect(isClose(gap.difference.value, expected.difference, within: 1e-12))
        #expect((gap.ratio == nil) == (expected.ratio == nil), "\(example.name) \(measure)")
        if let ratio = gap.ratio?.value, let other = expected.ratio {
          #expect(isClose(ratio, other, within: 1e-12))
        }
      }
    }
  }

  @Test func `intervals lie around their figures and repeat themselves`() throws {
    let example = try Fixture.load("fairness", as: Reference.self).cases[0]
    let (found, again) = (try comparison(example), try comparison(example))
    for (group, twin) in zip(found.groups, again.groups) {
      for ((measure, estimate), other) in zip(group.estimates, twin.estimates) {
        let interval = try #require(estimate.interval, "\(measure)")
        #expect(interval.lower <= interval.upper)
        #expect(estimate == other.estimate)
        #expect(interval.contains(estimate.value), "\(measure)")
      }
    }
  }

  @Test func `the interval of a base rate does not depend on the unit of weights`() throws {
    func interval(_ weight: Double) throws -> Interval? {
      let found = try GroupComparison(
        scores: [0.9, 0.2, 0.8, 0.1], labels: [1, 0, 0, 1],
        weights: [1, 1, 1, 1].map { $0 * weight },
        by: [0, 0, 0, 0], threshold: 0.5, bootstrap: bootstrap)
      return found.groups[0].estimates.first { $0.measure == "base_rate" }?.estimate.interval
    }
    #expect(try interval(1) == Interval.wilson(hits: 2, of: 4))
    #expect(try interval(128) == interval(1))
  }

  @Test func `a group of one class has the figures that exist`() throws {
    // Group 0: scores 0.9, 0.2 with labels 1, 0. Group 1: 0.8 and 0.1, both 0: nobody to find.
    let found = try GroupComparison(
      scores: [0.9, 0.2, 0.8, 0.1], labels: [1, 0, 0, 0], by: [0, 0, 1, 1], threshold: 0.5,
      bootstrap: bootstrap)
    let measures = found.groups.map { $0.estimates.map(\.measure) }
    #expect(measures[0].contains("true_positive_rate") && measures[0].contains("roc_auc"))
    #expect(!measures[1].contains("true_positive_rate") && !measures[1].contains("roc_auc"))
    #expect(!found.gaps.contains { $0.measure == "true_positive_rate" })
    let selection = try #require(found.gaps.first { $0.measure == "selection_rate" })
    #expect(selection.difference.value == 0 && selection.ratio?.value == 1)
    let mistakes = try #require(found.gaps.first { $0.measure == "false_positive_rate" })
    #expect(mistakes.difference.value == 0.5)
  }

  @Test func `codes must be one per row`() {
    #expect(throws: EvaluationError.lengths(expected: 2, found: 1)) {
      try GroupComparison(
        scores: [0.1, 0.2], labels: [0, 1], by: [0], threshold: 0.5, bootstrap: bootstrap)
    }
  }
}
