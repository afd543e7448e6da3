internal import CLibrary
public import Numerical

/// Models the log-odds of a binary target as a weighted sum of columns.
///
/// Minimises C · Σ w (ln (1 + e^η) − y η) + penalty(β) with η = b + Σ β_j z_j, as scikit-learn defines it:
///
/// | Penalty | penalty(β) |
/// |---|---|
/// | `l2` | ½ Σ β² |
/// | `l1` | Σ \|β\| |
/// | `elastic-net` | ρ Σ \|β\| + (1 − ρ) / 2 Σ β², with ρ = `l1_ratio` |
/// | `none` | 0 |
///
/// The intercept b is not penalised. With `standardize`, z is the column less its mean over its standard
/// deviation, so that the penalty treats all columns alike whatever their units; without it z is the column and
/// the result is scikit-learn's. Coefficients are reported for the columns as given either way.
///
/// Unpenalised fits carry standard errors from the second derivatives. Where ones and zeros can be parted by a
/// hyperplane, unpenalised coefficients have no finite value: the fit stops there, says so in its trace and
/// carries no standard errors.
///
/// - Shape: n × d features; n labels of 0 and 1 with at least two rows of each.
/// - Missing values: rejected.   Constant columns: allowed, coefficient 0.
/// - Throws: `LearningError.parameter`, `.rowCounts`, `.nonFinite`, `.label`, `.events`, `.weight`, `.tooManyRows`,
///   `.numerical(.overflow)`; `.collinear` where an unpenalised fit has many solutions; `.cancelled`.
/// - Complexity: O(n · d² + d³) time per iteration, of which there are about seven; memory 40 bytes per row and
///   up to 64 d × d matrices, 128 MB at most or one.
/// - Source: Hastie, Tibshirani and Friedman (2009), §4.4; Friedman, Hastie and Tibshirani (2010).
///   Checked against: fixture `logistic.json` (scikit-learn 1.9.1, numpy).
public struct LogisticRegression: Estimator {
  public enum Penalty: String, CaseIterable, Sendable, Codable {
    case l2, l1
    case elasticNet = "elastic-net"
    case none
  }

  public enum ClassWeights: String, CaseIterable, Sendable, Codable {
    case none, balanced
  }

  public var penalty = Penalty.l2
  public var inverseStrength = 1.0
  public var l1Ratio = 0.5
  public var standardize = true
  public var classWeights = ClassWeights.none
  public var tolerance = 1e-8
  public var iterations = 100

  public init() {}

  public static let schema = Schema<Self>(
    "logistic-regression", "Log-odds as a weighted sum of columns.",
    [
      .choice("penalty", \.penalty, "What keeps coefficients small: l2, l1, elastic-net or none."),
      .real(
        "c", \.inverseStrength, .aboveUpTo(0, 1e12),
        "Weight of the data against the penalty: smaller values shrink more.", aliases: ["C"]),
      .real(
        "l1_ratio", \.l1Ratio, .closed(0, 1),
        "Share of the l1 penalty in elastic-net."),
      .flag(
        "standardize", \.standardize,
        "Penalise coefficients of columns in standard deviations; they are reported in the columns' units."
      ),
      .choice(
        "class_weights", \.classWeights,
        "balanced gives both classes the same total weight; probabilities are without it.",
        aliases: ["class_weight"]),
      .real(
        "tolerance", \.tolerance, .aboveUpTo(0, 0.1),
        "Stop when the square root of the promised decrease per row is at most this.",
        aliases: ["tol"]),
      .integer(
        "iterations", \.iterations, .closed(1, 100_000), "Most Newton steps.",
        aliases: ["max_iter"]),
    ])

  public func predictedBytes(rowCount: Int, columnCount: Int) -> Double {
    let (n, side) = (Double(rowCount), Double(columnCount) + 5)
    return 40 * n + 8 * side * side * min(70, 6 + max(1, min(n / 4096, 16e6 / (side * side))))
  }

  public func fit(_ input: Labeled<Matrix>, in context: FitContext) throws(LearningError)
    -> Fit<LogisticRegressionModel>
  {
    do throws(ParameterError) {
      try Self.schema.validate(self)
    } catch {
      throw .parameter(error)
    }
    try LabeledCheck.requireBinary(input)
    let factors = classWeights == .balanced ? ClassBalance(input).factors : (ones: 1, zeros: 1)
    let weights = reweighted(input, by: factors)
    let scaling = try ColumnScaling(
      input.features, weights: input.weights, isUsed: standardize, on: context.pool)
    let (ridge, lasso) = strengths
    let solver = LogisticSolver(
      objective: LogisticObjective(
        input.features, targets: input.labels, weights: weights, centers: scaling.centers,
        scales: scaling.scales, on: context.pool),
      ridge: ridge, lasso: lasso, tolerance: tolerance * tolerance, iterations: iterations)
    let rate = solver.objective.meanTarget
    let start = [log(rate / (1 - rate))] + [Double](repeating: 0, count: input.features.columnCount)
    let solution = try solver.solve(from: start, isCancelled: context.isCancelled)
    return Fit(
      model: try model(solution, scaling, oddsFactor: factors.ones / factors.zeros),
      trace: trace(of: solution))
  }

  /// The penalty beside a data term of weight 1.
  private var strengths: (ridge: Double, lasso: Double) {
    let strength = 1 / inverseStrength
    return switch penalty {
    case .l2: (strength, 0)
    case .l1: (0, strength)
    case .elasticNet: ((1 - l1Ratio) * strength, l1Ratio * strength)
    case .none: (0, 0)
    }
  }

  private func reweighted(
    _ input: Labeled<Matrix>, by factors: (ones: Double, zeros: Double)
  ) -> [Double]? {
    guard classWeights == .balanced else { return input.weights }
    return input.labels.indices.map { row in
      (input.weights?[row] ?? 1) * (input.labels[row] == 1 ? factors.ones : factors.zeros)
    }
  }

  private func model(
    _ solution: LogisticSolver.Solution, _ scaling: ColumnScaling, oddsFactor: Double
  ) throws(LearningError) -> LogisticRegressionModel {
    let coefficients = zip(solution.parameters.dropFirst(), scaling.scales).map { $0 / $1 }
    let shift = zip(coefficients, scaling.centers).reduce(0) { $0 + $1.0 * $1.1 }
    let isExact = penalty == .none && solution.converged && classWeights == .none
    return LogisticRegressionModel(
      intercept: solution.parameters[0] - shift - log(oddsFactor),
      coefficients: Vector(coefficients), means: Vector(scaling.centers),
      deviations: Vector(scaling.deviations),
      standardErrors: isExact ? try scaling.standardErrors(hessian: solution.hessian) : nil)
  }

  private func trace(of solution: LogisticSolver.Solution) -> FitTrace {
    var warnings: [String] = []
    if solution.isSeparated {
      warnings.append(
        "The columns part ones from zeros without a mistake, so coefficients grow without end; "
          + "use a penalty.")
    } else if !solution.converged {
      warnings.append("The fit stopped after \(iterations) iterations before it had converged.")
    }
    return FitTrace(losses: solution.losses, converged: solution.converged, warnings: warnings)
  }
}
