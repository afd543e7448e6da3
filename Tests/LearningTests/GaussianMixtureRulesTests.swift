import Foundation
import Learning
import Numerical
import TestSupport
import Testing

/// Parameters, refusals, storage and the two ways to the same numbers.
struct GaussianMixtureRulesTests {
  /// Σ r (x − m)(x − m)ᵀ / N and the rest of one step, as the books have it.
  static func plainStep(_ model: GaussianMixtureModel, _ x: Matrix, regularization: Double) throws
    -> (means: [Double], covariances: [Double])
  {
    let (k, d) = (model.clusterCount, x.columnCount)
    let logs = try (0..<k).map { component -> [Double] in
      let single = try GaussianMixtureModel(
        covariance: .full, weights: [1],
        means: Matrix(rows: [model.means.row(component)]),
        covariances: Matrix(
          rowCount: d, columnCount: d,
          values: Array(model.covariances.values[component * d * d..<(component + 1) * d * d])))
      return try single.assign(x, on: .serial).anomalies.map {
        log(model.weights[component]) - $0
      }
    }
    let shares = (0..<x.rowCount).map { row -> [Double] in
      let greatest = logs.map { $0[row] }.max() ?? 0
      let powers = logs.map { exp($0[row] - greatest) }
      return powers.map { $0 / powers.reduce(0, +) }
    }
    var (means, covariances): ([Double], [Double]) = ([], [])
    for component in 0..<k {
      let count = shares.reduce(0) { $0 + $1[component] }
      let mean = (0..<d).map { j in
        (0..<x.rowCount).reduce(0) { $0 + shares[$1][component] * x[$1, j] } / count
      }
      means += mean
      for i in 0..<d {
        for j in 0..<d {
          let sum = (0..<x.rowCount).reduce(0) {
            $0 + shares[$1][component] * (x[$1, i] - mean[i]) * (x[$1, j] - mean[j])
          }
          covariances.append(sum / count + (i == j ? regularization : 0))
        }
      }
    }
    return (means, covariances)
  }

  static func start(_ x: Matrix, k: Int) throws -> GaussianMixtureModel {
    let pass = MixturePass(x, k: k, covariance: .full, regularization: 1e-6, on: .serial)
    return try pass.model(ofClusters: (0..<x.rowCount).map { ($0 * 7) % k })
  }

