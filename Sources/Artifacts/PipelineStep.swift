import Learning
import Numerical
import Tabular

/// A fitted algorithm under its catalogue name.
public struct PipelineStep<Model: Sendable>: Sendable {
  public let algorithm: String
  public let model: Model

  public init(algorithm: String, model: Model) {
    self.algorithm = algorithm
    self.model = model
  }
}

/// A fitted way from a table to answers that an artifact can hold.
protocol StoredPipeline: Codable, Sendable {
  associatedtype Answer: GoldenAnswer

  var encoder: TableEncoder { get }
  var transformers: [PipelineStep<any Transformer>] { get }

  /// Whether every step takes what the step before it gives.
  ///
  /// - Throws: `.step` with the name of the first that does not, `.content`.
  func checkWidths() throws(ArtifactError)

  /// What the pipeline answers to every row of a self-test.
  func answers(to table: Table) throws(ArtifactError) -> [Answer]
}

extension StoredPipeline {
  /// A row of zeros, encoded and transformed, so that widths that do not fit are found by the name of
  /// the step.
  func transformedZeros() throws(ArtifactError) -> Matrix {
    var x = Matrix(rowCount: 1, columnCount: encoder.featureNames.count)
    for step in transformers {
      do throws(LearningError) {
        x = try step.model.transform(x, on: .serial)
      } catch {
        throw .step(step.algorithm, error)
      }
    }
    return x
  }
}
