import Foundation
import Learning
import Numerical
import TestSupport
import Testing

private let context = FitContext(seed: Seed(1))

private func kMeans(_ k: Int, _ change: (inout KMeans) -> Void = { _ in }) -> KMeans {
  var kMeans = KMeans()
  kMeans.k = k
  change(&kMeans)
  return kMeans
}

/// Empty clusters, weights, stopping, starts and refusals.
struct KMeansRulesTests {
  @Test func `an empty cluster takes over the farthest row`() throws {
    // From starts 0 and 99 every row goes to the first, whose mean is 3.4; the farthest row from
    // the old centre 0 is 10. It leaves: mean of 0, 1, 2, 4 is 1.75, and 10 stands alone.
    let x = Matrix(rows: [[0], [1], [2], [4], [10]])
    let fit = try kMeans(2) {
      $0.initialization = .given(Matrix(rows: [[0], [99]]))
      $0.tolerance = 0
    }.fit(x, in: context)
    #expect(fit.model.centers == Matrix(rows: [[1.75], [10]]))
    #expect(fit.trace.warnings.isEmpty)
  }

  @Test func `several empty clusters take over the farthest rows in order`() throws {
    let x = Matrix(rows: [[0], [1], [2], [30], [20]])
    let fit = try kMeans(3) {
      $0.initialization = .given(Matrix(rows: [[0], [900], [901]]))
      $0.tolerance = 0
    }.fit(x, in: context)
    #expect(fit.model.centers == Matrix(rows: [[1], [30], [20]]))
  }

