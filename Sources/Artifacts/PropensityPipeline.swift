public import Learning
public import Numerical
public import Tabular

/// Everything that turns a customer table into probabilities of an event: encoding, transformations,
/// classifier, calibration.
public struct PropensityPipeline: Sendable {
  public typealias Step = PipelineStep

  /// Fitted with `EncodingOptions` for a classifier of matrices, with `ColumnOptions` for one of tables.
  public let encoder: TableEncoder
  /// None for a classifier of tables.
  public let transformers: [Step<any Transformer>]
  public let classifier: Step<any Classifier>
  /// Fitted to scores of rows that the classifiers behind them had not seen.
  public let calibration: CalibrationMap

  public init(
    encoder: TableEncoder, transformers: [Step<any Transformer>],
    classifier: Step<any Classifier>, calibration: CalibrationMap
  ) {
    self.encoder = encoder
    self.transformers = transformers
    self.classifier = classifier
    self.calibration = calibration
  }

  /// The same pipeline with another map of its scores.
  public func calibrated(by calibration: CalibrationMap) -> PropensityPipeline {
    PropensityPipeline(
      encoder: encoder, transformers: transformers, classifier: classifier,
      calibration: calibration)
  }

  public func logOdds(_ x: Features, on pool: WorkerPool) throws(LearningError) -> [Double] {
    try classifier.model.logOdds(of: x, on: pool)
  }

  /// The probabilities that log-odds stand for, before calibration and after it; the same without one.
  public func probabilities(
    ofLogOdds logOdds: [Double]
  ) throws(LearningError) -> (raw: [Double], calibrated: [Double]) {
    let raw = logOdds.map(Logistic.probability(ofLogOdds:))
    if calibration == .none { return (raw, raw) }
    let scores = calibration.method.needsProbabilities ? raw : logOdds
    return (raw, try calibration.apply(scores))
  }
}

/// Rows as a classifier takes them, and what had to be filled in or was never seen.
public struct PreparedFeatures: Sendable {
  public let features: Features
  public let missingCounts: [String: Int]
  public let unseenCounts: [String: Int]
  /// The rows before each transformer; empty unless they were to be kept.
  var stepInputs: [Matrix] = []
}

extension PropensityPipeline {
  /// Reads and transforms the columns of a table.
  ///
  /// - Throws: `ScoringError.table`, `.model`.
  public func features(
    of table: Table, on pool: WorkerPool
  ) throws(ScoringError) -> PreparedFeatures {
    try prepare(table, keepingSteps: false, on: pool)
  }

  /// - Parameter keepingSteps: whether the rows before each transformer are kept, as contributions need them.
  func prepare(
    _ table: Table, keepingSteps: Bool, on pool: WorkerPool
  ) throws(ScoringError) -> PreparedFeatures {
    try Self.features(
      of: table, encoder: encoder, transformers: transformers,
      form: type(of: classifier.model).form, keepingSteps: keepingSteps, on: pool)
  }

  /// Rows as a classifier of some form takes them, before there is one.
  package static func features(
    of table: Table, encoder: TableEncoder, transformers: [Step<any Transformer>],
    form: FeatureForm, keepingSteps: Bool = false, on pool: WorkerPool
  ) throws(ScoringError) -> PreparedFeatures {
    switch form {
    case .table: try columns(of: table, by: encoder, on: pool)
    case .matrix:
      try matrix(of: table, by: encoder, transformers, keepingSteps: keepingSteps, on: pool)
    }
  }

  private static func columns(
    of table: Table, by encoder: TableEncoder, on pool: WorkerPool
  ) throws(ScoringError) -> PreparedFeatures {
    do throws(TableError) {
      let columns = try encoder.columns(of: table, on: pool)
      return PreparedFeatures(
        features: .table(FeatureTable(columns)), missingCounts: columns.missingCounts,
        unseenCounts: columns.unseenCounts)
    } catch {
      throw .table(error)
    }
  }

  private static func matrix(
    of table: Table, by encoder: TableEncoder, _ transformers: [Step<any Transformer>],
    keepingSteps: Bool, on pool: WorkerPool
  ) throws(ScoringError) -> PreparedFeatures {
    let encoded: EncodedTable
    do throws(TableError) {
      encoded = try encoder.encode(table, on: pool)
    } catch {
      throw .table(error)
    }
    do throws(LearningError) {
      var x = encoded.matrix
      var kept: [Matrix] = []
      for step in transformers {
        if keepingSteps { kept.append(x) }
        x = try step.model.transform(x, on: pool)
      }
      return PreparedFeatures(
        features: .matrix(x), missingCounts: encoded.imputedCounts,
        unseenCounts: encoded.unseenCounts, stepInputs: kept)
    } catch {
      throw .model(error)
    }
  }
}

extension FeatureTable {
  public init(_ columns: EncodedColumns) {
    self.init(
      rowCount: columns.rowCount,
      columns: columns.columns.map { column in
        switch column.values {
        case .numbers(let numbers): FeatureColumn(column.name, .numbers(numbers))
        case .categories(let codes, let levels):
          FeatureColumn(column.name, .categories(Categories(codes: codes, levels: levels)))
        }
      })
  }
}
