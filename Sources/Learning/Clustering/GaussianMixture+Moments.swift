import Numerical

/// Weights, means and covariances that follow from sums about one point per component.
///
/// With δ = Σ r (x − point) / N the mean is point + δ, and the covariance is
/// (Σ r (x − point)(x − point)ᵀ − N δ δᵀ) / N plus the regularization of its diagonal. N is Σ r and, as in
/// scikit-learn, ten units of rounding, so that a component without rows has a mean.
struct MixtureMoments {
  private let sums: MixtureSums
  private let plan: MixturePlan
  private let regularization: Double
  private let counts: [Double]
  private let shifts: Matrix
  let means: Matrix

  init(_ sums: MixtureSums, _ plan: MixturePlan, about points: Matrix, regularization: Double) {
    self.sums = sums
    self.plan = plan
    self.regularization = regularization
    let counts = sums.counts.elements.map { $0 + 10 * Double.ulpOfOne }
    self.counts = counts
    let shifts = Matrix(rowCount: plan.k, columnCount: plan.width) { target in
      for component in 0..<plan.k {
        for j in 0..<plan.width {
          target[component * plan.width + j] =
            sums.sums.start[component * plan.stride + j] / counts[component]
        }
      }
    }
    self.shifts = shifts
    means = Matrix(
      rowCount: plan.k, columnCount: plan.width,
      values: zip(points.values, shifts.values).map { $0 + $1 })
  }

  /// Whether somewhere N δ² exceeds the variance that remains a thousandfold, which costs three digits
  /// or more of it.
  var isShiftPoor: Bool {
    let groups = plan.productCount == 1 ? [Array(0..<plan.k)] : (0..<plan.k).map { [$0] }
    return groups.contains { group in
      let total = group.reduce(0) { $0 + counts[$1] }
      return (0..<plan.width).contains { j in
        let taken = group.reduce(0) { $0 + counts[$1] * shifts[$1, j] * shifts[$1, j] } / total
        return taken > 1000 * (product(group[0], j, j) / total - taken + regularization)
      }
    }
  }

  /// - Throws: `LearningError.singularCovariance`.
  func model() throws(LearningError) -> GaussianMixtureModel {
    let total = counts.reduce(0, +)
    return try GaussianMixtureModel(
      covariance: plan.covariance, weights: Vector(counts.map { $0 / total }), means: means,
      covariances: covariances(total: total))
  }

  private func covariances(total: Double) -> Matrix {
    let shape = plan.covariance.shape(k: plan.k, width: plan.width)
    var values: [Double] = []
    values.reserveCapacity(shape.rows * shape.columns)
    switch plan.covariance {
    case .full:
      for component in 0..<plan.k {
        values += matrix(of: component...component, divisor: counts[component])
      }
    case .tied: values = matrix(of: 0...plan.k - 1, divisor: total)
    case .diagonal: for component in 0..<plan.k { values += variances(of: component) }
    case .spherical:
      for component in 0..<plan.k {
        values.append(variances(of: component).reduce(0, +) / Double(plan.width))
      }
    }
    return Matrix(rowCount: shape.rows, columnCount: shape.columns, values: values)
  }

  private func product(_ component: Int, _ i: Int, _ j: Int) -> Double {
    let base = (plan.productCount == 1 ? 0 : component) * plan.productSize
    return sums.products.start[base + (plan.covariance.isTriangular ? i * plan.stride + j : j)]
  }

  /// The common covariance of components, d × d.
  private func matrix(of components: ClosedRange<Int>, divisor: Double) -> [Double] {
    let width = plan.width
    var values = [Double](repeating: 0, count: width * width)
    for i in 0..<width {
      for j in i..<width {
        let taken = components.reduce(0) { $0 + counts[$1] * shifts[$1, i] * shifts[$1, j] }
        let value = (product(components.lowerBound, i, j) - taken) / divisor
        values[i * width + j] = i == j ? max(value, 0) + regularization : value
        values[j * width + i] = values[i * width + j]
      }
    }
    return values
  }

  private func variances(of component: Int) -> [Double] {
    (0..<plan.width).map { j in
      let taken = counts[component] * shifts[component, j] * shifts[component, j]
      return max(product(component, j, j) - taken, 0) / counts[component] + regularization
    }
  }
}
