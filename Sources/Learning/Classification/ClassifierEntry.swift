/// A classifier of the catalogue without its type.
public struct ClassifierEntry: Sendable {
  public let description: SchemaDescription
  /// Whether it joins every experiment to be beaten.
  public let isBaseline: Bool
  /// How it wants its rows.
  public let form: FeatureForm
  /// Every parameter under its canonical name, defaults filled in, each checked.
  public let resolve: @Sendable (Parameters) throws(ParameterError) -> Parameters
  /// Refuses before it starts what would take more memory than the context allows.
  public let fit:
    @Sendable (Parameters, Labeled<Features>, FitContext) throws(LearningError) -> Fit<
      any Classifier
    >
  /// Bytes a fit is expected to take beside its input, for rows and columns.
  public let predictedBytes: @Sendable (Parameters, Int, Int) throws(ParameterError) -> Double
  /// Reads a stored model of this algorithm.
  public let decode: @Sendable (any Decoder) throws -> any Classifier
  /// Values outside the domain of each parameter, for the contract tests.
  package let invalidExamples: [(parameter: String, value: ParameterValue)]

  public var name: String { description.name }

  public init<E: Estimator, X: ClassifierFeatures>(
    _ type: E.Type, isBaseline: Bool = false
  ) where E.Input == Labeled<X>, E.Model: Classifier, E.Model.Features == X {
    description = E.schema.description
    self.isBaseline = isBaseline
    form = X.form
    resolve = { (given) throws(ParameterError) in try E(given).parameters }
    fit = { (given, input, context) throws(LearningError) in
      guard let x = X(input.features) else { throw .form(expected: X.form) }
      let estimator = try E(
        given, rowCount: input.features.rowCount, columnCount: input.features.columnCount,
        in: context)
      let labeled = Labeled(
        x, labels: input.labels, weights: input.weights, bins: input.bins)
      return try estimator.fit(labeled, in: context).map { $0 as any Classifier }
    }
    predictedBytes = { (given, rowCount, columnCount) throws(ParameterError) in
      try E(given).predictedBytes(rowCount: rowCount, columnCount: columnCount)
    }
    decode = { decoder in try E.Model(from: decoder) }
    invalidExamples = E.schema.fields.flatMap { field in
      field.invalidExamples.map { (field.name, $0) }
    }
  }
}
