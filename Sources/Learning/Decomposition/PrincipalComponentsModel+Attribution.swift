public import Numerical

extension PrincipalComponentsModel {
  /// What a component adds is divided as its score is made up: column j of the row x has the share
  /// loading_j · (x_j − mean_j) / score.
  ///
  /// That is exact for a model that is linear in the scores. Where the parts of a score cancel, the
  /// shares have no meaning and squared loadings take their place; what the component adds to a linear
  /// model is then next to nothing.
  public func attribution(
    of contributions: Matrix, to x: Matrix, on pool: WorkerPool = .serial
  ) throws(LearningError) -> Matrix {
    try x.requireWidth(mean.count)
    guard !isIdentity else { return contributions }
    try contributions.requireWidth(components.rowCount)
    let chunks = RowChunks(count: x.rowCount, size: 256)
    return Matrix(rowCount: x.rowCount, columnCount: mean.count) { target in
      pool.forEachChunk(count: chunks.count) { chunk in
        for row in chunks[chunk] {
          let place = row * mean.count..<(row + 1) * mean.count
          divide(contributions, of: x, row: row, into: .init(rebasing: target[place]))
        }
      }
    }
  }

  private func divide(
    _ contributions: Matrix, of x: Matrix, row: Int, into target: UnsafeMutableBufferPointer<Double>
  ) {
    target.update(repeating: 0)
    var parts = [Double](repeating: 0, count: mean.count)
    for component in 0..<components.rowCount {
      var (score, magnitude) = (0.0, 0.0)
      for j in parts.indices {
        parts[j] = components[component, j] * (x[row, j] - mean[j])
        score += parts[j]
        magnitude += abs(parts[j])
      }
      if abs(score) <= 1e-9 * magnitude {
        for j in parts.indices { parts[j] = components[component, j] * components[component, j] }
        score = parts.reduce(0, +)
      }
      guard score != 0 else { continue }
      let scale = contributions[row, component] / score
      for j in parts.indices { target[j] += scale * parts[j] }
    }
  }
}
