import Foundation
import Learning
import Numerical
import TestSupport
import Testing

/// `gaussian-mixture.json`, written by scikit-learn 1.9.1.
struct GaussianMixtureFixture: Decodable {
  struct Run: Decodable, Sendable {
    let covariance: MixtureCovariance
    let tolerance: Double
    let iterations: Int
    let regularization: Double
    let labels: [Int]
    let bounds: [Double]
    let converged: Bool
    let weights: [Double]
    let means: [Double]
    let covariances: [Double]
    let logLikelihood: Double
    let bic: Double
    let aic: Double
    let entropy: Double
    let predicted: [Int]
    /// Of every seventh row.
    let densities: [Double]
    let strengths: [Double]
  }
  struct Case: Decodable, Sendable {
    let name: String
    let rows: [[Double]]
    let fits: [Run]
  }
  struct Best: Decodable, Sendable {
    let k: Int
    let covariance: MixtureCovariance
    let logLikelihood: Double
    let bic: Double
  }
  let cases: [Case]
  let best: [Best]
}

func mixtureContext(_ seed: UInt64 = 1, threads: Int = 1) -> FitContext {
  FitContext(seed: Seed(seed), pool: WorkerPool(threadCount: threads))
}

func mixture(_ k: Int, _ change: (inout GaussianMixture) -> Void = { _ in }) -> GaussianMixture {
  var mixture = GaussianMixture()
  mixture.k = k
  change(&mixture)
  return mixture
}

extension FitTrace {
  func score(_ measure: FitMeasure) -> Double {
    scores.first { $0.measure == measure }?.value ?? .nan
  }
}

struct GaussianMixtureTests {
  static func fit(_ run: GaussianMixtureFixture.Run, of x: Matrix, threads: Int = 1) throws
    -> Fit<GaussianMixtureModel>
  {
    let estimator = mixture((run.labels.max() ?? 0) + 1) {
      $0.covariance = run.covariance
      $0.tolerance = run.tolerance
      $0.iterations = run.iterations
      $0.regularization = run.regularization
    }
    return try estimator.fit(x, labels: run.labels, in: mixtureContext(threads: threads))
  }

