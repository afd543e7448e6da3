public import Learning
public import Numerical
public import Tabular

/// Why a row scores as it does: one column of the table and what it adds.
public struct PropensityReason: Hashable, Sendable {
  /// The place of the column among the encoder's inputs.
  public let input: Int
  /// What the column adds to the score that a row has of which nothing is known; on the scale of the
  /// classifier's contributions, never 0.
  public let contribution: Double

  public var raises: Bool { contribution > 0 }

  /// The name of the output column for the reason of this rank from 1.
  static func columnName(_ rank: Int) -> String { "reason_\(rank)" }

  /// The first `count` reasons among the contributions of a row's inputs.
  ///
  /// What raises the score comes first, the strongest leading; what lowers it follows, again the
  /// strongest leading. Equal ones come in the order of the inputs; what adds nothing is no reason.
  static func strongest(_ count: Int, of contributions: [Double]) -> [PropensityReason] {
    let reasons = contributions.indices.lazy.filter { contributions[$0] != 0 }
      .map { PropensityReason(input: $0, contribution: contributions[$0]) }
    return Array(reasons.sorted { $0.precedes($1) }.prefix(count))
  }

  private func precedes(_ other: PropensityReason) -> Bool {
    if raises != other.raises { return raises }
    let (own, others) = (abs(contribution), abs(other.contribution))
    return own == others ? input < other.input : own > others
  }
}

extension PropensityPipeline {
  /// The probabilities of prepared rows, before calibration and after it.
  ///
  /// - Throws: `ScoringError.model`.
  public func probabilities(
    of features: Features, on pool: WorkerPool
  ) throws(ScoringError) -> (raw: [Double], calibrated: [Double]) {
    do throws(LearningError) {
      return try probabilities(ofLogOdds: try logOdds(features, on: pool))
    } catch {
      throw .model(error)
    }
  }

  /// What every column that the encoder reads adds to the score of every row of `table`, before
  /// calibration.
  ///
  /// Matrix columns that came from one column of the table count together; what principal components
  /// add goes back to the columns they are made of. A row's contributions and the expected score add up
  /// to the row's score.
  ///
  /// - Shape: one row per row of the table, one column per input of the encoder, in their order.
  /// - Throws: `ScoringError.table`, `.model`.
  public func contributions(
    to table: Table, on pool: WorkerPool
  ) throws(ScoringError) -> Contributions {
    try contributions(to: table, by: nil, on: pool)
  }

  /// - Parameter explainer: the classifier's; nil for a single batch.
  func contributions(
    to table: Table, by explainer: ScoreExplainer?, on pool: WorkerPool
  ) throws(ScoringError) -> Contributions {
    try contributions(
      to: try prepare(table, keepingSteps: true, on: pool), by: explainer, on: pool)
  }

  /// - Precondition: `rows` keeps its steps.
  func contributions(
    to rows: PreparedFeatures, by explainer: ScoreExplainer?, on pool: WorkerPool
  ) throws(ScoringError) -> Contributions {
    do throws(LearningError) {
      let added: Contributions
      if let explainer {
        added = try explainer.contributions(of: rows.features, on: pool)
      } else {
        added = try classifier.model.contributions(of: rows.features, on: pool)
      }
      guard case .matrix = rows.features else { return added }
      precondition(rows.stepInputs.count == transformers.count, "the steps were kept")
      var values = added.values
      for (step, input) in zip(transformers, rows.stepInputs).reversed() {
        values = try step.model.attribution(of: values, to: input, on: pool)
      }
      return Contributions(
        values: encoder.summedByInput(values), expected: added.expected, scale: added.scale)
    } catch {
      throw .model(error)
    }
  }
}

extension TableEncoder {
  /// Sums of the matrix columns that came from one input.
  fileprivate func summedByInput(_ values: Matrix) -> Matrix {
    if inputs.count == values.columnCount { return values }
    return Matrix(rowCount: values.rowCount, columnCount: inputs.count) { target in
      target.update(repeating: 0)
      for row in 0..<values.rowCount {
        for (column, input) in featureInputs.enumerated() {
          target[row * inputs.count + input] += values[row, column]
        }
      }
    }
  }
}
