internal import CLibrary
public import Numerical

/// Makes skewed columns more symmetric, column by column and order-preserving.
///
/// `yeo-johnson` fits a power λ to each column by maximum likelihood of a normal distribution (see
/// `YeoJohnson`); `log1p` takes log(1 + x), for columns above −1 such as amounts and counts; `none` leaves
/// them. Results are not standardised: a scale follows as a step of its own.
///
/// - Shape: n × d with n ≥ 1 gives n × d.
/// - Missing values: rejected.   Constant columns: allowed, λ = 1.
/// - Throws: `LearningError.rows`, `.nonFinite`, `.outsideLogDomain` for a value of −1 or less under
///   `log1p`, `.numerical(.overflow)` where a result leaves the range of a double.
/// - Complexity: O(n · d), some thirty exponentials per value for the fit of yeo-johnson.
/// - Source: Yeo and Johnson (2000). Checked against: fixture `power.json` (scikit-learn 1.9.1).
public struct PowerTransform: Estimator {
  public enum Method: String, CaseIterable, Sendable, Codable {
    case yeoJohnson = "yeo-johnson"
    case log1p
    case none
  }

  public var method = Method.yeoJohnson

  public init() {}

  public init(method: Method) { self.method = method }

  public static let schema = Schema<Self>(
    "power", "Makes skewed columns more symmetric.",
    [
      .choice(
        "method", \.method,
        "yeo-johnson: a power per column, fitted; log1p: log(1 + x); none: leave as it is.")
    ])

  /// The result and a few columns at work.
  public func predictedBytes(rowCount: Int, columnCount: Int) -> Double {
    Double(rowCount) * (Double(columnCount) + 8) * 8
  }

  public func fit(_ x: Matrix, in context: FitContext) throws(LearningError)
    -> Fit<PowerTransformModel>
  {
    try x.requireRows(1)
    try x.requireFinite()
    var powers: [Double] = []
    switch method {
    case .none: break
    case .log1p: try x.requireAboveMinusOne()
    case .yeoJohnson:
      powers = x.mapColumns(on: context.pool) { YeoJohnson(fittedTo: $0).power }
    }
    let model = PowerTransformModel(
      method: method, powers: Vector(powers), columnCount: x.columnCount)
    return Fit(model: model, trace: FitTrace())
  }
}

/// A fitted power transform.
public struct PowerTransformModel: Transformer, Hashable {
  public let method: PowerTransform.Method
  /// λ of each column for `yeo-johnson`; empty otherwise.
  public let powers: Vector
  public let columnCount: Int

  public init(method: PowerTransform.Method, powers: Vector, columnCount: Int) {
    precondition(powers.count == (method == .yeoJohnson ? columnCount : 0), "a power per column")
    self.method = method
    self.powers = powers
    self.columnCount = columnCount
  }

  public func transform(_ x: Matrix, on pool: WorkerPool = .serial) throws(LearningError)
    -> Matrix
  {
    try x.requireWidth(columnCount)
    try x.requireFinite()
    switch method {
    case .none: return x
    case .log1p:
      try x.requireAboveMinusOne()
      return map(x, on: pool) { value, _ in log1p(value) }
    case .yeoJohnson:
      let result = map(x, on: pool) { YeoJohnson(power: powers[$1])($0) }
      try result.requireFinite(asImageOf: x)
      return result
    }
  }

  /// Columns are mapped one by one, so each keeps what it adds.
  public func attribution(
    of contributions: Matrix, to x: Matrix, on pool: WorkerPool = .serial
  ) throws(LearningError) -> Matrix { contributions }

  /// The rows that `transform` would turn into `x`.
  ///
  /// - Throws: also `LearningError.numerical(.overflow)` for values that no row is turned into, such
  ///   as those at or above −1/λ for a negative λ.
  public func inverseTransform(_ x: Matrix, on pool: WorkerPool = .serial) throws(LearningError)
    -> Matrix
  {
    try x.requireWidth(columnCount)
    try x.requireFinite()
    let result: Matrix
    switch method {
    case .none: return x
    case .log1p: result = map(x, on: pool) { value, _ in expm1(value) }
    case .yeoJohnson:
      result = map(x, on: pool) { YeoJohnson(power: powers[$1]).inverse($0) }
    }
    try result.requireFinite(asImageOf: x)
    return result
  }

  /// `body(value, column)` of every value.
  private func map(_ x: Matrix, on pool: WorkerPool, _ body: (Double, Int) -> Double) -> Matrix {
    x.mapRows(on: pool) { source, target in
      for j in target.indices { target[j] = body(source[j], j) }
    }
  }
}

extension PowerTransformModel: Codable {
  private enum CodingKeys: String, CodingKey { case method, powers, columnCount }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let method = try container.decode(PowerTransform.Method.self, forKey: .method)
    let powers = try container.decode(Vector.self, forKey: .powers)
    let columnCount = try container.decode(Int.self, forKey: .columnCount)
    guard columnCount >= 0, powers.allSatisfy(\.isFinite),
      powers.count == (method == .yeoJohnson ? columnCount : 0)
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .powers, in: container,
        debugDescription: "a finite power is needed for each of \(columnCount) columns")
    }
    self.init(method: method, powers: powers, columnCount: columnCount)
  }
}

extension Matrix {
  fileprivate func requireAboveMinusOne() throws(LearningError) {
    if let index = values.firstIndex(where: { $0 <= -1 }) {
      throw .outsideLogDomain(row: index / columnCount, column: index % columnCount)
    }
  }
}
