import Learning
import Numerical
import Testing

@Suite struct DBSCANRulesTests {
  static let context = FitContext(seed: Seed(3))

  @Test func `the order of rows does not decide which are core rows`() throws {
    let x = DBSCANExamples.matrix("groups", columns: 4)
    var random = RandomSource(seed: Seed(21))
    let order = random.permutation(count: x.rowCount)
    let cores = try dbscan(0.6, 6).fit(x, in: Self.context).model.coreRows
    let shuffled = try dbscan(0.6, 6).fit(x.selectingRows(order), in: Self.context).model.coreRows
    let sorted = { (matrix: Matrix) in
      (0..<matrix.rowCount).map(matrix.row).sorted { $0.lexicographicallyPrecedes($1) }
    }
    #expect(sorted(cores) == sorted(shuffled))
  }

  @Test func `one row is enough for a core row where min_samples is 1`() throws {
    let x = DBSCANExamples.matrix("uniform", columns: 2)
    let fit = try dbscan(0.15, 1).fit(x, in: Self.context)
    #expect(fit.model.coreRows == x)
    #expect(fit.assignments?.labels.contains(-1) == false)
  }

  @Test func `a row alone weighs enough to be a core row`() throws {
    let x = Matrix(rows: [[0], [10], [10.5]])
    let fit = try dbscan(1, 5).fit(x, weights: [5, 2, 2.5], in: Self.context)
    #expect(fit.assignments?.labels == [0, -1, -1])
  }

  @Test(arguments: [1, 3, 5, 12], DBSCANEngine.allCases)
  func `piles of copies take linear time`(columns: Int, engine: DBSCANEngine) throws {
    // Pairs within or across the piles number 10¹⁰.
    let count = 150_000
    let x = Matrix(
      rowCount: count, columnCount: columns,
      values: (0..<count * columns).map { Double($0 / columns % 2) })
    for (eps, labels) in [(0.999, [0, 1]), (10, [0, 0])] {
      let fit = try dbscan(eps, 10, engine: engine).fit(x, in: Self.context)
      #expect(fit.assignments?.labels.prefix(2) == labels[...])
      #expect(fit.model.clusterCount == (labels[1] == 0 ? 1 : 2))
      #expect(try fit.model.assign(x, on: .serial).labels == fit.assignments?.labels)
    }
  }

  @Test func `one value far away leaves the others as they were`() throws {
    let near = DBSCANExamples.matrix("groups", columns: 2)
    let expected = try dbscan(0.5, 5).fit(near, in: Self.context).assignments?.labels
    for far in [1e6, 1e9, 1e15, 1e99] {
      let x = Matrix(rows: (0..<near.rowCount).map(near.row) + [[far, -far]])
      for engine in DBSCANEngine.allCases {
        let fit = try dbscan(0.5, 5, engine: engine).fit(x, in: Self.context)
        #expect(fit.assignments?.labels.dropLast() == expected?[...])
        #expect(fit.assignments?.labels.last == -1)
      }
    }
  }

  @Test func `fewer rows than min_samples are refused`() {
    let x = Matrix(rows: [[1], [2], [3]])
    #expect(throws: LearningError.rows(needed: 4, found: 3)) {
      try dbscan(1, 4).fit(x, in: Self.context)
    }
  }

  @Test(arguments: [-1.0, 0, .nan, .infinity])
  func `a radius that is no positive number is refused`(eps: Double) {
    #expect(throws: LearningError.self) {
      try dbscan(eps, 2).fit(Matrix(rows: [[1], [2], [3]]), in: Self.context)
    }
  }

  @Test func `weights that are not weights are refused`() {
    let x = Matrix(rows: [[1], [2], [3]])
    #expect(throws: LearningError.rows(needed: 3, found: 2)) {
      try dbscan(1, 2).fit(x, weights: [1, 1], in: Self.context)
    }
    for bad in [-1, .nan, .infinity] {
      #expect(throws: LearningError.self) {
        try dbscan(1, 2).fit(x, weights: [1, bad, 1], in: Self.context)
      }
    }
  }

  @Test func `a cancelled fit says so`() {
    let x = DBSCANExamples.matrix("groups", columns: 2)
    for engine in DBSCANEngine.allCases {
      #expect(throws: LearningError.cancelled) {
        try dbscan(0.5, 5, engine: engine).fit(
          x, in: FitContext(seed: Seed(0), isCancelled: { true }))
      }
    }
  }

  @Test func `scores and warnings tell how many rows are core rows`() throws {
    let x = DBSCANExamples.matrix("uniform", columns: 2)
    let fit = try dbscan(100, 5).fit(x, in: Self.context)
    #expect(fit.trace.scores == [FitScore(.eps, 100), FitScore(.coreShare, 1)])
    #expect(fit.trace.warnings.count == 2)
    #expect(fit.trace.warnings.first?.hasPrefix("Nearly all rows are core rows") == true)
    let few = try dbscan(1e-6, 2).fit(x, in: Self.context)
    #expect(few.trace.warnings.first?.hasPrefix("Nearly no rows are core rows") == true)
  }
}

