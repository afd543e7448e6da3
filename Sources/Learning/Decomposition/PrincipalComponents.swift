public import Numerical

/// Finds the orthogonal directions of greatest variance.
///
/// Centres X (n × d); rows of `components` are the k leading right singular vectors, ordered by explained
/// variance; scores = (X − mean) · componentsᵀ, divided by the square root of the explained variance where
/// `whiten` is set. Each row's entry of largest magnitude (the first of equals) is made positive.
///
/// Solvers: `covariance` sums the covariance matrix in one read of X and takes its eigenvectors, the
/// fastest way for many rows; singular values below about 10⁻⁸ of the greatest are then noise. `full`
/// reduces X to a triangle by orthogonal transformations and takes its singular vectors, accurate to the
/// last of them. `auto` takes `covariance` for d ≤ 1000 and n ≥ 10 · d, else `full`. With fewer rows than
/// columns every choice means `full`.
///
/// - Shape: input n × d with n ≥ 2 and k ≤ min(n, d); scores n × k.
/// - Units: `explainedVariance` in squared input units, divisor n − 1; ratios divide by the total over all d.
/// - Missing values: rejected.   Constant columns: allowed, zero loading.
/// - Throws: `LearningError.rows` if n < 2, `.nonFinite` on NaN or infinity, `.components` if more are
///   asked for than min(n, d), `.noVariance` if all columns are constant, `.numerical`, `.cancelled`.
/// - Complexity: O(n · d · min(n, d)) time; memory d² for `covariance` (see `Scatter`), O(d²) for `full`
///   with n ≥ d and O(n · d) with n < d.
/// - Source: Jolliffe (2002), §3.5; Tipping and Bishop (1999) for the noise variance. Checked against:
///   fixture `pca.json` (scikit-learn 1.9.1).
public struct PrincipalComponents: Estimator {
  public enum Solver: String, CaseIterable, Sendable {
    case auto, covariance, full
  }

  public var components = ComponentCount.all
  public var solver = Solver.auto
  public var whiten = false

  public init() {}

  public init(components: ComponentCount, solver: Solver = .auto, whiten: Bool = false) {
    self.components = components
    self.solver = solver
    self.whiten = whiten
  }

  public static let schema = Schema<Self>(
    "pca", "Principal components: the orthogonal directions of greatest variance.",
    [
      .value(
        "components", \.components,
        "How many to keep: a count, the share of variance to explain, all, or none to leave the "
          + "columns as they are.", aliases: ["n_components"]),
      .choice(
        "solver", \.solver,
        "covariance: eigenvectors of the covariance matrix, fast; full: singular vectors of the "
          + "data, most accurate; auto: by shape.", aliases: ["svd_solver"]),
      .flag("whiten", \.whiten, "Scale every component to variance 1."),
    ])

  public func predictedBytes(rowCount: Int, columnCount: Int) -> Double {
    let (n, d) = (Double(rowCount), Double(columnCount))
    // Partial sums of the covariance matrix for up to 64 runs of rows, or triangles of as many.
    let square = min(n, d) * d * 8
    return n < d ? 4 * n * d * 8 : 4 * square + min(64, n / 4096 + 1) * square + n * d * 8
  }

  public func fit(_ x: Matrix, in context: FitContext) throws(LearningError)
    -> Fit<PrincipalComponentsModel>
  {
    guard components != .none else {
      try x.requireFinite()
      return Fit(model: .identity(columnCount: x.columnCount), trace: FitTrace())
    }
    try x.requireRows(2)
    let available = min(x.rowCount, x.columnCount)
    if case .count(let requested) = components, requested > available {
      throw .components(requested: requested, available: available)
    }
    let spectrum = try spectrum(of: x, in: context)
    if context.isCancelled() { throw .cancelled }
    guard spectrum.totalVariance > 0 else { throw .noVariance }
    let count = keptCount(of: spectrum, available: available)
    return Fit(
      model: PrincipalComponentsModel(
        spectrum, keeping: count, rowCount: x.rowCount, whitens: whiten),
      trace: FitTrace())
  }

  private func spectrum(of x: Matrix, in context: FitContext) throws(LearningError)
    -> VarianceSpectrum
  {
    let isTall = x.columnCount <= 1000 && x.rowCount / 10 >= x.columnCount
    let usesCovariance = solver == .covariance || (solver == .auto && isTall)
    do throws(NumericalError) {
      guard usesCovariance, x.rowCount >= x.columnCount else {
        return try VarianceSpectrum(full: x, on: context.pool)
      }
      var leading: Int?
      if case .count(let count) = components { leading = count }
      return try VarianceSpectrum(try Scatter(x, on: context.pool), leading: leading)
    } catch {
      throw LearningError(error)
    }
  }

  /// The first count whose cumulative share exceeds the one asked for.
  private func keptCount(of spectrum: VarianceSpectrum, available: Int) -> Int {
    switch components {
    case .count(let count): return count
    case .all, .none: return available
    case .share(let share):
      var cumulative = 0.0
      for index in 0..<available {
        cumulative += spectrum.variances[index] / spectrum.totalVariance
        if cumulative > share { return index + 1 }
      }
      return available
    }
  }
}
