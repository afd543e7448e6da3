import Evaluation
import Numerical
import TestSupport
import Testing

/// The cases of `folds.json`.
struct FoldsFixture: Decodable {
  struct Plain: Decodable {
    let rows: Int
    let folds: Int
    let sizes: [Int]
  }

  struct Stratified: Decodable {
    let labels: [Int]
    let folds: Int
    let counts: [[Int]]
  }

  struct Grouped: Decodable {
    let groups: [Int]
    let folds: Int
    let sizes: [Int]
  }

  struct ForwardTime: Decodable {
    struct Split: Decodable {
      let train: [Int]
      let test: [Int]
    }

    let rows: Int
    let folds: Int
    let splits: [Split]
  }

  struct Holdout: Decodable {
    let rows: Int
    let share: Double
    let test: Int
  }

  struct StratifiedHoldout: Decodable {
    let labels: [Int]
    let share: Double
    let test: [Int]
  }

  let plain: [Plain]
  let stratified: [Stratified]
  let grouped: [Grouped]
  let forward_time: [ForwardTime]
  let holdout: [Holdout]
  let stratified_holdout: [StratifiedHoldout]

  static func load() throws -> FoldsFixture { try Fixture.load("folds") }
}

struct FoldsTests {
  /// Every row tested once, and trained on whenever it is not tested.
  static func expectPartition(_ folds: Folds, rows: Int) {
    #expect(folds.flatMap(\.test).sorted() == Array(0..<rows))
    for split in folds {
      #expect((split.train + split.test).sorted() == Array(0..<rows))
      #expect(split.train == split.train.sorted())
      #expect(split.test == split.test.sorted())
    }
  }

  @Test func `shuffled folds have scikit-learn's sizes and test every row once`() throws {
    for example in try FoldsFixture.load().plain {
      let folds = try Folds.shuffled(rowCount: example.rows, count: example.folds, seed: Seed(3))
      #expect(folds.map(\.test.count) == example.sizes)
      Self.expectPartition(folds, rows: example.rows)
    }
  }

  @Test func `folds are a function of the seed`() throws {
    func folds(_ seed: UInt64) throws -> Folds {
      try Folds.shuffled(rowCount: 100, count: 4, seed: Seed(seed))
    }
    #expect(try folds(1) == folds(1))
    #expect(try folds(1) != folds(2))
    #expect(try folds(1)[0].test != Array(0..<25))
  }

