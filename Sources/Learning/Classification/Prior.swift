public import Numerical

/// Gives every row the share of events: what a model that knows nothing of the columns would say.
///
/// A classifier earns its place by beating it. The share counts rows by their weights.
///
/// - Shape: n rows, any columns, none of which is looked at; n labels of 0 and 1, at least two of each.
/// - Throws: `LearningError.rows`, `.rowCounts`, `.tooManyRows`, `.label`, `.events`, `.weight`, `.noWeight`.
/// - Complexity: O(n).
public struct Prior: Estimator {
  public init() {}

  public static let schema = Schema<Self>("prior", "The share of events, for every row.", [])

  public func predictedBytes(rowCount: Int, columnCount: Int) -> Double { 0 }

  public func fit(_ input: Labeled<FeatureTable>, in context: FitContext) throws(LearningError)
    -> Fit<PriorModel>
  {
    try BoostingInput.check(input, objective: .binary)
    var (zeros, ones) = (0.0, 0.0)
    for (row, label) in input.labels.enumerated() {
      let weight = input.weights?[row] ?? 1
      if label == 1 { ones += weight } else { zeros += weight }
    }
    // Apart: the quotient of extreme weights may leave the range of a double.
    let logOdds = PortableLogarithm.of(ones) - PortableLogarithm.of(zeros)
    return Fit(model: PriorModel(logOdds: logOdds), trace: FitTrace())
  }
}

/// The same log-odds for every row.
public struct PriorModel: Classifier, Hashable {
  public let logOdds: Double

  init(logOdds: Double) { self.logOdds = logOdds }

  public func logOdds(_ x: FeatureTable, on pool: WorkerPool) throws(LearningError) -> [Double] {
    [Double](repeating: logOdds, count: x.rowCount)
  }

  /// Zero for every column: none is looked at.
  public func contributions(
    _ x: FeatureTable, on pool: WorkerPool
  ) throws(LearningError) -> Contributions {
    Contributions(
      values: Matrix(rowCount: x.rowCount, columnCount: x.columns.count), expected: logOdds,
      scale: .logOdds)
  }

  public var columnImportance: ColumnImportance? { nil }

  public var scoringCost: Double { 0 }

  private enum CodingKeys: String, CodingKey { case logOdds }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    logOdds = try container.decode(Double.self, forKey: .logOdds)
    guard logOdds.isFinite else {
      throw DecodingError.dataCorruptedError(
        forKey: .logOdds, in: container, debugDescription: "log-odds must be finite")
    }
  }
}
