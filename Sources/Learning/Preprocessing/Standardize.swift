public import Numerical

/// Puts columns on a common scale: (x − center) / scale, column by column.
///
/// | Method | center | scale |
/// |---|---|---|
/// | `zscore` | mean | standard deviation, divisor n |
/// | `robust` | median | distance between the quartiles (linear interpolation) |
/// | `min-max` | least value | greatest less least value |
/// | `none` | 0 | 1 |
///
/// A scale of zero (a constant column, or equal quartiles), or of a few units in the last place of the
/// center (rounding noise on a constant), becomes 1, so such a column is only centred. scikit-learn
/// allows more noise the more rows there are; the sums here have no such error.
///
/// - Shape: n × d with n ≥ 1 gives n × d.
/// - Missing values: rejected.   Constant columns: become zero.
/// - Throws: `LearningError.rows`, `.nonFinite`, `.numerical(.overflow)` where a spread or a result
///   leaves the range of a double, `.width` on rows of another width.
/// - Complexity: O(n · d).
/// - Checked against: fixture `moments.json` (scikit-learn 1.9.1 `StandardScaler`,
///   `RobustScaler`, `MinMaxScaler`).
public struct Standardize: Estimator {
  public enum Method: String, CaseIterable, Sendable, Codable {
    case zscore
    case robust
    case minMax = "min-max"
    case none
  }

  public var method = Method.zscore

  public init() {}

  public init(method: Method) { self.method = method }

  public static let schema = Schema<Self>(
    "standardize", "Puts columns on a common scale.",
    [
      .choice(
        "method", \.method,
        "zscore: mean and standard deviation; robust: median and interquartile range; "
          + "min-max: the range becomes 0 to 1; none: leave as it is.")
    ])

  /// The result and a few columns at work.
  public func predictedBytes(rowCount: Int, columnCount: Int) -> Double {
    Double(rowCount) * (Double(columnCount) + 8) * 8
  }

  public func fit(_ x: Matrix, in context: FitContext) throws(LearningError)
    -> Fit<StandardizeModel>
  {
    try x.requireRows(1)
    try x.requireFinite()
    let columns = try centersAndScales(of: x, on: context.pool)
    return Fit(
      model: StandardizeModel(
        centers: Vector(columns.map(\.center)),
        scales: Vector(columns.map { $0.scale <= 4 * $0.center.ulp ? 1 : $0.scale })),
      trace: FitTrace())
  }

  private func centersAndScales(of x: Matrix, on pool: WorkerPool) throws(LearningError)
    -> [(center: Double, scale: Double)]
  {
    let columns: [(center: Double, scale: Double)]
    switch method {
    case .zscore:
      columns = Moments.ofColumns(x, on: pool).map { ($0.mean, $0.standardDeviation) }
    case .robust:
      columns = x.mapColumns(on: pool) { column in
        let quartiles = Quantiles.inPlace(column, at: [0.25, 0.5, 0.75])
        return (quartiles[1], quartiles[2] - quartiles[0])
      }
    case .minMax:
      columns = Moments.ofColumns(x, on: pool).map { ($0.minimum, $0.maximum - $0.minimum) }
    case .none:
      columns = [(Double, Double)](repeating: (0, 1), count: x.columnCount)
    }
    if let column = columns.firstIndex(where: { !$0.center.isFinite || !$0.scale.isFinite }) {
      throw .numerical(.overflow(column: column))
    }
    return columns
  }
}

/// A fitted scale of columns.
public struct StandardizeModel: Transformer, Hashable {
  /// What is subtracted from each column, in its unit.
  public let centers: Vector
  /// What each column is divided by, in its unit; positive.
  public let scales: Vector

  public init(centers: Vector, scales: Vector) {
    precondition(centers.count == scales.count, "a scale per center")
    self.centers = centers
    self.scales = scales
  }

  /// Whether rows pass unchanged.
  public var isIdentity: Bool {
    centers.allSatisfy { $0 == 0 } && scales.allSatisfy { $0 == 1 }
  }

  public func transform(_ x: Matrix, on pool: WorkerPool = .serial) throws(LearningError)
    -> Matrix
  {
    try x.requireWidth(centers.count)
    let result = isIdentity ? x : mapColumns(of: x, on: pool) { ($0 - $1) / $2 }
    try result.requireFinite(asImageOf: x)
    return result
  }

  /// Columns are mapped one by one, so each keeps what it adds.
  public func attribution(
    of contributions: Matrix, to x: Matrix, on pool: WorkerPool = .serial
  ) throws(LearningError) -> Matrix { contributions }

  /// x · scale + center, the rows in their own units again.
  public func inverseTransform(_ x: Matrix, on pool: WorkerPool = .serial) throws(LearningError)
    -> Matrix
  {
    try x.requireWidth(centers.count)
    let result = isIdentity ? x : mapColumns(of: x, on: pool) { $0 * $2 + $1 }
    try result.requireFinite(asImageOf: x)
    return result
  }

  /// `body(value, center, scale)` of every value.
  @inline(__always)
  private func mapColumns(
    of x: Matrix, on pool: WorkerPool, _ body: (Double, Double, Double) -> Double
  ) -> Matrix {
    centers.values.withUnsafeBufferPointer { centers in
      scales.values.withUnsafeBufferPointer { scales in
        x.mapRows(on: pool) { source, target in
          for j in target.indices { target[j] = body(source[j], centers[j], scales[j]) }
        }
      }
    }
  }
}

extension StandardizeModel: Codable {
  private enum CodingKeys: String, CodingKey { case centers, scales }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let centers = try container.decode(Vector.self, forKey: .centers)
    let scales = try container.decode(Vector.self, forKey: .scales)
    guard centers.count == scales.count, centers.allSatisfy(\.isFinite),
      scales.allSatisfy({ $0.isFinite && $0 > 0 })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .scales, in: container,
        debugDescription: "a finite center and a positive scale are needed for every column")
    }
    self.init(centers: centers, scales: scales)
  }
}