  /// Which fold takes the odd row of a class depends on the order of classes; the multiset does not.
  @Test func `stratified folds hold as many rows of each class as scikit-learn's`() throws {
    for example in try FoldsFixture.load().stratified {
      let folds = try Folds.stratified(
        labels: example.labels, count: example.folds, seed: Seed(1))
      Self.expectPartition(folds, rows: example.labels.count)
      #expect(
        folds.map(\.test.count).sorted() == example.counts.map { $0.reduce(0, +) }.sorted())
      for label in 0..<3 {
        let counts = folds.map { $0.test.count { example.labels[$0] == label } }
        #expect(counts.sorted() == example.counts.map { $0[label] }.sorted())
      }
    }
  }

  @Test func `grouped folds have scikit-learn's sizes and split no group`() throws {
    for example in try FoldsFixture.load().grouped {
      let folds = try Folds.grouped(groups: example.groups, count: example.folds, seed: Seed(1))
      Self.expectPartition(folds, rows: example.groups.count)
      #expect(folds.map(\.test.count) == example.sizes)
      for split in folds {
        let tested = Set(split.test.map { example.groups[$0] })
        #expect(tested.isDisjoint(with: split.train.map { example.groups[$0] }))
      }
    }
  }

  @Test func `groups of equal size are shuffled`() throws {
    let groups = (0..<60).map { $0 / 2 }
    let a = try Folds.grouped(groups: groups, count: 3, seed: Seed(1))
    let b = try Folds.grouped(groups: groups, count: 3, seed: Seed(2))
    #expect(a != b)
    #expect(a.map(\.test.count) == [20, 20, 20])
  }

  @Test func `forward folds of distinct times are scikit-learn's`() throws {
    for example in try FoldsFixture.load().forward_time {
      let times = (0..<example.rows).map { 2 * Double($0) - 7 }
      let folds = try Folds.forwardTime(times: times, count: example.folds)
      #expect(folds.map(\.train) == example.splits.map(\.train))
      #expect(folds.map(\.test) == example.splits.map(\.test))
    }
  }

  /// Times 5 4 3 2 1 0: parts {0, 1}, {2, 3}, {4, 5} in time are rows {5, 4}, {3, 2}, {1, 0}.
  @Test func `forward folds follow time, not the order of rows`() throws {
    let folds = try Folds.forwardTime(times: [5, 4, 3, 2, 1, 0], count: 2)
    #expect(folds.map(\.test) == [[2, 3], [0, 1]])
    #expect(folds.map(\.train) == [[4, 5], [2, 3, 4, 5]])
  }

  /// Test rows start at times 2 and 4; with a gap of 1.5 training ends at 0.5 and 2.5.
  @Test func `a gap keeps the latest rows out of training`() throws {
    let folds = try Folds.forwardTime(times: [0, 1, 2, 3, 4, 5], count: 2, gap: 1.5)
    #expect(folds.map(\.train) == [[0], [0, 1, 2]])
    #expect(folds.map(\.test) == [[2, 3], [4, 5]])
  }

  /// Cuts at positions 2 and 4 of times 0 1 1 2 2 2 move back to positions 1 and 3.
  @Test func `rows of one time are never on both sides`() throws {
    let folds = try Folds.forwardTime(times: [0, 1, 1, 2, 2, 2], count: 2)
    #expect(folds.map(\.test) == [[1, 2], [3, 4, 5]])
    #expect(folds.map(\.train) == [[0], [0, 1, 2]])
  }

  @Test func `forward folds leave out earlier rows of tested groups`() throws {
    let folds = try Folds.forwardTime(
      times: [0, 1, 2, 3, 4, 5], count: 2, groups: [7, 8, 7, 9, 8, 9])
    #expect(folds.map(\.test) == [[2, 3], [4, 5]])
    #expect(folds.map(\.train) == [[1], [0, 2]])
  }

  @Test func `a fold can be counted in the rows of a larger table`() throws {
    let folds = try Folds.forwardTime(times: [0, 1, 2, 3], count: 3)
    let split = folds[1].renumbered(by: [10, 20, 30, 40])
    #expect(split.train == [10, 20])
    #expect(split.test == [30])
  }

  @Test func `folds that cannot be are refused`() {
    let seed = Seed(1)
    #expect(throws: EvaluationError.foldCount(found: 1)) {
      try Folds.shuffled(rowCount: 10, count: 1, seed: seed)
    }
    #expect(throws: EvaluationError.tooFew(.rows, needed: 5, found: 4)) {
      try Folds.shuffled(rowCount: 4, count: 5, seed: seed)
    }
    #expect(throws: EvaluationError.rareClass(label: 1, rows: 2, needed: 3)) {
      try Folds.stratified(labels: [0, 1, 0, 1, 0, 0], count: 3, seed: seed)
    }
    #expect(throws: EvaluationError.tooFew(.groups, needed: 3, found: 2)) {
      try Folds.grouped(groups: [4, 4, 4, 5], count: 3, seed: seed)
    }
    #expect(throws: EvaluationError.foldCount(found: -1)) {
      try Folds.grouped(groups: [4, 5], count: -1, seed: seed)
    }
  }

  @Test func `forward folds that cannot be are refused`() {
    #expect(throws: EvaluationError.tooFew(.rows, needed: 4, found: 3)) {
      try Folds.forwardTime(times: [1, 2, 3], count: 3)
    }
    #expect(throws: EvaluationError.tooFew(.times, needed: 3, found: 2)) {
      try Folds.forwardTime(times: [0, -0.0, 1, 1], count: 2)
    }
    #expect(throws: EvaluationError.missingTime(row: 1)) {
      try Folds.forwardTime(times: [0, .nan, 1], count: 2)
    }
    #expect(throws: EvaluationError.gap(found: -1)) {
      try Folds.forwardTime(times: [0, 1, 2], count: 2, gap: -1)
    }
    #expect(throws: EvaluationError.emptyTraining(fold: 0)) {
      try Folds.forwardTime(times: [0, 1, 2], count: 2, gap: 1.5)
    }
    #expect(throws: EvaluationError.lengths(expected: 3, found: 1)) {
      try Folds.forwardTime(times: [0, 1, 2], count: 2, groups: [1])
    }
    // Parts of two rows start at positions 2 and 4, both inside the run of 1s.
    #expect(throws: EvaluationError.emptyTest(fold: 0)) {
      try Folds.forwardTime(times: [0, 1, 1, 1, 1, 2], count: 2)
    }
  }
}