  @Test(arguments: [1, 2, 3, 4, 5, 8, 11, 12, 17, 24, 33])
  func `a step equals the plain formulas at any width`(width: Int) throws {
    let x = cloud(350, width, seed: UInt64(width))
    let model = try Self.start(x, k: 3)
    let pass = MixturePass(x, k: 3, covariance: .full, regularization: 1e-6, on: .serial)
    let step = try pass.step(from: model)
    let plain = try Self.plainStep(model, x, regularization: 1e-6)
    // Sums of 350 products in different orders.
    #expect(GaussianMixtureTests.agree(step.model.means.values, plain.means, within: 1e-11))
    #expect(
      GaussianMixtureTests.agree(step.model.covariances.values, plain.covariances, within: 1e-11))
  }

  @Test(arguments: [3, 16, 20, 65, 100], [MixtureCovariance.full, .tied])
  func `register tiles and BLAS agree`(width: Int, covariance: MixtureCovariance) throws {
    let x = cloud(3000, width, seed: 31)
    let labels = (0..<x.rowCount).map { $0 % 4 }
    func run(usesBLAS: Bool) throws -> (bounds: [Double], model: GaussianMixtureModel) {
      let pass = MixturePass(
        x, k: 4, covariance: covariance, regularization: 1e-6, on: .serial, usesBLAS: usesBLAS)
      var (bounds, model) = ([Double](), try pass.model(ofClusters: labels))
      for _ in 0..<5 {
        let step = try pass.step(from: model)
        bounds.append(step.bound)
        model = step.model
      }
      return (bounds, model)
    }
    let (tiles, blas) = (try run(usesBLAS: false), try run(usesBLAS: true))
    // Sums in another order; five iterations carry the difference on.
    #expect(GaussianMixtureTests.agree(tiles.bounds, blas.bounds, within: 1e-9))
    #expect(
      GaussianMixtureTests.agree(
        tiles.model.covariances.values, blas.model.covariances.values, within: 1e-9))
  }

  @Test func `a mean that moves by a million deviations costs no digits`() throws {
    // Two tight groups 2 · 10⁶ deviations apart; the partition gives each component one row of the other
    // group, so that the first step moves it far.
    var random = RandomSource(seed: Seed(3))
    let x = Matrix(
      rows: (0..<200).map { row in
        [row < 100 ? 0.0 : 2000.0, 5].map { $0 + 0.001 * random.normal() }
      })
    let labels = (0..<200).map { $0 < 99 || $0 == 199 ? 0 : 1 }
    let fit = try mixture(2) {
      $0.regularization = 0
      $0.tolerance = 0
      $0.iterations = 20
    }.fit(x, labels: labels, in: mixtureContext())
    let expected = [0..<100, 100..<200].flatMap { rows -> [Double] in
      let group = Moments(rows.map { x[$0, 0] })
      return [group.mean, group.variance]
    }
    // The groups are told apart for certain: means and variances are those of the groups.
    #expect(isClose(fit.model.means[0, 0], expected[0], within: 1e-12))
    #expect(isClose(fit.model.means[1, 0], expected[2], within: 1e-12))
    #expect(isClose(fit.model.covariances[0, 0] / expected[1], 1, within: 1e-9))
    #expect(isClose(fit.model.covariances[2, 0] / expected[3], 1, within: 1e-9))
  }

  @Test(arguments: MixtureCovariance.allCases)
  func `shifting and scaling all columns alike changes nothing`(covariance: MixtureCovariance)
    throws
  {
    let x = cloud(600, 4, seed: 8)
    // A power of two and a whole offset: every value is exact.
    let moved = Matrix(rowCount: 600, columnCount: 4, values: x.values.map { 1024 * $0 + 4096 })
    let labels = (0..<600).map { $0 % 3 }
    func fit(_ x: Matrix, _ regularization: Double) throws -> Fit<GaussianMixtureModel> {
      try mixture(3) {
        $0.covariance = covariance
        $0.regularization = regularization
        $0.tolerance = 0
        $0.iterations = 10
      }.fit(x, labels: labels, in: mixtureContext())
    }
    let (plain, other) = (try fit(x, 1e-6), try fit(moved, 1e-6 * 1024 * 1024))
    #expect(
      GaussianMixtureTests.agree(
        other.model.means.values.map { ($0 - 4096) / 1024 }, plain.model.means.values,
        within: 1e-9))
    // Densities fall by the volume's factor: 4 · log 1024. Rounding of the offset is carried on.
    #expect(
      isClose(
        other.trace.score(.logLikelihood), plain.trace.score(.logLikelihood) - 4 * log(1024),
        within: 1e-9))
  }

  @Test func `names of scikit-learn are understood`() throws {
    let given = Parameters([
      ("n_components", .integer(3)), ("covariance_type", .text("diag")), ("n_init", .integer(2)),
      ("reg_covar", .real(0.1)), ("tol", .real(0.01)), ("max_iter", .integer(7)),
    ])
    let estimator = try GaussianMixture(given)
    #expect(estimator.k == 3)
    #expect(estimator.covariance == .diagonal)
    #expect(estimator.restarts == 2)
    #expect(estimator.regularization == 0.1)
    #expect(estimator.tolerance == 0.01)
    #expect(estimator.iterations == 7)
  }

  @Test func `columns that depend on each other need regularization`() throws {
    let base = cloud(200, 2, seed: 5)
    let x = Matrix(rows: (0..<200).map { [base[$0, 0], base[$0, 1], 5] })
    for covariance in MixtureCovariance.allCases where covariance != .spherical {
      let estimator = mixture(2) {
        $0.covariance = covariance
        $0.regularization = 0
      }
      #expect {
        try estimator.fit(x, in: mixtureContext())
      } throws: { error in
        guard case .singularCovariance = error as? LearningError else { return false }
        return true
      }
      #expect(throws: Never.self) {
        try mixture(2) { $0.covariance = covariance }.fit(x, in: mixtureContext())
      }
    }
  }

  @Test func `more components than distinct rows are refused`() throws {
    let x = Matrix(rows: (0..<20).map { [Double($0 % 3), 1] })
    #expect(throws: LearningError.distinctRows(needed: 4, found: 3)) {
      try mixture(4).fit(x, in: mixtureContext())
    }
    let fit = try mixture(3).fit(x, in: mixtureContext())
    #expect(fit.model.means.firstNonFinite == nil)
  }

  @Test func `too few iterations are told`() throws {
    let fit = try mixture(3) {
      $0.iterations = 2
      $0.tolerance = 0
    }.fit(cloud(300, 3, seed: 1), in: mixtureContext())
    #expect(!fit.trace.converged)
    #expect(fit.trace.warnings.contains { $0.contains("did not settle within 2 iterations") })
  }

  @Test func `a cancelled fit ends`() throws {
    let context = FitContext(seed: Seed(1), isCancelled: { true })
    #expect(throws: LearningError.cancelled) {
      try mixture(2).fit(cloud(100, 2, seed: 1), in: context)
    }
  }

  @Test(arguments: MixtureCovariance.allCases)
  func `a stored model places rows with the same bits`(covariance: MixtureCovariance) throws {
    let x = cloud(300, 3, seed: 6)
    let model = try mixture(4) { $0.covariance = covariance }.fit(x, in: mixtureContext()).model
    let loaded = try JSONDecoder().decode(
      GaussianMixtureModel.self, from: JSONEncoder().encode(model))
    #expect(loaded == model)
    #expect(try loaded.assign(x, on: .serial) == model.assign(x, on: .serial))
  }

  @Test(arguments: [
    #"{"weights":[0.5,0.6]}"#, #"{"weights":[1]}"#, #"{"weights":[1.5,-0.5]}"#,
    #"{"covariance":"round"}"#, #"{"covariance":"tied"}"#,
    #"{"covariances":{"rows":4,"columns":2,"values":[1,2,2,1,1,0,0,1]}}"#,
    #"{"covariances":{"shape":[4,2],"values":[1,2,2,1,1,0,0,1]}}"#,
    #"{"covariances":{"shape":[4,2],"values":[1e308,0,0,1,1,0,0,1]}}"#,
    #"{"covariances":{"shape":[4,2],"values":[1,0,-1e308,1,1,0,0,1]}}"#,
    #"{"covariances":{"shape":[4,2],"values":[1e-300,0,1e200,1,1,0,0,1]}}"#,
  ])
  func `a damaged model is refused`(change: String) throws {
    let model = try GaussianMixtureModel(
      covariance: .full, weights: [0.5, 0.5], means: Matrix(rows: [[0, 0], [1, 1]]),
      covariances: Matrix(rows: [[1, 0], [0, 1], [1, 0], [0, 1]]))
    let stored = try JSONSerialization.jsonObject(with: JSONEncoder().encode(model))
    var fields = try #require(stored as? [String: Any])
    let damage = try #require(
      try JSONSerialization.jsonObject(with: Data(change.utf8)) as? [String: Any])
    fields.merge(damage) { $1 }
    let text = try JSONSerialization.data(withJSONObject: fields)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(GaussianMixtureModel.self, from: text)
    }
  }

  @Test func `rows beyond every component still get a label that exists`() throws {
    let model = try GaussianMixtureModel(
      covariance: .spherical, weights: [0.5, 0.5], means: Matrix(rows: [[0], [1]]),
      covariances: Matrix(rows: [[1e-200], [1e-200]]))
    let places = try model.assign(Matrix(rows: [[1e100], [-1e100], [1]]), on: .serial)
    #expect(places.labels.allSatisfy { 0 <= $0 && $0 < 2 })
    #expect(places.strengths.allSatisfy { 0 <= $0 && $0 <= 1 })
    #expect(places.labels[2] == 1)
  }
}
