public import Numerical

/// Divides a classifier's scores among the columns of their rows, batch after batch.
///
/// What follows from the model alone, such as the paths of its trees, is prepared when it is made.
public struct ScoreExplainer: Sendable {
  private let divide: @Sendable (Features, WorkerPool) throws(LearningError) -> Contributions

  init<Rows: ClassifierFeatures>(
    _ divide: @escaping @Sendable (Rows, WorkerPool) throws(LearningError) -> Contributions
  ) {
    self.divide = { (features, pool) throws(LearningError) in
      guard let rows = Rows(features) else { throw .form(expected: Rows.form) }
      return try divide(rows, pool)
    }
  }

  /// What every column adds to every row's score.
  ///
  /// - Throws: `.form` if the rows are in the other form, and what the model says of them.
  public func contributions(
    of features: Features, on pool: WorkerPool
  ) throws(LearningError) -> Contributions {
    try divide(features, pool)
  }
}
