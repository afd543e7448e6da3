public import Artifacts

/// Why a model could not be exported.
public enum ExportError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The form has no words for how the model answers or reads its columns.
  case unsupported(form: ModelExport.Form, ModelExport.Obstacle)
  /// The written form answers differently from the model.
  case disagreement(form: ModelExport.Form, output: String, row: Int)
  /// The model does not score the rows that the export was to be compared on.
  case scoring(ScoringError)

  public var description: String {
    switch self {
    case .unsupported(let form, let obstacle):
      "the model cannot be exported to \(form.rawValue); \(obstacle); \(obstacle.remedy)"
    case .disagreement(let form, let output, let row):
      "the export to \(form.rawValue) is not written; its \(output) differs from the model's in row "
        + "\(row + 1) of the check; please report it"
    case .scoring(let error): "the model could not be compared with its export; \(error)"
    }
  }
}

extension ModelExport {
  /// What stands between a model and a form.
  public enum Obstacle: Error, Hashable, CustomStringConvertible {
    /// Rows are placed by training rows, which an export must not carry.
    case rowsOfTraining(algorithm: String)
    case algorithm(String)
    /// Only boosted trees have the form.
    case boostingOnly(algorithm: String)
    /// Only segmentations that few questions describe have the form.
    case noRules
    /// The encoder refuses missing values or unknown levels, which the form cannot.
    case refusingColumn(String)
    case dateColumn(String)
    /// Zeros count as missing values, as in some models of other programs.
    case missingZeros
    /// The query has more of something than the database takes.
    case beyondDialect(SQLDialect.Bound, count: Int, limit: Int)
    /// The levels of a category in the model are not those of its encoder.
    case foreignLevels(String)
    /// MLflow hands a table of one column on as a matrix.
    case singleColumn
    /// The isotonic map gives different probabilities to scores that other programs round to each other.
    case steepCalibration

    public var description: String {
      switch self {
      case .rowsOfTraining(let algorithm):
        "\(algorithm) places customers by rows of the training, which stay with Cohort"
      case .algorithm(let name): "there are no words in it for \(name)"
      case .boostingOnly(let name): "it is for boosted trees, the model is a \(name)"
      case .noRules: "there are no questions in it that describe segments"
      case .refusingColumn(let name):
        "column \(name) refuses missing values or unknown levels, which the form cannot"
      case .dateColumn(let name):
        "column \(name) is a date, for which there is no common arithmetic"
      case .missingZeros: "its trees take zeros for missing values"
      case .beyondDialect(.columns, let count, let limit):
        "a step of its query has \(count) columns, of which the database takes \(limit)"
      case .beyondDialect(let bound, let count, let limit):
        "its query has \(count) \(bound.rawValue) within each other, of which the database takes \(limit)"
      case .foreignLevels(let name):
        "the levels of column \(name) in the model are not those of its encoder"
      case .singleColumn: "it reads one column, which MLflow would hand on as a matrix"
      case .steepCalibration:
        "its calibration jumps between scores that other programs round differently"
      }
    }

    var remedy: String {
      switch self {
      case .rowsOfTraining: "use cohort score, or a model that places by centers"
      case .algorithm, .boostingOnly, .noRules, .missingZeros, .singleColumn:
        "choose another form with --to"
      case .refusingColumn: "train with an imputation instead"
      case .dateColumn: "choose another --dialect"
      case .beyondDialect: "use ONNX"
      case .foreignLevels, .steepCalibration: "train the model again"
      }
    }
  }
}
