public import Numerical

/// Hyperparameters that can learn; fitting never changes the estimator.
public protocol Estimator: Parameterized {
  associatedtype Input: Sendable
  associatedtype Model: Codable & Sendable
  func fit(_ input: Input, in context: FitContext) throws(LearningError) -> Fit<Model>
}

/// A fitted model and how the fit went: what predicts, and what is only reported.
public struct Fit<Model: Sendable>: Sendable {
  public let model: Model
  public let trace: FitTrace

  public init(model: Model, trace: FitTrace) {
    self.model = model
    self.trace = trace
  }
}

/// The course of a fit.
public struct FitTrace: Hashable, Sendable, Codable {
  /// The objective after each iteration of the kept run; empty for closed forms.
  public var losses: [Double]
  public var converged: Bool
  /// Sentences a user should read, such as that fewer clusters than asked for were found.
  public var warnings: [String]

  public init(losses: [Double] = [], converged: Bool = true, warnings: [String] = []) {
    self.losses = losses
    self.converged = converged
    self.warnings = warnings
  }
}

/// What a fit may use besides its input.
public struct FitContext: Sendable {
  public var seed: Seed
  public var pool: WorkerPool
  /// Asked between iterations; when true the fit throws `LearningError.cancelled`.
  public var isCancelled: @Sendable () -> Bool

  public init(
    seed: Seed, pool: WorkerPool = .serial, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.seed = seed
    self.pool = pool
    self.isCancelled = isCancelled
  }
}

/// A fitted map from rows to rows.
public protocol Transformer: Codable, Sendable {
  func transform(_ x: Matrix, on pool: WorkerPool) throws(LearningError) -> Matrix
}

/// A fitted partition that can place rows it has never seen.
public protocol Clusterer: Codable, Sendable {
  var clusterCount: Int { get }
  func assign(_ x: Matrix, on pool: WorkerPool) throws(LearningError) -> Assignments
}

/// Where rows belong.
public struct Assignments: Hashable, Sendable {
  /// One label per row: 0 ..< clusterCount, or −1 for noise.
  public let labels: [Int]
  /// How far each row lies from its cluster's reference, in the units of the clustered matrix.
  public let distances: [Double]

  public init(labels: [Int], distances: [Double]) {
    self.labels = labels
    self.distances = distances
  }
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
