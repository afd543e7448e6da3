import Learning
import Numerical

/// A Gaussian mixture as another program evaluates it: the log-density of component c at x is
/// offset_c − |factor_c · (x − mean_c)|² / 2.
struct MixturePlan: Sendable {
  /// k × d.
  let means: Matrix
  /// d × d for each component: the inverse of the lower Cholesky factor of its covariance.
  let factors: [Matrix]
  let offsets: [Double]

  /// Nil if a covariance cannot be inverted.
  init?(_ model: GaussianMixtureModel) {
    means = model.means
    let width = means.columnCount
    var factors: [Matrix] = []
    var offsets: [Double] = []
    for component in 0..<means.rowCount {
      guard let factor = try? Cholesky(model.covariance(of: component)),
        let inverse = try? factor.inverseOfLower()
      else { return nil }
      factors.append(inverse)
      let scale = Double(width) / 2 * PortableLogarithm.of(2 * .pi)
      offsets.append(
        PortableLogarithm.of(model.weights[component]) - scale - factor.logDeterminant / 2)
    }
    self.factors = factors
    self.offsets = offsets
  }
}

extension GaussianMixtureModel {
  /// The covariance matrix of a component, d × d.
  fileprivate func covariance(of component: Int) -> Matrix {
    let width = means.columnCount
    let size = width * width
    switch covariance {
    case .full:
      return Matrix(
        rowCount: width, columnCount: width,
        values: Array(covariances.values[component * size..<(component + 1) * size]))
    case .tied: return covariances
    case .diagonal, .spherical:
      let variances = covariances.row(component)
      let values = (0..<size).map { place in
        let (row, column) = (place / width, place % width)
        return row == column ? variances[min(row, variances.count - 1)] : 0
      }
      return Matrix(rowCount: width, columnCount: width, values: values)
    }
  }
}
