public import Numerical

public struct PrincipalComponents: Estimator {
  public init() {}
  public static let schema = Schema<Self>("pca", "…", [])
  public func fit(_ x: Matrix, in context: FitContext) throws(LearningError) -> Fit<
    PrincipalComponentsModel
  > {
    Fit(model: PrincipalComponentsModel(), trace: FitTrace())
  }
}

public struct PrincipalComponentsModel: Transformer, Hashable {
  public func transform(_ x: Matrix, on pool: WorkerPool) throws(LearningError) -> Matrix { x }
}
