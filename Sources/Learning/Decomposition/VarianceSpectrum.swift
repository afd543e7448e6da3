import Numerical

/// Mean, variances along principal directions, and those directions, before any choice of a count.
struct VarianceSpectrum {
  let mean: [Double]
  /// Variances in descending order, divisor n − 1; at least as many as components will be kept.
  let variances: [Double]
  /// A unit direction per row, in the order of `variances`, signs fixed.
  let directions: Matrix
  /// The sum over all columns.
  let totalVariance: Double
  /// How many directions there are in all: min(n, d).
  let rank: Int

  /// The eigenvectors of the covariance matrix: the `leading` ones, or all of them.
  init(_ scatter: Scatter, leading: Int?) throws(NumericalError) {
    let covariance = scatter.covariance
    let width = covariance.rowCount
    let eigen: SymmetricEigen
    // A few vectors of a large matrix are cheaper one by one.
    if let leading, width > 200, leading < width / 4 {
      eigen = try SymmetricEigen(covariance, leading: leading)
    } else {
      eigen = try SymmetricEigen(covariance)
    }
    mean = scatter.mean.values
    // Rounding may leave an eigenvalue of a singular matrix below zero.
    variances = eigen.values.map { max($0, 0) }
    directions = Self.fixingSigns(eigen.vectors)
    totalVariance = (0..<width).reduce(0) { $0 + covariance[$1, $1] }
    rank = min(scatter.count, width)
  }

  /// The right singular vectors of the centred rows.
  init(full x: Matrix, on pool: WorkerPool) throws(NumericalError) {
    let moments = Moments.ofColumns(x, on: pool)
    if let column = moments.firstIndex(where: { !$0.squaredDeviations.isFinite }) {
      if let (row, column) = x.firstNonFinite { throw .nonFinite(row: row, column: column) }
      throw .overflow(column: column)
    }
    let mean = moments.map(\.mean)
    let reduced =
      x.rowCount >= x.columnCount
      ? try TriangularFactor.of(x, shift: mean, on: pool)
      : x.mapRows(on: pool) { source, target in
        for j in target.indices { target[j] = source[j] - mean[j] }
      }
    let decomposition = try SingularValues(reduced)
    let divisor = Double(x.rowCount - 1)
    self.mean = mean
    variances = decomposition.values.map { $0 * $0 / divisor }
    directions = Self.fixingSigns(decomposition.right)
    totalVariance = variances.reduce(0, +)
    rank = variances.count
  }

  /// The variance left per direction that is not kept, 0 if all are.
  func noiseVariance(keeping count: Int) -> Double {
    guard count < rank else { return 0 }
    if variances.count >= rank {
      return variances[count..<rank].reduce(0, +) / Double(rank - count)
    }
    return max(totalVariance - variances[0..<count].reduce(0, +), 0) / Double(rank - count)
  }

  /// Turns every row so that its first entry of largest magnitude is positive.
  private static func fixingSigns(_ vectors: Matrix) -> Matrix {
    var turned = vectors.values
    for row in 0..<vectors.rowCount {
      let entries = row * vectors.columnCount..<(row + 1) * vectors.columnCount
      var largest = 0.0
      for index in entries where abs(turned[index]) > abs(largest) { largest = turned[index] }
      if largest < 0 { for index in entries { turned[index] = -turned[index] } }
    }
    return Matrix(rowCount: vectors.rowCount, columnCount: vectors.columnCount, values: turned)
  }
}
