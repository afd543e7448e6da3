import Evaluation
import Numerical
import TestSupport
import Testing

struct SplitTests {
  static func expectPartition(_ split: Split, rows: Int) {
    #expect((split.train + split.test).sorted() == Array(0..<rows))
    #expect(split.train == split.train.sorted())
    #expect(split.test == split.test.sorted())
  }

  @Test func `a holdout has scikit-learn's size`() throws {
    for example in try FoldsFixture.load().holdout {
      let split = try Split.holdout(rowCount: example.rows, share: example.share, seed: Seed(1))
      Self.expectPartition(split, rows: example.rows)
      #expect(split.test.count == example.test)
    }
  }

  @Test func `a decimal share of a round number is exact`() throws {
    // 0.07 · 100 is 7.000000000000001 in doubles.
    #expect(try Split.holdout(rowCount: 100, share: 0.07, seed: Seed(1)).test.count == 7)
  }

  @Test func `a holdout is a function of the seed`() throws {
    func holdout(_ seed: UInt64) throws -> Split {
      try Split.holdout(rowCount: 60, share: 0.5, seed: Seed(seed))
    }
    #expect(try holdout(1) == holdout(1))
    #expect(try holdout(1) != holdout(2))
  }

  @Test func `a stratified holdout has scikit-learn's class counts`() throws {
    for example in try FoldsFixture.load().stratified_holdout {
      let split = try Split.stratifiedHoldout(
        labels: example.labels, share: example.share, seed: Seed(1))
      Self.expectPartition(split, rows: example.labels.count)
      let counts = example.test.indices.map { label in
        split.test.count { example.labels[$0] == label }
      }
      #expect(counts == example.test)
    }
  }

  /// A share of 0.1 of 98 + 2 rows would give the rare class 0.2 rows.
  @Test func `a stratified holdout has rows of every class on both sides`() throws {
    let labels = (0..<100).map { $0 < 98 ? 0 : 1 }
    let split = try Split.stratifiedHoldout(labels: labels, share: 0.1, seed: Seed(1))
    #expect(split.test.count == 10)
    #expect(split.test.count { labels[$0] == 1 } == 1)
    let mostly = try Split.stratifiedHoldout(labels: labels, share: 0.97, seed: Seed(1))
    #expect(mostly.test.count == 97)
    #expect(mostly.test.count { labels[$0] == 1 } == 1)
  }

  @Test func `a group holdout takes whole groups`() throws {
    let groups = (0..<50).map { $0 % 10 }
    let split = try Split.groupHoldout(groups: groups, share: 0.25, seed: Seed(1))
    Self.expectPartition(split, rows: 50)
    let tested = Set(split.test.map { groups[$0] })
    #expect(tested.count == 3)
    #expect(tested.isDisjoint(with: split.train.map { groups[$0] }))
  }

  /// The latest 2 of 5 rows start inside the run of 3s, which moves whole to the test side.
  @Test func `the latest holdout is the end of time`() throws {
    let times: [Double] = [3, 0, 1, 3, 3]
    let split = try Split.latestHoldout(times: times, share: 0.4)
    #expect(split.test == [0, 3, 4])
    #expect(split.train == [1, 2])
    let gapped = try Split.latestHoldout(times: times, share: 0.4, gap: 2.5)
    #expect(gapped.train == [1])
  }

  @Test func `a holdout that cannot be is refused`() {
    for share in [0, 1, -0.5, 2, Double.nan] {
      #expect(throws: EvaluationError.self) {
        try Split.holdout(rowCount: 10, share: share, seed: Seed(1))
      }
    }
    #expect(throws: EvaluationError.tooFew(.rows, needed: 2, found: 1)) {
      try Split.holdout(rowCount: 1, share: 0.5, seed: Seed(1))
    }
    #expect(throws: EvaluationError.tooFew(.rows, needed: 3, found: 2)) {
      try Split.holdout(rowCount: 2, share: 0.9, seed: Seed(1))
    }
    #expect(throws: EvaluationError.rareClass(label: 8, rows: 1, needed: 2)) {
      try Split.stratifiedHoldout(labels: [0, 0, 0, 8], share: 0.5, seed: Seed(1))
    }
    #expect(throws: EvaluationError.tooFew(.rows, needed: 2, found: 1)) {
      try Split.stratifiedHoldout(labels: [0, 0, 1, 1], share: 0.25, seed: Seed(1))
    }
    #expect(throws: EvaluationError.emptyTraining(fold: 0)) {
      try Split.latestHoldout(times: [1, 1, 1], share: 0.3)
    }
  }
}
