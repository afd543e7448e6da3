public import Numerical

/// Describes rows as draws from k Gaussian distributions and assigns them by posterior probability.
///
/// Expectation–maximisation from the clusters of one k-means fit: the responsibility of component c for
/// row x is its share of the density, r_c(x) = π_c N(x; μ_c, Σ_c) / Σ_j π_j N(x; μ_j, Σ_j); weights, means and
/// covariances are then the weighted moments of the rows, `regularization` is added to the variances,
/// and both steps repeat until the mean log-density of the rows changes by less than `tolerance`, or
/// `iterations` are done. The best of several starts by that mean is kept.
///
/// Both steps run in one pass over the rows, in chunks that stay in cache (`MixturePass`). Moments are
/// summed about the means of the step before, so that means far from the origin or from each other
/// cost no digits; where a mean moves by many standard deviations at once, the sums are taken again
/// about the new one.
///
/// - Shape: input n × d with d ≥ 1 and at least k distinct rows; means k × d.
/// - Missing values: rejected.   Constant columns: allowed with regularization.
/// - Throws: `LearningError.rows`, `.width`, `.nonFinite`, `.tooLarge`, `.distinctRows`,
///   `.singularCovariance`, `.densityRange`, `.parameter`, `.cancelled`.
/// - Complexity: O(n · k · d²) time per iteration for full and tied covariances, O(n · k · d) for diagonal
///   and spherical ones; memory as `KMeans` and a few sums of k · d² doubles.
/// - Reproducibility: sums are taken over runs of rows that depend on the shape alone.
/// - Source: Dempster, Laird and Rubin (1977); Biernacki, Celeux and Govaert (2000) for ICL. Checked
///   against: fixture `gaussian-mixture.json` (scikit-learn 1.9.1).
public struct GaussianMixture: Estimator {
  public var k = 8
  public var covariance = MixtureCovariance.full
  public var restarts = 1
  public var regularization = 1e-6
  public var tolerance = 1e-3
  public var iterations = 100

  public init() {}

  public static let schema = Schema<Self>(
    "gaussian-mixture", "A mixture of Gaussian distributions, fitted by expectation-maximisation.",
    [
      .integer("k", \.k, .closed(1, 10_000), "Number of components.", aliases: ["n_components"]),
      .value(
        "covariance", \.covariance,
        "Shape of the components: full (each its own), tied (one for all), diagonal, spherical.",
        aliases: ["covariance_type"]),
      .integer(
        "restarts", \.restarts, .closed(1, 10_000), "Starts tried, of which the best is kept.",
        aliases: ["n_init"]),
      .real(
        "regularization", \.regularization, .closed(0, 1e200),
        "Added to every variance, in squared units of the clustered columns.",
        aliases: ["reg_covar"]),
      .real(
        "tolerance", \.tolerance, .atLeast(0),
        "Stop when the mean log-density of the rows changes by less.", aliases: ["tol"]),
      .integer(
        "iterations", \.iterations, .closed(1, 1_000_000), "Most iterations of one start.",
        aliases: ["max_iter"]),
    ])

  public func fit(_ x: Matrix, in context: FitContext) throws(LearningError)
    -> Fit<GaussianMixtureModel>
  {
    try check(x)
    var best: MixtureRun?
    for restart in 0..<restarts {
      let run = try run(
        x, labels: clusters(of: x, restart: restart, in: context), in: context)
      if best.map({ run.bound > $0.bound }) ?? true { best = run }
    }
    guard let best else { throw .rows(needed: 1, found: 0) }
    return try best.fit(x, on: context.pool)
  }

  /// Fits from a given partition of the rows instead of k-means: one start, every label 0 ..< k.
  package func fit(_ x: Matrix, labels: [Int], in context: FitContext) throws(LearningError)
    -> Fit<GaussianMixtureModel>
  {
    precondition(labels.count == x.rowCount, "a label per row")
    precondition(labels.allSatisfy { 0 <= $0 && $0 < k }, "labels count from zero to k")
    try check(x)
    return try run(x, labels: labels, in: context).fit(x, on: context.pool)
  }

  public func predictedBytes(rowCount: Int, columnCount: Int) -> Double {
    var start = KMeans()
    start.k = k
    let clustering = start.predictedBytes(rowCount: rowCount, columnCount: columnCount)
    let plan = MixturePlan(
      rowCount: rowCount, columnCount: columnCount, k: k, covariance: covariance)
    let labels = 40 * Double(rowCount)
    return max(clustering, plan.predictedBytes) + labels
  }

  private func check(_ x: Matrix) throws(LearningError) {
    do throws(ParameterError) {
      try Self.schema.validate(self)
    } catch {
      throw .parameter(error)
    }
    try x.requireRows(1)
    guard x.columnCount > 0 else { throw .width(expected: 1, found: 0) }
    try x.requireFinite()
    try x.requireSquarable()
  }

  private func clusters(of x: Matrix, restart: Int, in context: FitContext) throws(LearningError)
    -> [Int]
  {
    var start = KMeans()
    start.k = k
    start.restarts = .count(1)
    var startContext = context
    startContext.seed = context.seed.derived("gaussian-mixture", restart)
    return try start.fit(x, in: startContext).model.assign(x, on: context.pool).labels
  }

  /// Iterates from a partition until the stopping rule holds.
  private func run(_ x: Matrix, labels: [Int], in context: FitContext) throws(LearningError)
    -> MixtureRun
  {
    let pass = MixturePass(
      x, k: k, covariance: covariance, regularization: regularization, on: context.pool)
    var run = MixtureRun(model: try pass.model(ofClusters: labels))
    while run.bounds.count < iterations && !run.converged {
      if context.isCancelled() { throw .cancelled }
      try run.advance(by: pass, tolerance: tolerance)
    }
    return run
  }
}

/// The course of expectation–maximisation from one start.
struct MixtureRun {
  private(set) var model: GaussianMixtureModel
  /// The mean log-density of the rows before each update.
  private(set) var bounds: [Double] = []
  private(set) var converged = false

  init(model: GaussianMixtureModel) { self.model = model }

  var bound: Double { bounds.last ?? -.infinity }

  mutating func advance(by pass: MixturePass, tolerance: Double) throws(LearningError) {
    let step = try pass.step(from: model)
    converged = abs(step.bound - bound) < tolerance
    bounds.append(step.bound)
    model = step.model
  }

  func fit(_ x: Matrix, on pool: WorkerPool) throws(LearningError) -> Fit<GaussianMixtureModel> {
    let evidence = MixtureEvidence(of: model, on: x, pool)
    var trace = FitTrace(
      losses: bounds.map { -$0 }, converged: converged, scores: evidence.scores(of: model))
    trace.diagnostics.memberships = evidence.memberships
    let used = evidence.sizes.count { $0 > 0 }
    if used < model.clusterCount {
      trace.warnings.append(
        "only \(used) of \(model.clusterCount) components are the likeliest for any row; "
          + "ask for fewer components")
    }
    if !converged {
      trace.warnings.append(
        "the mixture did not settle within \(bounds.count) iterations; allow more of them or "
          + "raise tolerance")
    }
    return Fit(model: model, trace: trace)
  }
}
