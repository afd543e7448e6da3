import Foundation
import Learning
import Numerical
import TestSupport
import Testing

/// `kmeans.json`, written by scikit-learn 1.9.1.
struct KMeansFixture: Decodable {
  struct Run: Decodable, Sendable {
    let tolerance: Double
    let iterations: Int
    let starts: [[Double]]
    let weights: [Double]?
    let labels: [Int]
    let centers: [[Double]]
    let inertia: Double
    let iterationCount: Int
  }
  struct Case: Decodable, Sendable {
    let name: String
    let rows: [[Double]]
    let fits: [Run]
  }
  struct Best: Decodable, Sendable {
    let name: String
    let k: Int
    let inertia: Double
  }
  let cases: [Case]
  let best: [Best]

  func rows(named name: String) throws -> Matrix {
    if name == "digits" {
      let rows = try Fixture.load("kmeans-digits", as: [String].self)
      return Matrix(rows: rows.map { $0.utf8.map { Double($0) - 97 } })
    }
    return Matrix(rows: try #require(cases.first { $0.name == name }).rows)
  }
}

/// Lloyd's algorithm as the books have it, from given starts until nothing changes.
func plainLloyd(_ x: Matrix, starts: Matrix, iterations: Int) -> (labels: [Int], centers: Matrix) {
  var centers = starts
  var labels = [Int](repeating: -1, count: x.rowCount)
  for _ in 0..<iterations {
    let next = (0..<x.rowCount).map { row in
      (0..<centers.rowCount).min {
        squaredDistance(x, row, centers, $0) < squaredDistance(x, row, centers, $1)
      } ?? -1
    }
    for cluster in 0..<centers.rowCount {
      let members = next.indices.filter { next[$0] == cluster }
      for column in 0..<x.columnCount where !members.isEmpty {
        let sum = members.reduce(0) { $0 + x[$1, column] }
        centers[cluster, column] = sum / Double(members.count)
      }
    }
    if next == labels { break }
    labels = next
  }
  return (labels, centers)
}

func squaredDistance(_ x: Matrix, _ row: Int, _ y: Matrix, _ other: Int) -> Double {
  (0..<x.columnCount).reduce(0) {
    $0 + (x[row, $1] - y[other, $1]) * (x[row, $1] - y[other, $1])
  }
}

/// Rows in a cube, some of them near common middles.
func cloud(_ rowCount: Int, _ columnCount: Int, seed: UInt64) -> Matrix {
  var random = RandomSource(seed: Seed(seed))
  let middles = (0..<7 * columnCount).map { _ in random.uniform() * 10 }
  var x = Matrix(rowCount: rowCount, columnCount: columnCount)
  for row in 0..<rowCount {
    let middle = random.integer(below: 7)
    for column in 0..<columnCount {
      x[row, column] = middles[middle * columnCount + column] + 4 * random.uniform()
    }
  }
  return x
}

private func context(_ seed: UInt64 = 1, threads: Int = 1) -> FitContext {
  FitContext(seed: Seed(seed), pool: WorkerPool(threadCount: threads))
}

private func kMeans(_ k: Int, _ change: (inout KMeans) -> Void = { _ in }) -> KMeans {
  var kMeans = KMeans()
  kMeans.k = k
  change(&kMeans)
  return kMeans
}

struct KMeansTests {
  @Test(arguments: KMeansEngine.allCases)
  func `given starts lead to the labels and centres of scikit-learn`(engine: KMeansEngine) throws {
    for entry in try Fixture.load("kmeans", as: KMeansFixture.self).cases {
      let x = Matrix(rows: entry.rows)
      for run in entry.fits {
        let estimator = kMeans(run.starts.count) {
          $0.initialization = .given(Matrix(rows: run.starts))
          $0.tolerance = run.tolerance
          $0.iterations = run.iterations
          $0.engine = engine
        }
        let fit = try estimator.fit(x, weights: run.weights, in: context())
        #expect(try fit.model.assign(x, on: .serial).labels == run.labels, "\(entry.name)")
        #expect(fit.trace.losses.count == run.iterationCount, "\(entry.name)")
        // Both sum in double precision; coordinates up to 10⁶ keep ten digits.
        let flat = run.centers.flatMap { $0 }
        #expect(zip(fit.model.centers.values, flat).allSatisfy { isClose($0, $1, within: 1e-9) })
        #expect(isClose(fit.model.inertia, run.inertia, within: 1e-9), "\(entry.name)")
      }
    }
  }

  @Test func `enough restarts find the best known inertias`() throws {
    let fixture = try Fixture.load("kmeans", as: KMeansFixture.self)
    for best in fixture.best {
      let estimator = kMeans(best.k) {
        $0.restarts = .count(50)
        $0.tolerance = 0
      }
      let fit = try estimator.fit(fixture.rows(named: best.name), in: context(threads: 2))
      // Digits have many optima close together, of which fifty starts may find a better one than the
      // twenty of the fixture; elsewhere both find the same, up to the rounding of the sum.
      #expect(fit.model.inertia <= best.inertia * (1 + 1e-12), "\(best.name) k = \(best.k)")
      #expect(fit.model.inertia >= best.inertia * (1 - 1e-4), "\(best.name) k = \(best.k)")
    }
  }

