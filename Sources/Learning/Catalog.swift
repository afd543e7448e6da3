public import Numerical

/// Every algorithm Cohort has, by its configuration name.
public struct Catalog: Sendable {
  /// What transforms and what clusters.
  public let entries: [CatalogEntry]
  public let classifiers: [ClassifierEntry]

  public init(_ entries: [CatalogEntry], classifiers: [ClassifierEntry] = []) {
    self.entries = entries
    self.classifiers = classifiers
  }

  public static let standard = Catalog(
    [
      .transformer(PowerTransform.self),
      .transformer(Standardize.self),
      .transformer(PrincipalComponents.self),
      .clusterer(KMeans.self),
      .clusterer(HDBSCAN.self),
      .clusterer(GaussianMixture.self),
      .clusterer(DBSCAN.self),
      .clusterer(Hierarchical.self),
    ],
    classifiers: [
      ClassifierEntry(Prior.self, isBaseline: true),
      ClassifierEntry(LogisticRegression.self, isBaseline: true),
      ClassifierEntry(DecisionTree.self, isBaseline: true),
      ClassifierEntry(RandomForest.self, isBaseline: true),
      ClassifierEntry(ExtraTrees.self, isBaseline: true),
      ClassifierEntry(GradientBoosting.self),
    ])

  public subscript(name: String) -> CatalogEntry? { entries.first { $0.name == name } }

  /// The parameters of any algorithm.
  public func description(of name: String) -> SchemaDescription? {
    self[name]?.description ?? self[classifier: name]?.description
  }

  public subscript(classifier name: String) -> ClassifierEntry? {
    classifiers.first { $0.name == name }
  }

  public var transformers: [CatalogEntry] { entries.filter(\.isTransformer) }
  public var clusterers: [CatalogEntry] { entries.filter { !$0.isTransformer } }
}

/// An algorithm without its type: what the study reader, the runner and the artifact reader need.
public struct CatalogEntry: Sendable {
  public enum Model: Sendable {
    case transformer(any Transformer)
    case clusterer(any Clusterer)
  }

  /// The part of a fit that trials agreeing on `parameters` share.
  public struct Stage: Sendable {
    public let name: String
    public let parameters: [String]
    /// Bytes that what `compute` makes is expected to hold, for rows and columns.
    public let heldBytes: @Sendable (Parameters, Int, Int) throws(ParameterError) -> Double
    public let compute:
      @Sendable (Parameters, Matrix, FitContext) throws(LearningError) -> any Sendable
    /// The rest of the fit; the stage must come from `compute` of the same entry.
    public let fit:
      @Sendable (Parameters, Matrix, any Sendable, FitContext) throws(LearningError) -> Fit<Model>
    /// Writes a stage that comes from `compute` of the same entry.
    public let encode: @Sendable (any Sendable, any Encoder) throws -> Void
    /// Reads what `encode` has written, for the rows it was made of.
    public let decode: @Sendable (any Decoder, Matrix, WorkerPool) throws -> any Sendable
  }

  /// Rows made ready for fits of samples.
  public struct Table: Sendable {
    let rows: any Sendable
    let columnCount: Int
  }

  /// Fits of samples of one table.
  public struct Sampling: Sendable {
    public let prepare: @Sendable (Parameters, Matrix, FitContext) throws(LearningError) -> Table
    /// The table must come from `prepare` of the same entry and parameters.
    public let fit:
      @Sendable (Parameters, Table, [Int], FitContext) throws(LearningError) -> SampleFit<Model>
  }

  public let description: SchemaDescription
  public let isTransformer: Bool
  /// Every parameter under its canonical name, defaults filled in, each checked.
  public let resolve: @Sendable (Parameters) throws(ParameterError) -> Parameters
  /// Refuses before it starts what would take more memory than the context allows.
  public let fit: @Sendable (Parameters, Matrix, FitContext) throws(LearningError) -> Fit<Model>
  /// Nil for an algorithm whose settings share nothing.
  public let stage: Stage?
  /// Nil for an algorithm that fits copies of the rows.
  public let sampling: Sampling?
  /// Bytes a fit is expected to take beside its input, for rows and columns.
  public let predictedBytes: @Sendable (Parameters, Int, Int) throws(ParameterError) -> Double
  /// Reads a stored model of this algorithm.
  public let decode: @Sendable (any Decoder) throws -> Model
  /// Values outside the domain of each parameter, for the contract tests.
  package let invalidExamples: [(parameter: String, value: ParameterValue)]

  public var name: String { description.name }

  public static func transformer<E: Estimator>(_ type: E.Type) -> Self
  where E.Input == Matrix, E.Model: Transformer {
    Self(type, isTransformer: true, stage: nil) { .transformer($0) }
  }

