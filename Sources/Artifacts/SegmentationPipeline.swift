public import Learning
public import Numerical
public import Tabular

/// Everything that turns a customer table into segments: encoding, transformations, clustering.
public struct SegmentationPipeline: Sendable {
  public typealias Step = PipelineStep

  public let encoder: TableEncoder
  public let transformers: [Step<any Transformer>]
  public let clusterer: Step<any Clusterer>

  public init(
    encoder: TableEncoder, transformers: [Step<any Transformer>], clusterer: Step<any Clusterer>
  ) {
    self.encoder = encoder
    self.transformers = transformers
    self.clusterer = clusterer
  }

  /// The principal components among the steps, if the rows pass any.
  var components: PrincipalComponentsModel? {
    transformers.lazy.compactMap { $0.model as? PrincipalComponentsModel }
      .first { !$0.isIdentity }
  }

  /// The matrix that is clustered: encoded and transformed.
  public func features(of encoded: Matrix, on pool: WorkerPool) throws(LearningError) -> Matrix {
    var x = encoded
    for step in transformers { x = try step.model.transform(x, on: pool) }
    return x
  }

  public func assign(_ encoded: Matrix, on pool: WorkerPool) throws(LearningError) -> Assignments {
    try clusterer.model.assign(try features(of: encoded, on: pool), on: pool)
  }

  /// What `assign` and `reconstructionErrors` say of the same rows, which are transformed once.
  func place(
    _ encoded: Matrix, on pool: WorkerPool
  ) throws(LearningError) -> (Assignments, [Double]?) {
    var x = encoded
    var errors: [Double]?
    for step in transformers {
      if errors == nil, let components = step.model as? PrincipalComponentsModel,
        !components.isIdentity
      {
        errors = try components.reconstructionErrors(of: x, on: pool).map { $0.squareRoot() }
      }
      x = try step.model.transform(x, on: pool)
    }
    return (try clusterer.model.assign(x, on: pool), errors)
  }

  /// How many numbers the arrays of the fitted steps hold, which is what a plain pass over them reads to
  /// place one row.
  public func numberCount() throws(ArtifactError) -> Int {
    let store = TensorStore()
    _ = try ArtifactWriter.stored {
      try CanonicalJSON.encode(self, userInfo: [.tensorStore: store])
    }
    return store.tensors.values.reduce(0) { $0 + $1.values.count }
  }

  /// How far each row lies from what its principal components keep of it, in the units of the columns
  /// before that step; nil without such a step.
  public func reconstructionErrors(
    of encoded: Matrix, on pool: WorkerPool
  ) throws(LearningError) -> [Double]? {
    guard components != nil else { return nil }
    var x = encoded
    for step in transformers {
      if let components = step.model as? PrincipalComponentsModel, !components.isIdentity {
        return try components.reconstructionErrors(of: x, on: pool).map { $0.squareRoot() }
      }
      x = try step.model.transform(x, on: pool)
    }
    return nil
  }
}
