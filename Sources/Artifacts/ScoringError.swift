public import Learning
public import Tabular

/// Why a table could not be scored.
public enum ScoringError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The table breaks the model's data contract.
  case table(TableError)
  /// A row cannot be transformed or assigned.
  case model(LearningError)
  /// The scores could not be written.
  case output(ArtifactError)

  public var description: String {
    switch self {
    case .table(let error): "\(error)"
    case .model(let error): "the model cannot score the table; \(error); correct the data"
    case .output(let error): "\(error)"
    }
  }
}
