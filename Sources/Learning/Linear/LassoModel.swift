internal import Numerical

/// The quadratic model ½ δᵀ H δ + gᵀ δ + lasso · |β + δ|₁ of a step δ, minimised coordinate by coordinate.
///
/// The first parameter, the intercept, is not penalised.
///
/// - Source: Friedman, Hastie and Tibshirani (2010).
struct LassoModel {
  private let hessian: [Double]
  private let gradient: [Double]
  private let lasso: Double

  /// Sweeps until none moves the model's value by what matters to it.
  private static let sweeps = 10_000

  init(hessian: Matrix, gradient: [Double], lasso: Double) {
    self.hessian = hessian.values
    self.gradient = gradient
    self.lasso = lasso
  }

  private func curvature(_ j: Int) -> Double { hessian[j * (gradient.count + 1)] }

  /// β + δ at the minimum.
  ///
  /// - Complexity: O(d²) per sweep of d coordinates.
  func minimum(from start: [Double]) -> [Double] {
    var parameters = start
    // The model's derivative in each coordinate, kept current.
    var slopes = gradient
    let scale = gradient.indices.reduce(0.0) { greatest, j in
      curvature(j) > 0 ? max(greatest, gradient[j] * gradient[j] / curvature(j)) : greatest
    }
    for _ in 0..<Self.sweeps {
      var greatest = 0.0
      for j in parameters.indices where curvature(j) > 0 {
        let change = minimizer(of: j, parameters[j], slopes[j]) - parameters[j]
        guard change != 0 else { continue }
        parameters[j] += change
        for i in slopes.indices { slopes[i] += hessian[j * slopes.count + i] * change }
        greatest = max(greatest, change * change * curvature(j))
      }
      if greatest <= 1e-20 * scale { break }
    }
    return parameters
  }

  /// The best value of one coordinate with all others held.
  private func minimizer(of j: Int, _ value: Double, _ slope: Double) -> Double {
    let target = curvature(j) * value - slope
    guard j > 0 else { return target / curvature(j) }
    let shrunk = abs(target) - lasso
    return shrunk > 0 ? (target < 0 ? -shrunk : shrunk) / curvature(j) : 0
  }
}
