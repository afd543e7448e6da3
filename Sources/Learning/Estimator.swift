public import Numerical

/// Hyperparameters that can learn; fitting never changes the estimator.
public protocol Estimator: Parameterized {
  associatedtype Input: Sendable
  associatedtype Model: Codable & Sendable
  func fit(_ input: Input, in context: FitContext) throws(LearningError) -> Fit<Model>

  /// The most memory a fit to a matrix of this shape takes beside its input, in bytes; an estimate
  /// that errs upwards, so that a fit which cannot end is refused before it starts.
  func predictedBytes(rowCount: Int, columnCount: Int) -> Double
}

extension Estimator {
  /// Refuses parameters that were set outside their domains.
  func requireValid() throws(LearningError) {
    do throws(ParameterError) {
      try Self.schema.validate(self)
    } catch {
      throw .parameter(error)
    }
  }
}

/// An estimator whose costly first part serves many settings of the rest.
///
/// A merge tree serves every cut of it. Trials that agree on `stageParameters` share one stage; a fit
/// alone has the bits of the stage followed by the rest, and is just that unless there is a shorter way.
public protocol StagedEstimator: Estimator {
  associatedtype Stage: FitStage
  /// What the first part is called in plans, such as `merge tree`.
  static var stageName: String { get }
  /// The parameters that decide the stage; it depends on no other.
  static var stageParameters: [String] { get }
  /// What a stage of a matrix of this shape holds, in bytes; an estimate that errs upwards. Refits keep many stages.
  func stageBytes(rowCount: Int, columnCount: Int) -> Double
  func stage(_ input: Input, in context: FitContext) throws(LearningError) -> Stage
  func fit(_ input: Input, from stage: Stage, in context: FitContext) throws(LearningError)
    -> Fit<Model>
}

extension StagedEstimator {
  public func fit(_ input: Input, in context: FitContext) throws(LearningError) -> Fit<Model> {
    try fit(input, from: try stage(input, in: context), in: context)
  }
}

/// The first part of a staged fit, which can be put away and read back to the same bits.
///
/// What follows from the rows alone need not be written. Files are not trusted: reading checks what the rest of the
/// fit relies on and throws `DecodingError`.
public protocol FitStage: Encodable, Sendable {
  /// - Parameter rows: what the stage was made of.
  init(from decoder: any Decoder, rows: Matrix, on pool: WorkerPool) throws
}

/// An estimator that fits samples of one table without copying their rows.
///
/// What every fit has to know of its rows is made once. A model of a sample is that of a copy of the rows, up to
/// rounding.
public protocol SamplingEstimator: Estimator {
  associatedtype Table: Sendable
  func prepare(_ input: Input, on pool: WorkerPool) throws(LearningError) -> Table
  /// Fits some rows of a table, each once, and says where it puts them.
  func fit(_ table: Table, rows: [Int], in context: FitContext) throws(LearningError)
    -> SampleFit<Model>
}

/// A model of a sample, and the labels of its rows.
public struct SampleFit<Model: Sendable>: Sendable {
  public let model: Model
  public let labels: [Int]

  public init(model: Model, labels: [Int]) {
    self.model = model
    self.labels = labels
  }
}

/// A fitted model and how the fit went: what predicts, and what is only reported.
public struct Fit<Model: Sendable>: Sendable {
  public let model: Model
  public var trace: FitTrace
  /// Where the fit put the rows it learned from; nil where the model's `assign` says the same.
  public let assignments: Assignments?

  public init(model: Model, trace: FitTrace, assignments: Assignments? = nil) {
    self.model = model
    self.trace = trace
    self.assignments = assignments
  }
}

/// What a fit may use besides its input.
public struct FitContext: Sendable {
  public var seed: Seed
  public var pool: WorkerPool
  /// Asked between iterations; when true the fit throws `LearningError.cancelled`.
  public var isCancelled: @Sendable () -> Bool
  /// Bytes a fit may take beside its input; nil for no limit.
  public var memoryLimit: Double?

  public init(
    seed: Seed, pool: WorkerPool = .serial, memoryLimit: Double? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.seed = seed
    self.pool = pool
    self.memoryLimit = memoryLimit
    self.isCancelled = isCancelled
  }
}

/// A fitted map from rows to rows.
public protocol Transformer: Codable, Sendable {
  func transform(_ x: Matrix, on pool: WorkerPool) throws(LearningError) -> Matrix

  /// Divides what the columns of `transform(x)` add to the score of each row among the columns of `x`;
  /// sums of rows stay.
  ///
  /// - Shape: `contributions` has the columns of `transform(x)`, the result those of `x`.
  func attribution(
    of contributions: Matrix, to x: Matrix, on pool: WorkerPool
  ) throws(LearningError) -> Matrix
}

extension Matrix {
  /// Refuses a matrix that a model of `width` columns cannot take.
  package func requireWidth(_ width: Int) throws(LearningError) {
    guard columnCount == width else { throw .width(expected: width, found: columnCount) }
  }

  package func requireFinite() throws(LearningError) {
    if let (row, column) = firstNonFinite { throw .nonFinite(row: row, column: column) }
  }

  package func requireRows(_ needed: Int) throws(LearningError) {
    guard rowCount >= needed else { throw .rows(needed: needed, found: rowCount) }
  }
}
