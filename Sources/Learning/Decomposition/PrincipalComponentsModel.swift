public import Numerical

/// Fitted principal components; with none of them rows pass unchanged.
public struct PrincipalComponentsModel: Transformer, Hashable {
  /// The mean of each column of the fitted rows.
  public let mean: Vector
  /// k × d, orthonormal rows in descending order of explained variance; 0 × d for the identity.
  public let components: Matrix
  /// The variance along each component, divisor n − 1.
  public let explainedVariance: Vector
  /// The variance of all columns together.
  public let totalVariance: Double
  /// The mean variance of the directions that were not kept; 0 if all were.
  public let noiseVariance: Double
  /// Rows of the fit.
  public let rowCount: Int
  /// Whether scores are divided by the square root of the explained variance.
  public let whitens: Bool

  init(_ spectrum: VarianceSpectrum, keeping count: Int, rowCount: Int, whitens: Bool) {
    mean = Vector(spectrum.mean)
    components = spectrum.directions.selectingRows(Array(0..<count))
    explainedVariance = Vector(Array(spectrum.variances[0..<count]))
    totalVariance = spectrum.totalVariance
    noiseVariance = spectrum.noiseVariance(keeping: count)
    self.rowCount = rowCount
    self.whitens = whitens
  }

  private init(identityOf columnCount: Int) {
    mean = Vector([Double](repeating: 0, count: columnCount))
    components = Matrix(rowCount: 0, columnCount: columnCount)
    explainedVariance = []
    totalVariance = 0
    noiseVariance = 0
    rowCount = 0
    whitens = false
  }

  /// The model that leaves rows of `columnCount` values as they are.
  public static func identity(columnCount: Int) -> Self { Self(identityOf: columnCount) }

  public var isIdentity: Bool { components.rowCount == 0 }

  /// The share of the total variance along each component, 0…1.
  public var explainedVarianceRatio: [Double] { explainedVariance.map { $0 / totalVariance } }

  /// The singular values of the centred rows: √(explained variance · (n − 1)).
  public var singularValues: [Double] {
    explainedVariance.map { ($0 * Double(rowCount - 1)).squareRoot() }
  }

  /// k × d: each component times the standard deviation along it, in input units.
  ///
  /// Entry (i, j) is the covariance of column j with the standardised score i.
  public var loadings: Matrix {
    components.mapByRow { explainedVariance[$0].squareRoot() * $1 }
  }

  /// The scores of rows, n × k; the rows themselves for the identity.
  ///
  /// A component without variance (less than the rounding error of the greatest) has no meaningful
  /// scale: whitened scores along it are 0.
  public func transform(_ x: Matrix, on pool: WorkerPool = .serial) throws(LearningError)
    -> Matrix
  {
    try x.requireWidth(mean.count)
    guard !isIdentity else {
      try x.requireFinite()
      return x
    }
    let scores = x.multiplied(
      byTransposeOf: projection, afterSubtracting: mean.values, on: pool)
    try scores.requireFinite(asImageOf: x)
    return scores
  }

  /// k × d: what centred rows are multiplied by; where scores are whitened, each component divided by the
  /// deviation along it, and zeros for one without.
  package var projection: Matrix {
    guard whitens else { return components }
    return components.mapByRow { deviation(along: $0) > 0 ? $1 / deviation(along: $0) : 0 }
  }

  /// The rows nearest to the fitted ones that have these scores: scores · components + mean.
  public func inverseTransform(_ scores: Matrix, on pool: WorkerPool = .serial)
    throws(LearningError) -> Matrix
  {
    guard !isIdentity else {
      try scores.requireWidth(mean.count)
      return scores
    }
    try scores.requireWidth(components.rowCount)
    let projection = whitens ? components.mapByRow { deviation(along: $0) * $1 } : components
    let centered = scores.multiplied(by: projection, on: pool)
    let rows = centered.mapRows(on: pool) { source, target in
      for j in target.indices { target[j] = source[j] + mean[j] }
    }
    try rows.requireFinite(asImageOf: scores)
    return rows
  }

  /// The squared distance of each row from its reconstruction, in squared input units.
  public func reconstructionErrors(of x: Matrix, on pool: WorkerPool = .serial)
    throws(LearningError) -> [Double]
  {
    let reconstructed = try inverseTransform(try transform(x, on: pool), on: pool)
    return (0..<x.rowCount).map { row in
      (0..<x.columnCount).reduce(0) { sum, j in
        let difference = x[row, j] - reconstructed[row, j]
        return sum + difference * difference
      }
    }
  }

  /// The standard deviation along a component, 0 where it is lost in rounding.
  private func deviation(along component: Int) -> Double {
    let negligible = explainedVariance[0] * Double(mean.count) * .ulpOfOne
    let variance = explainedVariance[component]
    return variance > negligible ? variance.squareRoot() : 0
  }
}

extension Matrix {
  /// A matrix of the same shape with `body(row, value)` in place of every value.
  fileprivate func mapByRow(_ body: (Int, Double) -> Double) -> Matrix {
    Matrix(
      rowCount: rowCount, columnCount: columnCount,
      values: values.enumerated().map { body($0.offset / columnCount, $0.element) })
  }
}

extension PrincipalComponentsModel: Codable {
  private enum CodingKeys: String, CodingKey {
    case mean, components, explainedVariance, totalVariance, noiseVariance, rowCount, whitens
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    mean = try container.decode(Vector.self, forKey: .mean)
    components = try container.decode(Matrix.self, forKey: .components)
    explainedVariance = try container.decode(Vector.self, forKey: .explainedVariance)
    totalVariance = try container.decode(Double.self, forKey: .totalVariance)
    noiseVariance = try container.decode(Double.self, forKey: .noiseVariance)
    rowCount = try container.decode(Int.self, forKey: .rowCount)
    whitens = try container.decode(Bool.self, forKey: .whitens)
    guard components.columnCount == mean.count, components.rowCount == explainedVariance.count,
      mean.allSatisfy(\.isFinite), components.firstNonFinite == nil,
      explainedVariance.allSatisfy({ $0.isFinite && $0 >= 0 }), rowCount >= 0
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .components, in: container,
        debugDescription: "a finite mean, components and variances of matching sizes are needed")
    }
  }
}