  @Test func `weights count rows as often as they say`() throws {
    let x = cloud(120, 3, seed: 5)
    let counts = (0..<120).map { $0 % 4 }
    let repeated = (0..<120).flatMap { [Int](repeating: $0, count: counts[$0]) }
    let estimator = kMeans(5) {
      $0.initialization = .given(x.selectingRows([1, 30, 61, 90, 118]))
      $0.tolerance = 0
    }
    let weighed = try estimator.fit(x, weights: counts.map(Double.init), in: context)
    let copied = try estimator.fit(x.selectingRows(repeated), in: context)
    // The two fits shift by different means, which rounds differently.
    #expect(
      zip(weighed.model.centers.values, copied.model.centers.values).allSatisfy {
        isClose($0, $1, within: 1e-12)
      })
    #expect(isClose(weighed.model.inertia, copied.model.inertia, within: 1e-12))
    #expect(weighed.trace.losses.count == copied.trace.losses.count)
  }

  @Test func `equal weights of one change nothing`() throws {
    let x = cloud(300, 2, seed: 6)
    let given = kMeans(4) { $0.initialization = .given(x.selectingRows([0, 1, 2, 3])) }
    #expect(
      try given.fit(x, in: context).model
        == given.fit(x, weights: [Double](repeating: 1, count: 300), in: context).model)
  }

  @Test(arguments: [KMeansInitialization.plusPlus, .random])
  func `rows without weight are never starts`(initialization: KMeansInitialization) throws {
    let x = Matrix(rows: [[0], [100], [200], [1], [300], [2]])
    for seed in 1...20 as ClosedRange<UInt64> {
      let fit = try kMeans(3) { $0.initialization = initialization }.fit(
        x, weights: [1, 0, 0, 1, 0, 1], in: FitContext(seed: Seed(seed)))
      #expect(fit.model.centers.values.sorted() == [0, 1, 2])
      #expect(fit.model.inertia == 0)
    }
  }

  @Test func `iterations end early with a warning`() throws {
    let x = cloud(800, 2, seed: 2)
    let fit = try kMeans(9) {
      $0.initialization = .given(x.selectingRows(Array(0..<9)))
      $0.iterations = 2
      $0.tolerance = 0
    }.fit(x, in: context)
    #expect(!fit.trace.converged)
    #expect(fit.trace.losses.count == 2)
    #expect(fit.trace.warnings.contains { $0.contains("2 iterations") })
  }

  @Test func `a large tolerance stops after one iteration and assigns once more`() throws {
    let x = cloud(500, 2, seed: 8)
    let starts = x.selectingRows([0, 1, 2])
    let fit = try kMeans(3) {
      $0.initialization = .given(starts)
      $0.tolerance = 1e9
    }.fit(x, in: context)
    #expect(fit.trace.converged)
    #expect(fit.trace.losses.count == 1)
    let plain = plainLloyd(x, starts: starts, iterations: 1)
    #expect(
      zip(fit.model.centers.values, plain.centers.values).allSatisfy {
        isClose($0, $1, within: 1e-12)
      })
  }

  @Test func `more restarts are never worse`() throws {
    let x = cloud(400, 3, seed: 11)
    let inertias = try [1, 3, 10].map { count in
      try kMeans(9) {
        $0.restarts = .count(count)
        $0.initialization = .random
      }.fit(x, in: context).model.inertia
    }
    #expect(inertias[0] >= inertias[1] && inertias[1] >= inertias[2])
  }

  @Test func `greedy starts are good before the first iteration`() throws {
    // Seven middles, seven clusters: greedy k-means++ all but always finds one row in each.
    let x = cloud(1000, 8, seed: 12)
    func first(_ initialization: KMeansInitialization, seed: UInt64) throws -> Double {
      try kMeans(7) {
        $0.initialization = initialization
        $0.iterations = 1
        $0.restarts = .count(1)
      }.fit(x, in: FitContext(seed: Seed(seed))).model.inertia
    }
    let seeds = [UInt64](1...10)
    let greedy = try seeds.map { try first(.plusPlus, seed: $0) }.reduce(0, +)
    let random = try seeds.map { try first(.random, seed: $0) }.reduce(0, +)
    #expect(greedy < 0.8 * random)
  }

  @Test func `more clusters than distinct rows are refused`() throws {
    let x = Matrix(rows: [[1, 2], [0, 0], [1, 2], [-0.0, 0]])
    #expect(throws: LearningError.distinctRows(needed: 3, found: 2)) {
      try kMeans(3).fit(x, in: context)
    }
    #expect(throws: LearningError.distinctRows(needed: 2, found: 1)) {
      try kMeans(2).fit(x, weights: [1, 0, 1, 0], in: context)
    }
  }

  @Test func `rows that cannot be measured are refused`() throws {
    #expect(throws: LearningError.nonFinite(row: 1, column: 0)) {
      try kMeans(1).fit(Matrix(rows: [[1, 2], [.nan, 3]]), in: context)
    }
    #expect(throws: LearningError.nonFinite(row: 0, column: 1)) {
      try kMeans(1).fit(Matrix(rows: [[1, -.infinity], [2, 3]]), in: context)
    }
    #expect(throws: LearningError.tooLarge(row: 2, column: 1)) {
      try kMeans(1).fit(Matrix(rows: [[1, 2], [2, 3], [1, -1e200]]), in: context)
    }
    #expect(throws: LearningError.rows(needed: 1, found: 0)) {
      try kMeans(1).fit(Matrix(rowCount: 0, columnCount: 2), in: context)
    }
    #expect(throws: LearningError.width(expected: 1, found: 0)) {
      try kMeans(1).fit(Matrix(rowCount: 3, columnCount: 0), in: context)
    }
  }

  @Test func `new rows and starts that cannot be squared are refused like rows of the fit`() throws
  {
    let model = KMeansModel(
      centers: Matrix(rows: [[0, 0], [1, 1]]), inertia: 0, spreads: [1, 1])
    #expect(throws: LearningError.tooLarge(row: 1, column: 0)) {
      try model.assign(Matrix(rows: [[0, 1], [1e200, 0.5]]), on: .serial)
    }
    #expect(throws: LearningError.tooLarge(row: 0, column: 1)) {
      try kMeans(1) { $0.initialization = .given(Matrix(rows: [[0, 1e150]])) }
        .fit(Matrix(rows: [[1, 2], [3, 4]]), in: context)
    }
  }

  @Test func `a parameter outside its domain is refused before the fit`() throws {
    let x = Matrix(rows: [[1], [2], [3]])
    #expect(throws: LearningError.self) { try kMeans(1) { $0.iterations = 0 }.fit(x, in: context) }
    #expect(throws: LearningError.self) {
      try kMeans(1) { $0.restarts = .count(0) }.fit(x, in: context)
    }
  }

  @Test func `the tolerance keeps its meaning far from zero`() throws {
    // The same rows, moved by a power of two that leaves their differences exact: the variance that
    // scales the tolerance may not feel the offset. Centres there are multiples of 1/64, which may
    // move the stop by one iteration.
    let values = (0..<40_960).map { Double($0 * 7919 % 640) / 64 }
    let counts = try [0, 0x1p46].map { offset in
      let x = Matrix(rowCount: values.count, columnCount: 1, values: values.map { $0 + offset })
      let starts = Matrix(rows: (1...5).map { [Double($0) / 2 + offset] })
      return try kMeans(5) {
        $0.initialization = .given(starts)
        $0.tolerance = 1e-3
      }.fit(x, in: context).trace.losses.count
    }
    #expect(counts[0] > 2)
    #expect(abs(counts[1] - counts[0]) <= 1)
  }

  @Test func `a stored model without centres is refused`() {
    let text = #"{"centers":{"shape":[0,2],"values":[]},"inertia":0}"#
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(KMeansModel.self, from: Data(text.utf8))
    }
  }

  @Test func `starts that do not fit are refused`() throws {
    let x = cloud(20, 2, seed: 1)
    #expect(throws: LearningError.width(expected: 2, found: 3)) {
      try kMeans(1) { $0.initialization = .given(Matrix(rows: [[1, 2, 3]])) }.fit(x, in: context)
    }
    #expect(throws: LearningError.self) {
      try kMeans(3) { $0.initialization = .given(Matrix(rows: [[1, 2], [3, 4]])) }
        .fit(x, in: context)
    }
  }

  @Test func `weights that do not fit are refused`() throws {
    let x = cloud(4, 2, seed: 1)
    #expect(throws: LearningError.rows(needed: 4, found: 3)) {
      try kMeans(1).fit(x, weights: [1, 1, 1], in: context)
    }
    for bad in [-1, Double.nan, .infinity] {
      #expect(throws: LearningError.self) {
        try kMeans(1).fit(x, weights: [1, bad, 1, 1], in: context)
      }
    }
    #expect(throws: LearningError.distinctRows(needed: 1, found: 0)) {
      try kMeans(1).fit(x, weights: [0, 0, 0, 0], in: context)
    }
  }

  @Test func `a cancelled fit says so`() {
    #expect(throws: LearningError.cancelled) {
      try kMeans(2).fit(
        cloud(50, 2, seed: 1), in: FitContext(seed: Seed(1), isCancelled: { true }))
    }
  }

  @Test func `new rows of another width or not finite are refused`() throws {
    let model = try kMeans(2).fit(cloud(50, 2, seed: 1), in: context).model
    #expect(throws: LearningError.width(expected: 2, found: 3)) {
      try model.assign(Matrix(rows: [[1, 2, 3]]), on: .serial)
    }
    #expect(throws: LearningError.nonFinite(row: 0, column: 0)) {
      try model.assign(Matrix(rows: [[.nan, 2]]), on: .serial)
    }
    #expect(
      try model.assign(Matrix(rowCount: 0, columnCount: 2), on: .serial)
        == Assignments(joining: []))
  }

  @Test func `parameters keep their values through text`() throws {
    for initialization in [
      KMeansInitialization.plusPlus, .random, .given(Matrix(rows: [[1, 2.5], [3, 4]])),
    ] {
      #expect(KMeansInitialization(initialization.parameterValue) == initialization)
    }
    for restarts in [KMeansRestarts.automatic, .count(1), .count(25)] {
      #expect(KMeansRestarts(restarts.parameterValue) == restarts)
    }
    #expect(
      KMeansInitialization(.list([.list([.integer(1), .real(2)])]))
        == .given(Matrix(rows: [[1, 2]])))
    #expect(KMeansInitialization.invalidExamples.allSatisfy { KMeansInitialization($0) == nil })
    #expect(KMeansRestarts.invalidExamples.allSatisfy { KMeansRestarts($0) == nil })
  }

  @Test func `names of other tools are understood`() throws {
    let estimator = try KMeans(
      Parameters([
        ("n_clusters", .integer(5)), ("n_init", .text("auto")), ("tol", .real(0)),
        ("max_iter", .integer(7)), ("init", .text("random")),
      ]))
    #expect(estimator.k == 5 && estimator.iterations == 7 && estimator.tolerance == 0)
    #expect(estimator.initialization == .random && estimator.restarts == .automatic)
  }
}