  @Test func `four points make two pairs`() throws {
    // Pairs (0, 0) (0, 2) and (10, 0) (10, 2): centres between them, four distances of 1.
    let x = Matrix(rows: [[0, 0], [10, 0], [0, 2], [10, 2]])
    let starts = KMeansInitialization.given(Matrix(rows: [[9, 0], [1, 0]]))
    let fit = try kMeans(2) { $0.initialization = starts }.fit(x, in: context())
    #expect(fit.model.centers == Matrix(rows: [[10, 1], [0, 1]]))
    #expect(fit.model.inertia == 4)
    let places = try fit.model.assign(x, on: .serial)
    #expect(places.labels == [1, 0, 1, 0])
    #expect(places.distances == [1, 1, 1, 1])
    #expect(fit.trace.converged)
    #expect(fit.trace.warnings.isEmpty)
  }

  @Test(arguments: [UInt64](1...6))
  func `every engine gives the bits of the others and the labels of the plain algorithm`(
    seed: UInt64
  ) throws {
    for (rowCount, columnCount, k) in [(500, 2, 3), (900, 5, 12), (700, 19, 40), (400, 3, 140)] {
      let x = cloud(rowCount, columnCount, seed: seed)
      var random = RandomSource(seed: Seed(seed))
      let starts = x.selectingRows(random.sample(k, outOf: rowCount))
      let models = try KMeansEngine.allCases.map { engine in
        try kMeans(k) {
          $0.initialization = .given(starts)
          $0.tolerance = 0
          $0.engine = engine
        }.fit(x, in: context())
      }
      #expect(models.allSatisfy { $0.model == models[0].model && $0.trace == models[0].trace })
      let plain = plainLloyd(x, starts: starts, iterations: 300)
      #expect(try models[0].model.assign(x, on: .serial).labels == plain.labels)
      // Means of at most 900 values near 10 in another order of additions.
      #expect(
        zip(models[0].model.centers.values, plain.centers.values).allSatisfy {
          isClose($0, $1, within: 1e-12)
        })
    }
  }

  @Test(arguments: ["k-means++", "random"])
  func `the number of threads does not change a bit`(initialization: String) throws {
    let x = cloud(9000, 6, seed: 4)
    var weights = [Double](repeating: 1, count: 9000)
    for row in stride(from: 0, to: 9000, by: 7) { weights[row] = 0.3 }
    let estimator = try KMeans(
      Parameters([
        ("k", .integer(20)), ("init", .text(initialization)), ("n_init", .integer(2)),
      ]))
    let fits = try [1, 2, 3, 5, 8].map {
      try estimator.fit(x, weights: weights, in: context(7, threads: $0))
    }
    #expect(fits.allSatisfy { $0.model == fits[0].model && $0.trace == fits[0].trace })
  }

  @Test(arguments: [UInt64](1...8))
  func `inertia falls with every iteration`(seed: UInt64) throws {
    let x = cloud(600, 4, seed: seed)
    let fit = try kMeans(11) {
      $0.tolerance = 0
      $0.initialization = .random
    }.fit(x, in: context(seed))
    // All but the last loss are differences of sums of squares, exact to 10⁻¹² of the total.
    let losses = fit.trace.losses
    #expect(zip(losses, losses.dropFirst()).allSatisfy { $1 <= $0 * (1 + 1e-9) })
    #expect(losses.last == fit.model.inertia)
    let places = try fit.model.assign(x, on: .serial)
    let direct = places.distances.reduce(0) { $0 + $1 * $1 }
    #expect(isClose(direct, fit.model.inertia, within: 1e-12))
  }

  @Test func `as many clusters as distinct rows leave no inertia`() throws {
    for initialization in [KMeansInitialization.plusPlus, .random] {
      let x = cloud(40, 3, seed: 9)
      let fit = try kMeans(40) { $0.initialization = initialization }.fit(x, in: context())
      #expect(fit.model.inertia <= 1e-24)
      #expect(Set(try fit.model.assign(x, on: .serial).labels).count == 40)
    }
    // Six rows of which three are distinct, for which random rows start in one place.
    let twins = Matrix(rows: [[1, 1], [1, 1], [5, 2], [5, 2], [9, 9], [1, 1]])
    let fit = try kMeans(3).fit(twins, in: context())
    // The mean, about which centres are kept, is not a binary fraction.
    #expect(fit.model.inertia <= 1e-24)
  }

  @Test func `one cluster lies in the mean`() throws {
    let fit = try kMeans(1).fit(Matrix(rows: [[1, 2], [3, 4], [8, 0]]), in: context())
    #expect(fit.model.centers == Matrix(rows: [[4, 2]]))
    // Squared distances 9, 1 + 4, 16 + 4.
    #expect(fit.model.inertia == 34)
  }

  @Test func `a large offset changes nothing but the place`() throws {
    // Quarters keep their bits at 2³⁰, so that both fits see the same differences.
    var x = cloud(300, 3, seed: 3)
    for row in 0..<300 { for j in 0..<3 { x[row, j] = (x[row, j] * 4).rounded() / 4 } }
    var shifted = x
    for row in 0..<300 { for j in 0..<3 { shifted[row, j] += 0x1p30 } }
    let near = try kMeans(6).fit(x, in: context())
    let far = try kMeans(6).fit(shifted, in: context())
    #expect(
      try near.model.assign(x, on: .serial).labels == far.model.assign(shifted, on: .serial).labels)
    // Centres at 2³⁰ are rounded to 2⁻²².
    #expect(isClose(near.model.inertia, far.model.inertia, within: 1e-6))
  }

  @Test func `a model is stored and read without loss`() throws {
    let model = try kMeans(3).fit(cloud(60, 2, seed: 1), in: context()).model
    let encoded = try JSONEncoder().encode(model)
    #expect(try JSONDecoder().decode(KMeansModel.self, from: encoded) == model)
  }
}
