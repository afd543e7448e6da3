internal import Numerical

/// The quadratic model ½ δᵀ H δ + gᵀ δ + lasso · |β + δ|₁ of a step δ, minimised coordinate by coordinate.
///
/// The first parameter, the intercept, is not penalised.
///
/// - Source: Friedman, Hastie and Tibshirani (2010).
struct LassoModel {
  let hessian: Matrix
  let gradient: [Double]
  let lasso: Double

  /// Sweeps until none moves the model's value by what matters to it.
  private static let sweeps = 10_000

  /// β + δ at the minimum.
  ///
  /// - Complexity: O(d²) per sweep of d coordinates.
  func minimum(from start: [Double]) -> [Double] {
    var parameters = start
    // The model's derivative in each coordinate, kept current.
    var slopes = gradient
    let scale = zip(gradient, hessian.diagonal).reduce(0) {
      $1.1 > 0 ? max($0, $1.0 * $1.0 / $1.1) : $0
    }
    for _ in 0..<Self.sweeps {
      var greatest = 0.0
      for j in parameters.indices where hessian[j, j] > 0 {
        let change = minimizer(of: j, parameters[j], slopes[j]) - parameters[j]
        guard change != 0 else { continue }
        parameters[j] += change
        for i in slopes.indices { slopes[i] += hessian[i, j] * change }
        greatest = max(greatest, change * change * hessian[j, j])
      }
      if greatest <= 1e-20 * scale { break }
    }
    return parameters
  }

  /// The best value of one coordinate with all others held.
  private func minimizer(of j: Int, _ value: Double, _ slope: Double) -> Double {
    let target = hessian[j, j] * value - slope
    guard j > 0 else { return target / hessian[j, j] }
    let shrunk = abs(target) - lasso
    return shrunk > 0 ? (target < 0 ? -shrunk : shrunk) / hessian[j, j] : 0
  }
}

extension Matrix {
  fileprivate var diagonal: [Double] { (0..<min(rowCount, columnCount)).map { self[$0, $0] } }
}
