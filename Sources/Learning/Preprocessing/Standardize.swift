public import Numerical

public struct Standardize: Estimator {
  public init() {}
  public static let schema = Schema<Self>("standardize", "…", [])
  public func fit(_ x: Matrix, in context: FitContext) throws(LearningError) -> Fit<
    StandardizeModel
  > {
    Fit(model: StandardizeModel(), trace: FitTrace())
  }
}

public struct StandardizeModel: Transformer, Hashable {
  public func transform(_ x: Matrix, on pool: WorkerPool) throws(LearningError) -> Matrix { x }
}
