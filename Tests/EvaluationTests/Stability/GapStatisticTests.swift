import Evaluation
import Foundation
import Numerical
import TestSupport
import Testing

struct GapStatisticTests {
  /// R sums distances of pairs where we sum distances from means: 50 rows, a few units of the last digit.
  @Test func `dispersions and gaps equal those of clusGap`() throws {
    for example in try StabilityFixture.load().gaps {
      let x = Matrix(rows: example.x)
      let one = [Int](repeating: 0, count: x.rowCount)
      for k in 1...example.gap.count {
        let labels = k == 1 ? one : example.labels[k - 2]
        let own = try GapStatistic.logDispersion(of: x, labels: labels)
        #expect(isClose(own, example.logW[k - 1], within: 1e-14))
        if k == 1 { #expect(try GapStatistic.logDispersion(of: x) == own) }
        let references = try example.references.map { reference in
          try GapStatistic.logDispersion(
            of: Matrix(rows: reference.x), labels: k == 1 ? one : reference.labels[k - 2])
        }
        let gap = try GapStatistic(logDispersion: own, references: references)
        #expect(isClose(gap.expectedLogDispersion, example.expected[k - 1], within: 1e-14))
        #expect(isClose(gap.gap, example.gap[k - 1], within: 1e-13))
        #expect(isClose(gap.standardError, example.se[k - 1], within: 1e-13))
      }
    }
  }

  // A principal axis may point either way, which turns a share of it round. Products of 4 numbers and the
  // square roots of LAPACK: 1e-12 of the largest entry.
  @Test func `a reference is drawn from the box of clusGap`() throws {
    for example in try StabilityFixture.load().gaps {
      let box: GapReference.Box = example.space == "original" ? .original : .principalAxes
      let maker = try GapReference(box, around: Matrix(rows: example.x), seed: Seed(0))
      let turns =
        box == .original
        ? [[false, false]] : [false, true].flatMap { a in [[a, false], [a, true]] }
      let distances = turns.map { turned in
        let found = maker.matrix { row, axis in
          turned[axis] ? 1 - example.shares[row][axis] : example.shares[row][axis]
        }
        return zip(found.values, example.references[0].x.joined()).map { abs($0 - $1) }.max()
          ?? .nan
      }
      #expect((distances.min() ?? .nan) < 1e-12, "\(example.space)")
    }
  }

  // In both spaces clusGap's gap falls from one segment to two, so both rules answer 1.
  @Test func `rules that start at one segment answer as clusGap does`() throws {
    for example in try StabilityFixture.load().gaps {
      let first = GapRule.firstMaximum.choice(gaps: example.gap, standardErrors: example.se)
      let next = GapRule.nextWithinError.choice(gaps: example.gap, standardErrors: example.se)
      #expect(first == example.first - 1 && first == 0, "\(example.space)")
      #expect(next == example.tibshirani - 1 && next == 0, "\(example.space)")
    }
  }

  // Mean 3; squares 9 + 1 + 4 + 4 = 18; half of it is 9.
  @Test func `all rows are one segment about their mean`() throws {
    let x = Matrix(rows: [[0], [2], [5], [5]])
    #expect(isClose(try GapStatistic.logDispersion(of: x), log(9), within: 1e-15))
    #expect(try GapStatistic.logDispersion(of: Matrix(rows: [[1], [1]])) == -.infinity)
  }

  @Test func `rules choose as in R`() throws {
    let fixture = try StabilityFixture.load()
    for rule in fixture.rules {
      let first = GapRule.firstMaximum.choice(gaps: rule.gaps, standardErrors: rule.errors)
      let next = GapRule.nextWithinError.choice(gaps: rule.gaps, standardErrors: rule.errors)
      #expect(first == rule.first - 1, "\(rule.gaps) ± \(rule.errors)")
      #expect(next == rule.tibshirani - 1, "\(rule.gaps) ± \(rule.errors)")
    }
    #expect(GapRule.firstMaximum.choice(gaps: [], standardErrors: []) == nil)
  }

  // Means 1 and 5; squares 1 + 1 + 0; half of 2 is 1, its logarithm 0.
  @Test func `half the squared distances from the means are summed`() throws {
    let x = Matrix(rows: [[0], [2], [5], [99]])
    #expect(try GapStatistic.logDispersion(of: x, labels: [0, 0, 1, -1]) == 0)
  }

  @Test func `segments that are points have no gap`() throws {
    let points = try GapStatistic.logDispersion(of: Matrix(rows: [[1], [2]]), labels: [0, 1])
    #expect(points == -.infinity)
    #expect(throws: EvaluationError.noDispersion) {
      try GapStatistic(logDispersion: points, references: [0, 1])
    }
    #expect(throws: EvaluationError.count(.replicates, needed: 2, found: 1)) {
      try GapStatistic(logDispersion: 0, references: [0])
    }
  }

  @Test func `references are numbered, not counted`() throws {
    let x = Matrix(rows: [[0, 0], [1, 2], [3, 1], [2, 2]])
    let maker = try GapReference(.original, around: x, seed: Seed(4))
    #expect(maker.reference(7) == maker.reference(7))
    #expect(maker.reference(7) != maker.reference(8))
    let drawn = maker.reference(0)
    #expect(drawn.rowCount == 4)
    #expect(drawn.column(0).allSatisfy { (0...3).contains($0) })
    #expect(drawn.column(1).allSatisfy { (0...2).contains($0) })
  }
}
