public import Numerical

extension LogisticRegressionModel: Classifier {
  /// The same sum as for many rows, in the same order.
  public func logOdds(row: UnsafeBufferPointer<Double>) -> Double? {
    precondition(row.count == coefficients.count, "a row has a value per column")
    return coefficients.values.withUnsafeBufferPointer { coefficients in
      var sum = intercept
      for j in row.indices { sum += coefficients[j] * row[j] }
      return sum
    }
  }

  /// coefficient · (value − mean of the column): the Shapley value of a sum, columns being independent.
  ///
  /// - Throws: `LearningError.width`, `.nonFinite`.
  public func contributions(
    _ x: Matrix, on pool: WorkerPool
  ) throws(LearningError) -> Contributions {
    try x.requireWidth(coefficients.count)
    try x.requireFinite()
    let (slopes, centers) = (coefficients.values, means.values)
    let width = x.columnCount
    let values = Matrix(rowCount: x.rowCount, columnCount: width) { target in
      for row in 0..<x.rowCount {
        for j in 0..<width { target[row * width + j] = slopes[j] * (x[row, j] - centers[j]) }
      }
    }
    let expected = zip(slopes, centers).reduce(intercept) { $0 + $1.0 * $1.1 }
    return Contributions(values: values, expected: expected, scale: .logOdds)
  }

  public var columnImportance: ColumnImportance? {
    ColumnImportance(
      measure: .standardizedCoefficient,
      values: zip(coefficients.values, deviations.values).map { abs($0) * $1 })
  }

  public var scoringCost: Double { Double(coefficients.count) }
}
