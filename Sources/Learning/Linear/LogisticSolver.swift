internal import Numerical

/// Minimises log-loss + ½ · ridge · |β|² + lasso · |β|₁ over the intercept and β.
///
/// Newton's method: each step minimises the penalised quadratic model at the current point, by Cholesky
/// where there is no lasso and by coordinate descent where there is (Friedman, Hastie and Tibshirani, 2010),
/// and is halved until the objective falls as it should. The intercept is never penalised.
struct LogisticSolver: Sendable {
  let objective: LogisticObjective
  let ridge: Double
  let lasso: Double
  /// The decrease a step promises, relative to the sum of weights, below which it is the last one.
  let tolerance: Double
  let iterations: Int

  struct Solution: Sendable {
    var parameters: [Double]
    /// The objective after each iteration.
    var losses: [Double]
    var converged: Bool
    /// Whether a hyperplane parts ones from zeros, so that unpenalised coefficients grow without end.
    var isSeparated = false
    /// Second derivatives of the loss at the solution.
    var hessian: Matrix
  }

  /// - Throws: `.collinear` where an unpenalised fit has no single solution; `.cancelled`.
  func solve(from start: [Double], isCancelled: () -> Bool) throws(LearningError) -> Solution {
    var point = Point(start, self)
    var derivatives = objective.derivatives(point.margins)
    var losses: [Double] = []
    var converged = false
    var separated = false
    let weight = objective.totalWeight
    var isStuck = false
    while !converged, !separated, !isStuck, losses.count < iterations {
      if isCancelled() { throw .cancelled }
      let step = try direction(at: point, derivatives)
      let next = descend(from: point, along: step)
      separated = penaltyIsAbsent && objective.separates(next.margins, comingFrom: point.margins)
      isStuck = next.parameters == point.parameters
      // A promise that rounding of the objective hides cannot be kept.
      let least = isStuck ? max(tolerance, 1e-13) : tolerance
      converged = step.promise <= least * weight
      point = next
      losses.append(point.value / weight)
      derivatives = objective.derivatives(point.margins)
    }
    return Solution(
      parameters: point.parameters, losses: losses, converged: converged && !separated,
      isSeparated: separated, hessian: derivatives.hessian)
  }

  private var penaltyIsAbsent: Bool { ridge == 0 && lasso == 0 }

  fileprivate func penalty(_ parameters: [Double]) -> Double {
    var (squares, sizes) = (0.0, 0.0)
    for value in parameters.dropFirst() {
      squares += value * value
      sizes += abs(value)
    }
    return ridge / 2 * squares + lasso * sizes
  }

  /// Where the search is.
  private struct Point {
    let parameters: [Double]
    let margins: [Double]
    let value: Double

    init(_ parameters: [Double], _ solver: LogisticSolver) {
      self.parameters = parameters
      margins = solver.objective.margins(parameters)
      value = solver.objective.loss(margins) + solver.penalty(parameters)
    }
  }

  /// A way to go, and how much the quadratic model says the objective falls along it.
  private struct Step {
    let change: [Double]
    let promise: Double
  }

  private func direction(at point: Point, _ derivatives: LogisticObjective.Derivatives)
    throws(LearningError) -> Step
  {
    var gradient = derivatives.gradient
    var hessian = derivatives.hessian
    for j in 1..<max(gradient.count, 1) {
      gradient[j] += ridge * point.parameters[j]
      hessian[j, j] += ridge
    }
    let change: [Double]
    if lasso > 0 {
      let model = LassoModel(hessian: hessian, gradient: gradient, lasso: lasso)
      change = zip(model.minimum(from: point.parameters), point.parameters).map { $0 - $1 }
    } else {
      change = try NewtonStep.solve(NewtonStep.regular(hessian), gradient).map { -$0 }
    }
    var (slope, curvature) = (0.0, 0.0)
    for i in change.indices {
      slope += gradient[i] * change[i]
      for j in change.indices { curvature += change[i] * hessian[i, j] * change[j] }
    }
    let moved = zip(point.parameters, change).map { $0 + $1 }
    let sizes = zip(moved, point.parameters).dropFirst().reduce(0) {
      $0 + abs($1.0) - abs($1.1)
    }
    return Step(change: change, promise: -(slope + curvature / 2 + lasso * sizes))
  }

  /// The first of the full, half, quarter … steps that brings a tenth of a thousandth of what it promises;
  /// the point itself if none does.
  private func descend(from point: Point, along step: Step) -> Point {
    var share = 1.0
    for _ in 0..<40 {
      let next = Point(zip(point.parameters, step.change).map { $0 + share * $1 }, self)
      if next.value <= point.value - 1e-4 * share * step.promise { return next }
      // At the bottom both differ by rounding alone.
      if share == 1, step.promise <= tolerance * objective.totalWeight,
        next.value <= point.value + abs(point.value) * 1e-13
      {
        return next
      }
      share /= 2
    }
    return point
  }
}

/// The solution of hessian · step = gradient.
enum NewtonStep {
  /// `hessian` with a one on the diagonal of each parameter nothing depends on, which then stays put.
  static func regular(_ hessian: Matrix) -> Matrix {
    var regular = hessian
    for j in 0..<hessian.rowCount where hessian[j, j] == 0 { regular[j, j] = 1 }
    return regular
  }

  /// - Throws: `.collinear` with the first column that depends on those before it.
  static func solve(_ hessian: Matrix, _ gradient: [Double]) throws(LearningError) -> [Double] {
    let inverse = try inverseOfFactor(hessian)
    let inner = inverse.multiplied(byTransposeOf: Matrix(rows: [gradient]))
    return inverse.transposed.multiplied(by: inner).values
  }

  /// H⁻¹ = L⁻ᵀ L⁻¹ for the factor L of `hessian`; L⁻¹ is returned.
  static func inverseOfFactor(_ hessian: Matrix) throws(LearningError) -> Matrix {
    do throws(NumericalError) {
      let factor = try Cholesky(hessian)
      for j in 0..<hessian.rowCount {
        // What is left of a column after those before it: rounding alone.
        let rest = factor.lower[j, j] * factor.lower[j, j]
        guard rest > 1e-12 * hessian[j, j] else { throw .notPositiveDefinite(order: j + 1) }
      }
      return try factor.inverseOfLower()
    } catch .notPositiveDefinite(let order) {
      throw .collinear(column: max(order - 2, 0))
    } catch {
      throw LearningError(error)
    }
  }
}

extension LogisticObjective {
  var totalWeight: Double { weights?.reduce(0, +) ?? Double(targets.count) }

  var meanTarget: Double {
    var sum = 0.0
    for row in targets.indices { sum += (weights?[row] ?? 1) * targets[row] }
    return sum / totalWeight
  }

  /// Whether the way from one set of margins to the next proves that ones and zeros can be parted: no row
  /// gets worse along it and some get better, by a step that does not shrink.
  ///
  /// Such a way may be gone forever. Where ones and zeros overlap every way makes some row worse.
  func separates(_ next: [Double], comingFrom last: [Double]) -> Bool {
    var (worst, best) = (0.0, 0.0)
    for row in next.indices where (weights?[row] ?? 1) > 0 {
      guard targets[row] == 0 || targets[row] == 1 else { return false }
      let gain = (next[row] - last[row]) * (2 * targets[row] - 1)
      worst = min(worst, gain)
      best = max(best, gain)
    }
    return best > 0.1 && worst >= -1e-7 * best
  }
}