@Suite struct DBSCANCurveTests {
  static func automatic(_ minSamples: Int) -> DBSCAN {
    var estimator = DBSCAN()
    estimator.eps = .automatic
    estimator.minSamples = minSamples
    return estimator
  }

  /// Distances to the k-th nearest row, the row itself counted, greatest first.
  static func kDistances(_ x: Matrix, _ k: Int) -> [Double] {
    (0..<x.rowCount).map { row in
      (0..<x.rowCount).map { other in
        (0..<x.columnCount).reduce(0) {
          let difference = x[row, $1] - x[other, $1]
          return $0.addingProduct(difference, difference)
        }.squareRoot()
      }.sorted()[k - 1]
    }.sorted(by: >)
  }

  @Test func `the curve holds the distances of all rows, and the knee is the radius`() throws {
    let x = DBSCANExamples.matrix("groups", columns: 2)
    let expected = Self.kDistances(x, 6)
    let fit = try Self.automatic(6).fit(x, in: FitContext(seed: Seed(1)))
    let curve = try #require(fit.trace.diagnostics.kDistances)
    #expect(curve.distances == expected)
    #expect(curve.neighbor == 6 && curve.rowCount == x.rowCount)
    // Farthest below the chord from (0, greatest) to (1, least).
    let (most, least) = (expected[0], expected[expected.count - 1])
    let depths = expected.enumerated().map { rank, distance in
      1 - Double(rank) / Double(expected.count - 1) - (distance - least) / (most - least)
    }
    let deepest = try #require(depths.max())
    let knee = try #require(depths.firstIndex { $0 >= deepest - 1e-9 })
    #expect(curve.knee == expected[knee])
    #expect(curve.chosen == expected[knee])
    #expect(fit.model.eps == expected[knee])
    let given = try dbscan(expected[knee], 6).fit(x, in: FitContext(seed: Seed(1)))
    #expect(given.assignments == fit.assignments)
  }

  @Test func `a given radius is reported with the same curve`() throws {
    let x = DBSCANExamples.matrix("uniform", columns: 3)
    let fit = try dbscan(0.4, 4).fit(x, in: FitContext(seed: Seed(1)))
    let curve = try #require(fit.trace.diagnostics.kDistances)
    #expect(curve.distances == Self.kDistances(x, 4))
    #expect(curve.chosen == 0.4)
  }

  @Test func `equal distances have no knee`() throws {
    let x = Matrix(rowCount: 60, columnCount: 1, values: (0..<60).map(Double.init))
    let fit = try Self.automatic(2).fit(x, in: FitContext(seed: Seed(1)))
    #expect(fit.trace.diagnostics.kDistances?.knee == nil)
    #expect(fit.model.eps == 1)
    #expect(fit.model.clusterCount == 1)
  }

  @Test func `copies only are one cluster each`() throws {
    let x = Matrix(rowCount: 60, columnCount: 2, repeating: 3)
    let fit = try Self.automatic(5).fit(x, in: FitContext(seed: Seed(1)))
    #expect(fit.model.clusterCount == 1 && fit.model.eps > 0)
  }

  @Test func `a large table is sampled by the seed, not by threads`() throws {
    let x = Matrix(
      rowCount: 30_000, columnCount: 2,
      values: (0..<60_000).map { Double($0 * 7919 % 10_007) / 100 })
    let fits = try [1, 3].map { threads in
      try Self.automatic(8).fit(
        x, in: FitContext(seed: Seed(1), pool: WorkerPool(threadCount: threads)))
    }
    #expect(fits[0].trace == fits[1].trace)
    let curve = try #require(fits[0].trace.diagnostics.kDistances)
    #expect(curve.distances.count == 500 && curve.rowCount < 30_000)
    #expect(curve.distances == curve.distances.sorted(by: >))
  }
}
