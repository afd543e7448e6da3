import Learning
import Numerical
import TestSupport
import Testing

/// `kmeans-sizes.json`: every assignment solved as a linear program.
private struct SizesFixture: Decodable {
  struct Run: Decodable {
    let minShare: Double
    let maxShare: Double
    let starts: [[Double]]
    let labels: [Int]
    let inertia: Double
    let centers: [[Double]]
  }
  struct Case: Decodable {
    let name: String
    let rows: [[Double]]
    let fits: [Run]
  }
  let cases: [Case]
}

private func context(_ seed: UInt64 = 1, threads: Int = 1) -> FitContext {
  FitContext(seed: Seed(seed), pool: WorkerPool(threadCount: threads))
}

private func sizes(_ labels: [Int], _ k: Int) -> [Int] {
  (0..<k).map { cluster in labels.count { $0 == cluster } }
}

struct KMeansSizesTests {
  static func cost(_ x: Matrix, _ labels: [Int], _ centers: Matrix) -> Double {
    labels.indices.reduce(0) { $0 + squaredDistance(x, $1, centers, labels[$1]) }
  }

  /// The least cost over all labelings that keep the bounds, by trying every one.
  static func leastCost(_ x: Matrix, _ centers: Matrix, least: Int, most: Int) -> Double {
    let (n, k) = (x.rowCount, centers.rowCount)
    var labels = [Int](repeating: 0, count: n)
    var best = Double.infinity
    while true {
      if sizes(labels, k).allSatisfy({ least <= $0 && $0 <= most }) {
        best = min(best, cost(x, labels, centers))
      }
      guard let place = labels.lastIndex(where: { $0 < k - 1 }) else { return best }
      labels[place] += 1
      for index in place + 1..<max(n, place + 1) { labels[index] = 0 }
    }
  }

  @Test(arguments: 0..<40)
  func `no labeling that keeps the bounds is cheaper`(seed: Int) throws {
    var random = RandomSource(seed: Seed(UInt64(seed)))
    let (n, k) = (4 + seed % 5, 2 + seed % 3)
    // Small whole numbers: many ties and rows alike.
    let x = Matrix(
      rowCount: n, columnCount: 2, values: (0..<2 * n).map { _ in Double(random.integer(below: 5)) }
    )
    let centers = Matrix(
      rowCount: k, columnCount: 2, values: (0..<2 * k).map { _ in 3 * random.uniform() })
    for least in 0...n / k {
      for most in (n + k - 1) / k...n {
        let labels = try SizeTransport.labels(x, centers: centers, least: least, most: most)
        #expect(sizes(labels, k).allSatisfy { least <= $0 && $0 <= most })
        let best = Self.leastCost(x, centers, least: least, most: most)
        // Sums of at most eight costs below fifty.
        #expect(isClose(Self.cost(x, labels, centers), best, within: 1e-12))
      }
    }
  }

  @Test func `fits equal those of linear programs`() throws {
    for entry in try Fixture.load("kmeans-sizes", as: SizesFixture.self).cases {
      let x = Matrix(rows: entry.rows)
      for run in entry.fits {
        var estimator = KMeans()
        estimator.k = run.starts.count
        estimator.initialization = .given(Matrix(rows: run.starts))
        estimator.tolerance = 0
        estimator.minShare = run.minShare
        estimator.maxShare = run.maxShare
        let fit = try estimator.fit(x, in: context())
        #expect(fit.assignments?.labels == run.labels, "\(entry.name)")
        // Means and sums of 150 rows in double precision.
        #expect(isClose(fit.model.inertia, run.inertia, within: 1e-12), "\(entry.name)")
        let flat = run.centers.flatMap { $0 }
        #expect(zip(fit.model.centers.values, flat).allSatisfy { isClose($0, $1, within: 1e-12) })
        #expect(fit.trace.converged)
      }
    }
  }