  public static func clusterer<E: Estimator>(_ type: E.Type) -> Self
  where E.Input == Matrix, E.Model: Clusterer {
    Self(type, isTransformer: false, stage: nil) { .clusterer($0) }
  }

  public static func clusterer<E: StagedEstimator>(_ type: E.Type) -> Self
  where E.Input == Matrix, E.Model: Clusterer {
    let wrap: @Sendable (E.Model) -> Model = { .clusterer($0) }
    @Sendable func checked(_ stage: any Sendable) -> E.Stage {
      guard let stage = stage as? E.Stage else {
        preconditionFailure("\(E.schema.name) was given the stage of another algorithm")
      }
      return stage
    }
    let stage = Stage(
      name: E.stageName, parameters: E.stageParameters,
      heldBytes: { (given, rowCount, columnCount) throws(ParameterError) in
        try E(given).stageBytes(rowCount: rowCount, columnCount: columnCount)
      },
      compute: { (given, x, context) throws(LearningError) in
        try E(given, rowCount: x.rowCount, columnCount: x.columnCount, in: context).stage(
          x, in: context)
      },
      fit: { (given, x, stage, context) throws(LearningError) in
        try E(given, rowCount: x.rowCount, columnCount: x.columnCount, in: context).fit(
          x, from: checked(stage), in: context
        ).map(wrap)
      },
      encode: { stage, encoder in try checked(stage).encode(to: encoder) },
      decode: { decoder, x, pool in try E.Stage(from: decoder, rows: x, on: pool) })
    return Self(type, isTransformer: false, stage: stage, wrap: wrap)
  }

  public static func clusterer<E: SamplingEstimator>(_ type: E.Type) -> Self
  where E.Input == Matrix, E.Model: Clusterer {
    let sampling = Sampling(
      prepare: { (given, x, context) throws(LearningError) in
        let estimator = try E(
          given, rowCount: x.rowCount, columnCount: x.columnCount, in: context)
        return Table(
          rows: try estimator.prepare(x, on: context.pool), columnCount: x.columnCount)
      },
      fit: { (given, table, rows, context) throws(LearningError) in
        guard let prepared = table.rows as? E.Table else {
          preconditionFailure("\(E.schema.name) was given the table of another algorithm")
        }
        let estimator = try E(
          given, rowCount: rows.count, columnCount: table.columnCount, in: context)
        let fit = try estimator.fit(prepared, rows: rows, in: context)
        return SampleFit(model: .clusterer(fit.model), labels: fit.labels)
      })
    return Self(type, isTransformer: false, stage: nil, sampling: sampling) { .clusterer($0) }
  }

  private init<E: Estimator>(
    _ type: E.Type, isTransformer: Bool, stage: Stage?, sampling: Sampling? = nil,
    wrap: @escaping @Sendable (E.Model) -> Model
  ) where E.Input == Matrix {
    description = E.schema.description
    self.isTransformer = isTransformer
    self.stage = stage
    self.sampling = sampling
    resolve = { (given) throws(ParameterError) in try E(given).parameters }
    fit = { (given, x, context) throws(LearningError) in
      try E(given, rowCount: x.rowCount, columnCount: x.columnCount, in: context).fit(
        x, in: context
      ).map(wrap)
    }
    predictedBytes = { (given, rowCount, columnCount) throws(ParameterError) in
      try E(given).predictedBytes(rowCount: rowCount, columnCount: columnCount)
    }
    decode = { decoder in wrap(try E.Model(from: decoder)) }
    invalidExamples = E.schema.fields.flatMap { field in
      field.invalidExamples.map { (field.name, $0) }
    }
  }
}

extension Estimator {
  /// An estimator that may start: its parameters are valid and its memory is there.
  init(
    _ given: Parameters, rowCount: Int, columnCount: Int, in context: FitContext
  ) throws(LearningError) {
    do throws(ParameterError) {
      try self.init(given)
    } catch {
      throw .parameter(error)
    }
    guard let limit = context.memoryLimit else { return }
    let needed = predictedBytes(rowCount: rowCount, columnCount: columnCount)
    guard needed <= limit else {
      throw .memory(
        needed: needed, limit: limit, rows: rowCount,
        fitting: greatestRowCount(fitting: limit, below: rowCount, columnCount: columnCount))
    }
  }

  /// The most rows of this width whose fit keeps the limit, by bisection.
  private func greatestRowCount(fitting limit: Double, below count: Int, columnCount: Int) -> Int {
    var (low, high) = (0, count)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if predictedBytes(rowCount: middle, columnCount: columnCount) <= limit {
        low = middle
      } else {
        high = middle
      }
    }
    return low
  }
}

extension Fit {
  func map<Other: Sendable>(_ body: (Model) -> Other) -> Fit<Other> {
    Fit<Other>(model: body(model), trace: trace, assignments: assignments)
  }
}
