public import Numerical

/// A fitted model of a binary event: how likely it is, row by row.
///
/// A fit that weighs events more than other rows learns odds that are too high by a known factor; the
/// model remembers the factor and its log-odds are without it.
public protocol Classifier: Codable, Sendable {
  /// What rows look like to the model.
  associatedtype Features: ClassifierFeatures

  /// The logarithm of the odds of the event, one per row; a probability of 0 or 1 that a model gives
  /// is kept 2⁻⁵² away from it.
  func logOdds(_ x: Features, on pool: WorkerPool) throws(LearningError) -> [Double]

  /// The log-odds of one row, without allocating; nil where a model has no such way.
  ///
  /// - Parameter row: a value per column in the order of the columns the model was fitted to: numbers, or
  ///   places among the levels of the fit; NaN for a missing value.
  /// - Precondition: a value per column.
  func logOdds(row: UnsafeBufferPointer<Double>) -> Double?

  /// What every column adds to every row's score.
  func contributions(_ x: Features, on pool: WorkerPool) throws(LearningError) -> Contributions

  /// Says what `contributions` says, for many batches of rows.
  func explainer() -> ScoreExplainer

  /// How much every column mattered to the fit; nil where a model uses none.
  var columnImportance: ColumnImportance? { get }

  /// Numbers that a row is compared with or multiplied by until it has its score, in the mean over the fitted
  /// rows: what scoring costs, whatever the machine.
  var scoringCost: Double { get }
}

/// Scores divided among the columns of their rows.
public struct Contributions: Hashable, Sendable {
  /// In what the contributions add up.
  public enum Scale: String, Hashable, Sendable, Codable {
    case logOdds = "log_odds"
    case probability
  }

  /// Rows × columns.
  public let values: Matrix
  /// The score of a row of which nothing is known; with a row's contributions it adds up to its score.
  public let expected: Double
  public let scale: Scale

  public init(values: Matrix, expected: Double, scale: Scale) {
    self.values = values
    self.expected = expected
    self.scale = scale
  }
}

/// A figure per column, greater for columns that mattered more.
public struct ColumnImportance: Hashable, Sendable, Codable {
  public enum Measure: String, Hashable, Sendable, Codable {
    /// What the divisions by the column lowered the objective by, in total.
    case gain
    /// |coefficient| times the standard deviation of the column.
    case standardizedCoefficient = "standardized_coefficient"
  }

  public let measure: Measure
  public let values: [Double]

  public init(measure: Measure, values: [Double]) {
    self.measure = measure
    self.values = values
  }
}

/// How a classifier wants its rows.
public enum FeatureForm: String, Hashable, Sendable, Codable {
  /// Numbers, encoded and scaled.
  case matrix
  /// Columns as they are: numbers with gaps, categories.
  case table
}

/// Rows in the form that some classifier takes.
public enum Features: Sendable {
  case matrix(Matrix)
  case table(FeatureTable)

  public var form: FeatureForm {
    switch self {
    case .matrix: .matrix
    case .table: .table
    }
  }

  public var rowCount: Int {
    switch self {
    case .matrix(let x): x.rowCount
    case .table(let x): x.rowCount
    }
  }

  public var columnCount: Int {
    switch self {
    case .matrix(let x): x.columnCount
    case .table(let x): x.columns.count
    }
  }

  public func selectingRows(_ rows: [Int]) -> Features {
    switch self {
    case .matrix(let x): .matrix(x.selectingRows(rows))
    case .table(let x): .table(x.selectingRows(rows))
    }
  }
}

/// One of the two forms.
public protocol ClassifierFeatures: Sendable {
  static var form: FeatureForm { get }
  /// Nil if the rows are in the other form.
  init?(_ features: Features)
}

extension Matrix: ClassifierFeatures {
  public static var form: FeatureForm { .matrix }

  public init?(_ features: Features) {
    guard case .matrix(let x) = features else { return nil }
    self = x
  }
}

extension FeatureTable: ClassifierFeatures {
  public static var form: FeatureForm { .table }

  public init?(_ features: Features) {
    guard case .table(let x) = features else { return nil }
    self = x
  }
}

extension Classifier {
  public func logOdds(row: UnsafeBufferPointer<Double>) -> Double? { nil }

  public func explainer() -> ScoreExplainer {
    ScoreExplainer { (x: Features, pool: WorkerPool) throws(LearningError) -> Contributions in
      try self.contributions(x, on: pool)
    }
  }

  public static var form: FeatureForm { Features.form }

  /// - Throws: `.form` if the rows are in the other form.
  public func logOdds(
    of features: Learning.Features, on pool: WorkerPool
  ) throws(LearningError) -> [Double] {
    try logOdds(try Self.unwrapped(features), on: pool)
  }

  public func contributions(
    of features: Learning.Features, on pool: WorkerPool
  ) throws(LearningError) -> Contributions {
    try contributions(try Self.unwrapped(features), on: pool)
  }

  private static func unwrapped(
    _ features: Learning.Features
  ) throws(LearningError) -> Features {
    guard let own = Features(features) else { throw .form(expected: form) }
    return own
  }
}