  /// Equal up to `tolerance` of the largest number in the list.
  static func agree(_ a: some Collection<Double>, _ b: [Double], within tolerance: Double) -> Bool {
    let scale = b.reduce(1) { max($0, abs($1)) }
    return a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * scale }
  }

  @Test func `every iteration agrees with scikit-learn from the same partition`() throws {
    for entry in try Fixture.load("gaussian-mixture", as: GaussianMixtureFixture.self).cases {
      let x = Matrix(rows: entry.rows)
      for run in entry.fits {
        let fit = try Self.fit(run, of: x)
        let name = Comment(rawValue: "\(entry.name) \(run.covariance)")
        // Both round at 1e-16; conditions up to 10⁶ and dozens of iterations leave ten digits.
        #expect(Self.agree(fit.trace.losses.map { -$0 }, run.bounds, within: 1e-9), name)
        #expect(fit.trace.converged == run.converged, name)
        #expect(Self.agree(fit.model.weights, run.weights, within: 1e-9), name)
        #expect(Self.agree(fit.model.means.values, run.means, within: 1e-9), name)
        #expect(Self.agree(fit.model.covariances.values, run.covariances, within: 1e-9), name)
      }
    }
  }

  @Test func `scores agree with scikit-learn`() throws {
    for entry in try Fixture.load("gaussian-mixture", as: GaussianMixtureFixture.self).cases {
      let x = Matrix(rows: entry.rows)
      for run in entry.fits {
        let trace = try Self.fit(run, of: x).trace
        let name = Comment(rawValue: "\(entry.name) \(run.covariance)")
        // As the densities they sum; criteria are relative to thousands.
        #expect(isClose(trace.score(.logLikelihood), run.logLikelihood, within: 1e-9), name)
        #expect(isClose(trace.score(.bic), run.bic, within: 1e-9), name)
        #expect(isClose(trace.score(.aic), run.aic, within: 1e-9), name)
        #expect(isClose(trace.score(.icl), run.bic + 2 * run.entropy, within: 1e-9), name)
      }
    }
  }

  @Test func `rows are placed as scikit-learn places them`() throws {
    for entry in try Fixture.load("gaussian-mixture", as: GaussianMixtureFixture.self).cases {
      let x = Matrix(rows: entry.rows)
      for run in entry.fits {
        let places = try Self.fit(run, of: x).model.assign(x, on: .serial)
        let name = Comment(rawValue: "\(entry.name) \(run.covariance)")
        let seventh = stride(from: 0, to: x.rowCount, by: 7)
        #expect(places.labels == run.predicted, name)
        // A density's logarithm carries the squared distance's rounding: some tens times 1e-10.
        #expect(
          Self.agree(seventh.map { -places.anomalies[$0] }, run.densities, within: 1e-8), name)
        #expect(Self.agree(seventh.map { places.strengths[$0] }, run.strengths, within: 1e-8), name)
      }
    }
  }

  @Test func `a k-means start finds the known optima of iris`() throws {
    let fixture = try Fixture.load("gaussian-mixture", as: GaussianMixtureFixture.self)
    let iris = Matrix(rows: try #require(fixture.cases.first { $0.name == "iris" }).rows)
    for best in fixture.best {
      let fit = try mixture(best.k) {
        $0.covariance = best.covariance
        $0.tolerance = 1e-10
        $0.iterations = 1000
        $0.restarts = 3
      }.fit(iris, in: mixtureContext())
      // Both stop at changes of 1e-10, which near a slow optimum may lie a hundred times farther off.
      #expect(isClose(fit.trace.score(.logLikelihood), best.logLikelihood, within: 1e-7))
      #expect(isClose(fit.trace.score(.bic), best.bic, within: 1e-7))
    }
  }

  @Test func `one component has the mean and the covariance of the rows`() throws {
    // Deviations from (2, 3): (−2, −1), (0, 2), (2, −1); products / 3: 8/3, 0, 6/3.
    let x = Matrix(rows: [[0, 2], [2, 5], [4, 2]])
    let fit = try mixture(1) { $0.regularization = 0.5 }.fit(x, in: mixtureContext())
    // Rounding of sums of a few ones.
    #expect(Self.agree(fit.model.means.values, [2, 3], within: 1e-14))
    #expect(
      Self.agree(fit.model.covariances.values, [8.0 / 3 + 0.5, 0, 0, 2.5], within: 1e-14))
    #expect(fit.model.weights == [1])
  }

  @Test func `the density of one standard normal is known`() throws {
    // log N(x; 0, 1) = −(x² + log 2π) / 2, and −log density is the anomaly.
    let model = try GaussianMixtureModel(
      covariance: .spherical, weights: [1], means: Matrix(rows: [[0]]),
      covariances: Matrix(rows: [[1]]))
    let places = try model.assign(Matrix(rows: [[0], [3]]), on: .serial)
    let atMean = 0.5 * log(2 * Double.pi)
    // One rounding of a number near 1.
    #expect(Self.agree(places.anomalies, [atMean, atMean + 4.5], within: 1e-15))
    #expect(places.distances == [0, 3])
    #expect(places.strengths == [1, 1])
  }

  @Test func `a row between two equal components belongs half to the first`() throws {
    let model = try GaussianMixtureModel(
      covariance: .diagonal, weights: [0.5, 0.5], means: Matrix(rows: [[-1, 0], [1, 0]]),
      covariances: Matrix(rows: [[1, 2], [1, 2]]))
    let places = try model.assign(Matrix(rows: [[0, 7], [0.5, 0]]), on: .serial)
    #expect(places.labels == [0, 1])
    // Shares e^−1/2 : e^−1/2 and, at ½, exp(−(0.25 − 2.25) / 2) = e to one.
    #expect(Self.agree(places.strengths, [0.5, M_E / (1 + M_E)], within: 1e-15))
  }

  @Test(arguments: MixtureCovariance.allCases)
  func `without regularization the likelihood never falls`(covariance: MixtureCovariance) throws {
    let x = cloud(900, 5, seed: 4)
    let fit = try mixture(6) {
      $0.covariance = covariance
      $0.regularization = 0
      $0.tolerance = 0
      $0.iterations = 40
    }.fit(x, in: mixtureContext())
    // Rounding of a mean near ten.
    for (before, after) in zip(fit.trace.losses, fit.trace.losses.dropFirst()) {
      #expect(after <= before + 1e-12)
    }
  }

  @Test(arguments: MixtureCovariance.allCases)
  func `any number of threads gives the same bits`(covariance: MixtureCovariance) throws {
    let x = cloud(5000, 6, seed: 9)
    let estimator = mixture(5) { $0.covariance = covariance }
    let reference = try estimator.fit(x, in: mixtureContext())
    for threads in [2, 3, 5] {
      let fit = try estimator.fit(x, in: mixtureContext(threads: threads))
      #expect(fit.model == reference.model)
      #expect(fit.trace == reference.trace)
    }
  }

  @Test func `the best of several starts is kept`() throws {
    let x = cloud(400, 2, seed: 12)
    let single = mixture(7) { $0.tolerance = 1e-6 }
    var several = single
    several.restarts = 6
    let one = try single.fit(x, in: mixtureContext())
    let six = try several.fit(x, in: mixtureContext())
    #expect((six.trace.losses.last ?? .nan) <= (one.trace.losses.last ?? .nan))
  }

  @Test func `memberships count every row and overlap sums to one`() throws {
    let x = cloud(700, 3, seed: 2)
    let trace = try mixture(4).fit(x, in: mixtureContext()).trace
    let memberships = try #require(trace.diagnostics.memberships)
    #expect(memberships.histogram.reduce(0, +) == 700)
    #expect(memberships.histogram.count == 20)
    // Means of shares that sum to one up to rounding.
    for row in memberships.overlap { #expect(isClose(row.reduce(0, +), 1, within: 1e-12)) }
  }
}
