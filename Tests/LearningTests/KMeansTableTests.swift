import Learning
import Numerical
import Testing

/// Fits of samples of a table against fits of copies of the rows.
@Suite struct KMeansTableTests {
  /// Six overlapping groups far from zero: rows are shifted by the mean of the table in the one fit, of the copy in
  /// the other.
  private static let x: Matrix = {
    var random = RandomSource(seed: Seed(5))
    let centers = (0..<6).map { _ in (0..<5).map { _ in 4 * random.normal() + 1000 } }
    return Matrix(
      rows: (0..<1500).map { row in centers[row % 6].map { $0 + random.normal() } })
  }()

  /// Every row that is no multiple of three, the last ones left out.
  private static let rows = (0..<1400).filter { $0 % 3 != 0 }

  private static func estimator(_ k: Int) -> KMeans {
    var estimator = KMeans()
    estimator.k = k
    estimator.restarts = .count(2)
    return estimator
  }

  private let context = FitContext(seed: Seed(11))

  /// Sums about another mean round differently in the last digits: 1e-9 of the spread is far above that.
  private func expectEqual(_ a: KMeansModel, _ b: KMeansModel) {
    for (first, second) in zip(a.centers.values, b.centers.values) {
      #expect(abs(first - second) < 1e-9)
    }
    #expect(abs(a.inertia - b.inertia) < 1e-9 * b.inertia)
  }

  @Test(arguments: [3, 8, 21])
  func `a sample is fitted as a copy of its rows`(k: Int) throws {
    let estimator = Self.estimator(k)
    let table = try estimator.prepare(Self.x, on: .serial)
    let sample = try estimator.fit(table, rows: Self.rows, in: context)
    let copy = Self.x.selectingRows(Self.rows)
    expectEqual(sample.model, try estimator.fit(copy, in: context).model)
    #expect(try sample.labels == sample.model.assign(copy, on: .serial).labels)
  }

  @Test func `a sample counts its weights`() throws {
    let estimator = Self.estimator(6)
    let table = try estimator.prepare(Self.x, on: .serial)
    let weights = Self.rows.map { Double($0 % 4) }
    let sample = try estimator.fit(table, rows: Self.rows, weights: weights, in: context)
    let copy = Self.x.selectingRows(Self.rows)
    expectEqual(sample.model, try estimator.fit(copy, weights: weights, in: context).model)
  }

  @Test(arguments: [6, 21])
  func `a table is labelled as its rows are`(k: Int) throws {
    let estimator = Self.estimator(k)
    let table = try estimator.prepare(Self.x, on: .serial)
    let model = try estimator.fit(table, rows: Self.rows, in: context).model
    #expect(
      try model.labels(of: table, on: .serial) == model.assign(Self.x, on: .serial).labels)
  }

  @Test func `a sample keeps the bounds of sizes`() throws {
    var estimator = Self.estimator(6)
    estimator.minShare = 0.15
    let table = try estimator.prepare(Self.x, on: .serial)
    let sample = try estimator.fit(table, rows: Self.rows, in: context)
    let copy = try estimator.fit(Self.x.selectingRows(Self.rows), in: context)
    #expect(sample.model == copy.model)
    #expect(sample.labels == copy.assignments?.labels)
    let least = 0.15 * Double(Self.rows.count)
    for segment in 0..<6 {
      #expect(Double(sample.labels.count { $0 == segment }) >= least)
    }
  }

  @Test func `a sample with too few distinct rows is refused`() throws {
    let estimator = Self.estimator(3)
    let table = try estimator.prepare(Self.x, on: .serial)
    #expect(throws: LearningError.distinctRows(needed: 3, found: 2)) {
      try estimator.fit(table, rows: [4, 9], in: context)
    }
  }
}
