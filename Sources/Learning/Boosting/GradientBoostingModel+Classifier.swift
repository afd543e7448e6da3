public import Numerical

extension GradientBoostingModel: Classifier {
  /// The raw scores without the weighting of classes.
  ///
  /// - Throws: `LearningError.featureMissing`, `.featureKind`; `.objective` for a model of numbers or counts.
  public func logOdds(_ x: FeatureTable, on pool: WorkerPool) throws(LearningError) -> [Double] {
    guard objective == .binary else { throw .objective(objective) }
    let shift = PortableLogarithm.of(oddsFactor)
    return try scores(x, on: pool).map { $0 - shift }
  }

  /// Nil for a model of numbers or counts.
  public func logOdds(row: UnsafeBufferPointer<Double>) -> Double? {
    objective == .binary ? score(row) - PortableLogarithm.of(oddsFactor) : nil
  }

  public func contributions(
    _ x: FeatureTable, on pool: WorkerPool
  ) throws(LearningError) -> Contributions {
    let explainer = TreeExplainer(
      trees, features: features, keepsPlans: x.rowCount > TreeExplainer.blockRows)
    return try self.explainer(by: explainer).contributions(of: .table(x), on: pool)
  }

  public func explainer() -> ScoreExplainer { explainer(by: TreeExplainer(self)) }

  private func explainer(by explainer: TreeExplainer) -> ScoreExplainer {
    let width = features.count
    let expected = explainer.expectedValue - PortableLogarithm.of(oddsFactor)
    return ScoreExplainer {
      (x: FeatureTable, pool: WorkerPool) throws(LearningError) -> Contributions in
      let values = try explainer.contributions(x, on: pool)
      return Contributions(
        values: Matrix(rowCount: x.rowCount, columnCount: width) { target in
          for row in 0..<x.rowCount {
            for column in 0..<width { target[row * width + column] = values[row, column] }
          }
        },
        expected: expected, scale: .logOdds)
    }
  }

  public var columnImportance: ColumnImportance? {
    ColumnImportance(measure: .gain, values: importance.gain)
  }

  public var scoringCost: Double { trees.reduce(0) { $0 + $1.meanPathLength } }
}
