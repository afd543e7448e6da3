public import Numerical

public struct PowerTransform: Estimator {
  public init() {}
  public static let schema = Schema<Self>("power", "…", [])
  public func fit(_ x: Matrix, in context: FitContext) throws(LearningError) -> Fit<
    PowerTransformModel
  > {
    Fit(model: PowerTransformModel(), trace: FitTrace())
  }
}

public struct PowerTransformModel: Transformer, Hashable {
  public func transform(_ x: Matrix, on pool: WorkerPool) throws(LearningError) -> Matrix { x }
}
