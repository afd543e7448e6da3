public import Learning
public import Tabular

/// Why a table could not be scored.
public enum ScoringError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The table breaks the model's data contract.
  case table(TableError)
  /// A row cannot be transformed or assigned.
  case model(LearningError)

  public var description: String {
    switch self {
    case .table(let error): "\(error)"
    case .model(let error): "the model cannot score the table; \(error); correct the data"
    }
  }
}

/// Why a batch gave no scores although its table can be read.
public enum BatchError: Error, Hashable, Sendable, CustomStringConvertible {
  /// It was asked to stop.
  case stopped
  /// Every row was rejected, the first of them because of these cells.
  case noneScored(rowCount: Int, RefusedCells)

  public var description: String {
    switch self {
    case .stopped: "scoring was stopped before its end; run the same command again"
    case .noneScored(let rowCount, let cells):
      "none of the \(rowCount) rows can be scored; \(cells); correct the data or use another model"
    }
  }
}

extension RefusedCells: CustomStringConvertible {
  public var description: String {
    let place = (column.map { "column \($0), " } ?? "") + "data row \(firstRow)"
    let what =
      switch fault {
      case .missing: "a value is missing that the model needs"
      case .unseen: "a level that the model was not trained on and refuses"
      case .kind: "a value is not of the kind that the model was trained on"
      case .row: "the model cannot transform the row"
      }
    return "\(place): \(what)"
  }
}
