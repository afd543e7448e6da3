public import Numerical

/// The components of a mixture, and with them the density of any row.
public struct GaussianMixtureModel: Clusterer, Hashable {
  public let covariance: MixtureCovariance
  /// The share of each component; they sum to 1.
  public let weights: Vector
  /// One mean per row, in the units of the input.
  public let means: Matrix
  /// Full: k matrices d × d below one another; tied: one; diagonal: variances k × d; spherical: k × 1.
  public let covariances: Matrix
  /// The densities as kernels want them.
  let densities: GaussianDensities

  /// - Throws: `LearningError.singularCovariance`.
  public init(
    covariance: MixtureCovariance, weights: Vector, means: Matrix, covariances: Matrix
  ) throws(LearningError) {
    self.covariance = covariance
    self.weights = weights
    self.means = means
    self.covariances = covariances
    densities = try GaussianDensities(
      covariance, weights: weights.values, means: means, covariances: covariances)
  }

  public var rule: AssignmentRule {
    AssignmentRule(
      placement: "component of the greatest posterior probability",
      anomaly: "negative logarithm of the mixture's density")
  }

  public var clusterCount: Int { means.rowCount }

  /// The likeliest component of each row (the first of equally likely ones), its posterior probability
  /// as strength, the Euclidean distance to its mean, and −log density as anomaly.
  ///
  /// - Throws: `LearningError.width` if the columns differ from the fitted ones, `.nonFinite`,
  ///   `.tooLarge` as in the fit.
  /// - Complexity: O(n · k · d²), O(n · k · d) for diagonal and spherical covariances.
  public func assign(_ x: Matrix, on pool: WorkerPool) throws(LearningError) -> Assignments {
    try x.requireWidth(means.columnCount)
    try x.requireFinite()
    try x.requireSquarable()
    let runs = RowChunks(count: x.rowCount, size: 16 * densities.chunkRows)
    return Assignments(
      joining: pool.map(count: runs.count) { run in
        var places = MixturePlaces()
        densities.forEachChunk(of: x, rows: runs[run]) { chunk in
          for row in 0..<chunk.count { places.append(row, of: chunk, means: means) }
        }
        return Assignments(
          labels: places.labels, distances: places.distances, strengths: places.strengths,
          anomalies: places.anomalies)
      })
  }
}

/// Where the rows of one run belong.
private struct MixturePlaces {
  var labels: [Int] = []
  var distances: [Double] = []
  var strengths: [Double] = []
  var anomalies: [Double] = []

  mutating func append(_ row: Int, of chunk: DensityChunk, means: Matrix) {
    let best = chunk.likeliest(for: row)
    labels.append(best.component)
    strengths.append(best.share)
    anomalies.append(-chunk.logDensity(of: row))
    means.values.withUnsafeBufferPointer { means in
      guard let start = means.baseAddress else { return }
      distances.append(
        DistanceTile.squaredDistance(
          chunk.row(row), start + best.component * chunk.width, dimension: chunk.width
        ).squareRoot())
    }
  }
}

extension GaussianMixtureModel: Codable {
  private enum CodingKeys: String, CodingKey { case covariance, weights, means, covariances }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func corrupted(_ key: CodingKeys, _ reason: String) -> DecodingError {
      .dataCorruptedError(forKey: key, in: container, debugDescription: reason)
    }
    let covariance = try container.decode(MixtureCovariance.self, forKey: .covariance)
    let means = try container.decode(Matrix.self, forKey: .means)
    guard means.rowCount > 0, means.columnCount > 0,
      means.values.allSatisfy({ abs($0) <= 1e100 })
    else { throw corrupted(.means, "means must be rows of finite numbers") }
    let weights = try container.decode(Vector.self, forKey: .weights)
    guard weights.count == means.rowCount, weights.allSatisfy({ 0 < $0 && $0 <= 1.000001 }),
      abs(weights.reduce(0, +) - 1) < 1e-6
    else { throw corrupted(.weights, "every mean needs a weight, and weights sum to 1") }
    let covariances = try container.decode(Matrix.self, forKey: .covariances)
    let shape = covariance.shape(k: means.rowCount, width: means.columnCount)
    guard covariances.rowCount == shape.rows, covariances.columnCount == shape.columns else {
      throw corrupted(.covariances, "\(covariance) covariances have another shape")
    }
    // Rows up to 1e100 have variances up to 1e200; a little more is regularization.
    guard covariances.values.allSatisfy({ abs($0) <= 1e201 }) else {
      throw corrupted(.covariances, "covariances must be those of rows that can be squared")
    }
    do throws(LearningError) {
      try self.init(
        covariance: covariance, weights: weights, means: means, covariances: covariances)
    } catch {
      throw corrupted(.covariances, error.description)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(covariance, forKey: .covariance)
    try container.encode(weights, forKey: .weights)
    try container.encode(means, forKey: .means)
    try container.encode(covariances, forKey: .covariances)
  }
}

extension MixtureCovariance {
  /// Sides of the matrix that holds the covariances of k components.
  func shape(k: Int, width: Int) -> (rows: Int, columns: Int) {
    switch self {
    case .full: (k.multipliedReportingOverflow(by: width).partialValue, width)
    case .tied: (width, width)
    case .diagonal: (k, width)
    case .spherical: (k, 1)
    }
  }
}