  @Test func `four rows on a line are split evenly by hand`() throws {
    // From centres 0 and 9 nearest would be three and one; two and two cost least as {0, 1}, {2, 9},
    // whose means 0.5 and 5.5 give ¼ + ¼ + 12¼ + 12¼.
    let x = Matrix(rows: [[0], [1], [2], [9]])
    var estimator = KMeans()
    estimator.k = 2
    estimator.initialization = .given(Matrix(rows: [[0], [9]]))
    estimator.minShare = 0.5
    let fit = try estimator.fit(x, in: context())
    #expect(fit.assignments?.labels == [0, 0, 1, 1])
    #expect(fit.model.centers == Matrix(rows: [[0.5], [5.5]]))
    #expect(fit.model.inertia == 25)
    #expect(fit.assignments?.distances == [0.5, 0.5, 3.5, 3.5])
    #expect(try fit.model.assign(x, on: .serial).labels == [0, 0, 0, 1])
  }

  @Test func `sizes keep the bounds and the objective never rises`() throws {
    let x = cloud(3000, 5, seed: 77)
    var estimator = KMeans()
    estimator.k = 9
    estimator.minShare = 0.1
    estimator.maxShare = 0.12
    estimator.tolerance = 0
    let fit = try estimator.fit(x, in: context())
    let labels = try #require(fit.assignments?.labels)
    #expect(sizes(labels, 9).allSatisfy { 300 <= $0 && $0 <= 360 })
    // Rounding of sums of 3000 rows.
    for (before, after) in zip(fit.trace.losses, fit.trace.losses.dropFirst()) {
      #expect(after <= before * (1 + 1e-12))
    }
    #expect(isClose(Self.cost(x, labels, fit.model.centers), fit.model.inertia, within: 1e-12))
  }

  @Test func `bounds that do not bind change nothing`() throws {
    let x = cloud(2000, 3, seed: 5)
    var free = KMeans()
    free.k = 6
    var bound = free
    bound.minShare = 0.0005
    let (plain, sized) = (try free.fit(x, in: context()), try bound.fit(x, in: context()))
    #expect(sized.model.centers == plain.model.centers)
    #expect(try sized.assignments?.labels == plain.model.assign(x, on: .serial).labels)
  }

  @Test func `any number of threads gives the same bits`() throws {
    let x = cloud(4000, 4, seed: 21)
    var estimator = KMeans()
    estimator.k = 7
    estimator.minShare = 0.12
    let reference = try estimator.fit(x, in: context())
    for threads in [2, 3] {
      let fit = try estimator.fit(x, in: context(threads: threads))
      #expect(fit.model == reference.model)
      #expect(fit.assignments == reference.assignments)
    }
  }

  @Test(arguments: [(0.3, 1.0, 3, 10), (0.0, 0.3, 3, 3), (0.34, 1.0, 4, 10)])
  func `bounds that cannot be kept are refused`(
    minShare: Double, maxShare: Double, least: Int, most: Int
  ) throws {
    // Ten rows, four clusters: 4 · 3 > 10, and with three 3 · 3 < 10.
    let x = Matrix(rowCount: 10, columnCount: 1, values: (0..<10).map(Double.init))
    var estimator = KMeans()
    estimator.k = maxShare < 1 ? 3 : 4
    estimator.minShare = minShare
    estimator.maxShare = maxShare
    let error = LearningError.clusterSizes(
      least: maxShare < 1 ? 0 : least, most: most, clusters: estimator.k, rows: 10)
    #expect(throws: error) { try estimator.fit(x, in: context()) }
    #expect(error.description.contains("min_share"))
  }

  @Test func `shares that make whole rows are not missed by rounding`() throws {
    // 0.1 · 30 is a little above 3 in binary, and 10 clusters of 4 rows would not fit.
    let x = cloud(30, 2, seed: 3)
    var estimator = KMeans()
    estimator.k = 10
    estimator.minShare = 0.1
    estimator.maxShare = 0.1
    let fit = try estimator.fit(x, in: context())
    #expect(sizes(try #require(fit.assignments?.labels), 10) == Array(repeating: 3, count: 10))
  }

  @Test func `weights and bounds exclude each other`() throws {
    var estimator = KMeans()
    estimator.k = 2
    estimator.minShare = 0.2
    #expect {
      try estimator.fit(
        cloud(20, 2, seed: 1), weights: Array(repeating: 1, count: 20), in: context())
    } throws: { error in
      guard case .parameter(.outsideDomain("weights", _, _)) = error as? LearningError else {
        return false
      }
      return true
    }
  }
}
